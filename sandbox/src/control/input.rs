//! What an endpoint is given: a JSON body, a query, a path; a mistake in any is one clear sentence.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use super::refusal::Refusal;

/// The largest body, in bytes: attachments travel inside of it.
pub(super) const MAX_BODY: usize = 32 * 1024 * 1024;

/// A JSON body. Nothing at all counts as `{}`.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let what = format!("{} {}", request.method(), request.uri().path());
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            Refusal::bad(format!("the body can't be read ({error}); it may have {MAX_BODY} bytes"))
        })?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let mut json = serde_json::Deserializer::from_slice(text);
        let given = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let kind = if error.inner().is_data() { "takes another body" } else { "takes JSON" };
            Refusal::bad(format!("{what} {kind}: {error}"))
        })?;
        json.end().map_err(|error| Refusal::bad(format!("{what} takes one JSON value: {error}")))?;
        Ok(Self(given))
    }
}

/// A query.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = parts.uri.path().to_owned();
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Refusal::bad(format!("{path} takes another query: {}", error.body_text()))),
        }
    }
}

/// What stands in the path.
#[derive(Debug)]
pub(crate) struct Of<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Of<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(of)) => Ok(Self(of)),
            Err(error) => Err(Refusal::bad(format!("the path can't be read: {}", error.body_text()))),
        }
    }
}

/// No such endpoint.
pub(super) async fn nowhere(method: Method, uri: axum::http::Uri) -> Refusal {
    Refusal::missing(format!("there is no {method} {uri} here; GET /_sandbox lists what there is"))
}

/// The endpoint is there, with another method.
pub(super) async fn other_method(method: Method, uri: axum::http::Uri) -> Refusal {
    let error = format!("{uri} can't be asked with {method}; GET /_sandbox lists what there is");
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error)
}
