//! Scripts: what a test has the model say, how fast, and how it goes wrong.
//!
//! A [`Script`] is the same value in Rust and as JSON of `POST /_sandbox/model/script`; every field
//! may be left out. `{}` is "the understudy answers, once, at once":
//!
//! ```json
//! {
//!   "text": "Hello there.",
//!   "when": "hello",
//!   "times": 2,
//!   "pace": { "headers_ms": 0, "first_token_ms": 300, "token_ms": 20 },
//!   "usage": { "prompt_tokens": 12, "completion_tokens": 3 },
//!   "finish_reason": "stop",
//!   "fault": { "kind": "stall", "after": 2 }
//! }
//! ```

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::wire::FinishReason;

/// The longest any scripted wait may be, in milliseconds; a hang or a stall ends (by cutting the
/// connection) after this time too.
pub const MAX_WAIT_MS: u64 = 600_000;
/// The most scripts that are kept, queued and standing together.
pub const MAX_SCRIPTS: usize = 10_000;
/// After how many tokens an endless reply ends after all.
pub const MAX_ENDLESS_TOKENS: usize = 100_000;

/// One scripted reply to a chat completion.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Answer only a request whose messages, or whose raw JSON, contain this text. Case counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// For how many requests: a number, or `"always"`. Once, if left out.
    pub times: Times,
    /// The reply's text, cut into tokens by the server's own estimate. `""` is an empty reply.
    /// With neither `text` nor `tokens` the understudy writes the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The reply's tokens, each sent as one delta. Not together with `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<String>>,
    /// How fast.
    pub pace: Pace,
    /// What usage is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageRule>,
    /// Why the reply ended, unless the request's own limit cut it. `stop`, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<FinishReason>,
    /// What goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// How many requests a script answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// This many, and then it is used up.
    Count(u32),
    /// Every one that no queued script answers, until it is replaced or cleared.
    Always,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u32(*count),
            Self::Always => serializer.serialize_str("always"),
        }
    }
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Times;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of requests, or \"always\"")
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Times, E> {
                u32::try_from(count).map(Times::Count).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Times, E> {
                match word {
                    "always" => Ok(Times::Always),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// How fast a reply comes, in milliseconds. Zero is at once.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// Before the status line and the headers.
    pub headers_ms: u64,
    /// From the headers to the first token.
    pub first_token_ms: u64,
    /// From each token to the next.
    pub token_ms: u64,
}

/// What a scripted reply tells of its usage. Left out, it is the server's own estimate.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(untagged, expecting = "expected \"omit\", or an object with prompt_tokens and completion_tokens")]
pub enum UsageRule {
    /// Told as these numbers.
    Exact {
        /// Tokens of the prompt.
        prompt_tokens: u64,
        /// Tokens of the reply.
        completion_tokens: u64,
    },
    /// `"omit"`: no usage, even where the request asks for it.
    Omit(OmitWord),
}

/// The word `"omit"`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OmitWord {
    /// `"omit"`.
    Omit,
}

/// What goes wrong. Where a fault comes `after` some tokens and the reply has fewer, it comes after
/// the last of them; `after` 0 is before anything but the headers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// An HTTP error in place of the reply.
    Status {
        /// 400 to 599.
        status: u16,
        /// The `Retry-After` header, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u64>,
        /// The error's message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The headers come (of a stream; a whole reply sends nothing at all), and then nothing.
    Hang,
    /// Nothing more comes after some tokens, and the connection stays open.
    Stall {
        /// Tokens before it.
        after: usize,
    },
    /// The connection is cut after some tokens: the reply's encoding is left unfinished, which a
    /// client sees as a broken connection, never as an end. Of a whole reply half is sent.
    Cut {
        /// Tokens before it.
        after: usize,
    },
    /// The connection is closed without any answer.
    Disconnect,
    /// The stream ends cleanly after some tokens, with no finish reason and no `[DONE]`. A whole
    /// reply is half of its JSON.
    EndEarly {
        /// Tokens before it.
        after: usize,
    },
    /// One event is broken JSON, and the stream then goes on. A whole reply is broken JSON.
    Malformed {
        /// Tokens before it.
        after: usize,
    },
    /// The stream carries an error object after some tokens and ends, as relays in front of several
    /// providers do. A whole reply is that error with status 200.
    ErrorEvent {
        /// Tokens before it.
        after: usize,
        /// The error's message.
        message: String,
    },
    /// Status 200 and a body of no bytes. (For a reply without words set the text to `""`.)
    EmptyBody,
    /// The reply's tokens again and again until the client leaves, whatever limit it set;
    /// [`MAX_ENDLESS_TOKENS`] at most.
    Endless,
    /// Status 200 and an HTML page, as a proxy in between might show.
    WrongType,
}

impl Script {
    /// The reply `text`, once, at once.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// The reply in exactly these deltas, once, at once.
    pub fn tokens<T: Into<String>>(tokens: impl IntoIterator<Item = T>) -> Self {
        Self { tokens: Some(tokens.into_iter().map(Into::into).collect()), ..Self::default() }
    }

    /// A fault; where it lets words through the understudy writes them, unless [`Self::saying`].
    pub fn fault(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// An HTTP error in place of the reply.
    pub fn status(status: u16) -> Self {
        Self::fault(Fault::Status { status, retry_after_s: None, message: None })
    }

    /// 429 with `Retry-After`.
    pub fn rate_limited(retry_after_s: u64) -> Self {
        Self::fault(Fault::Status { status: 429, retry_after_s: Some(retry_after_s), message: None })
    }

    /// The same script with this text.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), tokens: None, ..self }
    }

    /// The same script with this fault.
    #[must_use]
    pub fn failing(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// The same script, for requests that contain `text` only.
    #[must_use]
    pub fn when(self, text: impl Into<String>) -> Self {
        Self { when: Some(text.into()), ..self }
    }

    /// The same script, for this many requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { times: Times::Count(count), ..self }
    }

    /// The same script at this pace.
    #[must_use]
    pub fn pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// The same script that tells this usage.
    #[must_use]
    pub fn usage(self, prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self { usage: Some(UsageRule::Exact { prompt_tokens, completion_tokens }), ..self }
    }

    /// The same script that tells no usage.
    #[must_use]
    pub fn without_usage(self) -> Self {
        Self { usage: Some(UsageRule::Omit(OmitWord::Omit)), ..self }
    }

    /// The same script that ends for this reason.
    #[must_use]
    pub fn finish(self, reason: FinishReason) -> Self {
        Self { finish_reason: Some(reason), ..self }
    }

    /// Whether the script makes sense.
    pub(crate) fn check(&self) -> Result<(), ScriptError> {
        if self.text.is_some() && self.tokens.is_some() {
            return Err(ScriptError::TextAndTokens);
        }
        if self.times == Times::Count(0) {
            return Err(ScriptError::NoTimes);
        }
        let Pace { headers_ms, first_token_ms, token_ms } = self.pace;
        if [headers_ms, first_token_ms, token_ms].iter().any(|wait| *wait > MAX_WAIT_MS) {
            return Err(ScriptError::TooSlow);
        }
        match self.fault {
            Some(Fault::Status { status, .. }) if !(400..600).contains(&status) => {
                Err(ScriptError::NoErrorStatus(status))
            }
            _ => Ok(()),
        }
    }
}

/// Why a script is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// Both forms of a reply at once.
    #[error("a script has `text` or `tokens`, not both")]
    TextAndTokens,
    /// A script that answers nothing.
    #[error("`times` is 1 or more, or \"always\"")]
    NoTimes,
    /// A wait over [`MAX_WAIT_MS`].
    #[error("each wait of `pace` is {MAX_WAIT_MS} ms at most")]
    TooSlow,
    /// A status that is no error.
    #[error("a fault's `status` is 400 to 599, not {0}")]
    NoErrorStatus(u16),
    /// More than [`MAX_SCRIPTS`].
    #[error("there are {MAX_SCRIPTS} scripts already; clear them, or use `times`")]
    TooMany,
}
