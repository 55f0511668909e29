//! The cold store: PostgreSQL, the truth. Connections, the pool, and migrations.

pub mod applied;
mod connect;
mod facts;
pub mod migrations;
mod pool;
pub mod queued;

pub use self::{
    connect::{ColdError, Connection, connect},
    facts::{ServerFacts, facts},
    pool::Cold,
};
