//! `GET /v1/models`, and what answers every route that is none.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::error::ModelError;
use super::record::Outcome;
use super::{EMBEDDING_MODEL, MODEL, ModelServer, chat};

/// 2026-01-01T00:00:00Z: models need a date of birth.
const CREATED: u64 = 1_767_225_600;

/// `GET /v1/models`.
pub(crate) async fn list(State(server): State<ModelServer>, request: Request) -> Response {
    answer(&server, &request, || {
        Ok(json!({ "object": "list", "data": [card(MODEL), card(EMBEDDING_MODEL)] }))
    })
}

/// `GET /v1/models/{model}`.
pub(crate) async fn get(
    State(server): State<ModelServer>,
    Path(model): Path<String>,
    request: Request,
) -> Response {
    answer(&server, &request, || {
        if [MODEL, EMBEDDING_MODEL].contains(&model.as_str()) {
            return Ok(card(&model));
        }
        let message = format!("The model '{model}' does not exist; GET /v1/models lists those that do.");
        let error = ModelError::new(StatusCode::NOT_FOUND, message).code("model_not_found");
        Err(ModelError { param: Some("model".into()), ..error })
    })
}

/// A path that is no route: 404.
pub(crate) async fn no_route(State(server): State<ModelServer>, request: Request) -> Response {
    answer(&server, &request, || {
        let message = format!("Unknown request URL: {} {}.", request.method(), request.uri().path());
        Err(ModelError::new(StatusCode::NOT_FOUND, message).code("unknown_url"))
    })
}

/// A route asked with a wrong method: 405.
pub(crate) async fn wrong_method(State(server): State<ModelServer>, request: Request) -> Response {
    answer(&server, &request, || {
        let message = format!("{} is not allowed for {}.", request.method(), request.uri().path());
        Err(ModelError::new(StatusCode::METHOD_NOT_ALLOWED, message).code("method_not_allowed"))
    })
}

fn answer(
    server: &ModelServer,
    request: &Request,
    with: impl FnOnce() -> Result<Value, ModelError>,
) -> Response {
    let mut ticket = server.begin(request.uri().path(), request.headers(), &Bytes::new());
    match server.authorize(request.headers()).and_then(|()| with()) {
        Ok(value) => {
            ticket.status(200);
            ticket.end(Outcome::Finished);
            Json(value).into_response()
        }
        Err(error) => chat::refuse(&error, ticket),
    }
}

fn card(id: &str) -> Value {
    json!({ "id": id, "object": "model", "created": CREATED, "owned_by": "troupe-sandbox" })
}
