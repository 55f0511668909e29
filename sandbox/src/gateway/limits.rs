//! How often an application may start sessions: so many a day, so many shards at a time.

use std::collections::HashMap;

use serde::Serialize;

/// Identifies in a day.
const TOTAL: u64 = 1000;
/// A day.
const WINDOW_MS: u64 = 86_400_000;
/// How long an identify keeps its rate-limit bucket.
const BUCKET_MS: u64 = 5000;

/// `session_start_limit` of `GET /gateway/bot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StartLimit {
    /// Sessions that may be started in a day.
    pub total: u64,
    /// How many of these are left.
    pub remaining: u64,
    /// Milliseconds until all are there again; 0 if they are.
    pub reset_after: u64,
    /// How many shards may identify in 5 seconds.
    pub max_concurrency: u64,
}

/// Why a session may not start.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// Another shard of the same bucket identified less than 5 seconds ago.
    TooSoon,
    /// The day's sessions are used up.
    Exhausted,
}

/// One application's starts.
#[derive(Debug)]
pub(super) struct Starts {
    began_ms: u64,
    used: u64,
    pub(super) max_concurrency: u64,
    /// When each bucket was last used. There are `max_concurrency` of them.
    buckets: HashMap<u64, u64>,
}

impl Default for Starts {
    fn default() -> Self {
        Self { began_ms: 0, used: 0, max_concurrency: 1, buckets: HashMap::new() }
    }
}

impl Starts {
    /// Counts a start of `shard`.
    pub(super) fn start(&mut self, shard: u64, now_ms: u64) -> Result<(), Denied> {
        self.renew(now_ms);
        if self.used >= TOTAL {
            return Err(Denied::Exhausted);
        }
        let bucket = shard % self.max_concurrency.max(1);
        if self.buckets.get(&bucket).is_some_and(|last_ms| now_ms < last_ms + BUCKET_MS) {
            return Err(Denied::TooSoon);
        }
        self.buckets.insert(bucket, now_ms);
        if self.used == 0 {
            self.began_ms = now_ms;
        }
        self.used += 1;
        Ok(())
    }

    /// What is left.
    pub(super) fn left(&mut self, now_ms: u64) -> StartLimit {
        self.renew(now_ms);
        StartLimit {
            total: TOTAL,
            remaining: TOTAL - self.used,
            reset_after: if self.used == 0 { 0 } else { self.began_ms + WINDOW_MS - now_ms },
            max_concurrency: self.max_concurrency,
        }
    }

    fn renew(&mut self, now_ms: u64) {
        if self.used > 0 && now_ms >= self.began_ms + WINDOW_MS {
            self.used = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_of_one_bucket_wait_for_each_other() {
        let mut starts = Starts { max_concurrency: 2, ..Starts::default() };
        assert_eq!(starts.start(0, 1000), Ok(()));
        assert_eq!(starts.start(1, 1000), Ok(()));
        assert_eq!(starts.start(2, 5999), Err(Denied::TooSoon));
        assert_eq!(starts.start(2, 6000), Ok(()));
    }

    #[test]
    fn a_day_holds_a_thousand() {
        let mut starts = Starts::default();
        assert_eq!(starts.left(7).reset_after, 0);
        for n in 0..TOTAL {
            assert_eq!(starts.start(0, 7 + n * BUCKET_MS), Ok(()));
        }
        let now_ms = 7 + TOTAL * BUCKET_MS;
        assert_eq!(starts.start(0, now_ms), Err(Denied::Exhausted));
        let left = starts.left(now_ms);
        assert_eq!((left.remaining, left.reset_after), (0, WINDOW_MS - TOTAL * BUCKET_MS));
        assert_eq!(starts.left(7 + WINDOW_MS).remaining, TOTAL);
        assert_eq!(starts.start(0, 7 + WINDOW_MS), Ok(()));
    }
}
