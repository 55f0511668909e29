//! The cold store: PostgreSQL, the truth. Connections, the pool, migrations, backups, and the private cluster.

mod at_start;
pub mod backup;
mod connect;
mod database;
mod facts;
pub mod local;
pub mod migrations;
mod pool;

pub use self::{
    at_start::bring_up_to_date,
    connect::{ColdError, Connection, connect},
    database::{Database, DatabaseError, local_settings},
    facts::{ServerFacts, facts},
    pool::Cold,
};
