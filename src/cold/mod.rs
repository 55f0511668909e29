//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, and the registry of tables.

pub mod after_call;
pub mod audit;
pub mod blocks;
pub mod bonds;
pub mod characters;
pub mod collection;
mod connect;
mod facts;
pub mod migrations;
mod months;
pub mod partitions;
mod pool;
pub mod preferences;
pub mod privacy;
pub mod rolls;
pub mod scenes;
mod schema;
mod statement;
pub mod switches;
pub mod tables;
mod types;
pub mod usage;
pub mod voice;

pub use self::{
    connect::{ColdError, Connection, connect},
    facts::{ServerFacts, facts},
    pool::Cold,
};
