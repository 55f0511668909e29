//! Lorebooks: read from every format that cards come with, compiled once, and run on each turn of a talk.
//!
//! [`Book::parse`] reads one; [`Lore::new`] compiles those of a talk; [`Lore::scan`] says which entries a turn activates,
//! where they go, and why the others stay out. Pure: time, chance and the count of tokens come in by arguments.
//!
//! Sources: the V2 and V3 specifications; where they are silent, what SillyTavern does. Cost is bounded whatever a book
//! holds: plain keys are found in one pass over the text, patterns run in linear time, and both are limited in size.

mod book;
mod budget;
mod compile;
pub mod decorators;
mod find;
mod groups;
mod judge;
mod keys;
mod note;
mod pattern;
mod place;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod text;
mod timed;
mod why;

pub use book::{Book, Characters, Entry, Logic, NoBook};
pub use compile::{At, Lore, Matching};
pub use note::Note;
pub use place::{Position, Role};
pub use scan::{Activated, Active, Message, Settings, Turn};
pub use timed::{Effect, TimedState};
pub use why::{Cause, Reason, Verdict, Why};

/// Most entries of a book; later ones don't run.
pub const MOST_ENTRIES: usize = 500;
/// Most bytes of an entry's content.
pub const MOST_CONTENT: usize = 100_000;
/// Most bytes of a plain key.
pub const LONGEST_KEY: usize = 500;
/// Most bytes of a pattern.
pub const LONGEST_PATTERN: usize = 2_000;
/// Most keys of all kinds in an entry.
pub const MOST_KEYS: usize = 500;
/// Most keys of all books of a talk together, and most bytes of them.
pub const MOST_KEYS_TOGETHER: usize = 20_000;
/// Most bytes of all plain keys together.
pub const MOST_KEY_BYTES: usize = 512 << 10;
/// Most patterns of all books of a talk together.
pub const MOST_PATTERNS: usize = 256;
/// What all patterns together may take, in bytes of their compiled form.
pub const MOST_PATTERN_BYTES: usize = 768 << 10;
/// What running patterns may cost in one scan: bytes of text, times what a pattern takes for each. Some 30 megabytes of text
/// for patterns as people write them; a fraction of a second for the worst that fit the other bounds.
pub const MOST_PATTERN_WORK: usize = 1 << 31;
/// Most keys with names in them (`{{user}}`), which are looked for one by one.
pub const MOST_MOVING: usize = 64;
/// Most groups of an entry; it is in no others.
pub const MOST_GROUPS: usize = 16;
/// Most bytes of messages that are looked at, the newest first; and most bytes of contents.
pub const MOST_TEXT: usize = 128 << 10;
/// Most messages that are looked at.
pub const MOST_MESSAGES: usize = 1_000;
