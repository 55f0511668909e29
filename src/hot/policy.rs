//! Policies shared by all processes: a copy of PostgreSQL's, with its version, that never goes back in time.
//!
//! A change is written to PostgreSQL first. Before it commits, the copy is fenced: it is dropped, and for as long
//! as a commit may take, no copy older than the change is taken. A process that read the old row just before the
//! commit can therefore not put it back afterwards, and a writer that dies in between leaves no stale copy behind.

use std::{sync::LazyLock, time::Duration};

use redis::Script;

use super::{
    HotError,
    key::{KeyFamily, Lifetime, RawKey},
    keys,
    local::LocalDb,
    millis,
    operation::Operation,
    redis::Redis,
};
use crate::domain::ids::{GuildId, UserId};

static READ: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("policy_read.lua")));
static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("policy_put.lua")));
static FENCE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("policy_fence.lua")));

/// Time that a fence holds: longer than any commit may take.
const FENCE_TIME: Duration = Duration::from_secs(15);

/// What a look at the shared copy found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// There is none: PostgreSQL knows.
    Absent,
    /// It is the version that the reader has.
    Same,
    /// It is another version.
    Other {
        /// Its version.
        version: i64,
        /// The policy as JSON.
        body: String,
    },
}

/// Where a guild's copy is.
pub fn guild_key(guild: GuildId) -> RawKey {
    keys::GuildPolicy::of(guild).into_raw()
}

/// Where a user's copy is.
pub fn user_key(user: UserId) -> RawKey {
    keys::UserPolicy::of(user).into_raw()
}

/// Looks at the shared copy at `key`.
#[derive(Debug, Clone)]
pub struct ReadPolicy {
    /// Of family `GuildPolicy` or `UserPolicy`.
    pub key: RawKey,
    /// The version that the reader has.
    pub have: Option<i64>,
}

impl Operation for ReadPolicy {
    type Answer = Copy;
    const NAME: &'static str = "policy_read";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Copy, HotError> {
        let held: Vec<String> = redis.script(&READ).key(&self.key).arg(self.have.unwrap_or(-1)).ask().await?;
        let number =
            |text: &str| text.parse().map_err(|_| HotError::Unexpected("a policy's version is no number"));
        match held.as_slice() {
            [] => Ok(Copy::Absent),
            [_] => Ok(Copy::Same),
            [version, body] => Ok(Copy::Other { version: number(version)?, body: body.clone() }),
            _ => Err(HotError::Unexpected("a policy's copy has two parts")),
        }
    }

    fn on_local(&self, db: &mut LocalDb) -> Copy {
        let number = |field| db.hash_get(&self.key, field).and_then(|text| text.parse::<i64>().ok());
        match (number("version"), db.hash_get(&self.key, "body")) {
            (Some(version), Some(_)) if self.have == Some(version) => Copy::Same,
            (Some(version), Some(body)) => Copy::Other { version, body: body.to_owned() },
            _ => Copy::Absent,
        }
    }
}

/// Puts a copy, unless a newer one is there or a fence holds. Answers whether it was put.
#[derive(Debug, Clone)]
pub struct PutPolicy {
    /// Of family `GuildPolicy` or `UserPolicy`.
    pub key: RawKey,
    /// PostgreSQL's version of it.
    pub version: i64,
    /// The policy as JSON.
    pub body: String,
}

impl Operation for PutPolicy {
    type Answer = bool;
    const NAME: &'static str = "policy_put";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let call = redis.script(&PUT).key(&self.key).arg(self.version).arg(&self.body).arg(millis(LIFE));
        call.now().ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let number = |field| db.hash_get(&self.key, field).and_then(|text| text.parse::<i64>().ok());
        let older = number("version").is_some_and(|held| self.version < held);
        let fenced = number("fenced_until").is_some_and(|until| db.now() < until);
        if older || (fenced && number("floor").is_some_and(|floor| self.version < floor)) {
            return false;
        }
        db.hash_set(&self.key, "version", &self.version.to_string());
        db.hash_set(&self.key, "body", &self.body);
        db.expire(&self.key, LIFE);
        true
    }
}

/// Drops the copy and refuses older ones than `version` while its commit may take.
#[derive(Debug, Clone)]
pub struct FencePolicy {
    /// Of family `GuildPolicy` or `UserPolicy`.
    pub key: RawKey,
    /// The version that will be committed.
    pub version: i64,
}

impl Operation for FencePolicy {
    type Answer = ();
    const NAME: &'static str = "policy_fence";

    async fn on_redis(&self, redis: &Redis) -> Result<(), HotError> {
        let call = redis.script(&FENCE).key(&self.key).arg(self.version).arg(millis(FENCE_TIME));
        call.now().ask::<i64>().await.map(drop)
    }

    fn on_local(&self, db: &mut LocalDb) {
        let floor = db.hash_get(&self.key, "floor").and_then(|text| text.parse().ok()).unwrap_or(0);
        let until = db.now() + millis(FENCE_TIME);
        db.delete(&self.key);
        db.hash_set(&self.key, "floor", &self.version.max(floor).to_string());
        db.hash_set(&self.key, "fenced_until", &until.to_string());
        db.expire(&self.key, FENCE_TIME);
    }
}

/// Both families live as long.
const LIFE: Duration = match (keys::GuildPolicy::FAMILY.lifetime, keys::UserPolicy::FAMILY.lifetime) {
    (Lifetime::Fixed(guild), Lifetime::Fixed(_)) => guild,
    _ => panic!("the families have a fixed lifetime"),
};
