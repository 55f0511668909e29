//! What can go wrong with Redis.

use redis::RedisError;

/// What can go wrong with Redis. No variant shows an address or a password.
#[derive(Debug, thiserror::Error)]
pub enum HotError {
    /// The address is none.
    #[error("REDIS_URL is not a Redis address")]
    Address,
    /// No connection or no answer in time. The command may still have been executed.
    #[error("no answer in time")]
    Deadline,
    /// Redis is known to be away: nothing was asked.
    #[error("Redis is away")]
    Away,
    /// Redis or the network refused.
    #[error("{0}")]
    Redis(#[from] RedisError),
    /// Redis answered, and not what the command promises.
    #[error("{0}")]
    Unexpected(&'static str),
}
