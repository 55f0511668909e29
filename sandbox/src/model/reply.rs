//! A reply that is decided and not yet performed: words, pace, usage, fault.

use std::time::Duration;

use super::script::{Fault, MAX_ENDLESS_TOKENS, MAX_WAIT_MS, Pace};
use super::speech::Speech;
use super::wire::{FinishReason, Usage};

/// How long a hang or a stall lasts before the connection is cut.
pub(crate) const MAX_SILENCE: Duration = Duration::from_millis(MAX_WAIT_MS);

/// Sleeps, if there is anything to sleep: the timer takes a millisecond even for nothing.
pub(crate) async fn wait(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

/// What the server will do for one request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Such as `chatcmpl-…`.
    pub(crate) id: String,
    /// Seconds since the Unix epoch.
    pub(crate) created: u64,
    pub(crate) model: String,
    pub(crate) speech: Speech,
    pub(crate) finish: FinishReason,
    pub(crate) timing: Timing,
    /// `None`: not told.
    pub(crate) usage: Option<Usage>,
    /// Whether a stream was asked to tell usage.
    pub(crate) include_usage: bool,
    pub(crate) fault: Option<Fault>,
}

impl Reply {
    /// How many tokens there are to send.
    pub(crate) fn total(&self) -> usize {
        match self.fault {
            Some(Fault::Endless) => MAX_ENDLESS_TOKENS,
            _ => self.speech.count(),
        }
    }

    /// The token at `at`, below [`Self::total`]; an endless reply starts over.
    pub(crate) fn token(&self, at: usize) -> &str {
        match self.speech.count() {
            0 => "…",
            count => self.speech.token(at % count),
        }
    }

    /// Before which token the fault comes, if it comes in mid-reply.
    pub(crate) fn fault_at(&self) -> Option<usize> {
        let after = match self.fault.as_ref()? {
            Fault::Hang => 0,
            Fault::Stall { after }
            | Fault::Cut { after }
            | Fault::EndEarly { after }
            | Fault::Malformed { after }
            | Fault::ErrorEvent { after, .. } => *after,
            _ => return None,
        };
        Some(after.min(self.total()))
    }
}

/// When the parts of a reply are due.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Timing {
    /// From the request to the headers.
    pub(crate) headers: Duration,
    /// From the headers to the first token.
    pub(crate) first: Duration,
    /// From each token to the next.
    pub(crate) gap: Duration,
}

impl Timing {
    /// Whether everything after the headers is due at once.
    pub(crate) fn at_once(&self) -> bool {
        self.first.is_zero() && self.gap.is_zero()
    }

    /// When the token at `at` is due, counted from the headers.
    pub(crate) fn due(&self, at: usize) -> Duration {
        self.first + self.gap.saturating_mul(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// A person's reading pace: `per_second` tokens, the first after a short thought; 0 is at once.
    pub(crate) fn human(per_second: u32) -> Self {
        if per_second == 0 {
            return Self::default();
        }
        let gap = Duration::from_secs(1) / per_second;
        Self { headers: Duration::ZERO, first: Duration::from_millis(250) + gap, gap }
    }
}

impl From<Pace> for Timing {
    fn from(pace: Pace) -> Self {
        Self {
            headers: Duration::from_millis(pace.headers_ms),
            first: Duration::from_millis(pace.first_token_ms),
            gap: Duration::from_millis(pace.token_ms),
        }
    }
}
