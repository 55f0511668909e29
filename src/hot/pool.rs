//! Connections to Redis: a bounded pool, and a deadline round everything that waits for it.

use std::time::Duration;

use bb8_redis::{
    RedisConnectionManager,
    bb8::{Pool, PooledConnection, RunError},
    redis::{AsyncConnectionConfig, Client, RedisError, aio::MultiplexedConnection},
};
use secrecy::{ExposeSecret, SecretString};

/// Connections a process may hold. Each carries many commands at once, so a few are plenty.
const MAX_CONNECTIONS: u32 = 4;
/// Longest wait for a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Longest wait for one answer on a connection of [`connect`].
const ANSWER_DEADLINE: Duration = Duration::from_secs(2);

/// What can go wrong with the hot store. No variant shows an address or a password.
#[derive(Debug, thiserror::Error)]
pub enum HotError {
    /// The address is none.
    #[error("REDIS_URL is not a Redis address")]
    Address,
    /// No connection or no answer in time.
    #[error("no answer within {} s", CONNECT_DEADLINE.as_secs())]
    Deadline,
    /// Redis or the network refused.
    #[error("{0}")]
    Redis(#[from] RedisError),
    /// Redis answered, and not what the command promises.
    #[error("{0}")]
    Unexpected(&'static str),
}

/// The hot store's pool and the namespace of its keys. Clones share it.
#[derive(Debug, Clone)]
pub struct Hot {
    pool: Pool<RedisConnectionManager>,
    prefix: String,
}

impl Hot {
    /// A pool that connects when first used: Redis may be down at start. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`HotError::Address`] for an address that is none.
    pub fn new(url: &SecretString, prefix: &str) -> Result<Self, HotError> {
        let manager = RedisConnectionManager::new(url.expose_secret()).map_err(|_| HotError::Address)?;
        let pool = Pool::builder()
            .max_size(MAX_CONNECTIONS)
            .min_idle(None)
            .connection_timeout(CONNECT_DEADLINE)
            .build_unchecked(manager);
        Ok(Self { pool, prefix: prefix.to_owned() })
    }

    /// A connection of the pool, known to answer.
    ///
    /// # Errors
    /// [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn get(&self) -> Result<PooledConnection<'_, RedisConnectionManager>, HotError> {
        self.pool.get().await.map_err(|error| match error {
            RunError::User(error) => error.into(),
            RunError::TimedOut => HotError::Deadline,
        })
    }

    /// Prefix of every key, ending in `:`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Asks the server for a sign of life: the pool sends PING to every connection that it gives out.
    ///
    /// # Errors
    /// As [`Hot::get`].
    pub async fn ping(&self) -> Result<(), HotError> {
        self.get().await.map(drop)
    }
}

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
