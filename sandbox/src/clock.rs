//! The sandbox's clock: real time plus an offset that a test may push forward.
//!
//! Whatever Discord measures in time (three seconds to acknowledge, fifteen minutes of a token, a
//! rate-limit window) is measured by this clock, so a test need not wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// A shared clock; clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Wall-clock time at `started`, in milliseconds since the Unix epoch.
    epoch_ms: u64,
    started: Instant,
    offset_ms: AtomicU64,
    /// When it was pushed, in real time, and how far ahead it was from then on; the last [`PUSHES`].
    pushes: Mutex<Vec<(u64, u64)>>,
    moved: Notify,
}

/// How many pushes are remembered.
const PUSHES: usize = 1_000;

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// A clock that shows real time until it is advanced.
    pub fn new() -> Self {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Arc::new(Inner {
            epoch_ms: whole_ms(epoch),
            started: Instant::now(),
            offset_ms: AtomicU64::new(0),
            pushes: Mutex::default(),
            moved: Notify::new(),
        }))
    }

    /// Milliseconds since the Unix epoch. Never goes back.
    pub fn now_ms(&self) -> u64 {
        self.0.epoch_ms + whole_ms(self.0.started.elapsed()) + self.0.offset_ms.load(Ordering::Acquire)
    }

    /// How far it is ahead of real time, in milliseconds.
    pub fn offset_ms(&self) -> u64 {
        self.0.offset_ms.load(Ordering::Acquire)
    }

    /// What it showed at a moment of real time, both in milliseconds since the Unix epoch.
    pub fn at_real_ms(&self, real_ms: u64) -> u64 {
        let pushes = self.0.pushes.lock();
        let after = pushes.partition_point(|(pushed_ms, _)| *pushed_ms <= real_ms);
        let offset_ms = after.checked_sub(1).map_or(0, |last| pushes[last].1);
        real_ms.saturating_add(offset_ms)
    }

    /// Pushes time forward; whoever sleeps until a time that has now come wakes.
    pub fn advance(&self, by: Duration) {
        let mut pushes = self.0.pushes.lock();
        let real_ms = self.0.epoch_ms + whole_ms(self.0.started.elapsed());
        let offset_ms = self.0.offset_ms.fetch_add(whole_ms(by), Ordering::AcqRel) + whole_ms(by);
        if pushes.len() == PUSHES {
            pushes.remove(0);
        }
        pushes.push((real_ms, offset_ms));
        drop(pushes);
        self.0.moved.notify_waiters();
    }

    /// Waits until it is ahead of real time by something else than `offset_ms`.
    pub async fn moved_from(&self, offset_ms: u64) {
        loop {
            let moved = self.0.moved.notified();
            if self.offset_ms() != offset_ms {
                return;
            }
            moved.await;
        }
    }

    /// Sleeps until this clock shows `at_ms`.
    pub async fn sleep_until(&self, at_ms: u64) {
        loop {
            let moved = self.0.moved.notified();
            let left = at_ms.saturating_sub(self.now_ms());
            if left == 0 {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
                () = moved => {}
            }
        }
    }
}

/// Whole milliseconds of a duration; a duration of 584 million years or more is cut to that.
pub(crate) fn whole_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `at_ms` as ISO 8601 with microseconds and offset, as Discord writes timestamps:
/// `2026-11-20T09:30:00.123000+00:00`.
pub fn iso8601(at_ms: u64) -> String {
    let (days, ms) = (at_ms / 86_400_000, at_ms % 86_400_000);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second, milli) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}000+00:00")
}

/// Year, month and day of the proleptic Gregorian calendar, by counting years of 365.2425 days
/// from 1 March 0000 (the year's end is then the leap day, and months have a regular pattern).
fn civil_from_days(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_as_discord_writes_them() {
        assert_eq!(iso8601(0), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(iso8601(951_782_400_000), "2000-02-29T00:00:00.000000+00:00");
        assert_eq!(iso8601(1_795_166_999_123), "2026-11-20T09:29:59.123000+00:00");
    }

    #[test]
    fn what_it_showed_at_a_moment_stays_what_it_was() {
        let clock = Clock::new();
        let before = clock.now_ms() - 1;
        clock.advance(Duration::from_secs(60));
        let after = clock.now_ms() - 60_000;
        assert_eq!(clock.at_real_ms(before), before);
        assert_eq!(clock.at_real_ms(after), after + 60_000);
        for _ in 0..PUSHES + 5 {
            clock.advance(Duration::from_millis(1));
        }
        assert_eq!(clock.0.pushes.lock().len(), PUSHES);
    }

    #[tokio::test]
    async fn advancing_wakes_sleepers() {
        let clock = Clock::new();
        let until = clock.now_ms() + 900_000;
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(until).await }
        });
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(900));
        tokio::time::timeout(Duration::from_secs(5), sleeper).await.expect("wakes").expect("joins");
    }
}
