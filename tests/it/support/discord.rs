//! Just enough of Discord for the doctor to ask and for a bot to start on, each answer of which a test can spoil.

use axum::{
    Json, Router,
    extract::{
        Request, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};

use super::Server;

pub const TOKEN: &str = "MTIzNDU2Nzg5.secret-part.nobody-may-see-this";

/// How this Discord answers.
#[derive(Clone)]
pub struct Answers {
    pub application: Value,
    /// The answer about the gateway, to which its real address is added.
    pub gateway: Value,
    /// Answers every request, with the sender's own Authorization repeated in the body.
    pub refuse: Option<StatusCode>,
    pub date: Option<&'static str>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            application: json!({
                "id": "1", "name": "Understudy", "description": "", "flags": 0, "verify_key": "",
                "integration_types_config": {"0": {}, "1": {}},
            }),
            gateway: json!({
                "shards": 1,
                "session_start_limit": {"total": 1000, "remaining": 990, "reset_after": 3_600_000, "max_concurrency": 1},
            }),
            refuse: None,
            date: None,
        }
    }
}

pub async fn start(answers: Answers) -> Server {
    let routes = Router::new().route("/gateway/", any(gateway)).fallback(answer).with_state(answers);
    Server::start(routes).await
}

fn me() -> Value {
    json!({"id": "1", "username": "Understudy", "discriminator": "0", "avatar": null, "bot": true})
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn answer(State(mut answers): State<Answers>, request: Request) -> Response {
    let given = text(request.headers(), &header::AUTHORIZATION);
    if let Some(status) = answers.refuse {
        return (status, format!("<html>you sent {given}</html>")).into_response();
    }
    if given != format!("Bot {TOKEN}") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": format!("401: {given}"), "code": 0})))
            .into_response();
    }
    answers.gateway["url"] = json!(format!("ws://{}/gateway/", text(request.headers(), &header::HOST)));
    let mut response = match request.uri().path() {
        "/api/v10/users/@me" => Json(me()).into_response(),
        "/api/v10/applications/@me" => Json(answers.application).into_response(),
        "/api/v10/gateway/bot" => Json(answers.gateway).into_response(),
        _ => (StatusCode::NOT_FOUND, Json(json!({"message": "404: Not Found", "code": 0}))).into_response(),
    };
    if let Some(date) = answers.date {
        response.headers_mut().insert(header::DATE, date.parse().expect("a header"));
    }
    response
}

/// A gateway on which nothing ever happens.
async fn gateway(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket| {
        let hello = json!({"op": 10, "d": {"heartbeat_interval": 40_000}, "s": null, "t": null});
        let mut answer = Some(hello);
        loop {
            if let Some(answer) = answer.take()
                && socket.send(Message::text(answer.to_string())).await.is_err()
            {
                return;
            }
            let Some(asked) = next(&mut socket).await else { return };
            answer = match asked["op"].as_u64() {
                Some(1) => Some(json!({"op": 11, "d": null, "s": null, "t": null})),
                Some(2) => Some(json!({"op": 0, "s": 1, "t": "READY", "d": {
                    "v": 10, "user": me(), "guilds": [], "session_id": "a", "shard": asked["d"]["shard"],
                    "resume_gateway_url": "ws://localhost/", "application": {"id": "1", "flags": 0},
                }})),
                _ => None,
            };
        }
    })
}

async fn next(socket: &mut WebSocket) -> Option<Value> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => return serde_json::from_str(&text).ok(),
            Message::Binary(bytes) => return serde_json::from_slice(&bytes).ok(),
            Message::Close(_) => return None,
            Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}
