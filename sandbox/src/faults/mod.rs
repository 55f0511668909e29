//! Faults on command: what goes wrong for chosen requests, how often, and what the client then sees.
//!
//! A fault as JSON, where everything but `effect` may be left out:
//!
//! ```json
//! { "method": "POST", "route": "/channels/{}/messages", "after": 2, "times": 3, "probability": 0.5,
//!   "effect": { "kind": "rate_limit", "retry_after_ms": 1500, "scope": "user" } }
//! ```
//!
//! The `route` is a [`Pattern`]. All faults that fit a request happen, in the order they were added.

mod effect;

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::Method;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

pub use effect::{Effect, ErrorBody};

pub(crate) use effect::{distort, status_answer};

use crate::rest::pattern::{Pattern, Route};

/// The most faults at a time.
const MAX: usize = 1000;
/// Where the dice start, so that a run can be repeated.
const SEED: u64 = 0x7472_6f75_7065;

/// What goes wrong, and for whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests with this method; any if left out.
    #[serde(default, with = "method_name", skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Only these routes; any if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Pattern>,
    /// How many fitting requests pass before the first is hit.
    #[serde(default)]
    pub after: u64,
    /// How many requests are hit at most; no end if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// How likely a fitting request is hit, from 0 to 1; certainly if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What happens.
    pub effect: Effect,
}

impl Fault {
    /// A fault that hits every request; narrow it with the methods below.
    pub fn new(effect: Effect) -> Self {
        Self { method: None, route: None, after: 0, times: None, probability: None, effect }
    }

    /// Only requests of this method and route.
    #[must_use]
    pub fn on(self, method: Method, route: &str) -> Self {
        Self { method: Some(method), route: Some(route.into()), ..self }
    }

    /// Hits at most so many requests.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Lets so many fitting requests pass first.
    #[must_use]
    pub fn after(self, after: u64) -> Self {
        Self { after, ..self }
    }

    /// Hits with this probability, from 0 to 1.
    #[must_use]
    pub fn with_probability(self, probability: f64) -> Self {
        Self { probability: Some(probability), ..self }
    }

    fn check(&self) -> Result<(), BadFault> {
        match (self.probability, &self.effect) {
            (Some(p), _) if !(0.0..=1.0).contains(&p) => Err(BadFault::Probability(p)),
            (_, Effect::Status { status, .. }) if !(400..=599).contains(status) => {
                Err(BadFault::Status(*status))
            }
            (_, Effect::ContentType { value }) if value.parse::<axum::http::HeaderValue>().is_err() => {
                Err(BadFault::ContentType(value.clone()))
            }
            _ => Ok(()),
        }
    }
}

/// A method is written by its name, in either case.
mod method_name {
    use axum::http::Method;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    // The shape is serde's.
    #[allow(clippy::ref_option)]
    pub(super) fn serialize<S: Serializer>(method: &Option<Method>, to: S) -> Result<S::Ok, S::Error> {
        method.as_ref().map(Method::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Method>, D::Error> {
        let name = Option::<String>::deserialize(from)?;
        name.map(|name| name.to_uppercase().parse().map_err(de::Error::custom)).transpose()
    }
}

/// A fault that can't be.
#[derive(Debug, thiserror::Error)]
pub enum BadFault {
    /// Out of range.
    #[error("a probability is from 0 to 1, not {0}")]
    Probability(f64),
    /// Not an error's status.
    #[error("an error's status is from 400 to 599, not {0}")]
    Status(u16),
    /// Not fit for a header.
    #[error("{0:?} can't be a Content-Type header")]
    ContentType(String),
    /// No room.
    #[error("there are {MAX} faults already: remove some first")]
    TooMany,
}

/// A fault with its history.
#[derive(Clone, Debug, Serialize)]
pub struct Installed {
    /// Its id, for removing it; the journal names it too.
    pub id: u64,
    /// The fault.
    pub fault: Fault,
    /// How many requests fitted its method and route.
    pub matched: u64,
    /// How many it hit.
    pub hits: u64,
}

impl Installed {
    fn hit(&mut self, route: &Route<'_>, dice: &mut Dice) -> bool {
        let fault = &self.fault;
        if fault.method.as_ref().is_some_and(|method| method != route.method)
            || fault.route.as_ref().is_some_and(|pattern| !pattern.matches(route))
        {
            return false;
        }
        self.matched += 1;
        let due = self.matched > fault.after && fault.times.is_none_or(|times| self.hits < times);
        if !due || fault.probability.is_some_and(|probability| dice.fraction() >= probability) {
            return false;
        }
        self.hits += 1;
        true
    }
}

/// A fault that a request meets.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) id: u64,
    pub(crate) effect: Effect,
    /// A random fraction, for effects that vary.
    pub(crate) luck: f64,
}

/// A sandbox's faults.
#[derive(Debug)]
pub struct Faults {
    /// Spares the lock while there are none.
    count: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last_id: u64,
    list: Vec<Installed>,
    dice: Dice,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            count: AtomicUsize::new(0),
            state: Mutex::new(State { last_id: 0, list: Vec::new(), dice: Dice(SEED) }),
        }
    }
}

impl Faults {
    /// Installs a fault; its id.
    pub fn add(&self, fault: Fault) -> Result<u64, BadFault> {
        fault.check()?;
        let mut state = self.state.lock();
        if state.list.len() >= MAX {
            return Err(BadFault::TooMany);
        }
        state.last_id += 1;
        let id = state.last_id;
        state.list.push(Installed { id, fault, matched: 0, hits: 0 });
        self.count.store(state.list.len(), Ordering::Release);
        Ok(id)
    }

    /// Removes a fault; its history, if there was one of this id.
    pub fn remove(&self, id: u64) -> Option<Installed> {
        let mut state = self.state.lock();
        let at = state.list.iter().position(|installed| installed.id == id)?;
        let removed = state.list.remove(at);
        self.count.store(state.list.len(), Ordering::Release);
        Some(removed)
    }

    /// Removes all faults.
    pub fn clear(&self) {
        let mut state = self.state.lock();
        state.list.clear();
        self.count.store(0, Ordering::Release);
    }

    /// All faults, spent ones included, in the order they were added.
    pub fn list(&self) -> Vec<Installed> {
        self.state.lock().list.clone()
    }

    /// Sets where the dice start. Sandboxes begin at the same place, so that runs can be repeated.
    pub fn seed(&self, seed: u64) {
        self.state.lock().dice = Dice(seed);
    }

    /// The faults that this request meets, counted as hits.
    pub(crate) fn meet(&self, route: &Route<'_>) -> Vec<Hit> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        let State { list, dice, .. } = &mut *self.state.lock();
        let mut hits = Vec::new();
        for installed in list {
            if installed.hit(route, dice) {
                hits.push(Hit {
                    id: installed.id,
                    effect: installed.fault.effect.clone(),
                    luck: dice.fraction(),
                });
            }
        }
        hits
    }
}

/// SplitMix64: a small generator with a seed, for faults need no secrecy but repeatability.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    /// From 0 to below 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let upper = u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits are left");
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn route<'a>(method: &'a Method, path: &'a str) -> Route<'a> {
        Route { method, template: None, path }
    }

    #[test]
    fn a_fault_passes_hits_and_ends_as_told() {
        let faults = Faults::default();
        let fault = Fault::new(Effect::Reset).on(Method::POST, "/channels/*/messages").after(1).times(2);
        let id = faults.add(fault).expect("valid");
        let (post, get) = (Method::POST, Method::GET);
        let mut met = Vec::new();
        for _ in 0..5 {
            met.push(faults.meet(&route(&post, "/channels/1/messages")).len());
            assert!(faults.meet(&route(&get, "/channels/1/messages")).is_empty());
            assert!(faults.meet(&route(&post, "/channels/1")).is_empty());
        }
        assert_eq!(met, [0, 1, 1, 0, 0]);
        let history = faults.remove(id).expect("installed");
        assert_eq!((history.matched, history.hits), (5, 2));
        assert!(faults.remove(id).is_none() && faults.list().is_empty());
    }

    #[test]
    fn a_probability_is_kept_and_a_seed_repeats_it() {
        let run = || {
            let faults = Faults::default();
            faults.add(Fault::new(Effect::Reset).with_probability(0.3)).expect("valid");
            (0..10_000).map(|_| faults.meet(&route(&Method::GET, "/gateway")).len()).collect::<Vec<_>>()
        };
        let first = run();
        let hits: usize = first.iter().sum();
        assert!((2800..3200).contains(&hits), "{hits}");
        assert_eq!(first, run());
    }

    #[test]
    fn a_fault_is_written_as_documented() {
        let fault: Fault = serde_json::from_value(json!({
            "method": "POST", "route": "/channels/{}/messages", "after": 2, "times": 3, "probability": 0.5,
            "effect": { "kind": "rate_limit", "retry_after_ms": 1500, "scope": "user" },
        }))
        .expect("the documented example");
        let again = serde_json::from_value(serde_json::to_value(&fault).expect("writes")).expect("reads");
        assert_eq!(fault, again);
        for effect in [
            json!({"kind": "latency", "ms": 20}),
            json!({"kind": "status", "status": 503}),
            json!({"kind": "reset"}),
            json!({"kind": "reset_after"}),
            json!({"kind": "hang"}),
            json!({"kind": "truncate"}),
            json!({"kind": "slow_body", "ms": 100}),
            json!({"kind": "content_type", "value": "text/html"}),
        ] {
            serde_json::from_value::<Fault>(json!({ "effect": effect })).expect("short forms are enough");
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let faults = Faults::default();
        for bad in [
            Fault::new(Effect::Reset).with_probability(1.5),
            Fault::new(Effect::Reset).with_probability(f64::NAN),
            Fault::new(Effect::Status { status: 200, body: ErrorBody::Json }),
            Fault::new(Effect::ContentType { value: "a\nb".into() }),
        ] {
            faults.add(bad).expect_err("refused");
        }
        for _ in 0..MAX {
            faults.add(Fault::new(Effect::Reset)).expect("room");
        }
        assert!(matches!(faults.add(Fault::new(Effect::Reset)), Err(BadFault::TooMany)));
    }
}
