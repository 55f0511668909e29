//! The cold store: PostgreSQL, the truth. Connections, the pool, and migrations.

pub mod applied;
mod connect;
mod error;
mod facts;
mod manager;
pub mod migrations;
mod pool;
pub mod queued;
mod tls;

pub use self::{
    connect::{Connection, connect},
    error::{ColdError, ConnectError},
    facts::{ServerFacts, facts},
    pool::{BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, Work},
};
