//! The limit over all of the API: 50 requests a second, and a full stop after a global 429.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Refill a second and burst. Together they stay below Discord's 50 in *any* second; a burst of 50 would let 100 through
/// in the first.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(44).expect("not zero");
const BURST: NonZeroU32 = NonZeroU32::new(5).expect("not zero");

/// The gate that every request but an interaction's passes.
pub(super) struct GlobalGate {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
    /// First come, first served.
    turn: Semaphore,
    blocked_until: Mutex<Option<Instant>>,
}

/// The gate stays shut beyond the caller's deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shut {
    pub(super) after: Duration,
}

impl GlobalGate {
    pub(super) fn new() -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        Self {
            limiter: RateLimiter::direct(quota),
            clock: DefaultClock::default(),
            turn: Semaphore::new(1),
            blocked_until: Mutex::new(None),
        }
    }

    /// Waits for its turn, at the longest until `deadline`.
    pub(super) async fn pass(&self, deadline: Instant) -> Result<(), Shut> {
        let Ok(turn) = timeout_at(deadline, self.turn.acquire()).await else {
            return Err(Shut { after: self.blocked_for(Instant::now()) });
        };
        let _turn = turn.expect("the semaphore is never closed");
        loop {
            let now = Instant::now();
            let wait = match self.blocked_for(now) {
                Duration::ZERO => match self.limiter.check() {
                    Ok(()) => return Ok(()),
                    Err(refused) => refused.wait_time_from(self.clock.now()),
                },
                blocked => blocked,
            };
            if now + wait > deadline {
                return Err(Shut { after: wait });
            }
            sleep_until(now + wait).await;
        }
    }

    /// After a global 429: nothing passes before `until`, whoever waits already.
    pub(super) fn block(&self, until: Instant) {
        let mut blocked = self.lock();
        *blocked = Some(blocked.map_or(until, |old| old.max(until)));
    }

    /// How long nothing passes.
    pub(super) fn blocked_for(&self, now: Instant) -> Duration {
        self.lock().map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.blocked_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
