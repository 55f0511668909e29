//! Reads a request's body within a size and a time.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;

use super::error::ModelError;

/// The largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How much of a body that is too large is read away, in bytes, so that its sender gets to see the
/// 413 in place of a broken pipe.
const DRAIN_LIMIT: usize = 8 * BODY_LIMIT;
/// How long a body may take to arrive.
const DEADLINE: Duration = Duration::from_secs(30);

/// The whole body; 413 if it is too large, 408 if it does not arrive, 400 if it breaks off.
pub(crate) async fn read(body: Body) -> Result<Bytes, ModelError> {
    tokio::time::timeout(DEADLINE, read_all(body)).await.unwrap_or_else(|_| {
        let message = format!("The request body did not arrive within {} seconds.", DEADLINE.as_secs());
        Err(ModelError::new(StatusCode::REQUEST_TIMEOUT, message))
    })
}

async fn read_all(mut body: Body) -> Result<Bytes, ModelError> {
    let error = match Limited::new(&mut body, BODY_LIMIT).collect().await {
        Ok(whole) => return Ok(whole.to_bytes()),
        Err(error) => error,
    };
    if !error.is::<LengthLimitError>() {
        return Err(ModelError::invalid(None, "The request body broke off before its end."));
    }
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await
        && drained < DRAIN_LIMIT
    {
        drained += frame.data_ref().map_or(0, Bytes::len);
    }
    let message = format!("The request body is larger than {BODY_LIMIT} bytes, the most that is accepted.");
    Err(ModelError::new(StatusCode::PAYLOAD_TOO_LARGE, message).code("request_too_large"))
}

/// `bytes` as JSON of type `T`; 400 that names the place of the first fault.
pub(crate) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ModelError> {
    // The path is tracked only when there is something to complain of.
    serde_json::from_slice(bytes).map_err(|error| {
        if !error.is_data() {
            return ModelError::invalid(None, format!("The request body is not valid JSON: {error}."));
        }
        let mut json = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Ok(_) => ModelError::invalid(None, format!("The request body is wrong: {error}.")),
            Err(error) => {
                let path = error.path().to_string();
                let inner = error.into_inner();
                if path == "." {
                    return ModelError::invalid(None, format!("The request body is wrong: {inner}."));
                }
                let message = format!("Invalid value for '{path}': {inner}.");
                ModelError::invalid(path, message).code("invalid_value")
            }
        }
    })
}
