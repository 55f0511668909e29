//! What a card's content comes to, to tell whether two are the same.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Card, V1_FIELDS, V2_FIELDS, V3_FIELDS, Version};

/// SHA-256 over a card's content: the same for the same card in another container, with other white space, order or
/// escapes, and in a newer version of the spec that adds nothing. Dates and `source`, which any copy changes, aren't in
/// it, nor is the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Its 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Fields that a copy changes.
const PASSING: [&str; 3] = ["source", "creation_date", "modification_date"];

pub(super) fn of(card: &Card) -> ContentHash {
    // What a host adds to V1 at the root is none of the card.
    let known = || V1_FIELDS.iter().chain(&V2_FIELDS).chain(&V3_FIELDS).copied();
    let mut names: Vec<&str> = match card.document.get(&["data"]) {
        Some(Value::Object(data)) if card.version > Version::V1 => data.keys().map(String::as_str).collect(),
        _ => known().collect(),
    };
    names.retain(|name| !PASSING.contains(name));
    names.sort_unstable();
    let mut canonical = String::from("troupe card 1\n");
    for name in names {
        match card.field(name) {
            Some(value) if !says_nothing(value) => {
                canonical.push_str(&Value::from(name).to_string());
                write(value, &mut canonical);
            }
            _ => {}
        }
    }
    ContentHash(Sha256::digest(canonical.as_bytes()).into())
}

/// What a newer version fills in.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// JSON with sorted keys, whatever order the map keeps.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, value) in members {
                out.push_str(&Value::from(key.as_str()).to_string());
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for value in list {
                write(value, out);
                out.push(',');
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
