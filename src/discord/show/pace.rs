//! How often one answer is changed: the pace that Discord is known to allow.

use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// One answer's pace.
pub(super) struct Pace {
    /// `None`: no pace of our own.
    limiter: Option<DefaultDirectRateLimiter>,
    clock: DefaultClock,
}

impl Pace {
    /// One change in this time; zero: as many as there are.
    pub(super) fn new(every: Duration) -> Self {
        Self { limiter: Quota::with_period(every).map(RateLimiter::direct), clock: DefaultClock::default() }
    }

    /// Counts a change, or says how long to wait for one.
    pub(super) fn take(&self) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check().map_err(|refused| refused.wait_time_from(self.clock.now()))
    }
}
