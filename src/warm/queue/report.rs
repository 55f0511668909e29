//! What the queue tells an operator: metrics, and its line in health.

use metrics::{counter, gauge};

use super::{Durable, Landed, journal::Shelved, now_ms};
use crate::{
    hot::queue::{Measure, Measured},
    ops::health::Component,
};

/// How many writes wait, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// In this process's files.
    pub file: Shelved,
    /// In Redis; `None` when it did not answer, or there is none.
    pub redis: Option<Measured>,
}

impl Waiting {
    /// Writes that wait, as far as this process sees: most of them stand in both places.
    pub fn writes(&self) -> usize {
        let redis = self.redis.unwrap_or_default();
        self.file.waiting.max(redis.waiting + redis.later + redis.taken)
    }

    /// Writes that failed for good, as far as this process sees.
    pub fn dead(&self) -> usize {
        self.file.dead.max(self.redis.unwrap_or_default().dead)
    }

    /// How long the oldest has waited, in milliseconds; 0 when none waits.
    pub fn oldest_ms(&self) -> i64 {
        let redis = self.redis.and_then(|redis| redis.oldest_ms);
        let oldest = [self.file.oldest_ms, redis].into_iter().flatten().min();
        oldest.map_or(0, |since| (now_ms() - since).max(0))
    }

    /// Writes the gauges and the health line.
    pub(super) fn tell(&self, component: &Component) {
        let redis = self.redis.unwrap_or_default();
        gauge!("troupe_queue_waiting", "where" => "file").set(count(self.file.waiting));
        gauge!("troupe_queue_waiting", "where" => "redis")
            .set(count(redis.waiting + redis.later + redis.taken));
        gauge!("troupe_queue_dead").set(count(self.dead()));
        let oldest_s = self.oldest_ms() / 1_000;
        gauge!("troupe_queue_oldest_age").set(count(usize::try_from(oldest_s).unwrap_or_default()));
        let mut parts = Vec::new();
        if self.writes() > 0 {
            parts.push(format!("{} writes wait for PostgreSQL, the oldest for {oldest_s} s", self.writes()));
        }
        if self.dead() > 0 {
            parts.push(format!("{} writes failed for good: see `troupe queue list --dead`", self.dead()));
        }
        if parts.is_empty() { component.ready() } else { component.degraded(&parts.join("; ")) }
    }
}

impl Durable {
    /// How many writes wait.
    pub async fn waiting(&self) -> Waiting {
        // A journal that does not answer has nothing to say; keeping a write says why.
        let file = self.0.journal.with(|shelf| shelf.measure()).await.unwrap_or_default();
        Waiting { file, redis: self.shared(&Measure).await.ok() }
    }
}

/// A write was kept.
pub(super) fn kept(landed: Landed) {
    let place = match landed {
        Landed::Kept { file: true, redis: true } => "both",
        Landed::Kept { file: true, .. } => "file",
        _ => "redis",
    };
    counter!("troupe_queue_kept_total", "where" => place).increment(1);
}

/// A write landed: `now`, `before` (its key was taken), or `later`.
pub(super) fn landed(when: &'static str) {
    counter!("troupe_queue_landed_total", "when" => when).increment(1);
}

/// A write failed for good.
pub(super) fn died() {
    counter!("troupe_queue_died_total").increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "counts of writes stay far below 2^52")]
fn count(value: usize) -> f64 {
    value as f64
}
