//! A small Discord that counts in fixed windows, sends the real headers and fails on command.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::{Request, State};
use axum::http::Response;
use secrecy::SecretString;
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::discord::rest::Rest;

/// A server's clock is not ours.
const EPOCH: f64 = 1_900_000_000.0;

/// What the server does to the next request, whatever it is.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    Status(u16, &'static str),
    TooMany { scope: &'static str, after: f64 },
}

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) at: Instant,
    pub(super) body: String,
}

#[derive(Default)]
pub(super) struct Discord {
    limit: u32,
    window: Duration,
    buckets: HashMap<String, (Instant, u32)>,
    faults: VecDeque<Fault>,
    seen: Vec<Seen>,
    refused: u32,
    pub(super) global_until: Option<Instant>,
}

pub(super) struct Server {
    url: Url,
    pub(super) state: Arc<Mutex<Discord>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A Discord whose every bucket takes `limit` requests in `window` ms.
    pub(super) async fn start(limit: u32, window: u64) -> Self {
        let window = Duration::from_millis(window);
        let state = Arc::new(Mutex::new(Discord { limit, window, ..Discord::default() }));
        let started = Instant::now();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state((Arc::clone(&state), started));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, state, task }
    }

    pub(super) fn rest(&self) -> Rest {
        Rest::new(&SecretString::from("t0ken"), Some(&self.url), None, Rest::REQUESTS_PER_SECOND).unwrap()
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.state.lock().unwrap().faults.push_back(fault);
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    pub(super) fn refused(&self) -> u32 {
        self.state.lock().unwrap().refused
    }

    /// Waits until the server saw so many requests.
    pub(super) async fn saw(&self, count: usize) {
        let enough = async {
            while self.state.lock().unwrap().seen.len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), enough).await.expect("the requests arrive");
    }
}

/// Routes share a bucket as on Discord: by method and template, apart for each channel, webhook or token.
fn bucket_of(method: &str, path: &str) -> (String, String) {
    let parts: Vec<&str> = path.trim_start_matches("/api/v10/").split('/').collect();
    let majors = match parts[0] {
        "webhooks" => 3,
        "channels" | "guilds" => 2,
        _ => 1,
    };
    // Some routes of one channel share a bucket.
    let rest = match parts.get(majors) {
        Some(&"typing") => "messages",
        Some(part) => part,
        None => "root",
    };
    (format!("{method}-{}-{rest}", parts[0]), parts[..majors.min(parts.len())].join("/"))
}

async fn answer(
    State((state, started)): State<(Arc<Mutex<Discord>>, Instant)>,
    request: Request,
) -> Response<HttpBody> {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    assert_eq!(request.headers()["authorization"], "Bot t0ken");
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let now = Instant::now();
    let mut state = state.lock().unwrap();
    state.seen.push(Seen {
        method: method.clone(),
        path: path.clone(),
        at: now,
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let is_interaction = path.contains("/webhooks/7/") || path.contains("/interactions/");
    if !is_interaction && let Some(until) = state.global_until.filter(|until| *until > now) {
        state.refused += 1;
        return too_many("global", (until - now).as_secs_f64()).body(HttpBody::empty()).unwrap();
    }
    match state.faults.pop_front() {
        Some(Fault::Status(status, body)) => {
            return Response::builder().status(status).body(HttpBody::from(body)).unwrap();
        }
        Some(Fault::TooMany { scope, after }) => {
            if scope == "global" {
                state.global_until = Some(now + Duration::from_secs_f64(after));
            }
            return too_many(scope, after).body(HttpBody::empty()).unwrap();
        }
        None => {}
    }
    if path.ends_with("/callback") || path.ends_with("/@me") {
        let body = json!({"id": "7", "username": "bot", "name": "app"});
        return Response::builder().status(200).body(HttpBody::from(body.to_string())).unwrap();
    }
    let (hash, major) = bucket_of(&method, &path);
    let (limit, window) = (state.limit, state.window);
    let (closes, used) = state.buckets.entry(format!("{hash}:{major}")).or_insert((now, 0));
    if *closes <= now {
        (*closes, *used) = (now + window, 0);
    }
    let left = *closes - now;
    let refused = *used >= limit;
    *used += u32::from(!refused);
    let headers =
        if refused { too_many("user", left.as_secs_f64()) } else { Response::builder().status(200) }
            .header("x-ratelimit-bucket", hash)
            .header("x-ratelimit-limit", limit)
            .header("x-ratelimit-remaining", limit - *used)
            .header("x-ratelimit-reset", format!("{:.3}", EPOCH + (*closes - started).as_secs_f64()))
            .header("x-ratelimit-reset-after", format!("{:.3}", left.as_secs_f64()));
    if refused {
        state.refused += 1;
        return headers.body(HttpBody::from(json!({"retry_after": left.as_secs_f64()}).to_string())).unwrap();
    }
    headers.body(HttpBody::from(message().to_string())).unwrap()
}

fn too_many(scope: &str, after: f64) -> axum::http::response::Builder {
    Response::builder()
        .status(429)
        .header("retry-after", format!("{after:.3}"))
        .header("x-ratelimit-scope", scope)
        .header("x-ratelimit-bucket", "some")
}

fn message() -> serde_json::Value {
    json!({
        "id": "5", "channel_id": "1", "content": "", "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null,
        "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": false, "type": 0, "author": {"id": "7", "username": "bot", "discriminator": "0", "avatar": null},
    })
}
