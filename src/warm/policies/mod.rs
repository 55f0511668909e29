//! Policies, read fast: this process's memory, then Redis, then PostgreSQL, which alone is right.
//!
//! - **Reading.** What this process holds is believed for a second ([`BELIEVED`]). After that one trip asks Redis
//!   whether its version still holds, or PostgreSQL where Redis is away or has no copy. So a change reaches every
//!   process within a second even when its notice is lost; the notice over pub/sub makes it immediate.
//! - **Changing.** PostgreSQL first. Before the commit Redis's copy is fenced (see [`crate::hot::policy`]), after it
//!   the new copy is put and every process is told.
//! - **Without PostgreSQL** what was read before goes on to hold, however old; what was never read is an honest error.
//! - **Without Redis** each process asks PostgreSQL, once a second for each guild that is in use. A change made in that
//!   time can't fence Redis's copy: it is fenced when Redis is back. Should the process that made it die first, others
//!   may believe that copy until it ends, a minute at most.

mod held;
mod kept;
mod notice;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use metrics::{counter, histogram};
use moka::{
    future::Cache,
    ops::compute::{CompResult, Op},
};

pub use self::held::Versioned;
use self::{kept::Kept, notice::Notice};
use crate::{
    cold::{COMMAND_BUDGET, Cold, ColdError, Connection, policies::Stamped},
    domain::{
        ids::{GuildId, UserId},
        policy::{GuildPolicy, UserPolicy},
    },
    hot::{
        Hot, Side,
        key::RawKey,
        policy::{Copy, FencePolicy, PutPolicy, ReadPolicy},
    },
};

/// Time for which what is in memory is believed without asking.
pub const BELIEVED: Duration = Duration::from_secs(1);
/// Time that asking may take when an older policy is at hand to go on with.
const RECHECK_BUDGET: Duration = Duration::from_millis(500);
/// Policies of each kind that a process keeps, and for how long after their last use.
const MOST_KEPT: u64 = 10_000;
const KEPT_UNUSED: Duration = Duration::from_secs(10 * 60);
/// Changes that Redis has yet to be told of.
const MOST_UNFENCED: usize = 1_000;

/// A policy that could not be read: PostgreSQL is away, and it was never read before.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the {kind}'s settings can't be read now: {cause}")]
pub struct Unknown {
    kind: &'static str,
    cause: Arc<ColdError>,
}

/// A policy in memory.
#[derive(Debug)]
struct Held<P> {
    version: i64,
    policy: Arc<P>,
    /// When a store last said that it holds.
    confirmed: Instant,
    /// When a store was last asked.
    asked: Instant,
    /// Whether it is known to be old: a store is asked before it is used again.
    doubted: bool,
}

impl<P> Clone for Held<P> {
    fn clone(&self) -> Self {
        Self {
            version: self.version,
            policy: Arc::clone(&self.policy),
            confirmed: self.confirmed,
            asked: self.asked,
            doubted: self.doubted,
        }
    }
}

/// All policies. Clones share them.
#[derive(Debug, Clone)]
pub struct Policies(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hot: Hot,
    cold: Cold,
    guilds: Cache<GuildId, Held<GuildPolicy>>,
    users: Cache<UserId, Held<UserPolicy>>,
    started: Instant,
    /// Milliseconds after `started`: what was asked before then is no longer believed.
    doubted_before: AtomicU64,
    /// Changes whose copies in Redis could not be fenced, with their notices.
    unfenced: Mutex<HashMap<String, (RawKey, Notice)>>,
}

impl Policies {
    /// Policies over both stores. Nothing is read yet.
    pub fn new(hot: Hot, cold: Cold) -> Self {
        Self(Arc::new(Shared {
            hot,
            cold,
            guilds: cache(),
            users: cache(),
            started: Instant::now(),
            doubted_before: AtomicU64::new(0),
            unfenced: Mutex::default(),
        }))
    }

    /// A guild's policy; the default one for a guild that never changed anything.
    ///
    /// # Errors
    /// [`Unknown`].
    pub async fn guild(&self, guild: GuildId) -> Result<Arc<GuildPolicy>, Unknown> {
        self.get(guild).await
    }

    /// A user's policy; the default one for a user of whom nothing is known.
    ///
    /// # Errors
    /// [`Unknown`].
    pub async fn user(&self, user: UserId) -> Result<Arc<UserPolicy>, Unknown> {
        self.get(user).await
    }

    /// Changes what belongs to a guild's policy, in one transaction: `work` writes it, and its line in the audit log.
    ///
    /// # Errors
    /// What `work` answers, or the cold store's. After [`ColdError::CutOff`] the change may have been kept.
    pub async fn change_guild<T, W>(&self, guild: GuildId, work: W) -> Result<T, ColdError>
    where
        W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ColdError>> + Send + 'static,
        T: Send + 'static,
    {
        self.change::<GuildPolicy, T, W>(guild, work).await
    }

    /// Changes what belongs to a user's policy, as [`Policies::change_guild`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn change_user<T, W>(&self, user: UserId, work: W) -> Result<T, ColdError>
    where
        W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ColdError>> + Send + 'static,
        T: Send + 'static,
    {
        self.change::<UserPolicy, T, W>(user, work).await
    }

    async fn change<P, T, W>(&self, id: P::Id, work: W) -> Result<T, ColdError>
    where
        P: Kept,
        W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ColdError>> + Send + 'static,
        T: Send + 'static,
    {
        let hot = self.0.hot.clone();
        // The fence's one trip happens inside the transaction: after the commit it would be too late, and before
        // the update nobody knows the version.
        let (answer, stamped, fenced) = self
            .0
            .cold
            .transaction(COMMAND_BUDGET, move |connection| {
                Box::pin(async move {
                    let answer = work(connection).await?;
                    let stamped = P::read(connection, id, hot.clock().now()).await?;
                    let fence = FencePolicy { key: P::key(id), version: stamped.version };
                    let fenced = hot.ask_at(Side::Redis, &fence).await.is_ok();
                    Ok((answer, stamped, fenced))
                })
            })
            .await?;
        let notice = Notice::of::<P>(id, stamped.version);
        if fenced {
            self.share::<P>(id, &stamped).await;
            self.tell(&notice).await;
        } else {
            self.remember_to_fence(P::key(id), notice);
        }
        self.keep::<P>(id, stamped).await;
        Ok(answer)
    }

    async fn get<P: Kept>(&self, id: P::Id) -> Result<Arc<P>, Unknown> {
        self.get_held(id).await.map(|held| held.policy)
    }

    async fn get_held<P: Kept>(&self, id: P::Id) -> Result<Held<P>, Unknown> {
        let cache = P::cache(&self.0);
        if let Some(held) = cache.get(&id).await
            && self.is_believed(&held)
        {
            count::<P>("memory");
            return Ok(held);
        }
        // One asks for all who wait for the same policy.
        let computed = cache
            .entry(id)
            .and_try_compute_with(|entry| async {
                let held = entry.map(moka::Entry::into_value);
                if held.as_ref().is_some_and(|held| self.is_believed(held)) {
                    count::<P>("memory");
                    return Ok(Op::Nop);
                }
                // Boxed, and rarely taken: callers' futures stay small.
                Box::pin(self.ask(id, held)).await.map(Op::Put)
            })
            .await?;
        match computed {
            CompResult::Inserted(entry) | CompResult::ReplacedWith(entry) | CompResult::Unchanged(entry) => {
                Ok(entry.into_value())
            }
            CompResult::StillNone(_) | CompResult::Removed(_) => {
                unreachable!("an entry was put, or one was believed")
            }
        }
    }

    /// Asks Redis, then PostgreSQL; goes on with what is held when neither answers.
    async fn ask<P: Kept>(&self, id: P::Id, held: Option<Held<P>>) -> Result<Held<P>, Unknown> {
        let asked = Instant::now();
        let have = held.as_ref().map(|held| held.version);
        let looked = self.0.hot.ask_at(Side::Redis, &ReadPolicy { key: P::key(id), have }).await;
        match (looked, &held) {
            (Ok(Copy::Same), Some(held)) => {
                count::<P>("redis");
                return Ok(Held { confirmed: asked, asked, doubted: false, ..held.clone() });
            }
            // An older copy than ours was put while Redis could not be fenced: PostgreSQL decides.
            (Ok(Copy::Other { version, body }), _) if have.is_none_or(|have| version > have) => {
                if let Ok(policy) = serde_json::from_str(&body) {
                    count::<P>("redis");
                    let policy = Arc::new(policy);
                    return Ok(Held { version, policy, confirmed: asked, asked, doubted: false });
                }
                // Written by a build whose policies look different.
                counter!("troupe_policy_copies_unreadable_total").increment(1);
            }
            _ => {}
        }
        match (self.read_cold::<P>(id, held.as_ref()).await, held) {
            (Ok(fresh), _) => {
                count::<P>("postgres");
                Ok(Held { confirmed: asked, asked, ..fresh })
            }
            (Err(_), Some(held)) => {
                count::<P>("stale");
                histogram!("troupe_policy_stale_seconds").record(held.confirmed.elapsed().as_secs_f64());
                Ok(Held { asked: Instant::now(), doubted: false, ..held })
            }
            (Err(cause), None) => {
                count::<P>("unknown");
                Err(Unknown { kind: P::KIND, cause: Arc::new(cause) })
            }
        }
    }

    async fn read_cold<P: Kept>(&self, id: P::Id, held: Option<&Held<P>>) -> Result<Held<P>, ColdError> {
        let budget = if held.is_some() { RECHECK_BUDGET } else { COMMAND_BUDGET };
        let at = self.0.hot.clock().now();
        let stamped = self.0.cold.run(budget, async |connection| P::read(connection, id, at).await).await?;
        self.share::<P>(id, &stamped).await;
        let now = Instant::now();
        let policy = Arc::new(stamped.policy);
        Ok(Held { version: stamped.version, policy, confirmed: now, asked: now, doubted: false })
    }

    /// Puts a copy into Redis, where that is possible: whoever finds none asks PostgreSQL.
    async fn share<P: Kept>(&self, id: P::Id, stamped: &Stamped<P>) {
        let body = serde_json::to_string(&stamped.policy).expect("a policy is plain data");
        let put = PutPolicy { key: P::key(id), version: stamped.version, body };
        let _refused_or_away = self.0.hot.ask_at(Side::Redis, &put).await;
    }

    async fn keep<P: Kept>(&self, id: P::Id, stamped: Stamped<P>) {
        let now = Instant::now();
        let (version, policy) = (stamped.version, Arc::new(stamped.policy));
        let fresh = Held { version, policy, confirmed: now, asked: now, doubted: false };
        // A change made right after ours may have been kept before it.
        P::cache(&self.0)
            .entry(id)
            .and_compute_with(|entry| async {
                let newer = entry.is_some_and(|entry| entry.value().version > fresh.version);
                if newer { Op::Nop } else { Op::Put(fresh) }
            })
            .await;
    }

    /// Tells every process, this one included.
    async fn tell(&self, notice: &Notice) {
        let Some(redis) = self.0.hot.redis().filter(|_| !self.0.hot.mode().is_local()) else { return };
        if redis.publish(notice::CHANNEL, &notice.to_string()).await.is_err() {
            // They find out by the version, a second later.
            counter!("troupe_policy_notices_lost_total").increment(1);
        }
    }

    fn remember_to_fence(&self, key: RawKey, notice: Notice) {
        let mut unfenced = self.0.unfenced.lock().unwrap_or_else(PoisonError::into_inner);
        if unfenced.len() < MOST_UNFENCED {
            unfenced.insert(key.name().to_owned(), (key, notice));
        } else {
            tracing::warn!("too many changes while Redis was away: some may be seen a minute late");
        }
    }

    fn is_believed<P>(&self, held: &Held<P>) -> bool {
        let doubted_before = Duration::from_millis(self.0.doubted_before.load(Ordering::Acquire));
        !held.doubted && held.asked.elapsed() < BELIEVED && held.asked >= self.0.started + doubted_before
    }
}

fn cache<I, P>() -> Cache<I, Held<P>>
where
    I: std::hash::Hash + Eq + Send + Sync + 'static,
    P: Send + Sync + 'static,
{
    Cache::builder().max_capacity(MOST_KEPT).time_to_idle(KEPT_UNUSED).build()
}

fn count<P: Kept>(answered_by: &'static str) {
    counter!("troupe_policy_reads_total", "kind" => P::KIND, "answered_by" => answered_by).increment(1);
}
