//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, and the registry of tables.

pub mod analytics;
pub mod applied;
mod connect;
mod error;
mod facts;
pub mod fences;
mod manager;
pub mod migrations;
pub mod partitions;
mod pool;
pub mod privacy;
mod schema;
pub mod tables;
mod tls;

pub use self::{
    connect::{Connection, connect},
    error::{ColdError, ConnectError},
    facts::{ServerFacts, facts},
    pool::{BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, Work},
};
