//! What was asked of the API, and what goes wrong with it on command: journal, faults, limits.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize, Serializer};

use super::input::{Asked, Given, Of};
use super::refusal::{Answer, Refusal};
use super::setup::{Done, done};
use super::steer::Switch;
use crate::faults::{Fault, Installed};
use crate::instance::Sandbox;
use crate::journal::{Entry, Filter};
use crate::limits::{BadLimit, BanPolicy};
use crate::server;

/// How many requests are shown unless told otherwise.
const REQUESTS: usize = 100;

/// Which requests are wanted; everything that is set must fit.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RequestsWhere {
    /// After this `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// With this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// With this text in the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of this route: `/channels/{}/messages`; `*` stands for a segment, `**` for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// With this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How many at most, the newest; 100 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Requests, as they are shown.
pub(super) struct Entries(Vec<Arc<Entry>>);

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(AsRef::<Entry>::as_ref))
    }
}

/// `GET /requests`, oldest first
pub(super) async fn requests(
    State(sandbox): State<Sandbox>,
    Asked(asked): Asked<RequestsWhere>,
) -> Answer<Entries> {
    let method = asked.method.map(|name| {
        let upper = name.to_ascii_uppercase();
        Method::from_bytes(upper.as_bytes()).map_err(|_| Refusal::bad(format!("{name:?} is no method")))
    });
    let filter = Filter {
        since: asked.since.unwrap_or(0),
        method: method.transpose()?,
        route: asked.template.as_deref().map(Into::into),
        status: asked.status,
        ..Filter::default()
    };
    let mut entries = sandbox.journal.entries(&filter);
    if let Some(path) = &asked.path {
        entries.retain(|entry| entry.path.contains(path.as_str()));
    }
    let skipped = entries.len().saturating_sub(asked.limit.unwrap_or(REQUESTS));
    Ok(Json(Entries(entries.split_off(skipped))))
}

/// `GET /requests/unknown`
pub(super) async fn unknown(State(sandbox): State<Sandbox>) -> Json<Entries> {
    Json(Entries(sandbox.journal.unknown()))
}

/// `GET /requests/violations`
pub(super) async fn violations(State(sandbox): State<Sandbox>) -> Json<Entries> {
    Json(Entries(sandbox.journal.violations()))
}

/// `DELETE /requests`
pub(super) async fn forget_requests(State(sandbox): State<Sandbox>) -> Json<Done> {
    sandbox.journal.clear();
    done()
}

/// `PUT /requests/recording`
pub(super) async fn recording(State(sandbox): State<Sandbox>, Given(switch): Given<Switch>) -> Json<Switch> {
    sandbox.journal.set_recording(switch.on);
    Json(switch)
}

/// Counts since the start.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Report {
    /// Requests to the API.
    pub requests: u64,
    /// Of routes that the sandbox doesn't know.
    pub unknown: u64,
    /// That violate Discord's OpenAPI file.
    pub violations: u64,
    /// Refused with 429.
    pub rate_limited: u64,
    /// That count towards a ban: 401, 403, 429.
    pub invalid: u64,
    /// That got no answer: the client left, or a fault took it.
    pub unanswered: u64,
    /// By status.
    pub by_status: BTreeMap<u16, u64>,
    /// Interactions.
    pub interactions: u64,
    /// Sessions that are connected or may be resumed.
    pub sessions: usize,
}

/// `GET /report`
pub(super) async fn report(State(sandbox): State<Sandbox>) -> Json<Report> {
    let counts = sandbox.journal.counts();
    Json(Report {
        requests: counts.total,
        unknown: counts.unknown,
        violations: counts.violating,
        rate_limited: counts.rate_limited(),
        invalid: [401, 403, 429].iter().filter_map(|status| counts.by_status.get(status)).sum(),
        unanswered: counts.unanswered,
        by_status: counts.by_status,
        interactions: sandbox.read(crate::world::World::opened),
        sessions: sandbox.hub.sessions().len(),
    })
}

/// `GET /ca.pem`
pub(super) async fn ca() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], server::ca_pem())
}

/// `GET /faults`
pub(super) async fn faults(State(sandbox): State<Sandbox>) -> Json<Vec<Installed>> {
    Json(sandbox.faults.list())
}

/// An installed fault.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Added {
    /// Its id, for removing it.
    pub id: u64,
}

/// `POST /faults`
pub(super) async fn add_fault(State(sandbox): State<Sandbox>, Given(fault): Given<Fault>) -> Answer<Added> {
    let id = sandbox.faults.add(fault).map_err(|error| Refusal::bad(error.to_string()))?;
    Ok(Json(Added { id }))
}

/// `DELETE /faults`
pub(super) async fn clear_faults(State(sandbox): State<Sandbox>) -> Json<Done> {
    sandbox.faults.clear();
    done()
}

/// `DELETE /faults/{id}`
pub(super) async fn remove_fault(State(sandbox): State<Sandbox>, Of(id): Of<String>) -> Answer<Installed> {
    let removed = id.parse().ok().and_then(|id| sandbox.faults.remove(id));
    removed.map(Json).ok_or_else(|| Refusal::missing(format!("there is no fault {id}")))
}

/// What a route's buckets allow.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The method, in upper case.
    pub method: String,
    /// The route: `/channels/{channel_id}/messages`.
    pub template: String,
    /// Requests in a window.
    pub limit: u32,
    /// The window, in milliseconds.
    pub window_ms: u64,
}

/// `PUT /limits`
pub(super) async fn limit(State(sandbox): State<Sandbox>, Given(new): Given<Limit>) -> Answer<Done> {
    sandbox
        .limits
        .set(&new.method, &new.template, new.limit, new.window_ms)
        .map_err(|error| bad_limit(&error))?;
    Ok(done())
}

/// How many requests a second a bot has in all.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalLimit {
    /// At least 1.
    pub limit: u32,
}

/// `PUT /limits/global`
pub(super) async fn global_limit(
    State(sandbox): State<Sandbox>,
    Given(new): Given<GlobalLimit>,
) -> Answer<Done> {
    sandbox.limits.set_global(new.limit).map_err(|error| bad_limit(&error))?;
    Ok(done())
}

/// When invalid requests lead to a ban.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ban {
    /// The invalid request that brings the ban.
    pub threshold: u32,
    /// Within how many milliseconds from the first.
    pub window_ms: u64,
    /// How many milliseconds the ban lasts.
    pub ban_ms: u64,
}

/// `PUT /limits/ban`
pub(super) async fn ban(State(sandbox): State<Sandbox>, Given(new): Given<Ban>) -> Answer<Done> {
    let Ban { threshold, window_ms, ban_ms } = new;
    sandbox.limits.set_ban(BanPolicy { threshold, window_ms, ban_ms }).map_err(|error| bad_limit(&error))?;
    Ok(done())
}

/// `DELETE /limits`: closes all windows and lifts all bans; what was set stays.
pub(super) async fn forget_limits(State(sandbox): State<Sandbox>) -> Json<Done> {
    sandbox.limits.forget();
    done()
}

fn bad_limit(error: &BadLimit) -> Refusal {
    Refusal::bad(error.to_string())
}
