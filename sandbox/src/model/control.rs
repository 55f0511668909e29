//! The control routes of the model server, to be nested at `/_sandbox/model`.
//! Their list stands in the documentation of [`super`].

use axum::Json;
use axum::extract::{Request, State as Extract};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::record::Recorded;
use super::script::Script;
use super::{ModelServer, body};

/// The state of the model server.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    /// What the understudy is, in a sentence for people.
    pub notice: String,
    /// Whether requests are recorded.
    pub record: bool,
    /// The understudy's pace; 0 is at once.
    pub tokens_per_second: u32,
    /// Whether requests need a key.
    pub key_required: bool,
    /// How many requests are under way.
    pub open: u64,
    /// How many requests were dropped from the record to keep its bounds.
    pub dropped: u64,
    /// The queued scripts with what is left of their times, then the standing ones.
    pub scripts: Vec<Script>,
}

/// A change of settings; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether requests are recorded.
    pub record: Option<bool>,
    /// The understudy's pace; 0 is at once.
    pub tokens_per_second: Option<u32>,
}

/// What the model server was asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Requests {
    /// How many older ones were dropped to keep the bounds.
    pub dropped: u64,
    /// The kept ones, oldest first.
    pub requests: Vec<Recorded>,
}

pub(crate) async fn state(Extract(server): Extract<ModelServer>) -> Json<State> {
    Json(server.state())
}

pub(crate) async fn settings(
    Extract(server): Extract<ModelServer>,
    request: Request,
) -> Result<Json<State>, ModelError> {
    let raw = body::read(request.into_body()).await?;
    let settings: Settings = body::parse(&raw)?;
    if let Some(on) = settings.record {
        server.record(on);
    }
    if let Some(pace) = settings.tokens_per_second {
        server.set_tokens_per_second(pace);
    }
    Ok(Json(server.state()))
}

pub(crate) async fn requests(Extract(server): Extract<ModelServer>) -> Json<Requests> {
    Json(Requests { dropped: server.dropped(), requests: server.requests() })
}

pub(crate) async fn clear_requests(Extract(server): Extract<ModelServer>) -> StatusCode {
    server.clear_requests();
    StatusCode::NO_CONTENT
}

pub(crate) async fn add_scripts(
    Extract(server): Extract<ModelServer>,
    request: Request,
) -> Result<Json<State>, ModelError> {
    let raw = body::read(request.into_body()).await?;
    // Told apart by hand: an untagged enum would not say which field is wrong.
    let scripts: Vec<Script> = match raw.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => body::parse(&raw)?,
        _ => vec![body::parse(&raw)?],
    };
    server.scripts(scripts).map_err(|error| ModelError::invalid(None, error.to_string()))?;
    Ok(Json(server.state()))
}

pub(crate) async fn clear_scripts(Extract(server): Extract<ModelServer>) -> StatusCode {
    server.clear_scripts();
    StatusCode::NO_CONTENT
}
