//! Rules and the clock.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::input::{Asked, Given, Of};
use super::refusal::{Answer, Refusal};
use crate::clock::iso8601;
use crate::instance::Sandbox;
use crate::rules::Rule;

/// The furthest that the clock goes at once: a hundred years, in milliseconds.
const MAX_ADVANCE_MS: u64 = 100 * 366 * 86_400_000;

/// Whether something is on.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// On or off.
    pub on: bool,
}

/// `GET /rules`
pub(super) async fn rules(State(sandbox): State<Sandbox>) -> Json<BTreeMap<&'static str, bool>> {
    Json(Rule::ALL.into_iter().map(|rule| (rule.name(), sandbox.rules.on(rule))).collect())
}

/// `PUT /rules/{name}`
pub(super) async fn set_rule(
    State(sandbox): State<Sandbox>,
    Of(name): Of<String>,
    Given(switch): Given<Switch>,
) -> Answer<Switch> {
    let rule: Rule =
        name.parse().map_err(|error: crate::rules::UnknownRule| Refusal::missing(error.to_string()))?;
    sandbox.rules.set(rule, switch.on);
    // What waits for an interaction to fail, or not to, looks again.
    sandbox.change(|_| ());
    Ok(Json(switch))
}

/// The time.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Time {
    /// Milliseconds since the Unix epoch.
    pub clock_ms: u64,
    /// How far it is ahead of real time, in milliseconds.
    pub offset_ms: u64,
    /// The same, as Discord writes it.
    pub at: String,
}

/// How to ask for the time.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOf {
    /// Answer only when it is ahead by something else, or after `timeout_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless_offset_ms: Option<u64>,
    /// How long to wait for that, in milliseconds: 20,000 if left out, 60,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// The longest wait for the clock to be pushed, in milliseconds.
const MAX_WAIT_MS: u64 = 60_000;
/// The wait unless told otherwise, in milliseconds.
const WAIT_MS: u64 = 20_000;

/// `GET /clock`
pub(super) async fn clock(State(sandbox): State<Sandbox>, Asked(asked): Asked<TimeOf>) -> Json<Time> {
    if let Some(known) = asked.unless_offset_ms {
        let wait = Duration::from_millis(asked.timeout_ms.unwrap_or(WAIT_MS).min(MAX_WAIT_MS));
        // Whether it moved or not, the time is the answer.
        let _ = tokio::time::timeout(wait, sandbox.clock.moved_from(known)).await;
    }
    Json(time(&sandbox))
}

fn time(sandbox: &Sandbox) -> Time {
    let clock_ms = sandbox.clock.now_ms();
    Time { clock_ms, offset_ms: sandbox.clock.offset_ms(), at: iso8601(clock_ms) }
}

/// How far to push the clock.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// In milliseconds.
    pub advance_ms: u64,
}

/// `POST /clock`
pub(super) async fn advance(State(sandbox): State<Sandbox>, Given(by): Given<Advance>) -> Answer<Time> {
    let clock_ms = sandbox.clock.now_ms();
    // Ids hold 42 bits of milliseconds: the clock stays well within.
    if by.advance_ms > MAX_ADVANCE_MS || clock_ms.saturating_add(by.advance_ms) > 5_000_000_000_000 {
        return Err(Refusal::bad("the clock goes to the year 2128, no further"));
    }
    sandbox.clock.advance(Duration::from_millis(by.advance_ms));
    Ok(Json(time(&sandbox)))
}
