//! A lorebook and its entries, in one shape for all formats.

use serde_json::Value;

use super::decorators::Decorators;
use super::note::Note;
use super::place::{Position, Role};
use super::read;

/// A lorebook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    /// What its author calls it.
    pub name: String,
    /// How many of the newest messages its entries read, where they don't say.
    pub scan_depth: Option<u32>,
    /// Most tokens that its entries may take together.
    pub token_budget: Option<u32>,
    /// Whether its entries' contents may activate entries.
    pub recursive: Option<bool>,
    /// Its entries, in the order of the file; [`super::MOST_ENTRIES`] at most.
    pub entries: Vec<Entry>,
    /// What of the book as a whole can't run; the entries have their own.
    pub notes: Vec<Note>,
}

/// The value holds no lorebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoBook;

impl std::fmt::Display for NoBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no lorebook: there are no entries")
    }
}

impl std::error::Error for NoBook {}

impl Book {
    /// Reads a lorebook: a card's `character_book` (V2, V3), a standalone `{spec: "lorebook_v3", data}`, or a world file of
    /// SillyTavern. Tolerant: what is missing or of a wrong type takes its default, and what can't run is noted.
    pub fn parse(value: &Value) -> Result<Self, NoBook> {
        read::book(value).ok_or(NoBook)
    }
}

/// One entry of a lorebook.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the formats have these switches, each by itself")]
pub struct Entry {
    /// Its id or uid as text, else its place in the file.
    pub id: String,
    /// What its author calls it: name, else comment.
    pub name: String,
    /// Any of these activates it.
    pub keys: Vec<String>,
    /// Looked at besides, when [`selective`](Self::selective).
    pub secondary: Vec<String>,
    /// Whether the secondary keys count.
    pub selective: bool,
    /// How they count.
    pub logic: Logic,
    /// What goes into the prompt, without decorators, macros not yet expanded.
    pub content: String,
    /// What its decorators ask for.
    pub decorators: Decorators,
    /// Whether it may run at all.
    pub enabled: bool,
    /// Whether it activates without keys.
    pub constant: bool,
    /// Lower comes earlier in the prompt, and leaves it earlier when the budget is short.
    pub order: i64,
    /// Lower leaves the prompt earlier, before [`order`](Self::order) is looked at; 0 where it isn't said.
    pub priority: i64,
    /// Where it goes, decorators aside.
    pub position: Position,
    /// In whose name it goes there, decorators aside.
    pub role: Role,
    /// Whether capital letters count.
    pub case_sensitive: Option<bool>,
    /// Whether keys of one word match whole words only.
    pub whole_words: Option<bool>,
    /// Whether all keys are patterns (V3's `use_regex`, but not SillyTavern's, which says it always).
    pub all_patterns: bool,
    /// How many of the newest messages it reads.
    pub scan_depth: Option<u32>,
    /// How often it activates, in hundredths of a percent.
    pub chance: u32,
    /// Of entries that share a group, one activates.
    pub groups: Vec<String>,
    /// Wins its groups without a draw.
    pub group_override: bool,
    /// Its share in a draw.
    pub group_weight: u32,
    /// Whether those of a group with fewer matching keys leave it before the draw.
    pub group_scoring: Option<bool>,
    /// Stays active for so many messages.
    pub sticky: u32,
    /// Can't activate for so many messages after it did, or after it was sticky.
    pub cooldown: u32,
    /// Can't activate before the conversation has so many messages.
    pub delay: u32,
    /// Other contents don't activate it.
    pub exclude_recursion: bool,
    /// Its content activates no other.
    pub prevent_recursion: bool,
    /// Nothing but other contents activates it, from this level on; 0: not so.
    pub recursion_level: u32,
    /// Takes nothing of the budget, and stays when it is spent.
    pub ignore_budget: bool,
    /// The kinds of answers that it is for ("normal", "continue" …); for all when empty.
    pub triggers: Vec<String>,
    /// The characters that it is for, or not for.
    pub characters: Option<Characters>,
    /// What of it can't run.
    pub notes: Vec<Note>,
    /// Whether it is whole enough to run; [`notes`](Self::notes) say why not.
    pub runs: bool,
    /// The same for the same entry of the same book, in every process: what timed effects know it by.
    pub identity: u64,
}

/// How secondary keys count, once a key has matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logic {
    /// One of them must match.
    #[default]
    AndAny,
    /// One of them must not match.
    NotAll,
    /// None of them may match.
    NotAny,
    /// All of them must match.
    AndAll,
}

/// Characters, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Their names.
    pub names: Vec<String>,
    /// Whether the entry is for all but these.
    pub excluded: bool,
}
