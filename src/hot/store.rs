//! The hot store as everybody uses it: Redis while it works, this process alone while it does not.

use std::sync::{Arc, Mutex, PoisonError};

use super::{HotError, clock::Clock, local::LocalDb, operation::Operation, redis::Redis};

/// Memory that the in-process store may take.
const LOCAL_BYTES: usize = 64 * 1024 * 1024;

/// Which of the two answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Redis: the answer holds for all processes.
    Redis,
    /// This process alone.
    Local,
}

/// The hot store. Clones share it.
#[derive(Debug, Clone)]
pub struct Hot {
    redis: Option<Redis>,
    local: Arc<Mutex<LocalDb>>,
    clock: Clock,
}

impl Hot {
    /// A store over Redis, or without it over this process alone.
    pub fn new(redis: Option<Redis>, clock: Clock) -> Self {
        Self { redis, local: Arc::new(Mutex::new(LocalDb::new(LOCAL_BYTES))), clock }
    }

    /// Asks whichever side is in charge. Never fails: when Redis does, this process answers for itself.
    pub async fn ask<O: Operation>(&self, operation: &O) -> (O::Answer, Side) {
        if let Some(redis) = &self.redis
            && let Ok(answer) = operation.on_redis(redis).await
        {
            return (answer, Side::Redis);
        }
        (self.ask_local(operation), Side::Local)
    }

    /// Asks the side that gave an earlier answer, such as a lease.
    ///
    /// # Errors
    /// A [`HotError`] when that is Redis and it fails.
    pub async fn ask_at<O: Operation>(&self, side: Side, operation: &O) -> Result<O::Answer, HotError> {
        match (side, &self.redis) {
            (Side::Redis, Some(redis)) => operation.on_redis(redis).await,
            (Side::Redis, None) => Err(HotError::Away),
            (Side::Local, _) => Ok(self.ask_local(operation)),
        }
    }

    /// The Redis below, where one is configured: for walks over keys.
    pub fn redis(&self) -> Option<&Redis> {
        self.redis.as_ref()
    }

    /// Asks Redis, where there is one, for a sign of life.
    ///
    /// # Errors
    /// Why it gave none.
    pub async fn ping(&self) -> Result<(), HotError> {
        match &self.redis {
            Some(redis) => redis.command("PING").ask().await,
            None => Ok(()),
        }
    }

    fn ask_local<O: Operation>(&self, operation: &O) -> O::Answer {
        let mut db = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        db.set_now(self.clock.now_ms());
        operation.on_local(&mut db)
    }
}
