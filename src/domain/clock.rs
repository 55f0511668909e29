//! The one source of wall-clock time: what limits, days and moments that members see go by.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, NaiveDate, Utc};

/// Where the time comes from. Clones tell the same time.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// This machine's. Scripts ask Redis, so that processes with clocks apart agree.
    #[default]
    System,
    /// Milliseconds since 1970 that a test sets.
    Manual(Arc<AtomicI64>),
    /// This machine's, and so many milliseconds ahead of it; that may change at any moment. For local play.
    Ahead(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => machine_ms(),
            Self::Manual(now) => now.load(Ordering::SeqCst),
            Self::Ahead(by) => machine_ms().saturating_add(by.load(Ordering::SeqCst)),
        }
    }

    /// The same as a moment; by this machine to a part of a microsecond, else to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Manual(_) | Self::Ahead(_) => {
                DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
            }
        }
    }

    /// The day, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// The time as a script's argument; empty when the script shall ask Redis.
    pub fn argument(&self) -> String {
        match self {
            Self::System => String::new(),
            Self::Manual(_) | Self::Ahead(_) => self.now_ms().to_string(),
        }
    }
}

fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn a_clock_that_is_ahead_follows_what_it_is_told_in_every_form() {
        let by = Arc::new(AtomicI64::new(0));
        let clock = Clock::Ahead(Arc::clone(&by));
        for days in [0, 7, 3_650, -1] {
            by.store(days * DAY_MS, Ordering::SeqCst);
            let (before, told, after) = (machine_ms(), clock.clone(), machine_ms);
            let now = told.now_ms() - days * DAY_MS;
            assert!((before..=after()).contains(&now), "{days}: {now}");
            let moment = told.now().timestamp_millis() - days * DAY_MS;
            assert!((before..=after()).contains(&moment), "{days}: {moment}");
            let argument: i64 = told.argument().parse().expect("a time, for Redis has another");
            assert!((before..=after()).contains(&(argument - days * DAY_MS)), "{days}: {argument}");
        }
    }

    #[test]
    fn a_manual_clock_stands_still() {
        let clock = Clock::Manual(Arc::new(AtomicI64::new(7 * DAY_MS - 1)));
        assert_eq!((clock.now_ms(), clock.argument()), (7 * DAY_MS - 1, "604799999".to_owned()));
        assert_eq!(clock.now().to_rfc3339(), "1970-01-07T23:59:59.999+00:00");
        assert_eq!(clock.today().to_string(), "1970-01-07");
    }

    #[test]
    fn the_machines_own_time_is_left_to_redis() {
        let before = machine_ms();
        let now = Clock::default().now_ms();
        assert!((before..=machine_ms()).contains(&now));
        assert_eq!(Clock::System.argument(), "");
    }

    #[test]
    fn no_offset_leads_out_of_time() {
        let clock = Clock::Ahead(Arc::new(AtomicI64::new(i64::MAX)));
        assert_eq!((clock.now_ms(), clock.now()), (i64::MAX, DateTime::UNIX_EPOCH));
    }
}
