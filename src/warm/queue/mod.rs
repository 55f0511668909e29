//! The sync queue: a durable write that meets an outage of PostgreSQL waits, and lands exactly once.
//!
//! [`Durable::write`] tries PostgreSQL first. When that is away, the write is kept twice: in this process's file, so that
//! no loss of Redis loses it, and in Redis, so that another process can apply it when this machine is lost. Every process
//! applies both ([`Durable::keep_draining`]); whichever copy comes first lands, and its key makes the others harmless.
//!
//! Waiting writes land by priority, then in the order in which they were made; a write that PostgreSQL takes at once may
//! overtake one that waits. A write that can never land becomes a dead letter, which an operator retries or drops.

mod about;
mod drain;
mod erase;
pub mod journal;
mod land;
mod report;
pub mod write;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::Notify;
use uuid::Uuid;

use self::journal::{Journal, JournalError};
pub use self::{about::Unlanded, drain::Progress, erase::ForgetError, report::Waiting, write::Write};
use crate::{
    cold::{Cold, applied::ApplyError},
    hot::{
        Hot, HotError, Operation, Side,
        queue::{Item, Put, PutAnswer},
    },
};

/// Most writes that wait in Redis.
const MOST_IN_REDIS: usize = 100_000;
/// After PostgreSQL was found away, writes are kept without asking it again for so long; draining asks for them.
const AWAY: Duration = Duration::from_secs(1);
/// Longest wait for Redis, connecting included: a member waits for this.
const REDIS_DEADLINE: Duration = Duration::from_millis(500);

/// Where a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    /// In PostgreSQL.
    Now,
    /// In PostgreSQL since an earlier try with the same key; this one changed nothing.
    Before,
    /// It waits for PostgreSQL, in one of these at least.
    Kept {
        /// In this process's file.
        file: bool,
        /// In Redis.
        redis: bool,
    },
}

/// Why a write is nowhere. No text of it holds the write.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// PostgreSQL refuses it, now and for ever: the caller's mistake.
    #[error("PostgreSQL refuses the write: {0}")]
    Refused(#[source] ApplyError),
    /// PostgreSQL is away, and nothing else takes it: tell the member that it is not saved.
    #[error("the write is not kept: PostgreSQL: {postgres}; file: {file}; Redis: {redis}")]
    NotKept {
        /// Why not in PostgreSQL.
        postgres: String,
        /// Why not in the file.
        file: JournalError,
        /// Why not in Redis.
        redis: String,
    },
}

/// The way of durable writes to PostgreSQL. Clones share it.
#[derive(Debug, Clone)]
pub struct Durable(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    cold: Cold,
    hot: Hot,
    /// Whether there is a Redis; without one the file alone keeps.
    has_redis: bool,
    journal: Journal,
    /// This process's name as a taker.
    by: String,
    /// Told of every write that is kept.
    kept: Notify,
    /// Until then PostgreSQL is taken to be away, in milliseconds since 1970.
    away_until: AtomicI64,
}

/// The folder of journals within DATA_DIR.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("queue")
}

impl Durable {
    /// Over both stores and files in `folder` of `most_bytes` each. Touches nothing yet: all three may be away.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn new(cold: Cold, hot: Hot, has_redis: bool, folder: &Path, most_bytes: u64) -> io::Result<Self> {
        Ok(Self(Arc::new(Inner {
            cold,
            hot,
            has_redis,
            journal: Journal::start(folder, most_bytes)?,
            by: Uuid::new_v4().to_string(),
            kept: Notify::new(),
            away_until: AtomicI64::new(0),
        })))
    }

    /// Writes, or keeps until it can be written. When this answers `Ok`, the write is safe, with one exception: where the
    /// file takes nothing (a full disk, which health and the log tell), it is as safe as Redis keeps it, so let Redis
    /// persist (`appendonly yes`). Called again with the same key, it changes nothing.
    ///
    /// # Errors
    /// A [`WriteError`].
    pub async fn write(&self, write: Write) -> Result<Landed, WriteError> {
        let away = if self.0.away_until.load(Ordering::Relaxed) > now_ms() {
            "it was away a moment ago".to_owned()
        } else {
            match land::land_at_first(&self.0.cold, &write).await {
                Ok(first) => {
                    report::landed(if first { "now" } else { "before" });
                    return Ok(if first { Landed::Now } else { Landed::Before });
                }
                Err(error) if error.is_lasting() => return Err(WriteError::Refused(error)),
                Err(error) => error.to_string(),
            }
        };
        self.keep(write.item(), away).await
    }

    async fn keep(&self, item: Item, postgres: String) -> Result<Landed, WriteError> {
        self.away_for(AWAY);
        let (file, redis) = tokio::join!(self.0.journal.keep(item.clone()), self.put(item));
        let landed = match (file, redis) {
            (Err(file), Err(redis)) => return Err(WriteError::NotKept { postgres, file, redis }),
            (file, redis) => {
                if let Err(error) = &file {
                    tracing::warn!(%error, "a write waits in Redis alone");
                }
                Landed::Kept { file: file.is_ok(), redis: redis.is_ok() }
            }
        };
        report::kept(landed);
        self.0.kept.notify_one();
        Ok(landed)
    }

    async fn put(&self, item: Item) -> Result<(), String> {
        match self.shared(&Put { item, most: MOST_IN_REDIS }).await {
            Ok(PutAnswer::Kept | PutAnswer::Present) => Ok(()),
            Ok(PutAnswer::Full) => Err(format!("its queue is full ({MOST_IN_REDIS} writes)")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Asks Redis, which alone may hold what other processes shall see.
    async fn shared<O: Operation>(&self, operation: &O) -> Result<O::Answer, HotError> {
        if !self.0.has_redis {
            return Err(HotError::Away);
        }
        let asked = self.0.hot.ask_at(Side::Redis, operation);
        tokio::time::timeout(REDIS_DEADLINE, asked).await.unwrap_or(Err(HotError::Deadline))
    }

    /// Takes PostgreSQL to be away for so long, unless it is taken to be for longer already.
    fn away_for(&self, time: Duration) {
        let until = now_ms() + i64::try_from(time.as_millis()).expect("minutes at most");
        self.0.away_until.fetch_max(until, Ordering::Relaxed);
    }
}

/// Milliseconds since 1970, by this machine.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
