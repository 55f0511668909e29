//! One entry of the journal: a request and its answer, with bodies up to a bound.

use axum::http::Method;
use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::ids::Id;
use crate::inspect::TraceId;
use crate::rest::request::{Caller, Upload};

/// How much of a body is kept, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// One request and its answer.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts up from 1, in the order the requests ended.
    pub seq: u64,
    /// When it came, in milliseconds since the Unix epoch, on the sandbox's clock.
    pub at_ms: u64,
    /// The method.
    #[serde(serialize_with = "as_text")]
    pub method: Method,
    /// Path and query as the client wrote them, but for a bot's token, which is masked.
    pub path: String,
    /// The route that matched, without `/api/v10`; none for an unknown one.
    pub template: Option<String>,
    /// The interaction that its token is of.
    pub interaction: Option<Id>,
    /// The trace that its `traceparent` header names.
    pub trace: Option<TraceId>,
    /// The span that made the request, by that header, in hex.
    pub parent: Option<String>,
    /// Who called.
    #[serde(serialize_with = "caller_text")]
    pub caller: Caller,
    /// The answer's status; none when the client got no answer.
    pub status: Option<u16>,
    /// How long it took, in microseconds of real time.
    pub micros: u64,
    /// The request's JSON: the body, or a form's `payload_json`.
    pub request: Recorded,
    /// The files it uploaded.
    pub files: Vec<FileNote>,
    /// The answer's body.
    pub response: Recorded,
    /// What was left of its rate limit.
    pub remaining: Option<u32>,
    /// Where its body violates Discord's OpenAPI file.
    pub violations: Vec<String>,
    /// Whether it was checked for them.
    pub checked: bool,
    /// Whether the sandbox doesn't know the route, or not with this method.
    pub unknown: bool,
    /// The ids of the faults it met.
    pub faults: Vec<u64>,
}

fn as_text<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

fn caller_text<S: Serializer>(caller: &Caller, serializer: S) -> Result<S::Ok, S::Error> {
    match caller {
        Caller::Bot(id) => serializer.collect_str(&format_args!("bot {id}")),
        Caller::Anonymous => serializer.serialize_str("anonymous"),
        Caller::Unknown => serializer.serialize_str("unknown"),
    }
}

impl Entry {
    /// What the entry holds of bodies, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.request.kept.len() + self.response.kept.len()
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.unknown || !self.violations.is_empty()
    }
}

/// A body, up to a bound. In JSON it is the value it holds, else its text.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    kept: Bytes,
    total: usize,
}

impl Recorded {
    /// Keeps what is within the bound.
    pub fn new(bytes: &Bytes) -> Self {
        let total = bytes.len();
        // A copy of the start, lest a slice hold on to all of it.
        let kept = if total > MAX_BODY { Bytes::copy_from_slice(&bytes[..MAX_BODY]) } else { bytes.clone() };
        Self { kept, total }
    }

    /// Keeps nothing, but the length.
    pub fn only_length(total: usize) -> Self {
        Self { kept: Bytes::new(), total }
    }

    /// How long the body was, in bytes.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The JSON value, or the text; one that was cut ends in a note of its length.
    pub fn json(&self) -> Value {
        if self.total > self.kept.len() {
            return Value::String(format!("{}… ({} bytes)", String::from_utf8_lossy(&self.kept), self.total));
        }
        if self.kept.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.kept)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.kept).into_owned()))
    }
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

/// An uploaded file, described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileNote {
    /// The `n` of `files[n]`.
    pub index: u64,
    /// Its name.
    pub filename: String,
    /// Its content type, if the client gave one.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub size: usize,
}

impl From<&Upload> for FileNote {
    fn from(upload: &Upload) -> Self {
        Self {
            index: upload.index,
            filename: upload.filename.clone(),
            content_type: upload.content_type.clone(),
            size: upload.bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_as_json_as_text_or_cut() {
        let of = |text: &str| Recorded::new(&Bytes::from(text.to_owned())).json();
        assert_eq!(of("{\"a\": 1}"), serde_json::json!({"a": 1}));
        assert_eq!(of("{\"a\": "), serde_json::json!("{\"a\": "));
        assert_eq!(of(""), Value::Null);
        let cut = of(&"x".repeat(MAX_BODY + 1));
        assert!(cut.as_str().is_some_and(|text| text.ends_with("x… (65537 bytes)")), "{cut}");
    }
}
