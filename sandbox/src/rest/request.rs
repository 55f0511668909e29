//! What a handler is given: who calls, and the body, parsed once.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bytes::Bytes;
use serde_json::Value;

use crate::error::ApiError;
use crate::ids::Id;

/// Who calls, by the `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A bot with a valid token: its application's id, which is its user's id too.
    Bot(Id),
    /// No `Authorization` header: allowed where a token in the path stands for it.
    Anonymous,
    /// A header that names no bot of this sandbox.
    Unknown,
}

/// A bot with a valid token; other callers are refused with 401.
#[derive(Clone, Copy, Debug)]
pub struct Bot(pub Id);

impl<S: Sync> FromRequestParts<S> for Bot {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Caller>() {
            Some(Caller::Bot(app)) => Ok(Self(*app)),
            _ => Err(ApiError::unauthorized()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self::Anonymous))
    }
}

/// One uploaded file of a multipart body.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The `n` of `files[n]`, which `attachments[].id` refers to.
    pub index: u64,
    /// The file name that the client gave.
    pub filename: String,
    /// Its content type, if the client gave one.
    pub content_type: Option<String>,
    /// The file.
    pub bytes: Bytes,
}

/// A request's body: JSON, or multipart with `payload_json` and files.
#[derive(Clone, Debug, Default)]
pub struct Body(pub Arc<Parsed>);

/// The parts of a body.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The JSON body or `payload_json`; `Null` when there was none.
    pub json: Value,
    /// The uploaded files.
    pub files: Vec<Upload>,
}

impl std::ops::Deref for Body {
    type Target = Parsed;

    fn deref(&self) -> &Parsed {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Body {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
