//! Who hears of traces: a collector, and whoever is asked in the middle of one.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::Value;

use crate::support::Server;

/// Takes traces, as a collector does.
pub struct Collector {
    pub server: Server,
    heard: Arc<Mutex<Vec<Value>>>,
}

/// A span, as it was sent.
#[derive(Debug, Clone)]
pub struct Span {
    pub json: Value,
    /// What the sender says of itself.
    pub resource: Value,
}

impl Collector {
    pub async fn start() -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let routes = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&heard));
        Self { server: Server::start(routes).await, heard }
    }

    /// All requests, as they came.
    pub fn requests(&self) -> Vec<Value> {
        self.heard.lock().expect("not poisoned").clone()
    }

    /// All spans so far.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for request in self.requests() {
            for of in list(&request["body"]["resourceSpans"]) {
                for scope in list(&of["scopeSpans"]) {
                    let resource = of["resource"].clone();
                    let made = |json: &Value| Span { json: json.clone(), resource: resource.clone() };
                    spans.extend(list(&scope["spans"]).iter().map(made));
                }
            }
        }
        spans
    }
}

async fn take(State(heard): State<Arc<Mutex<Vec<Value>>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 8 << 20).await.expect("a body");
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body: Value = serde_json::from_slice(&body).expect("OTLP in JSON");
    heard.lock().expect("not poisoned").push(serde_json::json!({
        "type": header("content-type"), "key": header("x-key"), "traceparent": header("traceparent"), "body": body,
    }));
    axum::Json(serde_json::json!({})).into_response()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

impl Span {
    pub fn name(&self) -> &str {
        self.json["name"].as_str().expect("a name")
    }

    pub fn trace(&self) -> &str {
        self.json["traceId"].as_str().expect("a trace")
    }

    pub fn id(&self) -> &str {
        self.json["spanId"].as_str().expect("an id")
    }

    pub fn parent(&self) -> Option<&str> {
        self.json["parentSpanId"].as_str().filter(|id| !id.is_empty())
    }

    /// An attribute's value, of whatever type; null where there is none.
    pub fn get(&self, name: &str) -> Value {
        let found = list(&self.json["attributes"]).iter().find(|one| one["key"] == name);
        found.map(|one| plain(&one["value"])).unwrap_or_default()
    }

    /// An attribute that is a list of texts.
    pub fn texts(&self, name: &str) -> Vec<String> {
        list(&self.get(name)).iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    pub fn service(&self) -> Value {
        let found = list(&self.resource["attributes"]).iter().find(|one| one["key"] == "service.name");
        found.map(|one| plain(&one["value"])).unwrap_or_default()
    }

    pub fn nanos(&self, which: &str) -> u64 {
        self.json[which].as_str().and_then(|text| text.parse().ok()).expect("nanoseconds in a text")
    }

    pub fn has_failed(&self) -> bool {
        self.json["status"]["code"] == 2
    }
}

fn plain(value: &Value) -> Value {
    if let Some(text) = value["intValue"].as_str() {
        return text.parse::<i64>().expect("a number").into();
    }
    if let Some(values) = value["arrayValue"]["values"].as_array() {
        return values.iter().map(plain).collect();
    }
    value.as_object().and_then(|only| only.values().next()).cloned().unwrap_or_default()
}

/// Method and path of each request, with its `traceparent`.
type Heard = Vec<(String, Option<String>)>;

/// Stands before a server, passes everything on, and notes which span each request says that it belongs to.
pub struct Between {
    pub server: Server,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Clone)]
struct Passing {
    to: String,
    client: reqwest::Client,
    heard: Arc<Mutex<Heard>>,
}

impl Between {
    pub async fn before(origin: &str) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let passing = Passing { to: origin.to_owned(), client, heard: Arc::clone(&heard) };
        Self { server: Server::start(Router::new().fallback(pass).with_state(passing)).await, heard }
    }

    /// What came so far.
    pub fn heard(&self) -> Heard {
        self.heard.lock().expect("not poisoned").clone()
    }
}

async fn pass(State(passing): State<Passing>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().expect("a path").as_str().to_owned();
    let parent = parts.headers.get("traceparent").map(|value| value.to_str().expect("text").to_owned());
    passing.heard.lock().expect("not poisoned").push((format!("{} {path}", parts.method), parent));
    parts.headers.remove("host");
    let body = to_bytes(body, 8 << 20).await.expect("a body");
    let url = format!("{}{path}", passing.to);
    let asked = passing.client.request(parts.method, url).headers(parts.headers).body(body).send().await;
    let Ok(answer) = asked else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove("transfer-encoding");
    (status, headers, Body::from_stream(answer.bytes_stream())).into_response()
}
