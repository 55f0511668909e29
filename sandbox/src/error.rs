//! Discord's error shape: an HTTP status, a JSON code, a message, and for forms a nested tree.
//!
//! Codes: <https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal as Discord words it.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Discord's JSON error code; 0 for a general error.
    pub code: u32,
    /// Discord's message.
    pub message: String,
    /// For 50035: where in the body what is wrong.
    pub errors: Option<Value>,
}

/// What a handler returns.
pub type ApiResult<T = Value> = Result<T, ApiError>;

impl ApiError {
    /// An error with a JSON code of Discord's list.
    pub fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), errors: None }
    }

    /// 404 with `{"message": "404: Not Found", "code": 0}`: no such route.
    pub fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, 0, "404: Not Found")
    }

    /// 401: the token is missing or wrong.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized")
    }

    /// 403 50001: the bot can't see this.
    pub fn missing_access() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50001, "Missing Access")
    }

    /// 403 50013: the bot sees it and may not do this.
    pub fn missing_permissions() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50013, "Missing Permissions")
    }

    /// 404 with a code of the 10000s, such as `unknown(10003, "Channel")`.
    pub fn unknown(code: u32, what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, format!("Unknown {what}"))
    }

    /// 400 50035 with the tree of what is wrong.
    pub fn invalid_form(errors: Value) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: 50035,
            message: "Invalid Form Body".into(),
            errors: Some(errors),
        }
    }

    /// 400 50109: the body is not JSON.
    pub fn invalid_json() -> Self {
        Self::new(StatusCode::BAD_REQUEST, 50109, "The request body contains invalid JSON.")
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body())).into_response()
    }
}
