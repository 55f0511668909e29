//! What of an entry can't run here: told at import, so that nobody wonders later.

/// One thing that can't run. The entry is kept all the same; the caller has the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The entry is not an object.
    NotAnEntry,
    /// The entry is beyond the most that a book may have; it doesn't run.
    TooManyEntries,
    /// The content is longer than allowed; the entry doesn't run.
    ContentTooLong,
    /// This key (its beginning) is longer than allowed; it matches nothing.
    KeyTooLong(String),
    /// Keys beyond the most that an entry or a book may have; they match nothing.
    TooManyKeys,
    /// This pattern is no valid one; it matches nothing.
    BadPattern(String),
    /// This pattern looks around or refers back, which patterns of bounded cost can't; it matches nothing.
    LookAround(String),
    /// This pattern, or all of them together, would cost too much; it matches nothing.
    CostlyPattern(String),
    /// A decorator that no specification known here names; its fallback is used.
    UnknownDecorator(String),
    /// A decorator that has no meaning here; its fallback is used.
    UnsupportedDecorator(String),
    /// A decorator with a value that it can't have; its fallback is used.
    BadDecorator(String),
    /// A position with a number of unknown meaning.
    UnknownPosition(i64),
    /// A number of unknown meaning for how secondary keys count; any of them suffices, as in SillyTavern's default.
    UnknownLogic(i64),
    /// Meant to be found by meaning, not by keys alone: its keys are all that finds it here.
    Vectorized,
    /// Limited to characters by SillyTavern's tags, which mean nothing here; the tags are not looked at.
    CharacterTags,
    /// Also looked for in this text of the character or the member, besides messages; here in messages alone.
    OtherSource(String),
}
