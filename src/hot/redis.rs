//! Redis as operations see it: scripts and commands over keys of the registry, each within a deadline.
//!
//! All operations share one connection that carries many commands at once and connects again by itself
//! (redis-rs's connection manager): a pool would add a check-out to each. The pool of bb8-redis is for what
//! answers at length, such as a walk over all keys, which must not hold up the short ones.

use std::{sync::Arc, time::Duration};

use bb8_redis::{
    RedisConnectionManager,
    bb8::{Pool, PooledConnection, RunError},
};
use redis::{
    Client, FromRedisValue, Script, ToRedisArgs,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};

use super::{HotError, clock::Clock, key::RawKey};

/// Longest wait for one answer of an operation. With it, a Redis that hangs is noticed within 300 ms.
const ANSWER_DEADLINE: Duration = Duration::from_millis(250);
/// Longest wait for a connection.
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Connections for what answers at length.
const BULK_CONNECTIONS: u32 = 2;

/// A Redis server and the namespace of our keys there. Clones share the connections.
#[derive(Clone)]
pub struct Redis {
    shared: ConnectionManager,
    bulk: Pool<RedisConnectionManager>,
    prefix: Arc<str>,
    clock: Clock,
}

impl Redis {
    /// Connects when first used: Redis may be down at start. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`HotError::Address`] for an address that is none.
    pub fn new(url: &SecretString, prefix: &str, clock: Clock) -> Result<Self, HotError> {
        let client = Client::open(url.expose_secret()).map_err(|_| HotError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_DEADLINE))
            .set_response_timeout(Some(ANSWER_DEADLINE));
        let shared = ConnectionManager::new_lazy_with_config(client, config)?;
        let manager = RedisConnectionManager::new(url.expose_secret()).map_err(|_| HotError::Address)?;
        let bulk = Pool::builder()
            .max_size(BULK_CONNECTIONS)
            .min_idle(None)
            .connection_timeout(CONNECT_DEADLINE)
            .build_unchecked(manager);
        Ok(Self { shared, bulk, prefix: prefix.into(), clock })
    }

    /// The clock that scripts go by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Prefix of every key, ending in `:`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether keys lie in slots that a script must not cross.
    pub const fn is_cluster(&self) -> bool {
        false
    }

    /// A call of a script: EVALSHA, or EVAL where the server has lost it.
    pub fn script<'a>(&'a self, script: &'a Script) -> Call<'a> {
        Call { redis: self, script, keys: Vec::new(), arguments: Vec::new() }
    }

    /// A single command.
    pub fn command(&self, name: &'static str) -> Command<'_> {
        Command { redis: self, command: redis::cmd(name) }
    }

    /// A connection of its own, for what answers at length.
    ///
    /// # Errors
    /// [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn bulk(&self) -> Result<PooledConnection<'_, RedisConnectionManager>, HotError> {
        self.bulk.get().await.map_err(|error| match error {
            RunError::User(error) => error.into(),
            RunError::TimedOut => HotError::Deadline,
        })
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A call of a script being put together: its keys and arguments in order.
pub struct Call<'a> {
    redis: &'a Redis,
    script: &'a Script,
    keys: Vec<String>,
    arguments: Vec<Vec<Vec<u8>>>,
}

impl Call<'_> {
    /// The next of KEYS.
    #[must_use]
    pub fn key(mut self, key: &RawKey) -> Self {
        self.keys.push(format!("{}{}", self.redis.prefix, key.name()));
        self
    }

    /// The next of ARGV.
    #[must_use]
    pub fn arg(mut self, argument: impl ToRedisArgs) -> Self {
        self.arguments.push(argument.to_redis_args());
        self
    }

    /// The time as the next of ARGV: empty where the script shall ask Redis.
    #[must_use]
    pub fn now(self) -> Self {
        let argument = self.redis.clock.argument();
        self.arg(argument)
    }

    /// Asks.
    ///
    /// # Errors
    /// [`HotError::Redis`].
    pub async fn ask<T: FromRedisValue>(self) -> Result<T, HotError> {
        let mut invocation = self.script.prepare_invoke();
        for key in &self.keys {
            invocation.key(key);
        }
        for argument in self.arguments.iter().flatten() {
            invocation.arg(argument.as_slice());
        }
        Ok(invocation.invoke_async(&mut self.redis.shared.clone()).await?)
    }
}

/// A command being put together.
pub struct Command<'a> {
    redis: &'a Redis,
    command: redis::Cmd,
}

impl Command<'_> {
    /// A key as the next argument.
    #[must_use]
    pub fn key(mut self, key: &RawKey) -> Self {
        self.command.arg(format!("{}{}", self.redis.prefix, key.name()));
        self
    }

    /// The next argument.
    #[must_use]
    pub fn arg(mut self, argument: impl ToRedisArgs) -> Self {
        self.command.arg(argument);
        self
    }

    /// Asks.
    ///
    /// # Errors
    /// [`HotError::Redis`].
    pub async fn ask<T: FromRedisValue>(self) -> Result<T, HotError> {
        Ok(self.command.query_async(&mut self.redis.shared.clone()).await?)
    }
}
