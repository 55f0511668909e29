//! Why a REST call failed, without any token in it.

use std::time::Duration;

/// Discord's error codes that the bot tells apart.
pub mod code {
    /// The interaction is not known (any more): more than 3 s or 15 minutes old, or never ours.
    pub const UNKNOWN_INTERACTION: u32 = 10_062;
    /// The message is gone.
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    /// The webhook is gone, or the interaction's token is over.
    pub const UNKNOWN_WEBHOOK: u32 = 10_015;
    /// The interaction has had its first answer.
    pub const ALREADY_ACKNOWLEDGED: u32 = 40_060;
    /// The bot lacks a permission.
    pub const MISSING_PERMISSIONS: u32 = 50_013;
    /// The bot can't see the channel.
    pub const MISSING_ACCESS: u32 = 50_001;
    /// The channel is gone, or not this webhook's.
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    /// The channel has as many webhooks as it may.
    pub const TOO_MANY_WEBHOOKS: u32 = 30_007;
    /// The webhook's token in the path is wrong or over.
    pub const INVALID_WEBHOOK_TOKEN: u32 = 50_027;
}

/// Why a REST call failed.
///
/// Routes are named by their template (`PATCH /channels/{channel}/messages/{message}`), so that neither `Display` nor
/// `Debug` can show a token.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RestError {
    /// Discord answered with an error.
    #[error("{route}: Discord answered {status} (code {code}): {message}{detail}")]
    Api {
        /// Method and template of the route.
        route: String,
        /// The HTTP status.
        status: u16,
        /// Discord's code; 0 when it sent none.
        code: u32,
        /// Discord's message.
        message: String,
        /// The faulty fields of the request, when Discord names them: ` [path: message; …]`, else empty.
        detail: String,
    },
    /// The wait for the rate limit would outlast the call's deadline.
    #[error("{route}: the rate limit is used up for another {after:?}")]
    RateLimited {
        /// Method and template of the route.
        route: String,
        /// When trying again makes sense.
        after: Duration,
    },
    /// Too many calls wait already.
    #[error("{route}: too many calls wait for the rate limit")]
    QueueFull {
        /// Method and template of the route.
        route: String,
    },
    /// The call's deadline passed.
    #[error("{route}: no answer within the deadline")]
    Deadline {
        /// Method and template of the route.
        route: String,
    },
    /// Discord could not be reached, or the connection broke.
    #[error("{route}: {cause}")]
    Transport {
        /// Method and template of the route.
        route: String,
        /// What happened, without the URL.
        cause: String,
        /// Whether Discord surely never got the request.
        unsent: bool,
    },
    /// Discord rejected the bot's token; no call is made with it any more.
    #[error("Discord rejected the bot's token: check DISCORD_TOKEN (Developer Portal, Bot, Reset Token)")]
    TokenRejected,
    /// Too many of our requests were invalid; calls stop before Discord bans this address.
    #[error(
        "stopped calling Discord: {count} invalid requests (401, 403, 429) in 10 minutes; \
         goes on by itself in about {after:?}"
    )]
    TooManyInvalid {
        /// Invalid requests in the last 10 minutes.
        count: u32,
        /// When the oldest of them leave the count.
        after: Duration,
    },
    /// The request could not be written.
    #[error("{route}: can't write the request: {cause}")]
    Encode {
        /// Method and template of the route.
        route: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The answer could not be read.
    #[error("{route}: can't read Discord's answer: {cause}")]
    Decode {
        /// Method and template of the route.
        route: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl From<RestError> for crate::error::Error {
    fn from(cause: RestError) -> Self {
        Self::failed(cause)
    }
}

impl RestError {
    /// The HTTP status, if Discord answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Discord's error code, if it sent one; see [`code`].
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Api { code, .. } if *code != 0 => Some(*code),
            _ => None,
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api { status, .. } => *status == 429 || *status >= 500,
            Self::RateLimited { .. }
            | Self::QueueFull { .. }
            | Self::Deadline { .. }
            | Self::Transport { .. }
            | Self::TooManyInvalid { .. } => true,
            Self::TokenRejected | Self::Encode { .. } | Self::Decode { .. } => false,
        }
    }

    /// Whether Discord may have done what it did not say it did.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Api { status, .. } => *status >= 500,
            Self::Deadline { .. } | Self::Transport { unsent: false, .. } | Self::Decode { .. } => true,
            _ => false,
        }
    }

    /// When trying again makes sense, where that is known.
    pub fn after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { after, .. } | Self::TooManyInvalid { after, .. } => Some(*after),
            _ => None,
        }
    }

    /// Whether the interaction is over: too late, or answered already. Nothing can be said to the member then.
    pub fn is_interaction_over(&self) -> bool {
        match self {
            Self::Api { code: code::UNKNOWN_INTERACTION | code::ALREADY_ACKNOWLEDGED, .. } => true,
            // A webhook's code, on an interaction's route: its token is over.
            Self::Api { code: code::INVALID_WEBHOOK_TOKEN | code::UNKNOWN_WEBHOOK, route, .. } => {
                route.contains("/webhooks/{application}/")
            }
            _ => false,
        }
    }
}
