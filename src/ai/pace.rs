//! How fast one provider is asked: requests and tokens a minute, and the rest that it asks for itself.
//!
//! Each process keeps its own pace: with several, each gets its part of what the account allows.

use std::{
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock as _, DefaultClock},
};
use tokio::time::Instant;

/// The pace of one provider.
#[derive(Debug)]
pub(super) struct Pace {
    requests: Option<DefaultDirectRateLimiter>,
    tokens: Option<(DefaultDirectRateLimiter, NonZeroU32)>,
    /// Until when the provider wants to be left alone.
    rests_until: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(requests: Option<NonZeroU32>, tokens: Option<NonZeroU32>) -> Self {
        let limiter = |most| DefaultDirectRateLimiter::direct(Quota::per_minute(most));
        Self {
            requests: requests.map(limiter),
            tokens: tokens.map(|most| (limiter(most), most)),
            rests_until: Mutex::new(None),
        }
    }

    /// Takes a request of so many tokens, or says how long to wait before asking again. Tokens that were taken are none
    /// to be taken again.
    pub(super) fn take(&self, tokens: &mut u32) -> Result<(), Duration> {
        if let Some(until) = self.rests_until() {
            return Err(until.saturating_duration_since(Instant::now()));
        }
        let clock = DefaultClock::default();
        if let Some((limiter, most)) = &self.tokens
            && let Some(wanted) = NonZeroU32::new(*tokens)
        {
            // A single request above the whole minute's bound takes all of it.
            let taken = limiter.check_n(wanted.min(*most)).expect("no more than its bound");
            taken.map_err(|not_until| not_until.wait_time_from(clock.now()))?;
            *tokens = 0;
        }
        if let Some(limiter) = &self.requests {
            limiter.check().map_err(|not_until| not_until.wait_time_from(clock.now()))?;
        }
        Ok(())
    }

    /// The provider wants to be left alone for so long.
    pub(super) fn rest(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut rests = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        *rests = Some(rests.map_or(until, |before| before.max(until)));
    }

    /// Until when it does, if that is not over.
    pub(super) fn rests_until(&self) -> Option<Instant> {
        let until = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(requests: u32, tokens: u32) -> Pace {
        Pace::new(NonZeroU32::new(requests), NonZeroU32::new(tokens))
    }

    #[tokio::test]
    async fn a_minute_has_so_many_requests_and_tokens() {
        let requests = pace(3, 0);
        let taken = (0..10).filter(|_| requests.take(&mut 1_000_000).is_ok()).count();
        assert_eq!(taken, 3);
        assert!(requests.take(&mut 0).expect_err("none left") <= Duration::from_secs(20));

        let tokens = pace(0, 1_000);
        assert!(tokens.take(&mut 600).is_ok());
        let wait = tokens.take(&mut 600).expect_err("200 too many");
        assert!(wait > Duration::from_secs(5) && wait <= Duration::from_secs(13), "{wait:?}");
        assert!(tokens.take(&mut 300).is_ok(), "less still fits");
        assert!(pace(0, 1_000).take(&mut 5_000).is_ok(), "what never fits takes all");
        assert!(pace(0, 0).take(&mut { u32::MAX }).is_ok());
    }

    #[tokio::test]
    async fn who_waits_for_a_request_pays_tokens_once() {
        let both = pace(1, 1_000);
        assert!(both.take(&mut 100).is_ok());
        let mut tokens = 500;
        for _ in 0..10 {
            assert!(both.take(&mut tokens).is_err(), "no request is left");
        }
        assert_eq!(tokens, 0);
        let wait = both.take(&mut 500).expect_err("400 are left");
        assert!(wait <= Duration::from_secs(7), "{wait:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_is_kept_to_its_end() {
        let pace = pace(0, 0);
        pace.rest(Duration::from_secs(5));
        pace.rest(Duration::from_secs(1));
        assert_eq!(pace.take(&mut 1), Err(Duration::from_secs(5)));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!((pace.take(&mut 1), pace.rests_until()), (Ok(()), None));
    }
}
