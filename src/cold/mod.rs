//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, and the registry of tables.

mod connect;
mod facts;
pub mod migrations;
pub mod partitions;
mod pool;
pub mod privacy;
pub mod schema;
pub mod tables;

pub use self::{
    connect::{ColdError, Connection, connect},
    facts::{ServerFacts, facts},
    pool::Cold,
};
