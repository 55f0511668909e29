//! The sync queue's half in Redis: durable writes that wait for PostgreSQL, most urgent first, then first in first out.
//!
//! A write stands in one of four places: waiting, later (between two tries), taken, dead. Whoever takes it has it
//! for a time; when that is over, it waits again. Each write has a key: putting it twice keeps the first.

mod desk;
mod flow;

use redis::Script;

pub use self::{
    desk::{Drop, Forget, Forgotten, List, Listed, Measure, Measured, Requeue, Standing},
    flow::{Bury, Put, PutAnswer, Remove, Retry, Take, Taken},
};
use super::{keys, local::LocalDb, redis::Call, redis::Redis};

/// 2026-01-01T00:00:00Z in microseconds since 1970: ranks count from here.
const EPOCH_US: i64 = 1_767_225_600_000_000;
/// Microseconds that a rank can tell apart: 28 years.
const SPAN_US: i64 = 900_000_000_000_000;
/// The least urgent priority.
pub const LOWEST_PRIORITY: u8 = 9;

/// The order of writes: by priority (0 first), then by when they were made. Below 2^53, so that it is exact as a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(i64);

impl Rank {
    /// Of a priority, 9 at most, and a time in microseconds since 1970.
    pub fn new(priority: u8, made_at_us: i64) -> Self {
        let at = (made_at_us - EPOCH_US).clamp(0, SPAN_US - 1);
        Self(i64::from(priority.min(LOWEST_PRIORITY)) * SPAN_US + at)
    }

    /// The priority.
    pub fn priority(self) -> u8 {
        u8::try_from(self.0 / SPAN_US).unwrap_or(LOWEST_PRIORITY)
    }

    /// When the write was made, in milliseconds since 1970.
    pub fn made_at_ms(self) -> i64 {
        (self.0 % SPAN_US + EPOCH_US) / 1_000
    }

    /// As a score.
    pub(super) fn score(self) -> i64 {
        self.0
    }
}

/// A write as the queue sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its idempotency key.
    pub key: String,
    /// Its order.
    pub rank: Rank,
    /// What it writes: a name of lower-case letters and `_`.
    pub kind: String,
    /// All of it, for whoever applies it.
    pub text: String,
}

/// Where a write stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// Due, in the order of ranks.
    Waiting,
    /// Between two tries.
    Later,
    /// Being applied.
    Taken,
    /// Failed for good.
    Dead,
    /// Dropped by an operator.
    Dropped,
}

impl Spot {
    fn letter(self) -> char {
        match self {
            Self::Waiting => 'w',
            Self::Later => 'l',
            Self::Taken => 't',
            Self::Dead => 'd',
            Self::Dropped => 'x',
        }
    }

    fn of_letter(letter: char) -> Option<Self> {
        [Self::Waiting, Self::Later, Self::Taken, Self::Dead, Self::Dropped]
            .into_iter()
            .find(|spot| spot.letter() == letter)
    }
}

/// What is known of a write beside itself: `rank|attempts|taker|kind|since|reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    rank: Rank,
    attempts: u32,
    by: String,
    kind: String,
    since_ms: i64,
    reason: String,
}

impl Note {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, '|');
        let mut next = || parts.next();
        Some(Self {
            rank: Rank(next()?.parse().ok()?),
            attempts: next()?.parse().ok()?,
            by: next()?.to_owned(),
            kind: next()?.to_owned(),
            since_ms: next()?.parse().ok()?,
            reason: next()?.to_owned(),
        })
    }

    fn text(&self) -> String {
        let Self { rank: Rank(rank), attempts, by, kind, since_ms, reason } = self;
        format!("{rank}|{attempts}|{by}|{kind}|{since_ms}|{reason}")
    }
}

/// A call of a script that begins with the prelude: all of the queue's keys, in its order.
fn call<'a>(redis: &'a Redis, script: &'a Script) -> Call<'a> {
    redis
        .script(script)
        .key(&keys::QueueWaiting::key())
        .key(&keys::QueueLater::key())
        .key(&keys::QueueTaken::key())
        .key(&keys::QueueDead::key())
        .key(&keys::QueueItems::key())
        .key(&keys::QueueNotes::key())
        .key(&keys::QueueDropped::key())
}

/// What the prelude's functions do, in process.
struct Here<'a>(&'a mut LocalDb);

impl Here<'_> {
    fn note(&self, key: &str) -> Option<Note> {
        self.0.hash_get(&keys::QueueNotes::key(), key).and_then(Note::parse)
    }

    fn write_note(&mut self, key: &str, note: &Note) {
        self.0.hash_set(&keys::QueueNotes::key(), key, &note.text());
    }

    fn leave_place(&mut self, key: &str) {
        self.0.sorted_remove(&keys::QueueWaiting::key(), key);
        self.0.sorted_remove(&keys::QueueLater::key(), key);
        self.0.sorted_remove(&keys::QueueTaken::key(), key);
        self.0.sorted_remove(&keys::QueueDead::key(), key);
    }

    fn remove(&mut self, key: &str) -> bool {
        self.leave_place(key);
        self.0.hash_delete(&keys::QueueNotes::key(), key);
        self.0.hash_delete(&keys::QueueItems::key(), key)
    }

    fn is_dropped(&self, key: &str) -> bool {
        self.0.sorted_score(&keys::QueueDropped::key(), key).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_order_by_priority_then_by_time() {
        let at = |priority, after_us| Rank::new(priority, EPOCH_US + after_us);
        let sorted = [at(0, 5), at(0, 6), at(1, 0), at(9, 1), at(9, 2)];
        assert!(sorted.is_sorted());
        assert_eq!((at(7, 3_500).priority(), at(7, 3_500).made_at_ms()), (7, EPOCH_US / 1_000 + 3));
        assert!(Rank::new(9, i64::MAX / 2).score() < 1 << 53, "exact as a double");
        assert_eq!(Rank::new(200, 0).priority(), LOWEST_PRIORITY);
    }

    #[test]
    fn a_reason_may_hold_anything() {
        let note = Note {
            rank: Rank::new(3, EPOCH_US + 1),
            attempts: 2,
            by: String::new(),
            kind: "audit".to_owned(),
            since_ms: 7,
            reason: "a|b\nc".to_owned(),
        };
        assert_eq!(Note::parse(&note.text()), Some(note));
    }
}
