//! How a command ends when it does not end well: refused, which is normal, or failed, which is an incident.

use std::error::Error as StdError;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

/// Any error with its type forgotten, as the cause of a failure.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// The result of everything a command calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command gave no ordinary answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The member asked for something that is not to be had now; they are told why, and nothing is wrong.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// Something is wrong; the member sees an incident id and the log has the cause under the same id.
    #[error("failed: {0}")]
    Failed(#[source] BoxError),
}

impl Error {
    /// A failure with its cause.
    pub fn failed(cause: impl Into<BoxError>) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<crate::discord::rest::RestError> for Error {
    fn from(cause: crate::discord::rest::RestError) -> Self {
        Self::failed(cause)
    }
}

/// A normal "no", each with a text of its own in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bot is shutting down and takes no new commands.
    #[error("restarting")]
    Restarting,
    /// The command works in servers only.
    #[error("guild_only")]
    GuildOnly,
    /// The command works in direct messages only.
    #[error("dm_only")]
    DmOnly,
    /// The command works in age-restricted channels only.
    #[error("nsfw_only")]
    NsfwOnly,
    /// The command is for the bot's owners.
    #[error("owner_only")]
    OwnerOnly,
    /// The member lacks a permission in this channel.
    #[error("member_permissions")]
    MemberPermissions,
    /// The bot lacks a permission in this channel.
    #[error("bot_permissions")]
    BotPermissions,
    /// The command was used again too soon; seconds left.
    #[error("cooldown")]
    Cooldown(u64),
    /// An option's value can't be read.
    #[error("bad_argument")]
    BadArgument,
    /// The bot no longer has this command, or knows it in another shape.
    #[error("unknown_command")]
    UnknownCommand,
    /// A button, menu or form of a message that the bot no longer serves.
    #[error("expired_component")]
    ExpiredComponent,
    /// A check of the command said no.
    #[error("not_allowed")]
    NotAllowed,
}

/// The name of one unexpected failure: shown to the member, and in the operator's log beside the cause.
///
/// Eight characters of Crockford's base 32: no letter that is taken for a digit, so it can be read out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Incident([u8; 8]);

impl Incident {
    /// A new id, of 40 random bits.
    pub fn new() -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut bits = RandomState::new().hash_one(std::time::Instant::now());
        Self(std::array::from_fn(|_| {
            let digit = ALPHABET[(bits % 32) as usize];
            bits /= 32;
            digit
        }))
    }
}

impl Default for Incident {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| fmt::Write::write_char(out, char::from(*digit)))
    }
}

impl fmt::Debug for Incident {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// An error and everything that caused it, in one line for the log.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)?;
        let mut said = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Wrappers often repeat what they wrap.
            if !said.ends_with(&text) {
                write!(out, ": {text}")?;
            }
            said = text;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn incidents_are_eight_readable_characters_and_differ() {
        let ids: HashSet<String> = (0..1000).map(|_| Incident::new().to_string()).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            assert_eq!(id.len(), 8);
            assert!(
                id.chars().all(|c| c.is_ascii_digit() || (c.is_ascii_uppercase() && !"ILOU".contains(c)))
            );
        }
    }

    #[test]
    fn a_chain_says_each_cause_once() {
        let error = Error::failed(std::io::Error::other("disk gone"));
        assert_eq!(Chain(&error).to_string(), "failed: disk gone");
    }
}
