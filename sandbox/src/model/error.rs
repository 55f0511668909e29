//! The error shape of the model server: `{"error": {"message", "type", "param", "code"}}`.
//!
//! Facts: <https://platform.openai.com/docs/guides/error-codes>.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal as an OpenAI-compatible server words it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ModelError {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The field at fault, such as `messages[0].role`.
    pub(crate) param: Option<String>,
    /// A short machine-readable name, such as `model_not_found`.
    pub(crate) code: Option<&'static str>,
    /// The whole `Retry-After` header, in seconds.
    pub(crate) retry_after_s: Option<u64>,
}

impl ModelError {
    /// An error of `status` with the usual code of that status.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let code = match status {
            StatusCode::UNAUTHORIZED => Some("invalid_api_key"),
            StatusCode::TOO_MANY_REQUESTS => Some("rate_limit_exceeded"),
            _ => None,
        };
        Self { status, message: message.into(), param: None, code, retry_after_s: None }
    }

    /// 400: `param` (if the fault has one place) is wrong in the way the message says.
    pub(crate) fn invalid(param: impl Into<Option<String>>, message: impl Into<String>) -> Self {
        Self { param: param.into(), ..Self::new(StatusCode::BAD_REQUEST, message) }
    }

    /// The same error with a machine-readable name.
    pub(crate) fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    fn kind(&self) -> &'static str {
        match self.status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        }
    }

    /// The JSON body.
    pub(crate) fn body(&self) -> serde_json::Value {
        json!({ "error": {
            "message": self.message, "type": self.kind(), "param": self.param, "code": self.code,
        }})
    }
}

impl IntoResponse for ModelError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
