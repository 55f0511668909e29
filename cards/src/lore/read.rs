//! Reads lorebooks from JSON, whatever format they are in and however well they keep to it.

use serde_json::{Map, Value};

use super::book::{Book, Characters, Entry, Logic};
use super::decorators;
use super::keys;
use super::note::Note;
use super::place::{Position, Role};
use super::{MOST_CONTENT, MOST_ENTRIES, MOST_GROUPS};
use crate::macros::chance;

/// Fields that SillyTavern puts into each entry's extensions: its `use_regex` says nothing.
const SILLYTAVERNS: &[&str] = &[
    "selectiveLogic",
    "display_index",
    "useProbability",
    "exclude_recursion",
    "prevent_recursion",
    "automation_id",
];
/// Texts besides messages that SillyTavern can look into.
const OTHER_SOURCES: &[(&str, &str)] = &[
    ("match_persona_description", "matchPersonaDescription"),
    ("match_character_description", "matchCharacterDescription"),
    ("match_character_personality", "matchCharacterPersonality"),
    ("match_character_depth_prompt", "matchCharacterDepthPrompt"),
    ("match_scenario", "matchScenario"),
    ("match_creator_notes", "matchCreatorNotes"),
];
/// SillyTavern's defaults.
const DEPTH: u32 = 4;
const WEIGHT: u32 = 100;
const ORDER: i64 = 100;
const ALWAYS: u32 = 10_000;

/// Reads a book; `None` when the value has no entries.
pub(super) fn book(value: &Value) -> Option<Book> {
    let root = value.as_object()?;
    let standalone = root.get("spec").and_then(Value::as_str) == Some("lorebook_v3");
    let root = if standalone { root.get("data")?.as_object()? } else { root };
    let mut listed: Vec<(String, &Value)> = match root.get("entries")? {
        Value::Array(list) => {
            list.iter().enumerate().map(|(place, entry)| (place.to_string(), entry)).collect()
        }
        Value::Object(by_id) => by_id.iter().map(|(id, entry)| (id.clone(), entry)).collect(),
        _ => return None,
    };
    // JavaScript puts keys that are numbers first, in their own order.
    listed.sort_by_key(|(id, _)| id.parse::<u32>().map_or((1, 0), |number| (0, number)));
    let mut book = Book {
        name: text(root.get("name")).unwrap_or_default(),
        scan_depth: whole(root.get("scan_depth")).and_then(|depth| u32::try_from(depth).ok()),
        token_budget: whole(root.get("token_budget"))
            .and_then(|budget| u32::try_from(budget).ok())
            .filter(|budget| *budget > 0),
        recursive: flag(root.get("recursive_scanning")),
        ..Book::default()
    };
    if listed.len() > MOST_ENTRIES {
        book.notes.push(Note::TooManyEntries);
        listed.truncate(MOST_ENTRIES);
    }
    book.entries = listed.into_iter().map(|(id, value)| entry(id, value, &book.name)).collect();
    keys::note_faults(&mut book);
    Some(book)
}

/// An entry's fields, wherever its format puts them.
struct Fields<'v> {
    own: &'v Map<String, Value>,
    extensions: Option<&'v Map<String, Value>>,
}

impl<'v> Fields<'v> {
    /// A field by its name in cards' extensions and in world files. Extensions come first, as in SillyTavern.
    fn find(&self, snake: &str, camel: &str) -> Option<&'v Value> {
        let extended = |name| self.extensions.and_then(|extensions| extensions.get(name));
        let found = [extended(snake), extended(camel), self.own.get(snake), self.own.get(camel)];
        found.into_iter().flatten().find(|value| !value.is_null())
    }

    fn flag(&self, snake: &str, camel: &str) -> Option<bool> {
        flag(self.find(snake, camel))
    }

    fn count(&self, snake: &str, camel: &str) -> Option<u32> {
        let number = whole(self.find(snake, camel))?;
        (number >= 0).then(|| u32::try_from(number).unwrap_or(u32::MAX))
    }

    fn text(&self, snake: &str, camel: &str) -> Option<String> {
        text(self.find(snake, camel))
    }

    fn list(&self, snake: &str, camel: &str) -> Vec<String> {
        match self.find(snake, camel) {
            Some(Value::Array(list)) => list.iter().filter_map(|value| text(Some(value))).collect(),
            // Old files have one string of keys; a pattern may hold commas.
            Some(Value::String(one)) if one.starts_with('/') => vec![one.clone()],
            Some(Value::String(several)) => {
                several.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Reads one entry.
fn entry(place: String, value: &Value, book: &str) -> Entry {
    let empty = Map::new();
    let own = value.as_object();
    let mut notes: Vec<Note> = own.is_none().then_some(Note::NotAnEntry).into_iter().collect();
    let own = own.unwrap_or(&empty);
    let fields = Fields { own, extensions: own.get("extensions").and_then(Value::as_object) };
    let id = text(own.get("id").or(own.get("uid"))).unwrap_or(place);
    let identity = chance::hash(&format!("{book}\0{id}\0{value}"));

    let stored = text(own.get("content")).unwrap_or_default();
    let too_long = stored.len() > MOST_CONTENT;
    if too_long {
        notes.push(Note::ContentTooLong);
    }
    let parsed = decorators::parse(if too_long { "" } else { &stored });
    let (content, decorators) = (parsed.text.to_owned(), parsed.decorators);
    notes.extend(parsed.notes);

    let named = [own.get("name"), own.get("comment")];
    let name =
        named.into_iter().filter_map(|value| text(value)).find(|name| !name.is_empty()).unwrap_or_default();
    let silly = fields.extensions.is_some_and(|all| SILLYTAVERNS.iter().any(|name| all.contains_key(*name)));
    let enabled = flag(own.get("enabled")).or(flag(own.get("disable")).map(|off| !off)).unwrap_or(true);
    let logic = logic(fields.find("selective_logic", "selectiveLogic"), &mut notes);
    let position = position(&fields, &mut notes);
    note_rest(&fields, &mut notes);
    Entry {
        id,
        name,
        keys: if own.contains_key("keys") { fields.list("keys", "keys") } else { fields.list("key", "key") },
        secondary: fields.list("secondary_keys", "keysecondary"),
        selective: fields.flag("selective", "selective").unwrap_or(false),
        logic,
        content,
        decorators,
        enabled,
        constant: fields.flag("constant", "constant").unwrap_or(false),
        order: whole(own.get("insertion_order").or(own.get("order"))).unwrap_or(ORDER),
        priority: whole(own.get("priority")).unwrap_or(0),
        position,
        role: role(fields.find("role", "role")),
        case_sensitive: fields.flag("case_sensitive", "caseSensitive"),
        whole_words: fields.flag("match_whole_words", "matchWholeWords"),
        all_patterns: !silly && flag(own.get("use_regex")).unwrap_or(false),
        scan_depth: fields.count("scan_depth", "scanDepth"),
        chance: odds(&fields),
        groups: group_names(&fields.text("group", "group").unwrap_or_default()),
        group_override: fields.flag("group_override", "groupOverride").unwrap_or(false),
        group_weight: fields.count("group_weight", "groupWeight").unwrap_or(WEIGHT),
        group_scoring: fields.flag("use_group_scoring", "useGroupScoring"),
        sticky: fields.count("sticky", "sticky").unwrap_or(0),
        cooldown: fields.count("cooldown", "cooldown").unwrap_or(0),
        delay: fields.count("delay", "delay").unwrap_or(0),
        exclude_recursion: fields.flag("exclude_recursion", "excludeRecursion").unwrap_or(false),
        prevent_recursion: fields.flag("prevent_recursion", "preventRecursion").unwrap_or(false),
        recursion_level: recursion_level(fields.find("delay_until_recursion", "delayUntilRecursion")),
        ignore_budget: fields.flag("ignore_budget", "ignoreBudget").unwrap_or(false),
        triggers: fields.list("triggers", "triggers"),
        characters: characters(&fields, &mut notes),
        runs: !too_long && !notes.contains(&Note::NotAnEntry),
        notes,
        identity,
    }
}

/// Notes what is meant for parts of other programs.
fn note_rest(fields: &Fields<'_>, notes: &mut Vec<Note>) {
    if fields.flag("vectorized", "vectorized") == Some(true) {
        notes.push(Note::Vectorized);
    }
    for (snake, camel) in OTHER_SOURCES {
        if fields.flag(snake, camel) == Some(true) {
            notes.push(Note::OtherSource((*snake).to_owned()));
        }
    }
}

fn position(fields: &Fields<'_>, notes: &mut Vec<Note>) -> Position {
    let depth = fields.count("depth", "depth").unwrap_or(DEPTH);
    let outlet = fields.text("outlet_name", "outletName").unwrap_or_default();
    // World files begin with 0; cards say it in words, and SillyTavern puts its number beside them.
    let world = fields.own.contains_key("key");
    match fields.find("position", "position") {
        Some(Value::String(word)) if word == "before_char" => Position::BeforeChar,
        Some(number @ (Value::Number(_) | Value::String(_))) => match whole(Some(number)) {
            Some(number) => {
                let position = Position::of_number(number, depth, &outlet);
                if let Position::Unknown(number) = position {
                    notes.push(Note::UnknownPosition(number));
                }
                position
            }
            None => Position::AfterChar,
        },
        _ if world => Position::BeforeChar,
        _ => Position::AfterChar,
    }
}

fn logic(value: Option<&Value>, notes: &mut Vec<Note>) -> Logic {
    match whole(value) {
        None | Some(0) => Logic::AndAny,
        Some(1) => Logic::NotAll,
        Some(2) => Logic::NotAny,
        Some(3) => Logic::AndAll,
        Some(other) => {
            notes.push(Note::UnknownLogic(other));
            Logic::AndAny
        }
    }
}

fn role(value: Option<&Value>) -> Role {
    let named = value.and_then(Value::as_str).and_then(Role::of_name);
    named.or_else(|| whole(value).and_then(Role::of_number)).unwrap_or_default()
}

/// An entry's chance in hundredths of a percent.
fn odds(fields: &Fields<'_>) -> u32 {
    if fields.flag("use_probability", "useProbability") == Some(false) {
        return ALWAYS;
    }
    let percent = fields.find("probability", "probability").and_then(float).unwrap_or(100.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10,000")]
    let chance = (percent.clamp(0.0, 100.0) * 100.0).round() as u32;
    chance
}

/// Groups are parted by commas; each counts once.
fn group_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()).take(MOST_GROUPS) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn recursion_level(value: Option<&Value>) -> u32 {
    match value {
        Some(Value::Number(_)) => whole(value).and_then(|level| u32::try_from(level).ok()).unwrap_or(0),
        _ => u32::from(flag(value) == Some(true)),
    }
}

fn characters(fields: &Fields<'_>, notes: &mut Vec<Note>) -> Option<Characters> {
    let filter = fields.find("character_filter", "characterFilter")?.as_object()?;
    let filled = |name: &str| filter.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
    if filled("tags").is_some() {
        notes.push(Note::CharacterTags);
    }
    let names = filled("names")?.iter().filter_map(|name| text(Some(name))).collect();
    Some(Characters { names, excluded: flag(filter.get("isExclude")).unwrap_or(false) })
}

/// A text, also where it is a number.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A yes or no, also as number or word.
fn flag(value: Option<&Value>) -> Option<bool> {
    match value? {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A number, also where it is a text.
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// A whole number, rounded.
fn whole(value: Option<&Value>) -> Option<i64> {
    let number = value?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast from a float stops at the ends")]
    number.as_i64().or_else(|| float(number).map(|number| number.round() as i64))
}
