//! A prompt's parts, and what they cost.

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
    /// What is to be answered.
    Line,
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
            Self::Line => "line",
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

pub(super) fn user(content: String) -> Message {
    Message { role: Role::User, content }
}

pub(super) fn assistant(content: String) -> Message {
    Message { role: Role::Assistant, content }
}
