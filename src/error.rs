//! How a command ends when it does not end well: refused, which is normal, or failed, which is an incident.

use std::error::Error as StdError;
use std::fmt;

use crate::domain::denial::Denial;

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

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        Self::Refused(Refusal::Denied(denial))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A normal "no", each with a text of its own in every language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// A limit, a rule or a kill switch says no.
    #[error("denied")]
    Denied(Denial),
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
    use super::*;

    #[test]
    fn a_chain_says_each_cause_once() {
        let error = Error::failed(std::io::Error::other("disk gone"));
        assert_eq!(Chain(&error).to_string(), "failed: disk gone");
    }
}
