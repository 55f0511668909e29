//! A value of the in-process store, in one of Redis's shapes, and what it weighs.

use std::collections::{BTreeMap, VecDeque};

use super::key::Shape;

/// What a field, a line or a member costs beside its text.
const PART_BYTES: usize = 48;

/// A value in one of Redis's shapes.
#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Hash(BTreeMap<String, String>),
    List(VecDeque<String>),
    SortedSet(BTreeMap<String, i64>),
}

/// What a change added to a value's weight and took from it, so that nobody needs to weigh the whole again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Change {
    pub(super) added: usize,
    pub(super) removed: usize,
}

impl Change {
    /// A part with texts of that many bytes came.
    pub(super) fn add_part(&mut self, bytes: usize) {
        self.added += bytes + PART_BYTES;
    }

    /// A part with texts of that many bytes went.
    pub(super) fn remove_part(&mut self, bytes: usize) {
        self.removed += bytes + PART_BYTES;
    }

    /// A text took another's place.
    pub(super) fn replace(&mut self, before: usize, after: usize) {
        self.removed += before;
        self.added += after;
    }
}

impl Value {
    pub(super) fn empty(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(String::new()),
            Shape::Hash => Self::Hash(BTreeMap::new()),
            Shape::List => Self::List(VecDeque::new()),
            Shape::SortedSet => Self::SortedSet(BTreeMap::new()),
        }
    }

    /// Redis drops a key when its last part goes.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Hash(fields) => fields.is_empty(),
            Self::List(lines) => lines.is_empty(),
            Self::SortedSet(members) => members.is_empty(),
        }
    }

    /// Its weight, counted from the ground up.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Hash(fields) => {
                fields.iter().map(|(name, text)| name.len() + text.len() + PART_BYTES).sum()
            }
            Self::List(lines) => lines.iter().map(|line| line.len() + PART_BYTES).sum(),
            Self::SortedSet(members) => members.keys().map(|member| member.len() + PART_BYTES).sum(),
        }
    }
}

/// HSET of one field.
pub(super) fn set_field(
    fields: &mut BTreeMap<String, String>,
    field: &str,
    text: String,
    change: &mut Change,
) {
    let bytes = text.len();
    match fields.insert(field.to_owned(), text) {
        Some(before) => change.replace(before.len(), bytes),
        None => change.add_part(field.len() + bytes),
    }
}
