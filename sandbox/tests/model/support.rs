//! A model server on a port of its own, and a client.

use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use troupe_sandbox::model::{ModelServer, Outcome, Recorded};

/// How long anything may take that is expected to happen.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// How long nothing must happen to be believed not to happen.
pub(crate) const QUIET: Duration = Duration::from_millis(250);

/// A served model server.
pub(crate) struct Served {
    pub(crate) model: ModelServer,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
}

/// A new server, which answers at once.
pub(crate) async fn serve() -> Served {
    let model = ModelServer::new();
    model.set_tokens_per_second(0);
    let app = model.router().nest("/_sandbox/model", model.control());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Served { model, address, client: Client::new() }
}

/// A request that says `said`.
pub(crate) fn asking(said: &str) -> Value {
    json!({ "model": "gpt-test", "messages": [{ "role": "user", "content": said }] })
}

/// A streamed request that says `said`.
pub(crate) fn streaming(said: &str) -> Value {
    let mut request = asking(said);
    request["stream"] = true.into();
    request
}

impl Served {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn try_chat(&self, request: &Value) -> reqwest::Result<Response> {
        self.client.post(self.url("/v1/chat/completions")).json(request).send().await
    }

    pub(crate) async fn chat(&self, request: &Value) -> Response {
        self.try_chat(request).await.unwrap()
    }

    /// The whole completion.
    pub(crate) async fn completion(&self, request: &Value) -> Value {
        let response = self.chat(request).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// The whole stream.
    pub(crate) async fn stream(&self, request: &Value) -> Streamed {
        let response = self.chat(request).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        tokio::time::timeout(DEADLINE, Streamed::read(response)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
        let response = self.client.post(self.url(path)).body(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// The one request, once it has ended like this and nothing of it is left.
    pub(crate) async fn ended(&self, outcome: Outcome) -> Recorded {
        let so = |requests: &[Recorded]| requests.len() == 1 && requests[0].outcome != Outcome::UnderWay;
        let requests = self.model.wait_until(DEADLINE, so).await.unwrap();
        assert_eq!(requests[0].outcome, outcome);
        assert_eq!(self.model.open(), 0);
        requests[0].clone()
    }
}

/// A stream that was read to its end, or to where it broke.
#[derive(Debug)]
pub(crate) struct Streamed {
    /// What stood behind each `data: `.
    pub(crate) events: Vec<String>,
    /// Whether the connection broke.
    pub(crate) broken: bool,
}

impl Streamed {
    async fn read(response: Response) -> Self {
        let mut bytes = Vec::new();
        let mut broken = false;
        let mut body = response.bytes_stream();
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(_) => broken = true,
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        Self { events: events(&text), broken }
    }

    /// The events that are JSON.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        self.events.iter().filter_map(|event| serde_json::from_str(event).ok()).collect()
    }

    /// The deltas that carry text.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let chunks = self.chunks();
        let deltas = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
        deltas.filter(|delta| !delta.is_empty()).map(str::to_owned).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.tokens().concat()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.events.last().is_some_and(|last| last == "[DONE]")
    }
}

/// The data of each whole event of `text`.
pub(crate) fn events(text: &str) -> Vec<String> {
    let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
    let lines = whole.split("\n\n").filter(|event| !event.is_empty());
    lines.map(|event| event.strip_prefix("data: ").expect("an event is data").to_owned()).collect()
}
