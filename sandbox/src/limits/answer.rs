//! How a limit shows in an answer: the `X-RateLimit-*` headers, the 429, and the ban's page.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const RESET_AFTER: HeaderName = HeaderName::from_static("x-ratelimit-reset-after");
const BUCKET: HeaderName = HeaderName::from_static("x-ratelimit-bucket");
const GLOBAL: HeaderName = HeaderName::from_static("x-ratelimit-global");
const SCOPE: HeaderName = HeaderName::from_static("x-ratelimit-scope");

/// Whom a 429 concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The bot, on this route.
    User,
    /// The bot, everywhere.
    Global,
    /// Everybody who uses this resource; not held against the bot.
    Shared,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
        }
    }
}

/// Where a bucket stands after a request.
#[derive(Clone, Debug)]
pub struct Quota {
    /// Requests in a window.
    pub limit: u32,
    /// Requests that are left.
    pub remaining: u32,
    /// When the window ends, in milliseconds since the Unix epoch.
    pub reset_ms: u64,
    /// Milliseconds until then.
    pub reset_after_ms: u64,
    /// The bucket's opaque name.
    pub bucket: HeaderValue,
}

impl Quota {
    /// Writes the headers that every answer of a route with a bucket has.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, seconds(self.reset_ms));
        headers.insert(RESET_AFTER, seconds(self.reset_after_ms));
        headers.insert(BUCKET, self.bucket.clone());
    }
}

/// A refusal by a rate limit: 429.
#[derive(Clone, Debug)]
pub struct TooMany {
    /// Whom it concerns.
    pub scope: Scope,
    /// When to try again, in milliseconds from now.
    pub retry_after_ms: u64,
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        let message = match self.scope {
            Scope::Shared => "The resource is being rate limited.",
            Scope::User | Scope::Global => "You are being rate limited.",
        };
        // A count of milliseconds is exact in a float far beyond any wait.
        #[allow(clippy::cast_precision_loss)]
        let retry_after = self.retry_after_ms as f64 / 1000.0;
        let global = self.scope == Scope::Global;
        let body = json!({ "message": message, "retry_after": retry_after, "global": global });
        let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, self.retry_after_ms.div_ceil(1000).into());
        headers.insert(SCOPE, HeaderValue::from_static(self.scope.name()));
        if global {
            headers.insert(GLOBAL, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Whether an answer is a 429 that isn't held against the bot.
pub(super) fn is_shared(headers: &HeaderMap) -> bool {
    headers.get(SCOPE).is_some_and(|scope| scope == Scope::Shared.name())
}

/// What Cloudflare, which stands before Discord, answers to a banned address.
pub(super) fn banned(retry_after_ms: u64) -> Response {
    let seconds = HeaderValue::from(retry_after_ms.div_ceil(1000));
    let headers = [
        (header::RETRY_AFTER, seconds),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8")),
        (header::SERVER, HeaderValue::from_static("cloudflare")),
    ];
    (StatusCode::TOO_MANY_REQUESTS, headers, "error code: 1015").into_response()
}

/// Milliseconds as seconds with three decimals.
fn seconds(ms: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("{}.{:03}", ms / 1000, ms % 1000)).expect("digits are valid in a header")
}
