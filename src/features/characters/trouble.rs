//! Why something with a member's own character did not happen.

use troupe_cards::refusal::Refusal;

use crate::{cold::ColdError, domain::denial::Denial};

/// Why not. Nothing was changed, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nobody is meant, or nobody can say who.
    #[error("denied: {0:?}")]
    Denied(Denial),
    /// It is somebody else's, or one of the cast.
    #[error("the character is not the member's own")]
    NotTheirs,
    /// The member has as many as they may: this many.
    #[error("the member has {0} characters, as many as they may")]
    Full(u32),
    /// The member shares as many in that guild as they may: this many.
    #[error("the member shares {0} characters there, as many as they may")]
    SharedFull(u32),
    /// It was changed meanwhile.
    #[error("the character was changed meanwhile")]
    Conflict,
    /// It was deleted too long ago, or brought back already.
    #[error("there is nothing to bring back")]
    NothingToRestore,
    /// It would have no name.
    #[error("the character has no name")]
    NoName,
    /// It has no such greeting; how many others than the first there are.
    #[error("there is no such greeting; {0} can be taken away")]
    NoGreeting(usize),
    /// It has this many further greetings, which is the most.
    #[error("there are {0} further greetings, the most")]
    ManyGreetings(usize),
    /// The file is no card or picture that can be taken.
    #[error(transparent)]
    File(#[from] Refusal),
    /// The card's own form is in the way of that change.
    #[error("the card can't be changed: its form is broken")]
    Unfit,
    /// It has no lorebook.
    #[error("the character has no lorebook")]
    NoBook,
    /// It is not shared with that server.
    #[error("the character is not shared there")]
    NotShared,
    /// Too many files are being read.
    #[error("too many files are being read")]
    Busy,
    /// PostgreSQL said something that is not an outage, or the work itself broke.
    #[error("an operation on characters failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<ColdError> for Trouble {
    fn from(error: ColdError) -> Self {
        if error.is_outage() {
            tracing::debug!(%error, "characters can't be reached");
            Self::Denied(Denial::CharactersAway)
        } else {
            Self::Failed(error.into())
        }
    }
}

impl From<Denial> for Trouble {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}
