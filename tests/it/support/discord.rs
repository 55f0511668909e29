//! The few REST answers of Discord that the doctor asks for, each of which a test can spoil.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::Server;

pub const TOKEN: &str = "MTIzNDU2Nzg5.secret-part.nobody-may-see-this";

/// How this Discord answers.
#[derive(Clone)]
pub struct Answers {
    pub application: Value,
    pub gateway: Value,
    /// Answers every request, with the sender's own Authorization repeated in the body.
    pub refuse: Option<StatusCode>,
    pub date: Option<&'static str>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            application: json!({
                "id": "1", "flags": 0, "integration_types_config": {"0": {}, "1": {}},
            }),
            gateway: json!({
                "url": "wss://example.invalid", "shards": 1,
                "session_start_limit": {"total": 1000, "remaining": 990, "reset_after": 3_600_000, "max_concurrency": 1},
            }),
            refuse: None,
            date: None,
        }
    }
}

pub async fn start(answers: Answers) -> Server {
    Server::start(Router::new().fallback(answer).with_state(answers)).await
}

async fn answer(State(answers): State<Answers>, request: Request) -> Response {
    let given =
        request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    if let Some(status) = answers.refuse {
        return (status, format!("<html>you sent {given}</html>")).into_response();
    }
    if given != format!("Bot {TOKEN}") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": format!("401: {given}"), "code": 0})))
            .into_response();
    }
    let mut response = match request.uri().path() {
        "/api/v10/users/@me" => {
            Json(json!({"id": "1", "username": "Understudy", "bot": true})).into_response()
        }
        "/api/v10/applications/@me" => Json(answers.application).into_response(),
        "/api/v10/gateway/bot" => Json(answers.gateway).into_response(),
        _ => (StatusCode::NOT_FOUND, Json(json!({"message": "404: Not Found", "code": 0}))).into_response(),
    };
    if let Some(date) = answers.date {
        response.headers_mut().insert(header::DATE, date.parse().expect("a header"));
    }
    response
}
