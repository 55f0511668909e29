//! One waiting write, tried once: what became of it, whichever copy it was.

use std::time::Duration;

use super::super::{Durable, land::land, now_ms, write::BadWrite, write::Write};
use crate::{
    cold::queued::{self, Kind},
    domain::ids::UserId,
    hot::{Side, queue::Forgotten},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Failures of one write, while PostgreSQL itself answers, after which it is a dead letter.
const MOST_ATTEMPTS: u32 = 50;
/// A write that still fails at this age is a dead letter.
const GIVEN_UP_MS: i64 = 7 * DAY_MS;
/// An older write is not tried at all: its key may have been forgotten, and it could land twice.
const TOO_OLD_MS: i64 = 25 * DAY_MS;
/// First and longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));
/// Most characters of a reason.
const REASON_LENGTH: usize = 300;

/// What became of a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// PostgreSQL has it, or need not: it was about a member who is erased.
    Done,
    /// It failed, and may succeed later.
    Again(String),
    /// It failed for good.
    Dead(String),
    /// PostgreSQL does not answer.
    Away(String),
}

/// A copy of a write, from the file or from Redis.
#[derive(Debug)]
pub(super) struct Copy<'a> {
    pub(super) text: &'a str,
    pub(super) attempts: u32,
    pub(super) since_ms: i64,
}

/// The pause before the try after `attempts` failures, with jitter, so that processes don't try in step.
pub(super) fn pause(attempts: u32) -> Duration {
    let (first, longest) = PAUSES;
    let pause = first.saturating_mul(1 << attempts.saturating_sub(1).min(10)).min(longest);
    pause.mul_f64(rand::random_range(0.5..1.0))
}

impl Durable {
    pub(super) async fn attempt(&self, copy: &Copy<'_>) -> Outcome {
        let age = now_ms() - copy.since_ms;
        if age > TOO_OLD_MS {
            let days = TOO_OLD_MS / DAY_MS;
            return Outcome::Dead(format!(
                "it waited for more than {days} days: check that it has not landed, then retry it"
            ));
        }
        let tired = copy.attempts + 1 >= MOST_ATTEMPTS || age > GIVEN_UP_MS;
        let failed = |reason: String| {
            let reason = brief(&reason);
            if tired { Outcome::Dead(reason) } else { Outcome::Again(reason) }
        };
        let write = match Write::parse(copy.text) {
            Ok(write) => write,
            Err(error @ BadWrite::Newer(_)) => return failed(error.to_string()),
            Err(error) => return Outcome::Dead(error.to_string()),
        };
        let Some(kind) = queued::find(write.kind()) else {
            return failed(format!("this build knows no kind {:?}: run the build that does", write.kind()));
        };
        let write = match self.without_forgotten(kind, write).await {
            Ok(Some(write)) => write,
            Ok(None) => return Outcome::Done,
            Err(reason) => return Outcome::Dead(brief(&reason)),
        };
        let Err(error) = land(&self.0.cold, &write).await else { return Outcome::Done };
        let reason = error.to_string();
        if error.is_lasting() {
            return Outcome::Dead(brief(&reason));
        }
        // Only a failure while PostgreSQL itself answers is the write's own.
        match self.0.cold.ping().await {
            Ok(()) => failed(reason),
            Err(_) => Outcome::Away(reason),
        }
    }

    /// The write without members who were erased after it was made; `None` when nothing is left of it.
    async fn without_forgotten(&self, kind: &Kind, write: Write) -> Result<Option<Write>, String> {
        let users = (kind.users)(write.payload()).map_err(|error| error.to_string())?;
        if users.is_empty() {
            return Ok(Some(write));
        }
        let mut payload = write.payload().clone();
        for (user, at) in users.iter().zip(self.forgotten(&users).await) {
            if at.is_some_and(|at| at >= write.made_at_ms()) {
                match (kind.without)(&payload, *user).map_err(|error| error.to_string())? {
                    Some(left) => payload = left,
                    None => return Ok(None),
                }
            }
        }
        Ok(Some(write.with_payload(payload)))
    }

    async fn forgotten(&self, users: &[UserId]) -> Vec<Option<i64>> {
        let asked = Forgotten(users.to_vec());
        let shared = self.shared(&asked).await.unwrap_or_else(|_| vec![None; users.len()]);
        // This process remembers whom it erased itself, whatever Redis has lost.
        let own = self.0.hot.ask_at(Side::Local, &asked).await.unwrap_or_else(|_| vec![None; users.len()]);
        shared.into_iter().zip(own).map(|(shared, own)| shared.max(own)).collect()
    }
}

/// A reason for a list: one line, not long.
fn brief(reason: &str) -> String {
    reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_differ() {
        for attempts in 0..200_u32 {
            let most =
                Duration::from_millis(500 << attempts.saturating_sub(1).min(7)).min(Duration::from_secs(60));
            let pause = pause(attempts);
            assert!(most / 2 <= pause && pause <= most, "{attempts}: {pause:?}");
        }
    }

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(brief("a\nb"), "a b");
        assert_eq!(brief(&"é".repeat(1_000)).chars().count(), REASON_LENGTH);
    }
}
