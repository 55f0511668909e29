//! The cold store: PostgreSQL, the truth. Connections, the pool, and migrations.

mod connect;
pub mod migrations;
mod pool;

pub use self::{
    connect::{ColdError, Connection, connect},
    pool::Cold,
};
