//! Keys read back: whether a name found in a store is of a family, and what stands for the pattern's varying parts.
//!
//! Each part is read by its own rules and must be spelled as the registry spells it, so that a search for member 12
//! never takes a key of member 123.

use uuid::Uuid;

use super::key::Family;
use crate::domain::{
    character::CharacterId,
    ids::{Place, UserId},
};

/// A pattern's pieces in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// Stands literally.
    Text(&'static str),
    /// Varies: its name.
    Part(&'static str),
}

/// What stood for the parts of a pattern, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'n>(Vec<(&'static str, &'n str)>);

impl<'n> Parts<'n> {
    /// The text that stood for that part.
    pub fn get(&self, part: &str) -> Option<&'n str> {
        self.0.iter().find(|(name, _)| *name == part).map(|(_, text)| *text)
    }
}

impl Family {
    /// What stands for the varying parts in a key's name; `None` for a name of another family.
    pub fn parts<'n>(&self, name: &'n str) -> Option<Parts<'n>> {
        let pieces: Vec<_> = pieces(self.pattern).collect();
        let mut rest = name;
        let mut parts = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            match *piece {
                Piece::Text(text) => rest = rest.strip_prefix(text)?,
                Piece::Part(part) => {
                    // Only a pattern's last part may hold what separates the others.
                    let length = match pieces.get(at + 1) {
                        Some(Piece::Text(next)) => rest.find(next)?,
                        _ => rest.len(),
                    };
                    let (text, after) = rest.split_at(length);
                    if !is_spelled(part, text) {
                        return None;
                    }
                    parts.push((part, text));
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(Parts(parts))
    }

    /// A glob for SCAN with these parts given and all others open. It may find more than it asks for: whatever it
    /// finds goes through [`Family::parts`].
    pub fn glob(&self, given: &[(&str, &str)]) -> String {
        let mut glob = String::new();
        for piece in pieces(self.pattern) {
            match piece {
                Piece::Text(text) => push_literally(&mut glob, text),
                Piece::Part(part) => match given.iter().find(|(name, _)| *name == part) {
                    Some((_, text)) => push_literally(&mut glob, text),
                    None => glob.push('*'),
                },
            }
        }
        glob
    }
}

/// Parts are the runs of capitals.
fn pieces(pattern: &'static str) -> impl Iterator<Item = Piece> {
    let mut rest = pattern;
    std::iter::from_fn(move || {
        let varies = rest.chars().next()?.is_ascii_uppercase();
        let length = rest.find(|c: char| c.is_ascii_uppercase() != varies).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(if varies { Piece::Part(piece) } else { Piece::Text(piece) })
    })
}

/// Whether a text is what the registry's constructors put for a part.
fn is_spelled(part: &str, text: &str) -> bool {
    match part {
        "PLACE" => text.parse::<Place>().is_ok(),
        // All of Discord's ids are spelled alike.
        "USER" | "GUILD" | "INTERACTION" => text.parse::<UserId>().is_ok_and(|id| id.to_string() == text),
        "CHARACTER" => text.parse::<CharacterId>().is_ok(),
        "DAY" => text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()),
        "BATCH" => Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text),
        // Names of our own making.
        _ => {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        }
    }
}

/// Redis's globs have four special characters; a backslash takes their meaning away.
fn push_literally(glob: &mut String, text: &str) {
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            glob.push('\\');
        }
        glob.push(c);
    }
}
