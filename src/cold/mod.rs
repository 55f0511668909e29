//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, the registry of tables, backups, and the
//! private cluster.

pub mod analytics;
pub mod applied;
mod at_start;
pub mod backup;
mod connect;
mod database;
mod error;
mod facts;
pub mod fences;
pub mod local;
mod manager;
pub mod migrations;
pub mod partitions;
pub mod policies;
mod pool;
pub mod privacy;
pub mod queued;
mod schema;
pub mod tables;
mod tls;
mod transaction;

pub use self::{
    at_start::bring_up_to_date,
    connect::{Connection, connect},
    database::{Database, DatabaseError, local_settings},
    error::{ColdError, ConnectError},
    facts::{ServerFacts, facts},
    pool::{BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, Work},
};
