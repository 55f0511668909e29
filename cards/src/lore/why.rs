//! Why an entry is active, or isn't: for whoever looks into a book.

use super::compile::At;

/// What became of an entry in a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The entry.
    pub at: At,
    /// What became of it, at last.
    pub verdict: Verdict,
}

/// Active or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is active. (An empty content is active and comes to nothing.)
    Active(Cause),
    /// It stays out.
    Out(Reason),
}

/// What activated an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It always is.
    Constant,
    /// Its decorator says so.
    Decorator,
    /// It was active before, and its decorator keeps it.
    Kept,
    /// It stays from an earlier turn.
    Sticky,
    /// A key, as its author wrote it, in this pass: 1 reads messages, later ones also contents.
    Key {
        /// The key.
        key: String,
        /// The secondary key that was found, or missed, besides; none where no single one decided.
        secondary: Option<String>,
        /// The pass.
        pass: u32,
    },
}

/// What kept an entry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It can't run; its notes say why.
    CannotRun,
    /// It is switched off.
    Disabled,
    /// It is for answers of other kinds.
    OtherTrigger,
    /// It is for other characters.
    OtherCharacter,
    /// The conversation is too short.
    Delay,
    /// It was active not long ago.
    Cooldown,
    /// It waits for contents to activate it, and none has yet.
    WaitsForRecursion,
    /// Contents don't activate it, and messages didn't.
    ExcludedFromRecursion,
    /// Its decorator says so.
    Decorator,
    /// It was active before, and its decorator allows no second time.
    ActiveBefore,
    /// It belongs to another greeting.
    OtherGreeting,
    /// The character has not said enough yet.
    TooEarly,
    /// It is not its turn.
    NotThisTime,
    /// This key, which it excludes, is in the text.
    ExcludedKey(String),
    /// None of these keys, which it wants besides, is in the text.
    AdditionalKeys(Vec<String>),
    /// It has no key.
    NoKeys,
    /// None of its keys is in the text.
    NoKeyFound,
    /// None of its keys was found, and the patterns of this talk cost so much that some were not looked for.
    PatternsTooCostly,
    /// This key is in the text, but the secondary keys say no.
    SecondaryKeys(String),
    /// Another entry of this group was taken; `None` when it was active already.
    LostGroup {
        /// The group.
        group: String,
        /// The entry that was taken.
        to: Option<At>,
    },
    /// Its chance, in hundredths of a percent, was missed.
    Chance(u32),
    /// The budget, its book's or the whole, was spent.
    OverBudget,
}
