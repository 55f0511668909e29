//! A Discord of one room: just enough gateway and REST to run the bot's frame on, and a record of what it was told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use url::Url;

pub(super) const TOKEN: &str = "MTk4.s3cret";

/// A call of the bot, without the calls of its start.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) route: String,
    pub(super) body: Value,
}

pub(super) struct Discord {
    address: String,
    events: broadcast::Sender<Value>,
    calls: Mutex<Vec<Call>>,
    commands: Mutex<Vec<Value>>,
    puts: Mutex<u32>,
    /// Closes each new session with this code.
    pub(super) reject: Mutex<Option<u16>>,
    /// The next callback gets this status and body.
    pub(super) refuse: Mutex<Option<(u16, Value)>>,
    next_id: Mutex<u64>,
}

impl Discord {
    pub(super) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let discord = Arc::new(Self {
            address: listener.local_addr().unwrap().to_string(),
            events: broadcast::channel(64).0,
            calls: Mutex::default(),
            commands: Mutex::default(),
            puts: Mutex::default(),
            reject: Mutex::default(),
            refuse: Mutex::default(),
            next_id: Mutex::new(1_000),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&discord));
        // Ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        discord
    }

    pub(super) fn url(&self) -> Url {
        format!("http://{}", self.address).parse().unwrap()
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// How often the commands were written.
    pub(super) fn puts(&self) -> u32 {
        *self.puts.lock().unwrap()
    }

    /// A member uses a command; the interaction, as it was sent.
    pub(super) fn invoke(&self, name: &str, options: &Value, locale: &str) -> Value {
        let data = json!({"id": "1", "name": name, "type": 1, "options": options});
        self.interact(2, &data, locale)
    }

    pub(super) fn interact(&self, kind: u8, data: &Value, locale: &str) -> Value {
        let id = {
            let mut next = self.next_id.lock().unwrap();
            *next += 1;
            *next
        };
        let user = json!({"id": "42", "username": "ann", "discriminator": "0", "avatar": null});
        let mut interaction = json!({
            "id": id.to_string(), "application_id": "7", "type": kind, "data": data, "channel_id": "1",
            "channel": {"id": "1", "type": 1}, "user": user, "token": format!("token-{id}"), "version": 1,
            "locale": locale, "entitlements": [], "authorizing_integration_owners": {}, "context": 1,
            "app_permissions": "0", "attachment_size_limit": 10_485_760,
        });
        if kind == 3 {
            interaction["message"] = message();
        }
        self.emit(&interaction);
        interaction
    }

    pub(super) fn emit(&self, interaction: &Value) {
        self.events
            .send(json!({"op": 0, "t": "INTERACTION_CREATE", "d": interaction}))
            .expect("the bot listens");
    }

    /// Waits for that many calls.
    pub(super) async fn wait_for(&self, count: usize) -> Vec<Call> {
        let enough = async {
            while self.calls().len() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), enough).await.is_ok();
        assert!(in_time, "{count} calls expected: {:#?}", self.calls());
        self.calls()
    }
}

async fn answer(State(discord): State<Arc<Discord>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path == "/ws/" {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
        return upgrade.on_upgrade(|socket| session(discord, socket));
    }
    assert_eq!(parts.headers["authorization"], format!("Bot {TOKEN}"));
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let value: Value = serde_json::from_slice(&body).unwrap_or_default();
    let route = format!("{} {}", parts.method, path.trim_start_matches("/api/v10"));
    let gateway = json!({
        "url": format!("ws://{}/ws/", discord.address), "shards": 1,
        "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1},
    });
    match route.as_str() {
        "GET /gateway" | "GET /gateway/bot" => json_of(200, &gateway),
        "GET /users/@me" => json_of(200, &json!({"id": "7", "username": "troupe"})),
        "GET /applications/@me" => json_of(200, &json!({"id": "7", "name": "Troupe", "flags": 0})),
        "GET /applications/7/commands" => json_of(200, &json!(*discord.commands.lock().unwrap())),
        "PUT /applications/7/commands" => {
            *discord.puts.lock().unwrap() += 1;
            let mut commands: Vec<Value> = serde_json::from_value(value).unwrap();
            for (n, command) in commands.iter_mut().enumerate() {
                command["id"] = json!((500 + n).to_string());
            }
            discord.commands.lock().unwrap().clone_from(&commands);
            json_of(200, &json!(commands))
        }
        _ => {
            discord.calls.lock().unwrap().push(Call { route: route.clone(), body: value });
            let refused = discord.refuse.lock().unwrap().take();
            match refused {
                Some((status, body)) => json_of(status, &body),
                None if route.ends_with("/callback") => json_of(204, &Value::Null),
                None => json_of(200, &message()),
            }
        }
    }
}

async fn session(discord: Arc<Discord>, mut socket: WebSocket) {
    let mut events = discord.events.subscribe();
    let text = |value: Value| Message::text(value.to_string());
    socket.send(text(json!({"op": 10, "d": {"heartbeat_interval": 41_250}}))).await.unwrap();
    let mut sequence = 1;
    loop {
        let message = tokio::select! {
            event = events.recv() => {
                let mut event = event.unwrap();
                sequence += 1;
                event["s"] = json!(sequence);
                if socket.send(text(event)).await.is_err() {
                    return;
                }
                continue;
            }
            message = socket.recv() => message,
        };
        let Some(Ok(Message::Text(message))) = message else { return };
        let message: Value = serde_json::from_str(&message).unwrap();
        let reply = match message["op"].as_u64() {
            Some(1) => json!({"op": 11}),
            Some(2) => {
                assert_eq!(message["d"]["token"], format!("Bot {TOKEN}"));
                // GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES.
                assert_eq!(message["d"]["intents"], 1 | 1 << 9 | 1 << 12);
                let code = *discord.reject.lock().unwrap();
                if let Some(code) = code {
                    let _gone =
                        socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
                    return;
                }
                json!({"op": 0, "t": "READY", "s": 1, "d": {
                    "v": 10, "session_id": "s", "resume_gateway_url": format!("ws://{}/ws/", discord.address),
                    "user": {"id": "7", "username": "troupe", "discriminator": "0", "avatar": null, "bot": true,
                             "mfa_enabled": false, "verified": true},
                    "guilds": [], "shard": [0, 1], "application": {"id": "7", "flags": 0},
                }})
            }
            _ => continue,
        };
        if socket.send(text(reply)).await.is_err() {
            return;
        }
    }
}

fn message() -> Value {
    json!({
        "id": "5", "channel_id": "1", "content": "", "timestamp": "2026-01-01T00:00:00Z", "edited_timestamp": null,
        "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
        "pinned": false, "type": 0, "author": {"id": "7", "username": "troupe", "discriminator": "0", "avatar": null},
    })
}

fn json_of(status: u16, value: &Value) -> Response {
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    if *value == Value::Null { status.into_response() } else { (status, axum::Json(value)).into_response() }
}
