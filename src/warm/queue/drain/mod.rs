//! Applies what waits: each process its own file and whatever it finds in Redis, whenever PostgreSQL answers.

mod attempt;
mod mirror;

use std::{sync::atomic::Ordering, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::attempt::{Copy, Outcome, pause};
use super::{
    Durable,
    journal::{JournalError, Shelf, Stored},
    now_ms, report,
};
use crate::{
    cold::COMMAND_BUDGET,
    hot::queue::{Bury, Item, Remove, Retry, Spot, Standing, Take},
    ops::health::{Component, State, Status},
};

/// Writes in one batch: few enough that a taker is done with them in its time.
const BATCH: usize = 16;
/// Bytes of writes in one batch.
const BATCH_BYTES: usize = 1024 * 1024;
/// How long taken writes are the taker's.
const VISIBILITY: Duration = Duration::from_secs(120);
/// Time between two looks at Redis and at files of dead processes while nothing waits.
const QUIET: Duration = Duration::from_secs(15);
/// The same while some wait for their next try.
const BETWEEN_TRIES: Duration = Duration::from_secs(2);

/// What a pass came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Nothing that is due waits any more.
    Quiet,
    /// PostgreSQL does not answer: why.
    Away(String),
}

/// A pass that ends early.
enum Stop {
    Away(String),
    Journal(JournalError),
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Durable {
    /// Applies what waits until `stop`: at once when a write is kept or `postgres` becomes ready, else now and then.
    /// Says in `queue` how many wait.
    pub async fn keep_draining(self, postgres: Component, queue: Component, stop: CancellationToken) {
        let mut returned = postgres.subscribe();
        let mut failures = 0;
        loop {
            let Some(progress) = stop.run_until_cancelled(self.drain_once()).await else { return };
            let waiting = self.waiting().await;
            waiting.tell(&queue);
            let wait = if let Progress::Away(reason) = progress {
                failures += 1;
                tracing::debug!(reason, "PostgreSQL is away: writes wait");
                self.mirror().await;
                let pause = pause(failures);
                // Until the next pass has asked, nobody else need wait for an answer that does not come.
                self.away_for(pause + COMMAND_BUDGET);
                pause
            } else {
                failures = 0;
                if waiting.writes() > 0 { BETWEEN_TRIES } else { QUIET }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                // While PostgreSQL is away, a further write is no reason to ask it more often.
                () = self.0.kept.notified(), if failures == 0 => tokio::time::sleep(pause(1)).await,
                () = comes_back(&mut returned) => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One pass: takes over files of dead processes, and applies all that is due, if PostgreSQL answers.
    pub async fn drain_once(&self) -> Progress {
        match self.0.journal.with(Shelf::take_over).await {
            Ok(Ok(taken)) if taken.files > 0 => {
                tracing::info!(files = taken.files, "took over waiting writes");
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) | Err(error) => tracing::warn!(%error, "can't look for waiting writes in files"),
        }
        let waiting = self.waiting().await;
        if waiting.writes() == 0 && waiting.file.dead == 0 {
            return Progress::Quiet;
        }
        if let Err(error) = self.0.cold.ping().await {
            return Progress::Away(error.to_string());
        }
        self.0.away_until.store(0, Ordering::Relaxed);
        match self.apply_all().await {
            Ok(()) => Progress::Quiet,
            Err(Stop::Away(reason)) => Progress::Away(reason),
            Err(Stop::Journal(error)) => {
                tracing::warn!(%error, "can't read waiting writes");
                Progress::Quiet
            }
        }
    }

    async fn apply_all(&self) -> Result<(), Stop> {
        loop {
            let from_file = self.batch_of_file().await?;
            let from_redis = self.batch_of_redis().await?;
            if from_file + from_redis == 0 {
                break;
            }
        }
        self.settle_dead_letters().await
    }

    /// Applies a batch of this process's files. Answers how many there were.
    async fn batch_of_file(&self) -> Result<usize, Stop> {
        let batch = self.0.journal.with(|shelf| shelf.due(now_ms(), BATCH, BATCH_BYTES)).await?;
        if batch.is_empty() {
            return Ok(0);
        }
        let keys = batch.iter().map(|stored| stored.item.key.clone()).collect();
        // Without Redis nobody can have dropped one.
        let spots = self.shared(&Standing(keys)).await.unwrap_or_else(|_| vec![None; batch.len()]);
        let (mut done, mut away) = (Vec::new(), None);
        for (stored, spot) in batch.iter().zip(spots) {
            match spot {
                Some(Spot::Dropped) => {
                    done.push(stored.item.key.clone());
                    continue;
                }
                Some(Spot::Dead) => {
                    self.bury_in_file(&stored.item.key, stored.attempts, "it failed in another process")
                        .await?;
                    continue;
                }
                _ => {}
            }
            let Stored { item, attempts, since_ms, .. } = stored;
            let copy = Copy { text: &item.text, attempts: *attempts, since_ms: *since_ms };
            match self.attempt(&copy).await {
                Outcome::Done => {
                    report::landed("later");
                    done.push(item.key.clone());
                }
                Outcome::Again(reason) => self.postpone(&item.key, attempts + 1, &reason).await?,
                Outcome::Dead(reason) => self.bury(item, attempts + 1, &reason).await?,
                Outcome::Away(reason) => {
                    away = Some(reason);
                    break;
                }
            }
        }
        self.done(done).await?;
        away.map_or(Ok(batch.len()), |reason| Err(Stop::Away(reason)))
    }

    /// Applies a batch of what waits in Redis. Answers how many there were; none when Redis is away.
    async fn batch_of_redis(&self) -> Result<usize, Stop> {
        let by = self.0.by.clone();
        let take = Take { by: by.clone(), most: BATCH, most_bytes: BATCH_BYTES, visibility: VISIBILITY };
        let batch = self.shared(&take).await.unwrap_or_default();
        let (mut done, mut away) = (Vec::new(), None::<String>);
        for taken in &batch {
            let give_back = |after, attempts, reason: &str| Retry {
                key: taken.key.clone(),
                by: by.clone(),
                after,
                attempts,
                reason: reason.to_owned(),
            };
            if let Some(reason) = &away {
                self.tell_redis(&give_back(Duration::ZERO, taken.attempts, reason)).await;
                continue;
            }
            let copy = Copy { text: &taken.text, attempts: taken.attempts, since_ms: taken.since_ms };
            let attempts = taken.attempts + 1;
            match self.attempt(&copy).await {
                Outcome::Done => {
                    report::landed("later");
                    done.push(taken.key.clone());
                }
                Outcome::Again(reason) => {
                    self.tell_redis(&give_back(pause(attempts), attempts, &reason)).await;
                }
                Outcome::Dead(reason) => {
                    let item = super::Write::parse(&taken.text).map(|write| write.item());
                    let item = item.unwrap_or_else(|_| unreadable(&taken.key, &taken.text));
                    self.bury(&item, attempts, &reason).await?;
                }
                Outcome::Away(reason) => {
                    self.tell_redis(&give_back(Duration::ZERO, taken.attempts, &reason)).await;
                    away = Some(reason);
                }
            }
        }
        self.done(done).await?;
        away.map_or(Ok(batch.len()), |reason| Err(Stop::Away(reason)))
    }

    async fn done(&self, keys: Vec<String>) -> Result<(), Stop> {
        if keys.is_empty() {
            return Ok(());
        }
        self.tell_redis(&Remove(keys.clone())).await;
        self.0.journal.with(move |shelf| shelf.done(&keys)).await?;
        Ok(())
    }

    async fn postpone(&self, key: &str, attempts: u32, reason: &str) -> Result<(), Stop> {
        tracing::debug!(key, attempts, reason, "a waiting write failed, and is tried again");
        let after = i64::try_from(pause(attempts).as_millis()).unwrap_or_default();
        let key = key.to_owned();
        self.0.journal.with(move |shelf| shelf.postpone(&key, attempts, now_ms() + after)).await?;
        Ok(())
    }

    /// A dead letter in Redis, where an operator finds it, and in the file, where no loss of Redis reaches it.
    async fn bury(&self, item: &Item, attempts: u32, reason: &str) -> Result<(), Stop> {
        tracing::error!(
            key = item.key,
            kind = item.kind,
            attempts,
            reason,
            "a durable write failed for good: see `troupe queue list --dead`"
        );
        report::died();
        self.tell_redis(&Bury { item: item.clone(), attempts, reason: reason.to_owned() }).await;
        self.bury_in_file(&item.key, attempts, reason).await
    }

    async fn bury_in_file(&self, key: &str, attempts: u32, reason: &str) -> Result<(), Stop> {
        let (key, reason) = (key.to_owned(), reason.to_owned());
        self.0.journal.with(move |shelf| shelf.bury(&key, attempts, &reason, now_ms())).await?;
        Ok(())
    }
}

/// What can't be read stays as it is, for an operator to look at.
fn unreadable(key: &str, text: &str) -> Item {
    let rank = crate::hot::queue::Rank::new(0, now_ms().saturating_mul(1_000));
    Item { key: key.to_owned(), rank, kind: "unreadable".to_owned(), text: text.to_owned() }
}

/// Waits until PostgreSQL becomes ready, from another state.
async fn comes_back(status: &mut watch::Receiver<Status>) {
    loop {
        if status.changed().await.is_err() {
            return std::future::pending().await;
        }
        if status.borrow_and_update().state == State::Ready {
            return;
        }
    }
}
