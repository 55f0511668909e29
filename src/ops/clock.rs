//! A clock that is told over HTTP: for local play, where a local Discord's time can be pushed forward.
//!
//! The one who tells it answers as soon as it is ahead by something else than the asker knows, and else after a while.
//! While it can't be reached, what it told last holds on.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use metrics::{describe_gauge, gauge};
use reqwest::{Client, redirect::Policy};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::{config::BaseUrl, domain::clock::Clock};

/// Longest wait for the first answer, and for any that is due at once.
const AT_ONCE: Duration = Duration::from_secs(2);
/// For how long the teller may wait for a change, and how long an answer takes at most.
const WAIT: Duration = Duration::from_secs(20);
const DEADLINE: Duration = Duration::from_secs(25);
/// Pauses between two questions: after a change, and after the last of many that brought nothing.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// An answer that brings nothing new sooner than this did not wait for a change.
const HASTY: Duration = Duration::from_secs(1);
/// Furthest that a clock is followed, in milliseconds: some hundred years, far within what days can be counted in.
const FURTHEST_MS: u64 = 110 * 366 * 86_400_000;
/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 4 * 1024;

/// Why a clock can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// No answer.
    #[error("the clock at CLOCK_URL can't be read: {0}")]
    Unreachable(String),
    /// An answer that is none.
    #[error("what is at CLOCK_URL is no clock: {0}")]
    NoClock(&'static str),
}

#[derive(Debug, Deserialize)]
struct Told {
    offset_ms: u64,
}

/// Follows the clock at an address.
#[derive(Debug)]
pub struct Follower {
    url: BaseUrl,
    client: Client,
    ahead: Arc<AtomicI64>,
}

impl Follower {
    /// Nothing is asked yet: the clock tells this machine's time.
    ///
    /// # Errors
    /// [`ClockError::Unreachable`] when this machine gives no client.
    pub fn new(url: &BaseUrl) -> Result<Self, ClockError> {
        // On this machine: no proxy answers for it.
        let client = Client::builder().no_proxy().redirect(Policy::none()).connect_timeout(AT_ONCE).build();
        Ok(Self { url: url.clone(), client: client.map_err(unreachable)?, ahead: Arc::default() })
    }

    /// The clock that follows.
    pub fn clock(&self) -> Clock {
        Clock::Ahead(Arc::clone(&self.ahead))
    }

    /// Reads it once, within two seconds; by how many milliseconds it is ahead of this machine's.
    ///
    /// # Errors
    /// A [`ClockError`]; the clock stays as it was.
    pub async fn read(&self) -> Result<i64, ClockError> {
        let ahead = self.ask(None, AT_ONCE).await?;
        self.set(ahead);
        Ok(ahead)
    }

    /// Follows it until `stop`.
    pub async fn follow(self, stop: CancellationToken) {
        describe_gauge!("troupe_clock_ahead_seconds", "By how much a clock that is followed is ahead.");
        stop.run_until_cancelled(self.keep_asking()).await;
    }

    async fn keep_asking(&self) {
        let (mut pause, mut is_away) = (SHORTEST, false);
        loop {
            let known = self.ahead.load(Ordering::SeqCst);
            // Anew each time: metrics may have begun after the first reading.
            self.set(known);
            let begun = Instant::now();
            let brought = match self.ask(Some(known), DEADLINE).await {
                Ok(ahead) => {
                    if std::mem::replace(&mut is_away, false) {
                        tracing::info!("the clock at CLOCK_URL is followed again");
                    }
                    if ahead != known {
                        self.set(ahead);
                        tracing::info!(ahead_s = ahead / 1_000, "the clock was moved");
                    }
                    ahead != known || begun.elapsed() >= HASTY
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!(%error, ahead_s = known / 1_000, "the clock stays ahead as it was");
                    }
                    false
                }
            };
            pause = if brought { SHORTEST } else { (pause * 2).min(LONGEST) };
            tokio::time::sleep(pause).await;
        }
    }

    fn set(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::SeqCst);
        #[expect(clippy::cast_precision_loss, reason = "a gauge")]
        gauge!("troupe_clock_ahead_seconds").set(ahead as f64 / 1_000.0);
    }

    /// By how much it is ahead: at once, or when that is not what is known.
    async fn ask(&self, known: Option<i64>, deadline: Duration) -> Result<i64, ClockError> {
        let url = match known {
            None => self.url.to_string(),
            Some(known) => {
                format!("{}?unless_offset_ms={known}&timeout_ms={}", self.url, WAIT.as_millis())
            }
        };
        let read = async {
            let mut answer = self.client.get(url).send().await.map_err(unreachable)?;
            if !answer.status().is_success() {
                return Err(ClockError::NoClock("it does not answer 200"));
            }
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
                body.extend_from_slice(&chunk);
                if body.len() > LONGEST_ANSWER {
                    return Err(ClockError::NoClock("its answer is too long"));
                }
            }
            let told: Told = serde_json::from_slice(&body)
                .map_err(|_| ClockError::NoClock("its answer does not say by how much it is ahead"))?;
            let ahead = Some(told.offset_ms).filter(|ahead| *ahead <= FURTHEST_MS);
            ahead
                .and_then(|ahead| i64::try_from(ahead).ok())
                .ok_or(ClockError::NoClock("it is too far ahead"))
        };
        tokio::time::timeout(deadline, read).await.unwrap_or_else(|_| {
            Err(ClockError::Unreachable(format!("no answer in {} s", deadline.as_secs())))
        })
    }
}

/// The innermost cause.
fn unreachable(error: reqwest::Error) -> ClockError {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    ClockError::Unreachable(text)
}
