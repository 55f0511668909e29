//! A prompt's parts, and what they cost.

use troupe_cards::card::sheet;

use super::Count;
use crate::ai::{Message, PER_MESSAGE, Role};

/// What a part of a prompt is for, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What holds for every character.
    Rules,
    /// Who it is, and how it speaks.
    Character,
    /// What is always true around it.
    Lore,
    /// How it speaks, shown.
    Examples,
    /// How it treats this member.
    Manner,
    /// What the two have said.
    Memory,
    /// What a card has said among the last messages.
    Note,
    /// What is to be answered.
    Line,
    /// What a card says after the conversation.
    After,
    /// Who answers, and how.
    Anchor,
}

impl Kind {
    /// Its name, one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Character => "character",
            Self::Lore => "lore",
            Self::Examples => "examples",
            Self::Manner => "manner",
            Self::Memory => "memory",
            Self::Note => "note",
            Self::Line => "line",
            Self::After => "after",
            Self::Anchor => "anchor",
        }
    }
}

/// A part of a prompt. `Debug` never shows the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is for.
    pub kind: Kind,
    /// Its messages, in order.
    pub messages: Vec<Message>,
    /// What they cost.
    pub tokens: u32,
}

impl Part {
    pub(super) fn counted(kind: Kind, messages: Vec<Message>, count: Count<'_>) -> Self {
        let tokens = messages.iter().map(|message| count(&message.content) + PER_MESSAGE).sum();
        Self { kind, messages, tokens }
    }
}

pub(super) fn system(content: String) -> Message {
    Message { role: Role::System, content }
}

/// In whose name a card puts a text among the messages.
pub(super) fn note(role: sheet::Role, content: String) -> Message {
    match role {
        sheet::Role::System => system(content),
        sheet::Role::User => user(content),
        sheet::Role::Assistant => assistant(content),
    }
}

pub(super) fn user(content: String) -> Message {
    Message { role: Role::User, content }
}

pub(super) fn assistant(content: String) -> Message {
    Message { role: Role::Assistant, content }
}
