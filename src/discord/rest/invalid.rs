//! Counts invalid requests over 10 minutes and stops all calls well before Discord bans the address at 10,000.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Discord's window.
const WINDOW: Duration = Duration::from_secs(600);
/// The count is kept in slices of this length.
const SLICE: Duration = Duration::from_secs(10);
const SLICES: usize = 60;
/// From here on the log warns.
const WARN_AT: u32 = 1_000;
/// From here on no call is made: half of what Discord allows, as other processes may share the address.
const STOP_AT: u32 = 5_000;

/// The invalid requests of the last 10 minutes.
#[derive(Debug)]
pub(super) struct InvalidRequests {
    open: AtomicBool,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    started: Instant,
    /// The slice counted last, in slices since `started`.
    current: u64,
    slices: [u32; SLICES],
    warned: bool,
}

/// Calls are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) count: u32,
    pub(super) after: Duration,
}

impl InvalidRequests {
    pub(super) fn new(now: Instant) -> Self {
        let counts = Counts { started: now, current: 0, slices: [0; SLICES], warned: false };
        Self { open: AtomicBool::new(false), counts: Mutex::new(counts) }
    }

    /// Whether a call may be made.
    pub(super) fn check(&self, now: Instant) -> Result<(), Stopped> {
        if !self.open.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut counts = self.lock();
        let count = counts.total(now);
        if count < STOP_AT {
            self.open.store(false, Ordering::Relaxed);
            tracing::info!(count, "calls to Discord go on: few enough invalid requests are left");
            return Ok(());
        }
        Err(Stopped { count, after: counts.until_below(now, STOP_AT) })
    }

    /// Counts one invalid request; the total of the last 10 minutes.
    pub(super) fn record(&self, now: Instant) -> u32 {
        let mut counts = self.lock();
        let total = counts.add(now);
        if total >= STOP_AT && !self.open.swap(true, Ordering::Relaxed) {
            tracing::error!(
                count = total,
                "too many invalid requests: all calls to Discord stop until fewer are left"
            );
        } else if total >= WARN_AT && !counts.warned {
            counts.warned = true;
            tracing::warn!(
                count = total,
                limit = 10_000,
                "many invalid requests in 10 minutes: find out what causes them"
            );
        }
        total
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Counts {
    fn add(&mut self, now: Instant) -> u32 {
        self.advance(now);
        let slot = self.slot(self.current);
        self.slices[slot] = self.slices[slot].saturating_add(1);
        self.sum()
    }

    fn total(&mut self, now: Instant) -> u32 {
        self.advance(now);
        self.sum()
    }

    /// How long until the count falls below `limit` if nothing is added.
    fn until_below(&self, now: Instant, limit: u32) -> Duration {
        let mut left = self.sum();
        let oldest = (self.current + 1).saturating_sub(SLICES as u64);
        for slice in oldest..=self.current {
            left -= self.slices[self.slot(slice)];
            if left < limit {
                let leaves = self.started + SLICE * u32::try_from(slice).unwrap_or(u32::MAX) + WINDOW;
                return leaves.saturating_duration_since(now);
            }
        }
        WINDOW
    }

    fn advance(&mut self, now: Instant) {
        let slice = now.saturating_duration_since(self.started).as_secs() / SLICE.as_secs();
        if slice <= self.current {
            return;
        }
        let passed = (slice - self.current).min(SLICES as u64);
        for offset in 0..passed {
            let slot = self.slot(slice - offset);
            self.slices[slot] = 0;
        }
        self.current = slice;
        self.warned &= self.sum() >= WARN_AT;
    }

    fn sum(&self) -> u32 {
        self.slices.iter().sum()
    }

    #[expect(clippy::cast_possible_truncation, reason = "a remainder of 60")]
    fn slot(&self, slice: u64) -> usize {
        (slice % self.slices.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_stop_at_half_of_the_limit_and_go_on_after_the_window() {
        let start = Instant::now();
        let invalid = InvalidRequests::new(start);
        let at = |seconds| start + Duration::from_secs(seconds);
        for n in 0..4_999 {
            invalid.record(at(n / 100));
        }
        assert_eq!(invalid.check(at(50)), Ok(()));
        assert_eq!(invalid.record(at(50)), 5_000);
        let stopped = invalid.check(at(60)).unwrap_err();
        assert_eq!(stopped.count, 5_000);
        assert!(stopped.after <= WINDOW, "{stopped:?}");
        assert!(invalid.check(at(60) + stopped.after).is_ok(), "the announced time holds: {stopped:?}");
        assert_eq!(invalid.record(at(5_000)), 1);
    }
}
