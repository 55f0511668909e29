//! Cards from one version of the spec to another: up, where what is missing gets its default, and down to V2, for
//! readers that know no V3.

use serde_json::{Value, json};

use super::{Card, OLD_NAMES, V1_FIELDS, V2_FIELDS, V3_FIELDS, Version};
use crate::{document::NotAnObject, lore::decorators};

/// The fields that V2 must have, besides V1's texts, and their defaults.
fn v2_defaults() -> [(&'static str, Value); 8] {
    [
        ("creator_notes", json!("")),
        ("system_prompt", json!("")),
        ("post_history_instructions", json!("")),
        ("alternate_greetings", json!([])),
        ("tags", json!([])),
        ("creator", json!("")),
        ("character_version", json!("")),
        ("extensions", json!({})),
    ]
}

impl Card {
    /// Brings the card to a version, if it is below. What is there stays; what the version must have and the card
    /// lacks gets its default. The fields of V1 move from the root into `data`; what no spec knows stays where it is.
    ///
    /// # Errors
    /// [`NotAnObject`] when `data` is something else than an object, in a card that isn't V1.
    pub fn upgrade(&mut self, to: Version) -> Result<(), NotAnObject> {
        if self.version >= to {
            return Ok(());
        }
        let mut document = self.document.clone();
        if self.version == Version::V1 {
            // An application's own `data` would be in the way; no card of V1 is known to have one.
            if document.get(&["data"]).is_some_and(|data| !data.is_object()) {
                document.remove(&["data"]);
            }
            for (new, old) in OLD_NAMES {
                let known = document.get(&[new]).is_some();
                if let Some(value) = document.get(&[old]).filter(|_| !known).cloned() {
                    document.set(&["data", new], value)?;
                    document.remove(&[old]);
                }
            }
            for name in V1_FIELDS.iter().chain(&V2_FIELDS).chain(&V3_FIELDS) {
                if let Some(value) = document.get(&[name]).cloned() {
                    document.set(&["data", name], value)?;
                    document.remove(&[name]);
                }
            }
        }
        let texts = V1_FIELDS.map(|name| (name, json!("")));
        let v3 = [("group_only_greetings", json!([]))];
        let due = texts.into_iter().chain(v2_defaults());
        for (name, default) in due.chain(v3.into_iter().filter(|_| to == Version::V3)) {
            if document.get(&["data", name]).is_none_or(Value::is_null) {
                document.set(&["data", name], default)?;
            }
        }
        if let Some((spec, number)) = to.spec() {
            document.set(&["spec"], Value::from(spec))?;
            document.set(&["spec_version"], Value::from(number))?;
        }
        (self.document, self.version) = (document, to);
        self.oddities.clear();
        Ok(())
    }

    /// The copy in V2 that stands beside a V3 card for older readers: without V3's fields, with the lore's decorators
    /// taken out, and with this notice before the creator's notes, which V3 asks for. A card of V1 or V2 is its own copy.
    ///
    /// # Errors
    /// As in [`Card::upgrade`].
    pub fn backfill(&self, notice: Option<&str>) -> Result<Self, NotAnObject> {
        let mut copy = self.clone();
        if self.version < Version::V3 {
            copy.upgrade(Version::V2)?;
            return Ok(copy);
        }
        for name in V3_FIELDS {
            copy.document.remove(&["data", name]);
        }
        for (name, default) in v2_defaults() {
            if copy.document.get(&["data", name]).is_none_or(Value::is_null) {
                copy.document.set(&["data", name], default)?;
            }
        }
        if let Some(book) = self.book() {
            copy.document.set(&["data", "character_book"], without_decorators(book))?;
        }
        let Some((spec, number)) = Version::V2.spec() else { return Ok(copy) };
        copy.document.set(&["spec"], Value::from(spec))?;
        copy.document.set(&["spec_version"], Value::from(number))?;
        copy.version = Version::V2;
        copy.oddities.clear();
        if let Some(notice) = notice {
            let notes = self.sheet().notes_in("en").to_owned();
            let notes = if notes.is_empty() { notice.to_owned() } else { format!("{notice}\n\n{notes}") };
            copy.set_field("creator_notes", Value::from(notes))?;
        }
        Ok(copy)
    }
}

fn without_decorators(book: &Value) -> Value {
    let mut book = book.clone();
    let entries: Vec<&mut Value> = match book.get_mut("entries") {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        Some(Value::Object(map)) => map.values_mut().collect(),
        _ => Vec::new(),
    };
    for entry in entries {
        if let Some(Value::String(content)) = entry.get_mut("content") {
            *content = decorators::strip(content).to_owned();
        }
    }
    book
}
