//! The hot store: fast, shared, ephemeral; its loss loses nothing that anyone owns.

mod check;
mod clock;
mod connect;
mod entries;
mod error;
pub mod key;
pub mod keys;
pub mod local;
pub mod lock;
pub mod memory;
mod operation;
pub mod pattern;
pub mod privacy;
mod redis;
mod scan;
pub mod seen;
pub mod stats;
mod store;
mod value;
mod walk;

pub use self::{
    check::{ServerFacts, facts, round_trip},
    clock::Clock,
    connect::connect,
    error::HotError,
    operation::Operation,
    redis::Redis,
    store::{Hot, Side},
};
