//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, the registry of tables, backups, and the
//! private cluster.

pub mod after_call;
pub mod analytics;
pub mod applied;
mod at_start;
pub mod audit;
pub mod backup;
pub mod blocks;
pub mod bonds;
pub mod characters;
pub mod collection;
mod connect;
mod database;
mod error;
mod facts;
pub mod fences;
pub mod guild_settings;
pub mod local;
mod manager;
pub mod migrations;
mod months;
pub mod packs;
pub mod partitions;
pub mod policies;
mod pool;
pub mod preferences;
pub mod privacy;
pub mod queued;
pub mod replies;
pub mod rolls;
pub mod scenes;
mod schema;
mod statement;
pub mod switches;
pub mod tables;
mod tls;
pub mod trades;
mod transaction;
mod types;
pub mod usage;
pub mod voice;
mod watched;

pub use self::{
    at_start::bring_up_to_date,
    connect::{Connection, connect},
    database::{Database, DatabaseError, local_settings},
    error::{ColdError, ConnectError},
    facts::{ServerFacts, facts},
    pool::{BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, Work},
};
