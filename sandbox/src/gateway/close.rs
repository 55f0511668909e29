//! Close codes, with the words that Discord sends beside them.
//!
//! <https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>

use std::borrow::Cow;

use axum::extract::ws::CloseFrame;

/// How many bytes a close frame's reason may have (RFC 6455, 5.5: 125 less the code).
const REASON_BYTES: usize = 123;

/// Why the gateway ends a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    pub(super) const GOING_AWAY: Self = Self::new(1001, "The sandbox stops.");
    pub(super) const UNKNOWN_OPCODE: Self = Self::new(4001, "Unknown opcode.");
    pub(super) const NOT_AUTHENTICATED: Self = Self::new(4003, "Not authenticated.");
    pub(super) const AUTHENTICATION_FAILED: Self = Self::new(4004, "Authentication failed.");
    pub(super) const ALREADY_AUTHENTICATED: Self = Self::new(4005, "Already authenticated.");
    pub(super) const INVALID_SEQ: Self = Self::new(4007, "Invalid seq.");
    pub(super) const RATE_LIMITED: Self = Self::new(4008, "Rate limited.");
    pub(super) const SESSION_TIMED_OUT: Self = Self::new(4009, "Session timed out.");
    pub(super) const INVALID_SHARD: Self = Self::new(4010, "Invalid shard.");
    pub(super) const SHARDING_REQUIRED: Self = Self::new(4011, "Sharding required.");
    pub(super) const INVALID_VERSION: Self = Self::new(4012, "Invalid API version.");
    pub(super) const INVALID_INTENTS: Self = Self::new(4013, "Invalid intent(s).");
    pub(super) const DISALLOWED_INTENTS: Self = Self::new(4014, "Disallowed intent(s).");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    /// 4002, saying what could not be read.
    pub(super) fn decode_error(what: impl std::fmt::Display) -> Self {
        Self { code: 4002, reason: format!("Error while decoding payload: {what}").into() }
    }

    /// A code that a test asks for.
    pub(super) fn on_command(code: u16) -> Self {
        Self { code, reason: "Closed on command.".into() }
    }

    /// Whether a session ends with a connection that was closed by this code: after a goodbye (1000,
    /// 1001), and where Discord has the client start a new session. Missed heartbeats (4009) leave it
    /// to be resumed, as the gateway's guide says.
    pub(super) fn ends_session(code: u16) -> bool {
        matches!(code, 1000 | 1001 | 4004 | 4007 | 4010..=4014)
    }

    pub(super) fn frame(&self) -> CloseFrame {
        let mut end = self.reason.len().min(REASON_BYTES);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        CloseFrame { code: self.code, reason: self.reason[..end].into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let frame = Close::decode_error("é".repeat(100)).frame();
        assert!((REASON_BYTES - 1..=REASON_BYTES).contains(&frame.reason.len()));
        assert!(frame.reason.ends_with('é'));
    }
}
