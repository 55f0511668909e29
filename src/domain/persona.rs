//! A character as the prompt and the stage need it: its persona, manner, examples, name and picture.

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// Its identity.
    pub id: CharacterId,
    /// Changes with every change of its texts: the prompt's stable prefix is the same for the same version.
    pub version: String,
    /// Its name, 1 to 80 characters, without control characters.
    pub name: String,
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
    /// Its first words to a stranger.
    pub greeting: String,
    /// How closeness changes it.
    pub bonds: Vec<BandManner>,
    /// Its picture, a square PNG.
    pub avatar: Option<&'static [u8]>,
    /// Its colour, 0xRRGGBB.
    pub colour: u32,
}

impl Persona {
    /// How it treats someone of that band, where it makes a difference.
    pub fn manner_towards(&self, band: Band) -> Option<&str> {
        let nearest = self.bonds.iter().filter(|manner| manner.from <= band).max_by_key(|manner| manner.from);
        nearest.map(|manner| manner.manner.as_str())
    }
}
