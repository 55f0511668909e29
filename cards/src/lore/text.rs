//! The text that keys are looked for in: messages, the newest first, and contents that came in on the way.

use std::borrow::Cow;

use super::find::{Manner, NEVER, Table};
use super::scan::Message;
use super::{MOST_MESSAGES, MOST_TEXT};

/// Stands before each message, so that patterns can tell where one begins, as in SillyTavern.
const BEGINS: &str = "\u{1}";
/// Stands between two.
const BETWEEN: &str = "\n\u{1}";

/// A text of messages, and where it ends for each depth.
struct Joined {
    text: String,
    ends: Vec<usize>,
}

impl Joined {
    fn of<'a>(pieces: impl Iterator<Item = Cow<'a, str>>) -> Self {
        let mut joined = Self { text: String::new(), ends: vec![0] };
        for piece in pieces {
            joined.text.push_str(if joined.ends.len() == 1 { BEGINS } else { BETWEEN });
            joined.text.push_str(&piece);
            joined.ends.push(joined.text.len());
        }
        joined
    }

    /// Where the newest `depth` messages end.
    fn end(&self, depth: u32) -> usize {
        let depth = usize::try_from(depth).unwrap_or(usize::MAX).min(self.ends.len() - 1);
        self.ends[depth]
    }
}

/// The text of a scan, with every plain key already looked for.
pub(super) struct Text<'l> {
    tables: &'l [Table; 4],
    raw: Joined,
    lower: Joined,
    /// For each table, where each key's first match in the messages ends.
    found: [Vec<usize>; 4],
    /// Contents of activated entries, joined, and in small letters.
    contents: String,
    contents_lower: String,
    /// The same for contents.
    found_in_contents: [Vec<usize>; 4],
}

impl<'l> Text<'l> {
    pub(super) fn of(window: &[Message<'_>], tables: &'l [Table; 4]) -> Self {
        let mut room = MOST_TEXT;
        let mut pieces: Vec<Cow<'_, str>> = Vec::new();
        for message in window.iter().rev().take(MOST_MESSAGES) {
            let text = message.text.trim();
            let piece = if message.name.is_empty() || text.is_empty() {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(format!("{}: {text}", message.name))
            };
            // The first message too big ends the window, so that what is seen has no gap.
            let Some(left) = room.checked_sub(piece.len()) else { break };
            room = left;
            pieces.push(piece);
        }
        let raw = Joined::of(pieces.iter().map(|piece| Cow::Borrowed(piece.as_ref())));
        let lower = Joined::of(pieces.iter().map(|piece| Cow::Owned(piece.to_lowercase())));
        let mut found = tables.each_ref().map(Table::blank);
        let found_in_contents = found.clone();
        for (table, ends) in tables.iter().zip(&mut found) {
            table.find(if table.manner.sensitive { &raw.text } else { &lower.text }, ends);
        }
        Self {
            tables,
            raw,
            lower,
            found,
            contents: String::new(),
            contents_lower: String::new(),
            found_in_contents,
        }
    }

    /// Adds the contents of entries that were activated in one pass; past [`MOST_TEXT`] no more are taken.
    pub(super) fn add_contents(&mut self, contents: &[String]) {
        let joined = contents.join("\n");
        if joined.is_empty() || self.contents.len() + joined.len() > MOST_TEXT {
            return;
        }
        let lower = joined.to_lowercase();
        for (table, ends) in self.tables.iter().zip(&mut self.found_in_contents) {
            table.find(if table.manner.sensitive { &joined } else { &lower }, ends);
        }
        for (all, text) in [(&mut self.contents, &joined), (&mut self.contents_lower, &lower)] {
            all.push_str(BETWEEN);
            all.push_str(text);
        }
    }

    /// Whether a key of a table is in the newest `depth` messages, or in the contents.
    pub(super) fn holds_plain(&self, manner: Manner, key: usize, depth: u32, contents: bool) -> bool {
        let joined = if manner.sensitive { &self.raw } else { &self.lower };
        self.found[manner.number()][key] <= joined.end(depth)
            || (contents && self.found_in_contents[manner.number()][key] != NEVER)
    }

    /// Whether any text, folded already, is in them.
    pub(super) fn holds(&self, manner: Manner, key: &str, depth: u32, contents: bool) -> bool {
        let (joined, added) =
            if manner.sensitive { (&self.raw, &self.contents) } else { (&self.lower, &self.contents_lower) };
        manner.holds(&joined.text[..joined.end(depth)], key) || (contents && manner.holds(added, key))
    }

    /// The text as patterns see it.
    pub(super) fn for_patterns(&self, depth: u32, contents: bool) -> Cow<'_, str> {
        let messages = &self.raw.text[..self.raw.end(depth)];
        if contents && !self.contents.is_empty() {
            Cow::Owned([messages, &self.contents].concat())
        } else {
            Cow::Borrowed(messages)
        }
    }
}
