//! Redis as operations see it: scripts and commands over keys of the registry, each within a deadline.
//!
//! All operations share one connection that carries many commands at once. What answers at length, such as a walk
//! over all keys, has connections of its own ([`Redis::bulk`]), so that it doesn't hold up the short ones.
//!
//! The shared connection is thrown away after any error that says that Redis as a whole is no help, an answer that
//! did not come in time among them; whoever asks next connects afresh. In production that is the one that watches
//! over Redis ([`super::health`]), at a pace of its own. That also bounds what can pile up on one connection.
//!
//! Median of a PING on one machine: 46 µs on a bare connection, 54 here, 53 with redis-rs's connection manager, 107
//! with bb8-redis and its test on check-out, 54 without that test. The last never recovers from a restart. The
//! manager does, but it keeps a connection whose packets vanish without a word: not replaced after 20 s, here after
//! 0.3. It also connects again by itself, next to the watch, and does not know clusters.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bb8_redis::{
    RedisConnectionManager,
    bb8::{Pool, PooledConnection, RunError},
};
use redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisFuture, Script, ServerErrorKind, ToRedisArgs,
    Value, aio::ConnectionLike, cluster_async::ClusterConnection,
};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use super::{
    HotError,
    connect::{Address, CONNECT_DEADLINE, Wire},
    key::RawKey,
    touched,
};
use crate::domain::clock::Clock;

/// Longest wait for one answer of an operation. With it, a Redis that hangs is noticed within 300 ms.
const ANSWER_DEADLINE: Duration = Duration::from_millis(250);
/// Longest wait for one answer at length.
const BULK_DEADLINE: Duration = Duration::from_secs(5);
/// Connections for what answers at length.
const BULK_CONNECTIONS: u32 = 2;

/// A Redis server or cluster and the namespace of our keys there. Clones share the connections.
#[derive(Clone)]
pub struct Redis {
    address: Address,
    /// The shared connection, made by the first who needs it while the others wait for that one.
    line: Arc<Mutex<Arc<OnceCell<Wire>>>>,
    bulk: Pool<RedisConnectionManager>,
    prefix: Arc<str>,
    clock: Clock,
    deadline: Duration,
}

impl Redis {
    /// One server. Connects when first used: Redis may be down at start. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`HotError::Address`] for an address that is none.
    pub fn new(url: &SecretString, prefix: &str, clock: Clock) -> Result<Self, HotError> {
        Self::at(Address::new(url)?, prefix, clock)
    }

    /// A server or a cluster. Connects when first used. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`HotError::Address`].
    pub fn at(address: Address, prefix: &str, clock: Clock) -> Result<Self, HotError> {
        let manager = RedisConnectionManager::new(address.server().clone()).map_err(|_| HotError::Address)?;
        let bulk = Pool::builder()
            .max_size(BULK_CONNECTIONS)
            .min_idle(None)
            .connection_timeout(CONNECT_DEADLINE)
            .build_unchecked(manager);
        Ok(Self {
            address,
            line: Arc::default(),
            bulk,
            prefix: prefix.into(),
            clock,
            deadline: ANSWER_DEADLINE,
        })
    }

    /// The same Redis over a shared connection of its own, whose answers may take that long: for work that nobody
    /// waits for, and for tests on a busy machine.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, line: Arc::default(), ..self }
    }

    /// The clock that scripts go by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Prefix of every key, ending in `:`.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether this is a cluster: one command or script then reaches only keys with the same tag.
    pub fn is_cluster(&self) -> bool {
        self.address.is_cluster()
    }

    /// Where it is.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// A call of a script: EVALSHA, after SCRIPT LOAD where the server has lost it.
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
    pub async fn bulk(&self) -> Result<Bulk<'_>, HotError> {
        if self.is_cluster() {
            return match self.address.connect_within(BULK_DEADLINE).await? {
                Wire::Cluster(connection) => Ok(Bulk::Cluster(connection)),
                Wire::Server(_) => Err(HotError::Unexpected("the connection is not a cluster's")),
            };
        }
        let mut connection = self.bulk.get().await.map_err(|error| match error {
            RunError::User(error) => error.into(),
            RunError::TimedOut => HotError::Deadline,
        })?;
        connection.set_response_timeout(BULK_DEADLINE);
        Ok(Bulk::Server(connection))
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, HotError> {
        self.on_wire(async |wire: &mut Wire| command.query_async(wire).await).await
    }

    async fn on_wire<T>(
        &self,
        work: impl AsyncFnOnce(&mut Wire) -> Result<T, RedisError>,
    ) -> Result<T, HotError> {
        let line = Arc::clone(&self.line.lock().unwrap_or_else(PoisonError::into_inner));
        let asked = async {
            let wire = line.get_or_try_init(|| self.address.connect_within(self.deadline)).await?;
            // A cluster's client has a deadline for each of its tries, and this one is for all of them.
            let answer = tokio::time::timeout(self.deadline, work(&mut wire.clone())).await;
            answer.map_err(|_| HotError::Deadline)?.map_err(HotError::from)
        };
        asked.await.inspect_err(|error| {
            if error.reason().is_some() {
                self.give_up(&line);
            }
        })
    }

    /// Whoever asks next connects afresh, unless somebody has seen to that already.
    fn give_up(&self, broken: &Arc<OnceCell<Wire>>) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&line, broken) {
            *line = Arc::default();
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("prefix", &self.prefix)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// A connection that nobody else uses meanwhile.
pub enum Bulk<'a> {
    /// To one server; goes back to its pool.
    Server(PooledConnection<'a, RedisConnectionManager>),
    /// To a cluster; made for this use.
    Cluster(ClusterConnection),
}

impl ConnectionLike for Bulk<'_> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
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
        touched::note(key);
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
    /// [`HotError::Redis`] or [`HotError::Deadline`].
    pub async fn ask<T: FromRedisValue>(self) -> Result<T, HotError> {
        let mut command = redis::cmd("EVALSHA");
        command.arg(self.script.get_hash()).arg(self.keys.len()).arg(&self.keys);
        for argument in self.arguments.iter().flatten() {
            command.arg(argument.as_slice());
        }
        match self.redis.ask(&command).await {
            // It was not executed: asking again is the first execution.
            Err(HotError::Redis(error)) if is_lost(&error) => {
                self.redis.on_wire(async |wire: &mut Wire| self.script.load_async(wire).await).await?;
                self.redis.ask(&command).await
            }
            answer => answer,
        }
    }
}

fn is_lost(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// A command being put together.
pub struct Command<'a> {
    redis: &'a Redis,
    command: Cmd,
}

impl Command<'_> {
    /// A key as the next argument.
    #[must_use]
    pub fn key(mut self, key: &RawKey) -> Self {
        touched::note(key);
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
    /// [`HotError::Redis`] or [`HotError::Deadline`].
    pub async fn ask<T: FromRedisValue>(self) -> Result<T, HotError> {
        self.redis.ask(&self.command).await
    }
}
