//! One rate limit bucket: what Discord said of it, what is under way, and when the next request may go.
//!
//! Pure: time comes in as an argument. Discord counts in fixed windows that open with the first request after the
//! last one closed. Two rules keep us inside of them:
//!
//! - A request under way counts as used, whichever window it will land in.
//! - The end of a window is only known from above: an answer's `Reset-After` was true when Discord wrote it, so
//!   "now + Reset-After" is never too early.

use std::time::Duration;

use tokio::time::Instant;

/// Added to every wait: headers are rounded to a millisecond, and clocks drift.
const SLACK: Duration = Duration::from_millis(5);
/// How long a request that we gave up on may still be on its way to Discord.
const STRAY: Duration = Duration::from_secs(1);

/// How many requests a bucket takes in one window, and how long a window is. Equal for all buckets of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) limit: u32,
    pub(super) window: Duration,
}

/// What one answer's headers say about its bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
    /// Discord's own time of the window's end, in ms; used to tell windows apart, never compared with our clock.
    pub(super) window_id: Option<u64>,
}

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may, and counts as under way from now on.
    Go,
    /// Not before this time.
    At(Instant),
    /// Not before an answer to a request under way is in.
    AfterAnswer,
}

/// The order of two windows of one bucket.
enum Relation {
    Older,
    Same,
    Newer,
}

/// The state of one bucket.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    shape: Option<Shape>,
    /// Discord answered without limits: nothing to pace.
    unlimited: bool,
    remaining: u32,
    resets_at: Option<Instant>,
    window_id: Option<u64>,
    blocked_until: Option<Instant>,
    under_way: u32,
    /// Requests whose fate is unknown, and until when they count as under way.
    lost: u32,
    lost_until: Option<Instant>,
}

impl Bucket {
    /// A bucket of which at most its hash's shape is known, from other buckets of the same hash.
    pub(super) fn new(shape: Option<Shape>) -> Self {
        Self { shape, ..Self::default() }
    }

    pub(super) fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// Whether no answer has told anything of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.shape.is_none() && !self.unlimited
    }

    /// Lets one request go, or says when to ask again.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let admission = self.look(now);
        if admission == Admission::Go {
            self.under_way += 1;
        }
        admission
    }

    /// What [`Bucket::admit`] would say; takes nothing.
    pub(super) fn look(&mut self, now: Instant) -> Admission {
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Admission::At(until);
        }
        if self.lost_until.is_some_and(|until| until <= now) {
            self.lost = 0;
            self.lost_until = None;
        }
        let used = self.under_way + self.lost;
        let free = match self.shape {
            // The first request of an unknown bucket goes alone: its answer tells the rest.
            None => self.unlimited || self.under_way == 0,
            Some(shape) if self.is_window_over(now) => used < shape.limit,
            Some(_) => used < self.remaining,
        };
        if free {
            return Admission::Go;
        }
        let resets_at = self.resets_at.filter(|at| *at > now);
        match (resets_at, self.lost_until) {
            (Some(at), Some(other)) => Admission::At(at.min(other)),
            (Some(at), None) => Admission::At(at),
            (None, Some(at)) if self.under_way == 0 => Admission::At(at),
            (None, _) => Admission::AfterAnswer,
        }
    }

    /// A request under way ended: its slot is free again. Say before or after what it taught.
    pub(super) fn finish(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Takes in what an answer said.
    pub(super) fn learn(&mut self, now: Instant, seen: &Observed) {
        let relation = self.relation(now, seen);
        let ends = now + seen.reset_after + SLACK;
        self.unlimited = false;
        let window = self.shape.map_or(seen.reset_after, |shape| shape.window.max(seen.reset_after));
        self.shape = Some(Shape { limit: seen.limit.max(1), window });
        match relation {
            Relation::Newer => {
                self.remaining = seen.remaining;
                self.resets_at = Some(ends);
                self.window_id = seen.window_id;
            }
            Relation::Same => {
                // Answers may overtake each other; the lowest count is the latest.
                self.remaining = self.remaining.min(seen.remaining);
                self.resets_at = Some(self.resets_at.map_or(ends, |at| at.min(ends)));
            }
            Relation::Older => {}
        }
    }

    /// A success that named no limit.
    pub(super) fn learn_unlimited(&mut self) {
        self.unlimited = self.shape.is_none();
    }

    /// A request's fate is unknown: Discord may have counted it, or may yet count it, in this window or the next. It
    /// counts as under way until both are over.
    pub(super) fn lose(&mut self, now: Instant) {
        let Some(shape) = self.shape else {
            // It must be counted before the next one asks what is left.
            self.block(now + STRAY);
            return;
        };
        self.lost += 1;
        self.lost_until = Some(now + shape.window + STRAY);
    }

    /// Discord refused a request of this bucket: none goes before `until`.
    pub(super) fn block(&mut self, until: Instant) {
        let until = until + SLACK;
        self.blocked_until = Some(self.blocked_until.map_or(until, |old| old.max(until)));
    }

    /// Whether forgetting this bucket loses nothing.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        let is_past = |time: Option<Instant>| time.is_none_or(|time| time <= now);
        self.under_way == 0
            && is_past(self.resets_at)
            && is_past(self.blocked_until)
            && is_past(self.lost_until)
    }

    fn is_window_over(&self, now: Instant) -> bool {
        self.resets_at.is_none_or(|at| at <= now)
    }

    /// Windows of one bucket end at least a window's length apart, so half a window tells them apart however
    /// Discord rounds.
    fn relation(&self, now: Instant, seen: &Observed) -> Relation {
        let Some(shape) = self.shape.filter(|_| self.resets_at.is_some()) else { return Relation::Newer };
        let (Some(known), Some(new)) = (self.window_id, seen.window_id) else {
            return if self.is_window_over(now) { Relation::Newer } else { Relation::Same };
        };
        let tolerance = u64::try_from(shape.window.as_millis() / 2).unwrap_or(u64::MAX).min(1_000);
        if new > known.saturating_add(tolerance) {
            Relation::Newer
        } else if known > new.saturating_add(tolerance) {
            Relation::Older
        } else {
            Relation::Same
        }
    }
}

#[cfg(test)]
#[path = "bucket_model.rs"]
mod model;
