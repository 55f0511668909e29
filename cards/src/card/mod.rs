//! A character card: its document, and what the fields in it say, by the specs V1, V2 and V3.

pub mod assets;
mod convert;
mod edit;
mod hash;
mod read;
pub mod sheet;
mod version;

use std::borrow::Cow;

use serde_json::Value;

use crate::document::Document;
use crate::limits::LORE_ENTRIES;
use crate::refusal::Refusal;
pub use edit::{ListField, New, TextField};
pub use hash::ContentHash;
pub use read::Found;
pub(crate) use read::{Condition, found};
pub use sheet::Sheet;
pub use version::{Oddity, Version};

/// The fields of V1, each at the root there.
pub(crate) const V1_FIELDS: [&str; 6] =
    ["name", "description", "personality", "scenario", "first_mes", "mes_example"];

/// The fields that V2 adds to V1 in `data`.
pub(crate) const V2_FIELDS: [&str; 9] = [
    "creator_notes",
    "system_prompt",
    "post_history_instructions",
    "alternate_greetings",
    "character_book",
    "tags",
    "creator",
    "character_version",
    "extensions",
];

/// The fields that V3 adds to V2 in `data`.
pub(crate) const V3_FIELDS: [&str; 7] = [
    "assets",
    "nickname",
    "creator_notes_multilingual",
    "source",
    "group_only_greetings",
    "creation_date",
    "modification_date",
];

/// What others call fields in cards without a spec: SillyTavern first, then exports of CharacterAI and Pygmalion, which
/// are older than any spec.
pub(crate) const OLD_NAMES: [(&str, &str); 6] = [
    ("creator_notes", "creatorcomment"),
    ("name", "char_name"),
    ("description", "char_persona"),
    ("scenario", "world_scenario"),
    ("first_mes", "char_greeting"),
    ("mes_example", "example_dialogue"),
];

/// A card that was read or made. Nothing of its text is lost; see [`Document`].
#[derive(Debug, Clone)]
pub struct Card {
    document: Document,
    version: Version,
    oddities: Vec<Oddity>,
}

impl Card {
    /// Reads a card's JSON.
    ///
    /// # Errors
    /// [`Refusal`] when it is no JSON, no card, a lorebook by itself, or has more lore than allowed.
    pub fn read(text: String) -> Result<Self, Refusal> {
        let document = Document::parse(text)?;
        let (version, oddities) = version::detect(document.value())?;
        let card = Self { document, version, oddities };
        let entries = match card.book().and_then(|book| book.get("entries")) {
            Some(Value::Array(list)) => list.len(),
            Some(Value::Object(map)) => map.len(),
            _ => 0,
        };
        if entries > LORE_ENTRIES {
            return Err(Refusal::LoreEntries { entries, limit: LORE_ENTRIES });
        }
        Ok(card)
    }

    /// The version that its fields follow.
    pub fn version(&self) -> Version {
        self.version
    }

    /// What is unusual about its version.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// Its JSON, byte for byte what was read but for what was edited.
    pub fn text(&self) -> Cow<'_, str> {
        self.document.text()
    }

    /// Its JSON with its places.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What a field of the specs (`name`, `character_book`) holds, wherever this version puts it.
    pub fn field(&self, name: &str) -> Option<&Value> {
        let (path, len) = self.place(name);
        self.document.get(&path[..len])
    }

    /// Where this version puts a field: the path's keys, and how many they are.
    fn place<'a>(&self, name: &'a str) -> ([&'a str; 2], usize) {
        if self.version > Version::V1 {
            return (["data", name], 2);
        }
        let old = OLD_NAMES.iter().find(|(new, _)| *new == name).map(|(_, old)| *old);
        match old {
            Some(old) if self.document.get(&[name]).is_none() && self.document.get(&[old]).is_some() => {
                ([old, ""], 1)
            }
            _ => ([name, ""], 1),
        }
    }

    /// All fields, read tolerantly.
    pub fn sheet(&self) -> Sheet {
        self.examine().0
    }

    /// All fields, and the condition of those that weren't as the specs want them.
    pub(crate) fn examine(&self) -> (Sheet, Vec<(&'static str, Condition)>) {
        sheet::read(self)
    }

    /// The lorebook: the object in `character_book`, as it is written. `None` when there is none, as null or otherwise.
    pub fn book(&self) -> Option<&Value> {
        self.field("character_book").filter(|book| book.is_object())
    }

    /// What identifies it: two cards with the same content are the same, whatever they or their files are called.
    pub fn content_hash(&self) -> ContentHash {
        hash::of(self)
    }
}
