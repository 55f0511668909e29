//! The cold schema on a real PostgreSQL: what it refuses, what it keeps, and what the code says about it.

mod append_only;
mod constraints;
mod partitions;
mod printed;
pub mod privacy;
mod registry;
mod roles;
mod versions;

use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;
use troupe::cold::{
    Connection, connect,
    migrations::{Direction, migrate},
};
use troupe::config::RetentionSettings;

use crate::support::{eventually, postgres::Postgres};

const TERMS: RetentionSettings =
    RetentionSettings { usage_months: 13, scene_months: 12, audit_months: 13, reply_days: 7 };

/// A private server with all migrations, and a connection of the owner's.
async fn migrated() -> (Postgres, Connection) {
    let postgres = Postgres::start().await;
    migrate(&postgres.secret_url(), Direction::Up).await.expect("migrated");
    let connection = open(&postgres.secret_url()).await;
    (postgres, connection)
}

/// A connection, however slow the machine is just now.
async fn open(url: &SecretString) -> Connection {
    eventually("a connection", || async { connect(url, Duration::from_secs(60)).await.ok() }).await
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The texts of a query that gives one column, named `line`.
async fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    let rows: Vec<Line> =
        diesel::sql_query(query).load(connection).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.line).collect()
}

async fn run(connection: &mut Connection, statement: &str) {
    connection.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// What the server says to a statement that must fail: the name of the constraint, or else its message.
async fn refused(connection: &mut Connection, statement: &str) -> String {
    match diesel::sql_query(statement).execute(connection).await {
        Ok(_) => panic!("not refused: {statement}"),
        Err(diesel::result::Error::DatabaseError(_, facts)) => {
            facts.constraint_name().unwrap_or_else(|| facts.message()).to_owned()
        }
        Err(error) => panic!("{statement}: {error}"),
    }
}
