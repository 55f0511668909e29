//! The hot store: fast, shared, ephemeral; its loss loses nothing that anyone owns.

mod check;
mod clock;
mod connect;
mod error;
mod health;
mod inspect;
pub mod key;
pub mod keys;
pub mod limits;
pub mod local;
mod matching;
mod operation;
pub mod page;
mod pause;
pub mod policy;
pub mod pubsub;
mod redis;
mod scan;
pub mod seen;
mod store;

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
