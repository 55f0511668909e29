//! Each field that the three specs name, and what becomes of it here.

use crate::card::Version;

/// What a field is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    /// To tell how to read the card.
    Format,
    /// In the prompt.
    Prompt,
    /// As a greeting.
    Greeting,
    /// Shown to members, never in a prompt.
    Shown,
    /// To decide which lore enters the prompt, and where.
    Lore,
    /// For the character's picture.
    Picture,
}

/// Why a field is kept, to be exported as it came, and not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// The spec forbids or doesn't ask to use it; it is an author's note.
    Note,
    /// It belongs to another application.
    Foreign,
    /// It names something on its author's machine.
    Elsewhere,
    /// It is a script, or a pattern to change texts with; strangers' code isn't run.
    Script,
    /// No spec knows it.
    Unknown,
    /// A copy of a field in `data`, for readers of V1.
    Copy,
    /// It is for scenes with several, which are not there yet.
    Scenes,
    /// Nothing here that it could be for, such as a background.
    NoPlace,
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Used.
    Used(Use),
    /// Kept only.
    Kept(Why),
}

/// A field of the specs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its path, without `data`: `name`, `character_book.entries.keys`.
    pub path: &'static str,
    /// The version that brought it.
    pub since: Version,
    /// What becomes of it.
    pub fate: Fate,
}

const fn used(path: &'static str, since: Version, how: Use) -> Rule {
    Rule { path, since, fate: Fate::Used(how) }
}

const fn kept(path: &'static str, since: Version, why: Why) -> Rule {
    Rule { path, since, fate: Fate::Kept(why) }
}

/// All fields of V1, V2 and V3, their lorebooks and assets included.
pub const FIELDS: &[Rule] = &[
    used("spec", Version::V2, Use::Format),
    used("spec_version", Version::V2, Use::Format),
    used("name", Version::V1, Use::Prompt),
    used("description", Version::V1, Use::Prompt),
    used("personality", Version::V1, Use::Prompt),
    used("scenario", Version::V1, Use::Prompt),
    used("first_mes", Version::V1, Use::Greeting),
    used("mes_example", Version::V1, Use::Prompt),
    used("creator_notes", Version::V2, Use::Shown),
    used("system_prompt", Version::V2, Use::Prompt),
    used("post_history_instructions", Version::V2, Use::Prompt),
    used("alternate_greetings", Version::V2, Use::Greeting),
    used("character_book", Version::V2, Use::Lore),
    used("tags", Version::V2, Use::Shown),
    used("creator", Version::V2, Use::Shown),
    used("character_version", Version::V2, Use::Shown),
    // What is in it is told key by key.
    kept("extensions", Version::V2, Why::Foreign),
    used("assets", Version::V3, Use::Picture),
    used("nickname", Version::V3, Use::Prompt),
    used("creator_notes_multilingual", Version::V3, Use::Shown),
    kept("source", Version::V3, Why::Note),
    kept("group_only_greetings", Version::V3, Why::Scenes),
    kept("creation_date", Version::V3, Why::Note),
    kept("modification_date", Version::V3, Why::Note),
    used("assets.type", Version::V3, Use::Picture),
    used("assets.uri", Version::V3, Use::Picture),
    used("assets.name", Version::V3, Use::Picture),
    // A picture's kind is told by its content.
    kept("assets.ext", Version::V3, Why::Note),
    kept("character_book.name", Version::V2, Why::Note),
    kept("character_book.description", Version::V2, Why::Note),
    used("character_book.scan_depth", Version::V2, Use::Lore),
    used("character_book.token_budget", Version::V2, Use::Lore),
    used("character_book.recursive_scanning", Version::V2, Use::Lore),
    kept("character_book.extensions", Version::V2, Why::Foreign),
    used("character_book.entries", Version::V2, Use::Lore),
    used("character_book.entries.keys", Version::V2, Use::Lore),
    used("character_book.entries.content", Version::V2, Use::Lore),
    // SillyTavern's settings of an entry stand in it.
    used("character_book.entries.extensions", Version::V2, Use::Lore),
    used("character_book.entries.enabled", Version::V2, Use::Lore),
    used("character_book.entries.insertion_order", Version::V2, Use::Lore),
    used("character_book.entries.case_sensitive", Version::V2, Use::Lore),
    used("character_book.entries.use_regex", Version::V3, Use::Lore),
    used("character_book.entries.constant", Version::V2, Use::Lore),
    kept("character_book.entries.name", Version::V2, Why::Note),
    used("character_book.entries.priority", Version::V2, Use::Lore),
    kept("character_book.entries.id", Version::V2, Why::Note),
    kept("character_book.entries.comment", Version::V2, Why::Note),
    used("character_book.entries.selective", Version::V2, Use::Lore),
    used("character_book.entries.secondary_keys", Version::V2, Use::Lore),
    used("character_book.entries.position", Version::V2, Use::Lore),
];

/// Keys of `extensions` that are known, most of them SillyTavern's.
pub const EXTENSIONS: &[(&str, Fate)] = &[
    ("depth_prompt", Fate::Used(Use::Prompt)),
    ("talkativeness", Fate::Kept(Why::Scenes)),
    // What opens with closeness, for authors who write for Troupe.
    ("troupe", Fate::Used(Use::Prompt)),
    ("world", Fate::Kept(Why::Elsewhere)),
    ("fav", Fate::Kept(Why::Elsewhere)),
    ("regex_scripts", Fate::Kept(Why::Script)),
    ("TavernHelper_scripts", Fate::Kept(Why::Script)),
    ("tavern_helper", Fate::Kept(Why::Script)),
];

/// Keys at the root that SillyTavern keeps for itself.
pub(super) const SILLY: [&str; 5] = ["avatar", "chat", "create_date", "json_data", "shallow"];

/// Keys at the root that SillyTavern writes for readers of V1.
pub(super) const COPIES: [&str; 4] = ["creatorcomment", "tags", "talkativeness", "fav"];
