//! The hot store: fast, shared, ephemeral; its loss loses nothing that anyone owns.

use std::time::Duration;

pub mod breaker;
mod check;
mod connect;
mod entries;
mod error;
mod health;
mod inspect;
pub mod key;
pub mod keys;
pub mod limits;
pub mod local;
pub mod lock;
mod matching;
pub mod memory;
mod operation;
pub mod page;
pub mod pattern;
mod pause;
pub mod policy;
pub mod privacy;
pub mod pubsub;
pub mod queue;
mod redis;
mod scan;
pub mod seen;
pub mod stats;
mod store;
pub mod switches;
mod touched;
mod value;
mod walk;

pub use crate::domain::clock::Clock;

pub use self::{
    check::round_trip,
    connect::{Address, Wire, connect},
    error::{HotError, Reason},
    health::Mode,
    inspect::{KeyFacts, ServerFacts, latency},
    operation::Operation,
    redis::{Bulk, Redis},
    scan::Walk,
    store::{Hot, Side},
};

/// A length of time in milliseconds, as scripts and scores count; bounded, so that a moment can be added.
fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX / 4)
}
