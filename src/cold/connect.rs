//! One connection to PostgreSQL, with deadlines from the first packet on.
//!
//! Connections are not encrypted: the driver is built without TLS. Settings refuse an address that asks for
//! it, and this file refuses once more, so that no caller gets plain text where encryption was asked for.

use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{Config, NoTls, config::SslMode};

/// A connection as diesel uses it.
pub type Connection = AsyncPgConnection;

/// Time for one connection attempt, name lookup and login included.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// What can go wrong with the cold store. No variant shows an address or a password.
#[derive(Debug, thiserror::Error)]
pub enum ColdError {
    /// The address is none.
    #[error("DATABASE_URL is not a PostgreSQL address")]
    Address,
    /// The address asks for TLS.
    #[error(
        "DATABASE_URL asks for TLS, which is not supported yet; use sslmode=disable on a trusted network"
    )]
    Tls,
    /// No connection within the deadline.
    #[error("no connection within {} s", CONNECT_DEADLINE.as_secs())]
    ConnectDeadline,
    /// No connection, for a reason that the server or the network gave.
    #[error("can't connect: {0}")]
    Connect(String),
    /// All connections of the pool are in use.
    #[error("no free connection in time")]
    PoolExhausted,
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Query(#[from] diesel::result::Error),
}

/// Connects, with `statement_timeout` as the server-side bound of every statement (zero: none).
///
/// # Errors
/// Any [`ColdError`] about connecting.
pub async fn connect(url: &SecretString, statement_timeout: Duration) -> Result<Connection, ColdError> {
    let mut config: Config = url.expose_secret().parse().map_err(|_| ColdError::Address)?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(ColdError::Tls);
    }
    config.ssl_mode(SslMode::Disable).connect_timeout(CONNECT_DEADLINE).application_name("troupe");
    let attempt = async {
        let (client, driver) =
            config.connect(NoTls).await.map_err(|error| ColdError::Connect(explain(&error)))?;
        let mut connection = AsyncPgConnection::try_from_client_and_connection(client, driver)
            .await
            .map_err(|error| ColdError::Connect(error.to_string()))?;
        // A statement and not a start-up option: connection poolers such as PgBouncer refuse the latter.
        let timeout = statement_timeout.as_millis();
        connection.batch_execute(&format!("SET statement_timeout = {timeout}")).await?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT_DEADLINE, attempt).await.unwrap_or(Err(ColdError::ConnectDeadline))
}

/// The server's own words when it gave some, else the error with its causes. Neither repeats the address.
fn explain(error: &tokio_postgres::Error) -> String {
    if let Some(answer) = error.as_db_error() {
        return answer.message().to_owned();
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}
