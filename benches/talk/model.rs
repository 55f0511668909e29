//! A model that answers at once, or at a pace, and remembers when it was asked and when it spoke, by the talk's number.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use futures::stream;
use serde_json::{Value, json};

use crate::Outcome;

/// When things happened in one talk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The request came.
    pub(crate) at: Instant,
    /// The first words left.
    pub(crate) spoke: Instant,
}

/// How it speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Before the first token.
    pub(crate) first: Duration,
    /// Tokens of an answer.
    pub(crate) tokens: usize,
    /// From one to the next.
    pub(crate) every: Duration,
}

#[derive(Debug)]
struct Inner {
    pace: Pace,
    asked: HashMap<u64, Asked>,
}

/// The model, until the benchmark ends.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Model {
    pub(crate) async fn start() -> Outcome<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let pace = Pace { first: Duration::ZERO, tokens: 20, every: Duration::ZERO };
        let inner = Arc::new(Mutex::new(Inner { pace, asked: HashMap::new() }));
        let app = Router::new().route("/v1/chat/completions", post(complete)).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, inner })
    }

    pub(crate) fn set_pace(&self, pace: Pace) {
        lock(&self.inner).pace = pace;
    }

    /// What is known of all talks since the last time.
    pub(crate) fn take(&self) -> HashMap<u64, Asked> {
        std::mem::take(&mut lock(&self.inner).asked)
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number after the last `#` of the member's line.
pub(crate) fn number_in(text: &str) -> Option<u64> {
    let digits = text.rsplit_once('#')?.1;
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

fn event(delta: &Value, finish: Option<&str>) -> Bytes {
    let chunk = json!({
        "id": "bench", "object": "chat.completion.chunk", "created": 1, "model": "bench",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }],
    });
    Bytes::from(format!("data: {chunk}\n\n"))
}

async fn complete(State(inner): State<Arc<Mutex<Inner>>>, Json(request): Json<Value>) -> Response {
    let at = Instant::now();
    let lines = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let said = lines.filter(|line| line["role"] == "user").filter_map(|line| line["content"].as_str());
    let number = said.rev().find_map(number_in).unwrap_or_default();
    let pace = {
        let mut inner = lock(&inner);
        inner.asked.insert(number, Asked { at, spoke: Instant::now() });
        inner.pace
    };
    let usage = json!({ "id": "bench", "object": "chat.completion.chunk", "created": 1, "model": "bench",
        "choices": [], "usage": { "prompt_tokens": 300, "completion_tokens": pace.tokens, "total_tokens": 300 + pace.tokens } });
    let last = [event(&json!({}), Some("stop")), Bytes::from(format!("data: {usage}\n\ndata: [DONE]\n\n"))];
    tokio::time::sleep(pace.first).await;
    if let Some(asked) = lock(&inner).asked.get_mut(&number) {
        asked.spoke = Instant::now();
    }
    if pace.every.is_zero() {
        let mut body = Vec::new();
        for n in 0..pace.tokens {
            body.extend_from_slice(&event(&json!({ "content": token(number, n) }), None));
        }
        body.extend_from_slice(&last.concat());
        return ([("content-type", "text/event-stream")], body).into_response();
    }
    let steps = stream::unfold(0, move |n| async move {
        if n > pace.tokens {
            return None;
        }
        if n > 0 {
            tokio::time::sleep(pace.every).await;
        }
        Some((n, n + 1))
    });
    let body = futures::StreamExt::map(steps, move |n| {
        let bytes = if n < pace.tokens {
            event(&json!({ "content": token(number, n) }), None)
        } else {
            Bytes::from(last.concat())
        };
        Ok::<_, Infallible>(bytes)
    });
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

/// The number comes first, so that the first words shown are known by it.
fn token(number: u64, n: usize) -> String {
    if n == 0 { format!("answer #{number} ") } else { format!("word{n} ") }
}
