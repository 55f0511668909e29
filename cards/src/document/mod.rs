//! A card's JSON, kept as it was written: order, white space, unknown keys, spellings of numbers, escapes, doubled keys.
//!
//! A document is its original text, the places of the values in it, and the value that it is to have. Its text is
//! written by walking the original beside that value: what is equal is copied, what differs is written anew. So an
//! unchanged document is its original, and the order of edits can't matter.

mod parse;
mod render;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::refusal::Refusal;
use parse::Node;

/// A JSON object with all its bytes.
#[derive(Debug, Clone)]
pub struct Document {
    text: String,
    nodes: Vec<Node>,
    value: Value,
    changed: bool,
}

/// An edit would have to put a key into something that is no object, and so destroy it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} is no object, so nothing can be put into it")]
pub struct NotAnObject {
    /// The last key of the path to it; empty for the document itself.
    pub key: String,
}

impl Document {
    /// Reads JSON. A byte order mark and white space around it are kept like everything else.
    ///
    /// Where a key stands twice, the last one counts, as in JavaScript. Half of a surrogate pair reads as U+FFFD, and a
    /// number beyond a double's range as null; their bytes stay.
    ///
    /// # Errors
    /// [`Refusal`] of the `Json` family when it is no JSON, too long, too deep, or has too many values.
    pub fn parse(text: String) -> Result<Self, Refusal> {
        let nodes = parse::scan(&text)?;
        let value = parse::value(&text, &nodes, 0);
        Ok(Self { text, nodes, value, changed: false })
    }

    /// A document of a text that this crate wrote, whatever its size.
    ///
    /// # Panics
    /// When it is no JSON.
    pub(crate) fn of_text(text: String) -> Self {
        let nodes = parse::scan_own(&text);
        let value = parse::value(&text, &nodes, 0);
        Self { text, nodes, value, changed: false }
    }

    /// The value with all edits.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The value below these keys; an empty path is the whole.
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value, |value, key| value.get(*key))
    }

    /// Sets what stands below these keys. Objects that are missing on the way, or null, are made.
    ///
    /// # Errors
    /// [`NotAnObject`] when something else stands in the way; nothing is changed then.
    pub fn set(&mut self, path: &[&str], value: Value) -> Result<(), NotAnObject> {
        let mut place = &self.value;
        for (depth, key) in path.iter().enumerate() {
            match place {
                Value::Object(map) => match map.get(*key) {
                    Some(next) => place = next,
                    None => break,
                },
                Value::Null => break,
                _ => {
                    let key = depth.checked_sub(1).map_or("", |above| path[above]);
                    return Err(NotAnObject { key: key.to_owned() });
                }
            }
        }
        let mut place = &mut self.value;
        for key in path {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let Value::Object(map) = place else { unreachable!("the way was walked above") };
            place = map.entry(*key).or_insert(Value::Null);
        }
        if *place != value {
            *place = value;
        }
        self.changed = true;
        Ok(())
    }

    /// Removes the last of these keys, in all the places where it is doubled. Whether it was there.
    pub fn remove(&mut self, path: &[&str]) -> bool {
        let Some((last, above)) = path.split_last() else { return false };
        let parent = above.iter().try_fold(&mut self.value, |value, key| value.get_mut(*key));
        let removed = parent.and_then(Value::as_object_mut).and_then(|map| map.remove(*last)).is_some();
        self.changed |= removed;
        removed
    }

    /// The text with all edits: byte for byte the original but for what was set to another value.
    pub fn text(&self) -> Cow<'_, str> {
        if self.changed {
            Cow::Owned(render::render(&self.text, &self.nodes, &self.value))
        } else {
            Cow::Borrowed(&self.text)
        }
    }

    /// The text as it was read.
    pub fn original(&self) -> &str {
        &self.text
    }

    /// Whether an edit changed anything.
    pub fn is_changed(&self) -> bool {
        self.changed && self.text() != self.text
    }

    /// Keys that stand twice in the same object, each once. Bounded to 16: they are for a report.
    pub fn doubled_keys(&self) -> Vec<String> {
        parse::doubled(&self.text, &self.nodes)
    }
}

#[cfg(test)]
mod tests;
