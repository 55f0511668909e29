//! The hot store: fast, shared, ephemeral; its loss loses nothing that anyone owns.

mod check;
mod clock;
mod connect;
mod error;
pub mod key;
pub mod keys;
pub mod local;
mod operation;
pub mod queue;
mod redis;
pub mod seen;
mod store;

pub use self::{
    check::{ServerFacts, facts, round_trip},
    clock::Clock,
    connect::connect,
    error::HotError,
    operation::Operation,
    redis::Redis,
    store::{Hot, Side},
};
