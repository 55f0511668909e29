//! A sandbox with a small router, and clients that reach it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, Path};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use reqwest::{Certificate, Method, Proxy, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use troupe_sandbox::error::ApiError;
use troupe_sandbox::ids::Id;
use troupe_sandbox::instance::Sandbox;
use troupe_sandbox::rest::pipeline;
use troupe_sandbox::rest::request::{Body, Bot, Caller};
use troupe_sandbox::server::{self, Connection, Options, Running};

/// How long anything here may take at most.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// What handlers did, and a door that keeps one of them waiting.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) messages: AtomicUsize,
    pub(crate) waiting: Notify,
    pub(crate) door: Notify,
}

pub(crate) struct Local {
    pub(crate) sandbox: Sandbox,
    pub(crate) running: Running,
    pub(crate) app: Id,
    pub(crate) token: String,
    pub(crate) client: reqwest::Client,
    pub(crate) seen: Arc<Seen>,
}

impl Local {
    pub(crate) async fn start() -> Self {
        Self::with(routes()).await
    }

    /// A sandbox with these routes behind the pipeline.
    pub(crate) async fn with(routes: Router<Sandbox>) -> Self {
        let bound = server::bind(Options::default()).await.unwrap();
        let sandbox = Sandbox::new(bound.addr().to_string());
        let (app, token) = sandbox.change(|world| {
            let owner = world.next_id();
            world.add_app("Tester", owner, 0)
        });
        let seen = Arc::new(Seen::default());
        let api = pipeline::api(&sandbox, routes).with_state(sandbox.clone());
        let router = api.route("/echo", get(echo)).layer(Extension(Arc::clone(&seen)));
        let client = reqwest::Client::builder().no_proxy().timeout(BOUND).build().unwrap();
        Self { running: bound.serve(router), sandbox, app, token, client, seen }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/api/v10{path}", self.running.addr())
    }

    /// A request without a token.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request of the bot.
    pub(crate) fn bot(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).header("Authorization", format!("Bot {}", self.token))
    }

    /// The bot posts a message.
    pub(crate) async fn post_message(&self, channel: u64) -> Response {
        let path = format!("/channels/{channel}/messages");
        self.bot(Method::POST, &path).json(&json!({"content": "hi"})).send().await.unwrap()
    }

    pub(crate) fn messages(&self) -> usize {
        self.seen.messages.load(Ordering::SeqCst)
    }

    pub(crate) fn advance_ms(&self, ms: u64) {
        self.sandbox.clock.advance(Duration::from_millis(ms));
    }

    /// A request by hand, without any of an HTTP client's help.
    pub(crate) async fn raw(&self, request: &str) -> TcpStream {
        let mut tcp = TcpStream::connect(self.running.addr()).await.unwrap();
        tcp.write_all(request.as_bytes()).await.unwrap();
        tcp
    }

    pub(crate) fn raw_message(&self) -> String {
        format!(
            "POST /api/v10/channels/1/messages HTTP/1.1\r\nHost: discord.com\r\nAuthorization: Bot {}\r\n\
             Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
            self.token
        )
    }
}

/// All that comes until the end, and how it ends.
pub(crate) async fn read_to_end(tcp: &mut TcpStream) -> (String, std::io::Result<()>) {
    let mut bytes = Vec::new();
    let end = tokio::time::timeout(BOUND, tcp.read_to_end(&mut bytes)).await.unwrap();
    (String::from_utf8_lossy(&bytes).into_owned(), end.map(drop))
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// Status and JSON body.
pub(crate) async fn outcome(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A client that takes the sandbox for Discord.
pub(crate) fn trusting(local: &Local) -> reqwest::ClientBuilder {
    let ca = Certificate::from_pem(local.running.ca_pem().as_bytes()).unwrap();
    reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .add_root_certificate(ca)
        .no_proxy()
        .timeout(BOUND)
}

/// The sandbox as a client's proxy.
pub(crate) fn through(local: &Local) -> Proxy {
    Proxy::all(format!("http://{}", local.running.addr())).unwrap()
}

fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/gateway", get(gateway))
        .route("/users/@me", get(async |Bot(app): Bot| Json(json!({ "id": app }))))
        .route("/forbidden", get(async || ApiError::missing_permissions()))
        .route("/wait", get(wait))
        .route("/channels/{channel_id}", patch(done))
        .route("/channels/{channel_id}/messages", post(create))
        .route("/channels/{channel_id}/messages/{message_id}", patch(done).delete(done))
        .route("/channels/{channel_id}/messages/bulk-delete", post(done))
        .route("/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me", put(done).delete(done))
        .route("/channels/{channel_id}/typing", post(done))
        .route("/webhooks/{webhook_id}/{token}", post(done))
        .route("/webhooks/{webhook_id}/{token}/messages/{message_id}", patch(done))
        .route("/interactions/{interaction_id}/{token}/callback", post(done))
}

async fn gateway(Extension(connection): Extension<Connection>) -> Json<Value> {
    Json(json!({ "tls": connection.is_tls() }))
}

async fn done() -> Json<Value> {
    Json(json!({ "done": true }))
}

async fn create(
    Extension(seen): Extension<Arc<Seen>>,
    Path(channel): Path<Id>,
    caller: Caller,
    body: Body,
) -> Json<Value> {
    seen.messages.fetch_add(1, Ordering::SeqCst);
    let files: Vec<_> =
        body.files.iter().map(|file| json!([file.index, file.filename, file.bytes.len()])).collect();
    Json(json!({
        "channel_id": channel, "caller": format!("{caller:?}"), "json": body.json, "files": files,
    }))
}

async fn wait(Extension(seen): Extension<Arc<Seen>>) -> &'static str {
    seen.waiting.notify_one();
    seen.door.notified().await;
    "done"
}

async fn echo(upgrade: WebSocketUpgrade) -> axum::response::Response {
    upgrade.on_upgrade(async |mut socket| {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}
