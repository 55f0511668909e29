//! The hot store: Redis, fast and shared, whose loss loses nothing that anyone owns. Connections and the probe.

mod check;
mod pool;

pub use self::{
    check::{ServerFacts, facts, round_trip},
    pool::{Hot, HotError, connect},
};
