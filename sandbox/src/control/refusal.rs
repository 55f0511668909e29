//! Why the control API did not do as it was asked: a status and one sentence that says what to do.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::outcome::Outcome;
use crate::world::options::NotSent;

/// A refusal, `{"error": "…"}` on the wire.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// 400, 403, 404, 405, 408 or 409.
    pub status: StatusCode,
    /// One sentence.
    pub error: String,
    /// For 408: how far the interaction came.
    pub outcome: Option<Box<Outcome>>,
}

/// What an endpoint answers.
pub type Answer<T> = Result<Json<T>, Refusal>;

impl Refusal {
    /// A refusal of this status.
    pub fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), outcome: None }
    }

    /// 400: the request is wrong.
    pub fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 404: it names something that isn't there.
    pub fn missing(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 409: it could mean several things, or the state of things forbids it.
    pub fn conflict(error: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }
}

impl From<NotSent> for Refusal {
    fn from(reason: NotSent) -> Self {
        Self::bad(reason.0)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if let Some(outcome) = self.outcome {
            body["outcome"] = json!(outcome);
        }
        (self.status, Json(body)).into_response()
    }
}
