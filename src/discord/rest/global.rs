//! The limit over all of the API: so many requests a second, and a full stop after a global 429.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Refill a second and burst for a limit that holds in *any* second. Together they stay below it; a burst of all of it
/// would let twice as many through in the first.
fn quota(limit: NonZeroU32) -> Quota {
    let burst = NonZeroU32::new(limit.get() / 10).unwrap_or(NonZeroU32::MIN);
    let refill = NonZeroU32::new(limit.get().saturating_sub(burst.get() + 1)).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(refill).allow_burst(burst)
}

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
    pub(super) fn new(limit: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::direct(quota(limit)),
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

    /// Whether somebody waits there already.
    pub(super) fn has_queue(&self) -> bool {
        self.turn.available_permits() == 0
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
