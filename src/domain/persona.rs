//! A character as the prompt and the stage need it: its persona, manner, examples, name and picture.

use std::{fmt, sync::Arc};

use troupe_cards::{card::sheet::DepthPrompt, lore::Lore};

use super::{bond::Band, character::CharacterId};

/// One example exchange: the member's line and the character's answer. May have macros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What a member says.
    pub user: String,
    /// What the character answers.
    pub character: String,
}

/// How the character treats someone from that band on; the nearest band below counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandManner {
    /// From which band.
    pub from: Band,
    /// The manner, as an instruction.
    pub manner: String,
}

/// A character, ready to speak. Texts may have the macros `{{char}}` and `{{user}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    /// Its identity.
    pub id: CharacterId,
    /// Changes with every change of its texts: the prompt's stable prefix is the same for the same version.
    pub version: String,
    /// Its name, 1 to 80 characters, without control characters.
    pub name: String,
    /// What `{{char}}` stands for: a nickname, or the name.
    pub called: String,
    /// One line that makes curious, up to 100 characters.
    pub tagline: String,
    /// Who it is.
    pub description: String,
    /// How it speaks.
    pub manner: String,
    /// What is always true around it, if anything.
    pub lore: Vec<String>,
    /// How it speaks, shown.
    pub examples: Vec<Example>,
    /// Its first words to a stranger; empty where a card has none.
    pub greeting: String,
    /// Other first words.
    pub alternate_greetings: Vec<String>,
    /// How closeness changes it.
    pub bonds: Vec<BandManner>,
    /// What a card says beyond this; `None` for those that ship with Troupe.
    pub card: Option<CardTexts>,
    /// Its picture's address below where pictures are served.
    pub picture: Option<String>,
    /// Its colour, 0xRRGGBB.
    pub colour: u32,
}

/// What a card brings beyond a persona. Texts may have macros; empty ones are not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CardTexts {
    /// In place of the host's own words, which `{{original}}` puts in.
    pub system_prompt: String,
    /// What it is like.
    pub personality: String,
    /// Where and when.
    pub scenario: String,
    /// After the conversation, in place of the host's.
    pub post_history_instructions: String,
    /// Among the last messages.
    pub depth_prompt: Option<DepthPrompt>,
    /// What becomes known as the conversation touches it.
    pub lore: Option<Lorebook>,
}

/// A lorebook, ready to be scanned. Equal to itself alone.
#[derive(Clone)]
pub struct Lorebook(pub Arc<Lore>);

impl fmt::Debug for Lorebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lorebook")
    }
}

impl PartialEq for Lorebook {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Persona {
    /// How it treats someone of that band, where it makes a difference.
    pub fn manner_towards(&self, band: Band) -> Option<&str> {
        let nearest = self.bonds.iter().filter(|manner| manner.from <= band).max_by_key(|manner| manner.from);
        nearest.map(|manner| manner.manner.as_str())
    }
}
