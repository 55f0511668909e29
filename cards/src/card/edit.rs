//! Changes of a card, each of which touches its own bytes alone.

use serde_json::{Value, json};

use super::{Card, Version};
use crate::document::{Document, NotAnObject};

/// A field that is one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// V1.
    Name,
    /// V1.
    Description,
    /// V1.
    Personality,
    /// V1.
    Scenario,
    /// V1.
    FirstMes,
    /// V1.
    MesExample,
    /// V2.
    CreatorNotes,
    /// V2.
    SystemPrompt,
    /// V2.
    PostHistoryInstructions,
    /// V2.
    Creator,
    /// V2.
    CharacterVersion,
    /// V3.
    Nickname,
}

/// A field that is a list of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListField {
    /// V2.
    AlternateGreetings,
    /// V2.
    Tags,
    /// V3.
    GroupOnlyGreetings,
}

impl TextField {
    /// As the specs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Personality => "personality",
            Self::Scenario => "scenario",
            Self::FirstMes => "first_mes",
            Self::MesExample => "mes_example",
            Self::CreatorNotes => "creator_notes",
            Self::SystemPrompt => "system_prompt",
            Self::PostHistoryInstructions => "post_history_instructions",
            Self::Creator => "creator",
            Self::CharacterVersion => "character_version",
            Self::Nickname => "nickname",
        }
    }
}

impl ListField {
    /// As the specs write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AlternateGreetings => "alternate_greetings",
            Self::Tags => "tags",
            Self::GroupOnlyGreetings => "group_only_greetings",
        }
    }
}

/// What a new card is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    /// What the character is called.
    pub name: String,
    /// Into every prompt.
    pub description: String,
    /// Into every prompt.
    pub personality: String,
    /// Into every prompt.
    pub scenario: String,
    /// The first greeting.
    pub first_mes: String,
    /// Examples, parted at `<START>`.
    pub mes_example: String,
    /// Shown, never into a prompt.
    pub creator_notes: String,
    /// Who made it.
    pub creator: String,
    /// To be found by.
    pub tags: Vec<String>,
}

/// The first version of the spec that has a field.
fn since(field: &str) -> Version {
    if super::V1_FIELDS.contains(&field) {
        Version::V1
    } else if super::V3_FIELDS.contains(&field) {
        Version::V3
    } else {
        Version::V2
    }
}

/// What SillyTavern calls a field at the root, where it keeps a copy for readers of V1.
fn mirror(field: &str) -> Option<&str> {
    match field {
        "creator_notes" => Some("creatorcomment"),
        "tags" => Some("tags"),
        field if super::V1_FIELDS.contains(&field) => Some(field),
        _ => None,
    }
}

impl Card {
    /// A new card of V3, with all fields that it must have.
    ///
    /// `now` is Unix seconds, or 0 to keep the date to oneself.
    pub fn create(new: &New, now: u64) -> Self {
        let members = [
            ("name", json!(new.name)),
            ("description", json!(new.description)),
            ("personality", json!(new.personality)),
            ("scenario", json!(new.scenario)),
            ("first_mes", json!(new.first_mes)),
            ("mes_example", json!(new.mes_example)),
            ("creator_notes", json!(new.creator_notes)),
            ("system_prompt", json!("")),
            ("post_history_instructions", json!("")),
            ("alternate_greetings", json!([])),
            ("group_only_greetings", json!([])),
            ("tags", json!(new.tags)),
            ("creator", json!(new.creator)),
            ("character_version", json!("")),
            ("creation_date", json!(now)),
            ("modification_date", json!(now)),
            ("extensions", json!({})),
        ];
        // Written in the specs' order, so that a reader finds the name first.
        let data: Vec<String> =
            members.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        let data = data.join(",");
        let text = format!(r#"{{"spec":"chara_card_v3","spec_version":"3.0","data":{{{data}}}}}"#);
        Self { document: Document::of_text(text), version: Version::V3, oddities: Vec::new() }
    }

    /// Sets a text. A card of a version without the field is first brought to the least version that has it.
    ///
    /// # Errors
    /// [`NotAnObject`] when the card's `data` isn't what it should be.
    pub fn set_text(&mut self, field: TextField, text: &str) -> Result<(), NotAnObject> {
        self.set_field(field.name(), Value::from(text))
    }

    /// Sets a list of texts; see [`Card::set_text`]. Elements that stay keep their bytes.
    ///
    /// # Errors
    /// As there.
    pub fn set_list(&mut self, field: ListField, texts: &[String]) -> Result<(), NotAnObject> {
        self.set_field(field.name(), json!(texts))
    }

    /// Sets the lorebook, or takes it away.
    ///
    /// # Errors
    /// As in [`Card::set_text`].
    pub fn set_book(&mut self, book: Option<Value>) -> Result<(), NotAnObject> {
        if let Some(book) = book {
            return self.set_field("character_book", book);
        }
        let (path, len) = self.place("character_book");
        self.document.remove(&path[..len]);
        Ok(())
    }

    /// Sets what stands under a key of `extensions`, which applications share: name the key after yours.
    ///
    /// # Errors
    /// [`NotAnObject`] when `extensions` is something else, which is then not destroyed.
    pub fn set_extension(&mut self, key: &str, value: Value) -> Result<(), NotAnObject> {
        if self.version == Version::V1 {
            self.upgrade(Version::V2)?;
        }
        let mirrored = matches!(key, "talkativeness" | "fav") && self.document.get(&[key]).is_some();
        self.document.set(&["data", "extensions", key], value.clone())?;
        if mirrored {
            self.document.set(&[key], value)?;
        }
        Ok(())
    }

    /// Sets the notes in a language (ISO 639-1).
    ///
    /// # Errors
    /// As in [`Card::set_extension`].
    pub fn set_notes(&mut self, language: &str, text: &str) -> Result<(), NotAnObject> {
        self.upgrade(Version::V3)?;
        self.document.set(&["data", "creator_notes_multilingual", language], Value::from(text))
    }

    /// Appends to the ids and addresses that say where the card came from; the others are not ours to change.
    ///
    /// # Errors
    /// As in [`Card::set_text`].
    pub fn add_source(&mut self, source: &str) -> Result<(), NotAnObject> {
        let mut sources = match self.field("source") {
            Some(Value::Array(list)) => list.clone(),
            None | Some(Value::Null) => Vec::new(),
            Some(other) => vec![other.clone()],
        };
        if sources.iter().any(|known| known == source) {
            return Ok(());
        }
        sources.push(Value::from(source));
        self.set_field("source", Value::Array(sources))
    }

    /// Notes when the card was changed, in Unix seconds. Versions before V3 have no place for it.
    ///
    /// # Errors
    /// As in [`Card::set_text`].
    pub fn touch(&mut self, now: u64) -> Result<(), NotAnObject> {
        if self.version < Version::V3 {
            return Ok(());
        }
        self.document.set(&["data", "modification_date"], Value::from(now))
    }

    pub(crate) fn set_field(&mut self, name: &'static str, value: Value) -> Result<(), NotAnObject> {
        self.upgrade(since(name))?;
        let (path, len) = self.place(name);
        self.document.set(&path[..len], value.clone())?;
        if let Some(mirror) = mirror(name).filter(|_| self.version > Version::V1)
            && self.document.get(&[mirror]).is_some()
        {
            self.document.set(&[mirror], value)?;
        }
        Ok(())
    }
}
