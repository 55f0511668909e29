//! One leader a job among all processes: a lock in the hot store, and a fencing token in PostgreSQL.
//!
//! - The **lock** says who leads. Its holder renews it at a third of its time, and loses the leadership when the lock is
//!   another's, or when it could not be renewed for the lock's whole time: then [`Leadership::lost`] is cancelled.
//! - The **fence** keeps out whoever believes to lead and does not: a process that was paused past its lock's end, or
//!   one of several that lead at once because Redis is away and each took the lock in its own memory
//!   ([`Side::Local`]). Each leader draws a token greater than all before, and each transaction of the job begins with
//!   [`fences::check`]: the newest leader's writes pass, those of all others fail as fenced, and they stop.
//!
//! What is guarded, then, are writes to PostgreSQL in such a transaction. Anything else that a job does may be done by
//! two processes at once, and has to be harmless when it is.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use uuid::Uuid;

use crate::{
    cold::{
        BACKGROUND_BUDGET, Cold, ColdError,
        fences::{self, Fence},
    },
    hot::{
        Hot, Side,
        lock::{DropLock, KeepLock, TakeLock},
    },
};

/// How long a lock outlives a leader that crashed.
const LIFE: Duration = Duration::from_secs(30);

/// Makes leaders. Clones are the same.
#[derive(Debug, Clone)]
pub struct Leader {
    hot: Hot,
    cold: Cold,
    life: Duration,
}

impl Leader {
    /// Over both stores.
    pub fn new(hot: Hot, cold: Cold) -> Self {
        Self { hot, cold, life: LIFE }
    }

    /// The same with another time for which a lock holds without being renewed.
    #[must_use]
    pub fn with_life(self, life: Duration) -> Self {
        Self { life, ..self }
    }

    /// Leads that job, unless someone else does. Needs a tokio runtime.
    ///
    /// # Errors
    /// A [`ColdError`] when no token could be drawn; the lock is given back then.
    pub async fn try_lead(&self, job: &'static str) -> Result<Option<Leadership>, ColdError> {
        let owner = Uuid::new_v4();
        let taken = Instant::now();
        let (is_ours, side) = self.hot.ask(&TakeLock { job, owner, life: self.life }).await;
        if !is_ours {
            return Ok(None);
        }
        let lock = Lock { hot: self.hot.clone(), side, job, owner, life: self.life };
        let work = async |connection: &mut _| fences::draw(connection, job).await;
        match self.cold.run(self.life.min(BACKGROUND_BUDGET), work).await {
            Ok(fence) => Ok(Some(Leadership::begin(lock, fence, taken))),
            Err(error) => {
                lock.give_back().await;
                Err(error)
            }
        }
    }
}

/// A job's leadership. Dropped without [`Leadership::end`], its lock stays until its time is over.
#[derive(Debug)]
pub struct Leadership {
    lock: Lock,
    fence: Fence,
    lost: CancellationToken,
    renewal: AbortOnDropHandle<()>,
}

impl Leadership {
    fn begin(lock: Lock, fence: Fence, taken: Instant) -> Self {
        let lost = CancellationToken::new();
        let renewal = tokio::spawn(lock.clone().renew(taken, lost.clone()));
        Self { lock, fence, lost, renewal: AbortOnDropHandle::new(renewal) }
    }

    /// What each transaction of the job checks first.
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// Cancelled once the lock is lost: the job has to stop.
    pub fn lost(&self) -> &CancellationToken {
        &self.lost
    }

    /// Where the lock is held. At [`Side::Local`] other processes may lead as well.
    pub fn side(&self) -> Side {
        self.lock.side
    }

    /// Gives the lock back, so that another process may lead at once.
    pub async fn end(self) {
        self.renewal.abort();
        self.lock.give_back().await;
    }
}

#[derive(Debug, Clone)]
struct Lock {
    hot: Hot,
    side: Side,
    job: &'static str,
    owner: Uuid,
    life: Duration,
}

impl Lock {
    /// Renews until the lock is lost. `confirmed` is when the last request that was granted was sent: the store counts
    /// the lock's time from then on or later.
    async fn renew(self, mut confirmed: Instant, lost: CancellationToken) {
        let mut tick = tokio::time::interval_at(confirmed + self.life / 3, self.life / 3);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let end = confirmed + self.life;
            if tokio::time::timeout_at(end, tick.tick()).await.is_err() {
                break;
            }
            let asked = Instant::now();
            let keep = KeepLock { job: self.job, owner: self.owner, life: self.life };
            match tokio::time::timeout_at(end, self.hot.ask_at(self.side, &keep)).await {
                Ok(Ok(true)) => confirmed = asked,
                Ok(Ok(false)) | Err(_) => break,
                // Asked again until the lock's own time is over: nobody else can have it before.
                Ok(Err(error)) => {
                    tracing::debug!(job = self.job, %error, "the lock could not be renewed yet");
                }
            }
        }
        tracing::info!(job = self.job, "no longer the leader");
        lost.cancel();
    }

    async fn give_back(&self) {
        let drop = DropLock { job: self.job, owner: self.owner };
        if let Err(error) = self.hot.ask_at(self.side, &drop).await {
            tracing::debug!(job = self.job, %error, "the lock was not given back; it ends by itself");
        }
    }
}
