//! A scene's state, its cast, and who speaks in it.

use super::{character::CharacterId, ids::UserId, named::named};

named! {
    /// Where a scene stands.
    SceneState {
        /// It takes turns.
        Active = "active",
        /// It waits.
        Paused = "paused",
        /// It is over, for good.
        Ended = "ended",
    }

    /// Whose words a turn holds.
    SpeakerKind {
        /// A member's.
        Member = "member",
        /// A character's.
        Character = "character",
        /// Nobody's on the stage.
        Narrator = "narrator",
    }
}

/// Who speaks in a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A member; `None` once they were erased.
    Member(Option<UserId>),
    /// A character, and the member for whom it was written, unless there was none or they were erased.
    Character(CharacterId, Option<UserId>),
    /// The narrator, and the member likewise.
    Narrator(Option<UserId>),
}

impl Speaker {
    /// Whose words they are.
    pub const fn kind(&self) -> SpeakerKind {
        match self {
            Self::Member(_) => SpeakerKind::Member,
            Self::Character(..) => SpeakerKind::Character,
            Self::Narrator(_) => SpeakerKind::Narrator,
        }
    }

    /// The member who spoke, or for whom it was written.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Member(user) | Self::Character(_, user) | Self::Narrator(user) => *user,
        }
    }

    /// The character that speaks.
    pub const fn character(&self) -> Option<&CharacterId> {
        match self {
            Self::Character(character, _) => Some(character),
            Self::Member(_) | Self::Narrator(_) => None,
        }
    }
}

/// Characters that can't be a cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cast: 1 to {} characters, each once", Cast::MOST)]
pub struct NotACast;

/// The characters of a scene in their order: at least one, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast(Vec<CharacterId>);

impl Cast {
    /// Most characters on one stage.
    pub const MOST: usize = 16;

    /// The cast of these characters.
    ///
    /// # Errors
    /// [`NotACast`] for none, too many, and one that comes twice.
    pub fn new(characters: Vec<CharacterId>) -> Result<Self, NotACast> {
        let once: std::collections::HashSet<_> = characters.iter().collect();
        let fits = once.len() == characters.len() && (1..=Self::MOST).contains(&characters.len());
        if fits { Ok(Self(characters)) } else { Err(NotACast) }
    }

    /// The characters.
    pub fn characters(&self) -> &[CharacterId] {
        &self.0
    }
}
