//! Takes traces as a collector does: OTLP over HTTP, in its JSON form.
//!
//! Source: <https://opentelemetry.io/docs/specs/otlp/#otlphttp> and the protocol's `trace.proto`. Ids are
//! in hex, times are nanoseconds as strings (some write numbers), values say their type. What isn't
//! understood in a span is left out of it; a span without ids is counted as rejected.

use std::io::Read as _;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::spans::{Span, TraceId};
use crate::instance::Sandbox;

/// The largest body, in bytes, unpacked.
pub(super) const MAX_BODY: u64 = 16 * 1024 * 1024;
/// How deep a value may be nested.
const DEPTH: u8 = 8;

/// `POST /v1/traces`
pub(super) async fn traces(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !content.starts_with("application/json") {
        let message = "traces are taken as JSON here: set OTEL_EXPORTER_OTLP_PROTOCOL=http/json";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, Json(json!({ "code": 3, "message": message })))
            .into_response();
    }
    let packed = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
    let body = if packed { unpacked(&body) } else { Ok(body.to_vec()) };
    let parsed = body.and_then(|body| serde_json::from_slice(&body).map_err(|error| error.to_string()));
    let request: Value = match parsed {
        Ok(request) => request,
        Err(message) => {
            return (StatusCode::BAD_REQUEST, Json(json!({ "code": 3, "message": message }))).into_response();
        }
    };
    let (spans, rejected) = read(&request, |real_ms| sandbox.clock.at_real_ms(real_ms));
    sandbox.inspector.take(spans);
    let answer = if rejected == 0 {
        json!({ "partialSuccess": {} })
    } else {
        json!({ "partialSuccess": {
            "rejectedSpans": rejected.to_string(),
            "errorMessage": "a span needs traceId, spanId, name and times",
        } })
    };
    Json(answer).into_response()
}

/// The limit of bodies, as a layer.
pub(super) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(MAX_BODY).unwrap_or(usize::MAX))
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(body).take(MAX_BODY + 1);
    reader.read_to_end(&mut whole).map_err(|error| format!("the body is not gzip: {error}"))?;
    if whole.len() as u64 > MAX_BODY {
        return Err(format!("the body has more than {MAX_BODY} bytes"));
    }
    Ok(whole)
}

/// The request's spans, and how many were none. `at`: what the sandbox's clock showed at a real
/// time, in milliseconds.
fn read(request: &Value, at: impl Fn(u64) -> u64) -> (Vec<Span>, u64) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (mut spans, mut rejected) = (Vec::new(), 0);
    for resource in list(&request["resourceSpans"]) {
        for scope in list(&resource["scopeSpans"]) {
            for given in list(&scope["spans"]) {
                match span(&given, &at) {
                    Some(span) => spans.push(span),
                    None => rejected += 1,
                }
            }
        }
    }
    (spans, rejected)
}

fn span(given: &Value, at: &impl Fn(u64) -> u64) -> Option<Span> {
    let (start, end) = (nanoseconds(&given["startTimeUnixNano"])?, nanoseconds(&given["endTimeUnixNano"])?);
    let trace: TraceId = given["traceId"].as_str()?.parse().ok()?;
    let id = span_id(&given["spanId"])?;
    Some(Span {
        trace,
        id,
        parent: span_id(&given["parentSpanId"]).unwrap_or_default(),
        name: given["name"].as_str()?.to_owned(),
        start_us: at(start / 1_000_000).saturating_mul(1_000) + start / 1_000 % 1_000,
        took_us: end.saturating_sub(start) / 1_000,
        // 2 is STATUS_CODE_ERROR.
        failed: given["status"]["code"] == 2 || given["status"]["code"] == "STATUS_CODE_ERROR",
        attributes: attributes(&given["attributes"], DEPTH),
    })
}

/// A span's id, as `traceparent` writes it: 16 digits in lower-case hex.
fn span_id(given: &Value) -> Option<String> {
    let id = given.as_str()?;
    let fits = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| id.to_ascii_lowercase())
}

fn nanoseconds(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn attributes(list: &Value, depth: u8) -> Map<String, Value> {
    let pairs = list.as_array().into_iter().flatten();
    pairs.filter_map(|pair| Some((pair["key"].as_str()?.to_owned(), plain(&pair["value"], depth)))).collect()
}

/// A value without the name of its type.
fn plain(value: &Value, depth: u8) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match kind.as_str() {
        // 64 bits are written as a string.
        "intValue" => inner
            .as_str()
            .and_then(|text| text.parse::<i64>().ok())
            .map_or_else(|| inner.clone(), |number| json!(number)),
        "arrayValue" if depth > 0 => {
            let items = inner["values"].as_array().into_iter().flatten();
            items.map(|item| plain(item, depth - 1)).collect()
        }
        "kvlistValue" if depth > 0 => Value::Object(attributes(&inner["values"], depth - 1)),
        "stringValue" | "boolValue" | "doubleValue" | "bytesValue" => inner.clone(),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example_is_read() {
        let request = json!({ "resourceSpans": [{ "resource": { "attributes": [] }, "scopeSpans": [{ "spans": [
            {
                "traceId": "5B8EFFF798038103D269B633813FC60C",
                "spanId": "EEE19B7EC3C1B174",
                "parentSpanId": "EEE19B7EC3C1B173",
                "name": "I'm a server span",
                "startTimeUnixNano": "1544712660000000000",
                "endTimeUnixNano": 1_544_712_661_000_000_000_u64,
                "kind": 2,
                "status": { "code": 2 },
                "attributes": [
                    { "key": "text", "value": { "stringValue": "some value" } },
                    { "key": "number", "value": { "intValue": "41" } },
                    { "key": "list", "value": { "arrayValue": { "values": [{ "boolValue": true }, { "doubleValue": 0.5 }] } } },
                    { "key": "map", "value": { "kvlistValue": { "values": [{ "key": "a", "value": { "intValue": 1 } }] } } },
                ],
            },
            { "traceId": "5B8EFFF798038103D269B633813FC60C", "name": "no id" },
        ] }] }] });
        let (spans, rejected) = read(&request, |ms| ms + 2);
        assert_eq!((spans.len(), rejected), (1, 1));
        let span = &spans[0];
        assert_eq!((&*span.id, &*span.parent), ("eee19b7ec3c1b174", "eee19b7ec3c1b173"));
        assert_eq!((span.start_us, span.took_us, span.failed), (1_544_712_660_002_000, 1_000_000, true));
        assert_eq!(
            Value::Object(span.attributes.clone()),
            json!({ "text": "some value", "number": 41, "list": [true, 0.5], "map": { "a": 1 } })
        );
    }

    #[test]
    fn nonsense_is_no_span_and_no_crash() {
        for request in [
            json!(null),
            json!({ "resourceSpans": 1 }),
            json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": ["x", {}] }] }] }),
        ] {
            assert!(read(&request, |ms| ms).0.is_empty());
        }
        let mut deep = json!({ "intValue": 1 });
        for _ in 0..100 {
            deep = json!({ "arrayValue": { "values": [deep] } });
        }
        assert!(plain(&deep, DEPTH).to_string().len() < 100);
    }
}
