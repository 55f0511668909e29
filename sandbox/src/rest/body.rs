//! Reading a request's body within bounds, and parsing it: JSON, multipart or a URL-encoded form.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures::stream;
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

use super::request::{Body, Parsed, Upload};
use crate::error::ApiError;

/// The longest body, in bytes: 25 MiB.
pub const MAX: usize = 25 * 1024 * 1024;
/// How much of a body that is too long is read and thrown away, so that a client that sends all of it
/// before it listens still gets the answer.
const DRAIN: usize = 4 * MAX;
/// How long a client may take to send a body.
const READ_BOUND: Duration = Duration::from_secs(60);
/// The most parts that a multipart body may have; Discord takes ten files and a few fields.
const MAX_PARTS: usize = 64;

/// Reads a body to its end.
///
/// # Errors
/// 413 40005 when it is over [`MAX`], 408 when it takes longer than a minute, 400 when it breaks off.
pub async fn read(mut body: axum::body::Body) -> Result<Bytes, ApiError> {
    let reading = async {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        let mut total = 0;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| ApiError::invalid_json())?.into_data() else { continue };
            total += data.len();
            if total > DRAIN {
                break;
            }
            if total > MAX {
                (first, rest) = (Bytes::new(), BytesMut::new());
            } else if first.is_empty() {
                first = data;
            } else {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&data);
            }
        }
        match total {
            over if over > MAX => Err(too_large()),
            _ if rest.is_empty() => Ok(first),
            _ => Ok(rest.freeze()),
        }
    };
    let late = || ApiError::new(StatusCode::REQUEST_TIMEOUT, 0, "408: Request Timeout");
    tokio::time::timeout(READ_BOUND, reading).await.unwrap_or_else(|_| Err(late()))
}

fn too_large() -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, 40005, "Request entity too large")
}

/// What a body holds: the JSON as text (for the journal), and everything parsed or why it can't be.
#[derive(Debug, Default)]
pub struct Received {
    /// The JSON part as it came.
    pub text: Bytes,
    /// The parsed body.
    pub body: Body,
    /// Set when the body can't be understood; `body` is empty then.
    pub refusal: Option<ApiError>,
}

/// Parses a body by its content type. An empty body is none, whatever its type.
pub async fn parse(content_type: Option<&str>, bytes: Bytes) -> Received {
    if bytes.is_empty() {
        return Received::default();
    }
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let parsed = if essence.eq_ignore_ascii_case("application/json") {
        json_body(&bytes).map(|json| (bytes.clone(), Parsed { json, files: Vec::new() }))
    } else if essence.eq_ignore_ascii_case("multipart/form-data") {
        multipart(content_type.unwrap_or_default(), bytes.clone()).await
    } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        form(url::form_urlencoded::parse(&bytes).into_owned(), Vec::new())
    } else {
        Err(wrong_type())
    };
    match parsed {
        Ok((text, parsed)) => Received { text, body: Body(Arc::new(parsed)), refusal: None },
        Err(refusal) => Received { text: bytes, body: Body::default(), refusal: Some(refusal) },
    }
}

fn json_body(bytes: &Bytes) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes).map_err(|_| ApiError::invalid_json())
}

/// Discord's answer to a content type it doesn't take.
fn wrong_type() -> ApiError {
    ApiError::invalid_form(json!({ "_errors": [{
        "code": "CONTENT_TYPE_INVALID",
        "message": "Expected \"Content-Type\" header to be one of {'application/json', \
            'application/x-www-form-urlencoded', 'multipart/form-data'}.",
    }] }))
}

async fn multipart(content_type: &str, bytes: Bytes) -> Result<(Bytes, Parsed), ApiError> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| ApiError::invalid_json())?;
    let whole = stream::once(std::future::ready(Ok::<_, Infallible>(bytes)));
    let mut parts = multer::Multipart::new(whole, boundary);
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    for _ in 0..MAX_PARTS {
        let Some(part) = parts.next_field().await.map_err(|_| ApiError::invalid_json())? else {
            return form(fields, files);
        };
        let name = part.name().unwrap_or_default().to_owned();
        let filename = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(ToString::to_string);
        let bytes = part.bytes().await.map_err(|_| ApiError::invalid_json())?;
        match filename {
            Some(filename) if name != "payload_json" => {
                let index = file_index(&name).unwrap_or(files.len() as u64);
                files.push(Upload { index, filename, content_type, bytes });
            }
            _ => fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Err(ApiError::invalid_json())
}

/// The `n` of `files[n]`. Other names, such as `file`, count by their place.
fn file_index(name: &str) -> Option<u64> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

/// A form's body is its `payload_json`, or without one its fields by name.
fn form(
    fields: impl IntoIterator<Item = (String, String)>,
    files: Vec<Upload>,
) -> Result<(Bytes, Parsed), ApiError> {
    let mut named = Map::new();
    for (name, text) in fields {
        if name == "payload_json" {
            let text = Bytes::from(text);
            return Ok((text.clone(), Parsed { json: json_body(&text)?, files }));
        }
        // A form knows only text; this field alone is a boolean where forms are documented.
        let value = match (name.as_str(), text.as_str()) {
            ("tts", "true" | "True" | "1") => Value::Bool(true),
            ("tts", "false" | "False" | "0") => Value::Bool(false),
            _ => Value::String(text),
        };
        named.insert(name, value);
    }
    let json = if named.is_empty() { Value::Null } else { Value::Object(named) };
    let text = if json.is_null() { Bytes::new() } else { Bytes::from(json.to_string()) };
    Ok((text, Parsed { json, files }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(content_type: &str, bytes: impl Into<Bytes>) -> Received {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(parse(Some(content_type), bytes.into()))
    }

    const FORM: &str = "multipart/form-data; boundary=x";

    #[test]
    fn a_multipart_body_is_its_payload_and_its_files() {
        let received = parsed(
            FORM,
            "--x\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n\
             {\"content\":\"hi\"}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"files[3]\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\nPNG\r\n\
             --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\n\r\n--x--\r\n",
        );
        assert_eq!(received.refusal, None);
        assert_eq!(received.body.json, json!({"content": "hi"}));
        assert_eq!(received.text, "{\"content\":\"hi\"}");
        let files: Vec<_> =
            received.body.files.iter().map(|f| (f.index, f.filename.as_str(), f.bytes.as_ref())).collect();
        assert_eq!(files, [(3, "a.png", b"PNG".as_ref()), (1, "b", b"")]);
        assert_eq!(received.body.files[0].content_type.as_deref(), Some("image/png"));
    }

    #[test]
    fn without_a_payload_a_form_is_its_fields() {
        let received = parsed(
            FORM,
            "--x\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nhi\r\n\
             --x\r\nContent-Disposition: form-data; name=\"tts\"\r\n\r\ntrue\r\n--x--\r\n",
        );
        assert_eq!(received.body.json, json!({"content": "hi", "tts": true}));
        let received = parsed("application/x-www-form-urlencoded", "grant_type=client_credentials&scope=a+b");
        assert_eq!(received.body.json, json!({"grant_type": "client_credentials", "scope": "a b"}));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_as_discord_does() {
        let code =
            |received: Received| received.refusal.map(|refusal| (refusal.status.as_u16(), refusal.code));
        assert_eq!(code(parsed("application/json", "{\"content\": ")), Some((400, 50109)));
        assert_eq!(code(parsed("application/json", "[".repeat(100_000))), Some((400, 50109)));
        assert_eq!(code(parsed("application/json", "\u{feff}{}")), Some((400, 50109)));
        assert_eq!(code(parsed(FORM, "--x\r\nContent-Disposition: form-data")), Some((400, 50109)));
        assert_eq!(code(parsed("multipart/form-data", "--x--")), Some((400, 50109)));
        assert_eq!(code(parsed("text/plain", "hi")), Some((400, 50035)));
        assert_eq!(code(parsed("application/json; charset=utf-8", "")), None);
        let many = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(MAX_PARTS + 1);
        assert_eq!(code(parsed(FORM, many + "--x--\r\n")), Some((400, 50109)));
    }

    proptest! {
        #[test]
        fn no_body_makes_the_parser_panic(
            content_type in prop_oneof![
                Just("application/json".to_owned()),
                Just(FORM.to_owned()),
                Just("application/x-www-form-urlencoded".to_owned()),
                "multipart/form-data; boundary=.{0,80}",
                ".*",
            ],
            // Pieces of a real multipart body, in any order, and noise.
            pieces in prop::collection::vec(
                prop_oneof![
                    Just(b"--x".to_vec()), Just(b"\r\n".to_vec()), Just(b"--x--".to_vec()),
                    Just(b"Content-Disposition: form-data; name=\"payload_json\"".to_vec()),
                    Just(b"Content-Disposition: form-data; name=\"files[99999999999999999999]\"; filename=\"".to_vec()),
                    Just(b"{\"a\":".to_vec()), Just(b"\xff\xfe".to_vec()),
                    prop::collection::vec(any::<u8>(), 0..32),
                ],
                0..24,
            ),
        ) {
            let received = parsed(&content_type, pieces.concat());
            prop_assert!(received.refusal.is_none() || received.body.json.is_null());
        }
    }
}
