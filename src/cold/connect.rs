//! One connection to PostgreSQL: with deadlines from the first packet on, and encrypted as its address says.

use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{CancelToken, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    error::{ColdError, ConnectError},
    tls,
};
use crate::config::DatabaseUrl;

/// A connection as diesel uses it.
pub type Connection = AsyncPgConnection;

/// Time for one connection attempt, name lookup, TLS and login included.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// Time for one host of several, so that a dead one leaves time for the next.
const HOST_DEADLINE: Duration = Duration::from_secs(1);
/// Longest wait for the server to take a cancellation.
const CANCEL_DEADLINE: Duration = Duration::from_secs(2);
/// Silence after which the kernel asks a connection for a sign of life.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
/// Time between two such questions.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// Unanswered questions after which it is dead.
const KEEPALIVE_RETRIES: u32 = 3;
/// Time for which what was sent may stay unacknowledged before the kernel gives the connection up.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest wait of a statement for a lock. Below every usual bound of the statement itself, so that the error names
/// the lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest pause inside a transaction before the server ends it: what it has locked, others wait for.
const TRANSACTION_PAUSE: Duration = Duration::from_secs(30);

/// Where to connect, with the trusted authorities read.
#[derive(Clone)]
pub(super) struct Target {
    driver: Config,
    tls: MakeRustlsConnect,
}

impl Target {
    /// Parses an address and reads what its TLS options name.
    ///
    /// # Errors
    /// [`ConnectError::Address`] and [`ConnectError::Tls`].
    pub(super) async fn load(url: &SecretString) -> Result<Self, ConnectError> {
        let url = DatabaseUrl::parse(url.expose_secret()).map_err(ConnectError::Address)?;
        let tls = tls::connector(url.verify, url.roots).await?;
        let mut driver = url.driver;
        let several = driver.get_hosts().len() > 1;
        driver
            .connect_timeout(if several { HOST_DEADLINE } else { CONNECT_DEADLINE })
            .tcp_user_timeout(TCP_USER_TIMEOUT)
            .keepalives_idle(KEEPALIVE_IDLE)
            .keepalives_interval(KEEPALIVE_INTERVAL)
            .keepalives_retries(KEEPALIVE_RETRIES);
        if driver.get_application_name().is_none() {
            driver.application_name("troupe");
        }
        Ok(Self { driver, tls })
    }

    /// Connects, with `statement_timeout` as the server-side bound of every statement (zero: none).
    ///
    /// # Errors
    /// Any [`ConnectError`].
    pub(super) async fn connect(&self, statement_timeout: Duration) -> Result<Connection, ConnectError> {
        let attempt = async {
            let (client, driver) = self
                .driver
                .connect(self.tls.clone())
                .await
                .map_err(|error| ConnectError::from_driver(&error))?;
            let mut connection = AsyncPgConnection::try_from_client_and_connection(client, driver)
                .await
                .map_err(|error| ConnectError::Away(error.to_string()))?;
            connection
                .batch_execute(&bounds(statement_timeout))
                .await
                .map_err(|error| ConnectError::Away(error.to_string()))?;
            Ok(connection)
        };
        tokio::time::timeout(CONNECT_DEADLINE, attempt).await.unwrap_or(Err(ConnectError::Deadline))
    }

    /// Asks the server to cancel what the connection of `token` is doing. That it took the request says nothing
    /// about whether it came in time.
    ///
    /// # Errors
    /// [`ConnectError::Deadline`], or why the request did not get through.
    pub(super) async fn cancel(&self, token: &CancelToken) -> Result<(), ConnectError> {
        match tokio::time::timeout(CANCEL_DEADLINE, token.cancel_query(self.tls.clone())).await {
            Ok(asked) => asked.map_err(|error| ConnectError::from_driver(&error)),
            Err(_) => Err(ConnectError::Deadline),
        }
    }
}

/// Statements and not start-up options: connection poolers such as PgBouncer refuse the latter.
fn bounds(statement_timeout: Duration) -> String {
    let (statement, lock, pause) =
        (statement_timeout.as_millis(), LOCK_TIMEOUT.as_millis(), TRANSACTION_PAUSE.as_millis());
    // A caller who sets no bound for statements has slow ones, and pauses between them.
    let (lock, pause) = if statement == 0 { (0, 0) } else { (lock, pause) };
    format!(
        "SET statement_timeout = {statement}; SET lock_timeout = {lock}; \
         SET idle_in_transaction_session_timeout = {pause}"
    )
}

/// Connects, with `statement_timeout` as the server-side bound of every statement (zero: no bounds at all).
///
/// # Errors
/// [`ColdError::Connect`].
pub async fn connect(url: &SecretString, statement_timeout: Duration) -> Result<Connection, ColdError> {
    Ok(Target::load(url).await?.connect(statement_timeout).await?)
}
