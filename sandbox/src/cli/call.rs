//! One request to the control API, and its answer as JSON on standard output.

use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Map, Value};
use troupe_sandbox::control::MOUNT;

use super::tell;

/// How long to wait for an answer at most: longer than any wait of the sandbox's.
const PATIENCE: Duration = Duration::from_secs(660);

/// A request, put together.
#[derive(Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Call {
    /// `GET`.
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), query: Vec::new(), body: None }
    }

    /// Another method, with a JSON body.
    pub(super) fn with_body(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), query: Vec::new(), body: Some(body) }
    }

    /// `POST`.
    pub(super) fn post(path: impl Into<String>, body: Value) -> Self {
        Self::with_body(Method::POST, path, body)
    }

    /// `DELETE` without a body.
    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), query: Vec::new(), body: None }
    }

    /// Adds to the query, if there is a value.
    pub(super) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Asks, and prints the answer.
    ///
    /// # Errors
    /// The sandbox's sentence when it refuses.
    pub(super) async fn run(self, url: &str) -> Result<(), String> {
        let what = format!("{} {MOUNT}{}", self.method, self.path);
        let response = self.send(url).await?;
        let status = response.status();
        let text = response.text().await.map_err(|error| format!("{what}: {error}"))?;
        let json: Option<Value> = serde_json::from_str(&text).ok();
        if status.is_success() {
            tell(&json.map_or(text, |json| pretty(&json)));
            return Ok(());
        }
        let json = json.unwrap_or_default();
        // A wait that was too short still tells how far it came.
        if let Some(outcome) = json.get("outcome") {
            tell(&pretty(outcome));
        }
        let sentence = json["error"].as_str().or_else(|| json["error"]["message"].as_str());
        Err(sentence.map_or_else(|| format!("{what} was answered with {status}: {text}"), str::to_owned))
    }

    /// Asks, and prints server-sent events until the sandbox stops.
    pub(super) async fn follow(self, url: &str) -> Result<(), String> {
        let mut response = self.send(url).await?;
        let mut text = String::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some(end) = text.find('\n') {
                if let Some(data) = text[..end].strip_prefix("data: ") {
                    tell(data);
                }
                text.drain(..=end);
            }
        }
        Ok(())
    }

    async fn send(self, url: &str) -> Result<Response, String> {
        let url = url.trim_end_matches('/');
        let client = Client::builder().no_proxy().connect_timeout(Duration::from_secs(5)).build();
        let client = client.map_err(|error| format!("can't make an HTTP client: {error}"))?;
        let mut request = client.request(self.method, format!("{url}{MOUNT}{}", self.path));
        request = request.query(&self.query).timeout(PATIENCE);
        if let Some(body) = self.body {
            request = request.json(&body);
        }
        request.send().await.map_err(|error| {
            let reason = std::error::Error::source(&error).map_or_else(String::new, |it| format!(" ({it})"));
            format!("no sandbox answers at {url}{reason}; start one with: troupe-sandbox serve")
        })
    }
}

/// A body out of the fields that are set.
pub(super) fn body(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(set.collect::<Map<_, _>>())
}

fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).expect("a JSON value is written")
}

/// One segment of a path, with what must be escaped in it.
pub(super) fn segment(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'-' | b'_' | b'.' | b'~' | b'@' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    escaped.collect()
}
