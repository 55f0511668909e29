//! An entry's keys, made ready to be looked for, and what of them can't be.

use super::book::{Book, Entry};
use super::compile::Matching;
use super::find::{Collected, Manner, Table};
use super::note::Note;
use super::pattern::{Pattern, Refused, Source};
use super::{
    LONGEST_KEY, LONGEST_PATTERN, MOST_KEY_BYTES, MOST_KEYS, MOST_KEYS_TOGETHER, MOST_MOVING,
    MOST_PATTERN_BYTES, MOST_PATTERNS,
};
use crate::macros::{self, Context};
use chrono::DateTime;

/// How much of a key a note shows, in characters.
const SHOWN: usize = 80;
/// Stands for names when a key is compiled before they are known.
const SOMEONE: &str = "\u{1}somebody\u{1}";

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    /// As its author wrote it.
    pub(super) text: String,
    pub(super) how: How,
}

/// How a key is looked for.
#[derive(Debug)]
pub(super) enum How {
    /// In a table, under a number.
    Plain(Manner, usize),
    /// With names put in first: each turn anew.
    Moving {
        sensitive: bool,
        words: bool,
    },
    Pattern(Pattern),
    MovingPattern,
    /// Never matches.
    Dead,
}

/// All keys of an entry.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) primary: Vec<Key>,
    pub(super) secondary: Vec<Key>,
    pub(super) additional: Vec<Vec<Key>>,
    pub(super) exclude: Vec<Key>,
}

/// Collects keys, within what all of them may take.
pub(super) struct Collector {
    matching: Matching,
    tables: [Collected; 4],
    keys: usize,
    bytes: usize,
    patterns: usize,
    allowance: usize,
    moving: usize,
    notes: Vec<Note>,
}

impl Collector {
    pub(super) fn new(matching: Matching) -> Self {
        Self {
            matching,
            tables: Default::default(),
            keys: 0,
            bytes: 0,
            patterns: 0,
            allowance: MOST_PATTERN_BYTES,
            moving: 0,
            notes: Vec::new(),
        }
    }

    /// Takes an entry's keys, and says what of them can't run.
    pub(super) fn entry(&mut self, entry: &Entry) -> (Keys, Vec<Note>) {
        let mut left = MOST_KEYS;
        let mut list = |keys: &[String]| -> Vec<Key> {
            let taken = &keys[..keys.len().min(left)];
            if taken.len() < keys.len() {
                self.notes.push(Note::TooManyKeys);
            }
            left -= taken.len();
            taken.iter().map(|key| self.key(entry, key.trim())).collect()
        };
        let decorators = &entry.decorators;
        let mut keys = Keys { primary: list(&entry.keys), ..Keys::default() };
        if entry.all_patterns {
            // V3: secondary and excluded keys don't count beside patterns, and additional ones are more of them.
            for more in &decorators.additional_keys {
                keys.primary.extend(list(more));
            }
            // And one bad pattern keeps all of them from matching.
            if keys.primary.iter().any(|key| matches!(key.how, How::Dead)) {
                keys.primary.iter_mut().for_each(|key| key.how = How::Dead);
            }
        } else {
            keys.secondary = if entry.selective { list(&entry.secondary) } else { Vec::new() };
            keys.additional = decorators.additional_keys.iter().map(|more| list(more)).collect();
            keys.exclude = list(&decorators.exclude_keys);
        }
        let mut notes: Vec<Note> = Vec::new();
        for note in self.notes.drain(..) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        (keys, notes)
    }

    /// The tables, by their manners' numbers.
    pub(super) fn compile(mut self) -> [Table; 4] {
        std::array::from_fn(|number| std::mem::take(&mut self.tables[number]).compile(Manner::ALL[number]))
    }

    fn key(&mut self, entry: &Entry, key: &str) -> Key {
        let source = Source::of_key(key);
        let source = source.or(entry.all_patterns.then(|| Source {
            pattern: key,
            flags: if entry.case_sensitive == Some(false) { "i" } else { "" },
        }));
        let longest = if source.is_some() { LONGEST_PATTERN } else { LONGEST_KEY };
        let shown = || key.chars().take(SHOWN).collect::<String>();
        let how = if key.is_empty() {
            Err(None)
        } else if key.len() > longest {
            Err(Some(Note::KeyTooLong(shown())))
        } else if self.keys >= MOST_KEYS_TOGETHER {
            Err(Some(Note::TooManyKeys))
        } else {
            self.keys += 1;
            match source {
                Some(source) => self.pattern(source).map_err(|note| Some(note(shown()))),
                None => self.plain(entry, key).ok_or(Some(Note::TooManyKeys)),
            }
        };
        let how = how.unwrap_or_else(|note| {
            self.notes.extend(note);
            How::Dead
        });
        Key { text: key.to_owned(), how }
    }

    fn plain(&mut self, entry: &Entry, key: &str) -> Option<How> {
        let sensitive = entry.case_sensitive.unwrap_or(self.matching.case_sensitive);
        let words = entry.whole_words.unwrap_or(self.matching.whole_words);
        if moves(key) {
            self.moving += 1;
            return (self.moving <= MOST_MOVING).then_some(How::Moving { sensitive, words });
        }
        let manner = Manner::of(key, sensitive, words);
        let folded = manner.fold(key);
        self.bytes += folded.len();
        let fits = self.bytes <= MOST_KEY_BYTES;
        fits.then(|| How::Plain(manner, self.tables[manner.number()].number(&folded)))
    }

    fn pattern(&mut self, source: Source<'_>) -> Result<How, fn(String) -> Note> {
        let moving = moves(source.pattern);
        let filled = if moving { fill(source.pattern, &someone()) } else { source.pattern.to_owned() };
        self.patterns += 1;
        self.moving += usize::from(moving);
        if self.patterns > MOST_PATTERNS || self.moving > MOST_MOVING {
            return Err(Note::CostlyPattern);
        }
        let pattern =
            Source { pattern: &filled, flags: source.flags }.compile(self.allowance).map_err(|refused| {
                match refused {
                    Refused::Invalid => Note::BadPattern as fn(String) -> Note,
                    Refused::LookAround => Note::LookAround,
                    Refused::Costly => Note::CostlyPattern,
                }
            })?;
        self.allowance -= pattern.size;
        Ok(if moving { How::MovingPattern } else { How::Pattern(pattern) })
    }
}

/// Notes what of a book's keys can't run, as if it were alone in a talk.
pub(super) fn note_faults(book: &mut Book) {
    let mut collector = Collector::new(Matching::default());
    for entry in &mut book.entries {
        let (_, notes) = collector.entry(entry);
        entry.notes.extend(notes);
    }
}

/// Whether a key has macros that stand for something else.
fn moves(key: &str) -> bool {
    macros::may_expand(key) && macros::expand_for_scan(key, &someone()) != key
}

/// A context of nobody in particular.
fn someone() -> Context<'static> {
    Context {
        character: SOMEONE,
        user: SOMEONE,
        group: None,
        original: None,
        now: DateTime::default(),
        conversation: 0,
        seed: 0,
    }
}

/// A pattern with names put in, which stand for themselves whatever they hold.
fn fill(pattern: &str, context: &Context<'_>) -> String {
    let character = regex::escape(context.character);
    let user = regex::escape(context.user);
    let group = context.group.map(regex::escape);
    let escaped = Context { character: &character, user: &user, group: group.as_deref(), ..*context };
    macros::expand_for_scan(pattern, &escaped)
}

/// A moving pattern for a turn; `None` when it can't run with these names.
pub(super) fn settle_pattern(entry: &Entry, key: &str, context: &Context<'_>) -> Option<Pattern> {
    let source = Source::of_key(key).unwrap_or(Source {
        pattern: key,
        flags: if entry.case_sensitive == Some(false) { "i" } else { "" },
    });
    let filled = fill(source.pattern, context);
    Source { pattern: &filled, flags: source.flags }.compile(usize::MAX).ok()
}
