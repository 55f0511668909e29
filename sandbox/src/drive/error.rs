//! What went wrong in a play: what was expected, and what was seen.

use std::time::Duration;

use crate::control::outcome::Outcome;

/// Why a step of a play failed.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The sandbox can't be reached, or did not answer in time.
    #[error("{what}: no sandbox answers at {url}: {source}; is one running there?")]
    Unreachable {
        /// What was tried.
        what: String,
        /// The sandbox.
        url: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The sandbox refused: the act is not one that Discord's client would send, or a name is wrong.
    #[error("{what} was refused: {reason}")]
    Refused {
        /// What was tried.
        what: String,
        /// The HTTP status.
        status: u16,
        /// The sandbox's sentence.
        reason: String,
    },
    /// The sandbox's answer has another shape: another version, most likely.
    #[error("{what} was answered with something else: {reason}")]
    Strange {
        /// What was tried.
        what: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// What was waited for did not happen in time.
    #[error("expected {expected} within {waited:?}; saw {seen}")]
    TimedOut {
        /// What was waited for.
        expected: String,
        /// For how long.
        waited: Duration,
        /// What was there at the end.
        seen: String,
    },
    /// The bot did not answer an interaction in time, as Discord counts it.
    #[error("expected an answer to {what}; the member saw {shown:?}")]
    Failed {
        /// The act.
        what: String,
        /// What the member's client shows.
        shown: String,
        /// All that is known of it.
        outcome: Box<Outcome>,
    },
    /// There is something else than was expected.
    #[error("expected {expected}; saw {seen}")]
    Unexpected {
        /// What was expected.
        expected: String,
        /// What is there.
        seen: String,
    },
    /// The bot did what Discord's API doesn't know or doesn't allow.
    #[error("the bot's requests were not clean:\n{list}")]
    Unclean {
        /// One line for each request.
        list: String,
    },
    /// The sandbox can't start.
    #[error("the sandbox can't start: {0}")]
    Start(String),
}

/// What a step of a play gives.
pub type Drive<T = ()> = Result<T, DriveError>;

impl DriveError {
    /// The sandbox's sentence, if it refused.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
