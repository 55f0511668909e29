//! What a fault does: before the handler, or to its answer.

use std::io;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Hit;
use crate::clock::Clock;
use crate::limits::Scope;

/// How long a hang lasts unless told otherwise, in milliseconds.
const HANG_MS: u64 = 60_000;
/// In how many pieces a slow body comes.
const SLOW_PIECES: usize = 10;
/// The longest answer that is held in memory to be distorted, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// What happens to a request. Times are measured on the sandbox's clock, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// It waits before anything else.
    Latency {
        /// At least so long.
        ms: u64,
        /// And at random up to so much longer.
        #[serde(default)]
        jitter_ms: u64,
    },
    /// It is answered with 429.
    RateLimit {
        /// What `retry_after` says.
        retry_after_ms: u64,
        /// Whom it concerns.
        #[serde(default = "user")]
        scope: Scope,
    },
    /// It is answered with an error.
    Status {
        /// From 400 to 599.
        status: u16,
        /// In Discord's shape, or as a proxy before it does.
        #[serde(default)]
        body: ErrorBody,
    },
    /// The connection is reset before the handler ran: nothing happened.
    Reset,
    /// The connection is reset after the handler ran: it happened, and the answer is lost.
    ResetAfter,
    /// No answer, until the client leaves or the time is over; then the connection is reset.
    Hang {
        /// For so long at most.
        #[serde(default = "hang_ms")]
        max_ms: u64,
    },
    /// The answer breaks off. An empty one stays as it is.
    Truncate {
        /// After so many bytes of its body; half of it if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// The answer's body comes in pieces.
    SlowBody {
        /// All of it after so long.
        ms: u64,
    },
    /// The answer claims another type.
    ContentType {
        /// Such as `text/html`.
        value: String,
    },
}

fn user() -> Scope {
    Scope::User
}

fn hang_ms() -> u64 {
    HANG_MS
}

/// What an error's body looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBody {
    /// `{"message": "503: Service Unavailable", "code": 0}`.
    #[default]
    Json,
    /// A page for people.
    Html,
    /// Nothing.
    Empty,
}

/// The answer of [`Effect::Status`].
pub(crate) fn status_answer(status: u16, body: ErrorBody) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = format!("{}: {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    match body {
        ErrorBody::Json => (status, Json(json!({ "message": text, "code": 0 }))).into_response(),
        ErrorBody::Html => {
            let page = format!(
                "<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n\
                 <hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
            );
            (status, Html(page)).into_response()
        }
        ErrorBody::Empty => status.into_response(),
    }
}

/// Does to an answer what the faults that the request met do.
pub(crate) async fn distort(mut response: Response, hits: &[Hit], clock: &Clock) -> Response {
    for hit in hits {
        response = match &hit.effect {
            Effect::Truncate { bytes } => truncate(response, *bytes).await,
            Effect::SlowBody { ms } => slow(response, *ms, clock.clone()).await,
            Effect::ContentType { value } => {
                if let Ok(value) = HeaderValue::from_str(value) {
                    response.headers_mut().insert(header::CONTENT_TYPE, value);
                }
                response
            }
            // These are the pipeline's: they concern the time before the handler, or the connection.
            Effect::Latency { .. }
            | Effect::ResetAfter
            | Effect::RateLimit { .. }
            | Effect::Status { .. }
            | Effect::Reset
            | Effect::Hang { .. } => response,
        };
    }
    response
}

/// The same answer with a body that breaks off, which closes the connection.
async fn truncate(response: Response, keep: Option<usize>) -> Response {
    let (response, whole) = match whole(response).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let keep = keep.unwrap_or(whole.len() / 2).min(whole.len().saturating_sub(1));
    let start = whole.slice(..keep);
    let pieces = stream::unfold(0, move |step| {
        let start = start.clone();
        async move {
            if step == 0 {
                return Some((Ok(start), 1));
            }
            // Once around the runtime: what was said goes out before the break.
            tokio::task::yield_now().await;
            Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), step))
        }
    });
    response.map(|()| Body::from_stream(pieces))
}

/// The same answer with a body that comes in pieces over `ms`.
async fn slow(response: Response, ms: u64, clock: Clock) -> Response {
    let (response, whole) = match whole(response).await {
        Ok(parts) => parts,
        Err(response) => return response,
    };
    let size = whole.len().div_ceil(SLOW_PIECES);
    let pause = ms.div_ceil(whole.len().div_ceil(size) as u64);
    let pieces = stream::unfold(whole, move |mut rest| {
        let clock = clock.clone();
        async move {
            if rest.is_empty() {
                return None;
            }
            clock.sleep_until(clock.now_ms().saturating_add(pause)).await;
            let piece = rest.split_to(size.min(rest.len()));
            Some((Ok::<_, io::Error>(piece), rest))
        }
    });
    response.map(|()| Body::from_stream(pieces))
}

/// An answer's head and its body in one piece, with its length stated; or the answer, if it has none.
async fn whole(response: Response) -> Result<(Response<()>, Bytes), Response> {
    let (mut head, body) = response.into_parts();
    match axum::body::to_bytes(body, MAX_ANSWER).await {
        Ok(bytes) if !bytes.is_empty() => {
            head.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
            Ok((Response::from_parts(head, ()), bytes))
        }
        Ok(_) => Err(Response::from_parts(head, Body::empty())),
        Err(error) => {
            tracing::warn!(%error, "an answer is too long to be distorted");
            Err(status_answer(500, ErrorBody::Json))
        }
    }
}
