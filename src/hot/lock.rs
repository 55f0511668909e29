//! Leader locks: which process does a job at present.
//!
//! A lock belongs to whoever took it, until its time is over; each take is an owner of its own. A lock alone keeps
//! nobody out: its holder may be paused past its end. What the job writes is guarded by a fencing token in
//! PostgreSQL ([`crate::cold::fences`]).

use std::{sync::LazyLock, time::Duration};

use redis::Script;
use uuid::Uuid;

use super::{HotError, keys, local::LocalDb, millis, operation::Operation, redis::Redis};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lock.lua")));

/// Takes a job's lock, unless another owner has it. Answers whether it is the owner's now; an owner that takes
/// it again begins its time anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeLock {
    /// The job, one of Troupe's own.
    pub job: &'static str,
    /// Who takes it.
    pub owner: Uuid,
    /// How long it holds without being kept.
    pub life: Duration,
}

/// Begins a lock's time anew. Answers whether it was still the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepLock {
    /// The job.
    pub job: &'static str,
    /// Who took it.
    pub owner: Uuid,
    /// How long it holds from now on.
    pub life: Duration,
}

/// Gives a lock back. Answers whether it was still the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropLock {
    /// The job.
    pub job: &'static str,
    /// Who took it.
    pub owner: Uuid,
}

impl Operation for TakeLock {
    type Answer = bool;
    const NAME: &'static str = "lock.take";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        ask(redis, "take", self.job, self.owner, self.life).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::Lock::of(self.job);
        let free = db.get(&key).is_none_or(|holder| holder == self.owner.to_string());
        if free {
            db.set(&key, &self.owner.to_string(), Some(self.life));
        }
        free
    }
}

impl Operation for KeepLock {
    type Answer = bool;
    const NAME: &'static str = "lock.keep";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        ask(redis, "keep", self.job, self.owner, self.life).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::Lock::of(self.job);
        db.get(&key) == Some(self.owner.to_string().as_str()) && db.expire(&key, self.life)
    }
}

impl Operation for DropLock {
    type Answer = bool;
    const NAME: &'static str = "lock.drop";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        ask(redis, "drop", self.job, self.owner, Duration::ZERO).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::Lock::of(self.job);
        db.get(&key) == Some(self.owner.to_string().as_str()) && db.delete(&key)
    }
}

async fn ask(redis: &Redis, what: &str, job: &str, owner: Uuid, life: Duration) -> Result<bool, HotError> {
    let call = redis.script(&SCRIPT).key(&keys::Lock::of(job)).arg(what);
    call.arg(owner.to_string()).arg(millis(life)).ask().await
}
