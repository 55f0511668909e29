//! The hot store: fast, shared, ephemeral; its loss loses nothing that anyone owns.

mod check;
mod clock;
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
mod value;
mod walk;

pub use self::{
    check::round_trip,
    clock::Clock,
    connect::{Address, Wire, connect},
    error::{HotError, Reason},
    health::Mode,
    inspect::{KeyFacts, ServerFacts, latency},
    operation::Operation,
    redis::{Bulk, Redis},
    scan::Walk,
    store::{Hot, Side},
};
