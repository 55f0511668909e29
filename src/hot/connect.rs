//! One connection outside of everything shared, for checks.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, aio::MultiplexedConnection};
use secrecy::{ExposeSecret, SecretString};

use super::HotError;

/// Longest wait for a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Longest wait for one answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);

/// One connection outside of any pool, for a check that wants the server's own error.
///
/// # Errors
/// [`HotError::Address`], [`HotError::Deadline`] or [`HotError::Redis`].
pub async fn connect(url: &SecretString) -> Result<MultiplexedConnection, HotError> {
    let client = Client::open(url.expose_secret()).map_err(|_| HotError::Address)?;
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_DEADLINE))
        .set_response_timeout(Some(ANSWER_DEADLINE));
    let attempt = client.get_multiplexed_async_connection_with_config(&config);
    match tokio::time::timeout(CONNECT_DEADLINE, attempt).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(HotError::Deadline),
    }
}
