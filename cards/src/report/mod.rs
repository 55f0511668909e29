//! What an import says of a card: each field that it has, what becomes of it, and what is worth a warning.
//!
//! Values only; the words are the caller's.

pub mod fields;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::card::assets::{Asset, Kind, Uri};
use crate::card::{Card, Condition, Found, Oddity, Sheet, V1_FIELDS, V2_FIELDS, V3_FIELDS, Version};
use crate::container::{Container, Note};
use fields::{COPIES, EXTENSIONS, FIELDS, Fate, SILLY, Why};

/// The most unknown keys that are told by name, each up to [`KEY`] characters; they are a stranger's words.
const UNKNOWN: usize = 32;
const KEY: usize = 60;

/// What an import found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The version that the card follows.
    pub version: Version,
    /// Each field that the card has, in the order of [`FIELDS`]; then keys of `extensions` as `extensions.key`; then
    /// keys that no spec knows.
    pub items: Vec<Item>,
    /// What is worth telling beyond that.
    pub warnings: Vec<Warning>,
}

/// A field that the card has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its path, without `data`: `name`, `character_book.entries.keys`.
    pub path: String,
    /// How many times it is there: more than one in lists of objects alone.
    pub count: usize,
    /// What becomes of it.
    pub state: State,
}

/// What becomes of a field that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As the table says.
    As(Fate),
    /// As the table says, though it was of this type and had to be made sense of.
    Mended(Fate, Found),
    /// Of a type that says nothing: kept, and not used.
    Broken(Found),
}

/// Something worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// About the file.
    File(Note),
    /// About the version.
    Version(Oddity),
    /// The character has no name, or a blank one: ask for one.
    NoName,
    /// Keys that stand twice in one object; the last one counts. 16 at most.
    DoubledKeys(Vec<String>),
    /// Several icons, and this many that are called `main` in place of one.
    MainIcons(usize),
    /// Assets that nothing here is for: what they are for, and how many.
    AssetsUnused(String, usize),
    /// Assets that are elsewhere in the net, and never fetched.
    AssetsRemote(usize),
    /// An asset that should be in the file and isn't: its path.
    AssetMissing(String),
    /// More unknown keys than are told: how many more.
    MoreUnknown(usize),
}

/// Looks at a card, as it came in a file.
pub fn of(card: &Card, container: Option<(&Container, &[Note])>) -> Report {
    let (sheet, conditions) = card.examine();
    let mut warnings = Vec::new();
    if let Some((_, notes)) = container {
        warnings.extend(notes.iter().cloned().map(Warning::File));
    }
    warnings.extend(card.oddities().iter().cloned().map(Warning::Version));
    if sheet.name.trim().is_empty() {
        warnings.push(Warning::NoName);
    }
    let doubled = card.document().doubled_keys();
    if !doubled.is_empty() {
        warnings.push(Warning::DoubledKeys(doubled.iter().map(|key| short(key)).collect()));
    }
    about_assets(&sheet, container.map(|(container, _)| container), &mut warnings);
    let mut items = Vec::new();
    for rule in FIELDS {
        let count = count(card, rule.path);
        let condition =
            conditions.iter().find(|(name, _)| *name == rule.path).map(|(_, condition)| *condition);
        let state = match condition {
            None => State::As(rule.fate),
            Some(Condition::Mended(found)) => State::Mended(rule.fate, found),
            Some(Condition::Broken(found)) => State::Broken(found),
        };
        if count > 0 {
            items.push(Item { path: rule.path.to_owned(), count, state });
        }
    }
    if let Some(Value::Object(extensions)) = card.field("extensions") {
        for (key, fate) in extensions.keys().map(|key| (key, extension(key))).take(UNKNOWN) {
            items.push(Item { path: format!("extensions.{}", short(key)), count: 1, state: State::As(fate) });
        }
    }
    let unknown = unknown(card);
    if unknown.len() > UNKNOWN {
        warnings.push(Warning::MoreUnknown(unknown.len() - UNKNOWN));
    }
    for (path, why) in unknown.into_iter().take(UNKNOWN) {
        items.push(Item { path, count: 1, state: State::As(Fate::Kept(why)) });
    }
    Report { version: card.version(), items, warnings }
}

fn short(key: &str) -> String {
    key.chars().take(KEY).collect()
}

fn extension(key: &str) -> Fate {
    EXTENSIONS.iter().find(|(known, _)| *known == key).map_or(Fate::Kept(Why::Foreign), |(_, fate)| *fate)
}

/// How many times a field of the table is there.
fn count(card: &Card, path: &str) -> usize {
    let mut keys = path.split('.');
    let Some(first) = keys.next() else { return 0 };
    let start = match first {
        "spec" | "spec_version" => card.document().get(&[first]),
        _ => card.field(first),
    };
    let mut values: Vec<&Value> = start.into_iter().collect();
    for key in keys {
        // Lists, and the objects that SillyTavern's own books have in place of lists of entries.
        let inner = values.iter().flat_map(|value| match value {
            Value::Array(list) => list.iter().collect(),
            Value::Object(map) if map.get(key).is_none() && map.values().all(Value::is_object) => {
                map.values().collect()
            }
            one => vec![*one],
        });
        values = inner.filter_map(|value| value.get(key)).collect();
    }
    values.len()
}

/// Keys that no spec knows, with their paths, in the order of the map.
fn unknown(card: &Card) -> Vec<(String, Why)> {
    let mut found = Vec::new();
    let known = |key: &str| V1_FIELDS.contains(&key) || V2_FIELDS.contains(&key) || V3_FIELDS.contains(&key);
    let nothing = Map::new();
    let root = card.document().value().as_object().unwrap_or(&nothing);
    for key in root.keys().filter(|key| !matches!(key.as_str(), "spec" | "spec_version")) {
        let old = crate::card::OLD_NAMES.iter().any(|(_, old)| old == key);
        match card.version() {
            Version::V1 if known(key) || old => {}
            Version::V2 | Version::V3 if key == "data" => {}
            Version::V2 | Version::V3
                if V1_FIELDS.contains(&key.as_str()) || COPIES.contains(&key.as_str()) =>
            {
                found.push((format!("/{}", short(key)), Why::Copy));
            }
            _ if SILLY.contains(&key.as_str()) => found.push((format!("/{}", short(key)), Why::Foreign)),
            _ => found.push((format!("/{}", short(key)), Why::Unknown)),
        }
    }
    if card.version() > Version::V1
        && let Some(Value::Object(data)) = root.get("data")
    {
        let unknown = data.keys().filter(|key| !known(key));
        found.extend(unknown.map(|key| (short(key), Why::Unknown)));
    }
    found
}

fn about_assets(sheet: &Sheet, container: Option<&Container>, warnings: &mut Vec<Warning>) {
    let icons: Vec<&Asset> = sheet.assets.iter().filter(|asset| asset.kind == Kind::Icon).collect();
    let main = icons.iter().filter(|icon| icon.name == "main").count();
    if icons.len() > 1 && main != 1 {
        warnings.push(Warning::MainIcons(main));
    }
    let mut unused: BTreeMap<&str, usize> = BTreeMap::new();
    for asset in sheet.assets.iter().filter(|asset| asset.kind != Kind::Icon) {
        *unused.entry(asset.kind.name()).or_default() += 1;
    }
    let unused = unused.into_iter().take(UNKNOWN);
    warnings.extend(unused.map(|(kind, count)| Warning::AssetsUnused(short(kind), count)));
    let remote = sheet.assets.iter().filter(|asset| matches!(asset.uri, Uri::Remote(_))).count();
    if remote > 0 {
        warnings.push(Warning::AssetsRemote(remote));
    }
    let here = container.map(Container::paths).unwrap_or_default();
    let missing = sheet.assets.iter().filter_map(|asset| match &asset.uri {
        Uri::Embedded(path) | Uri::Chunk(path) if !here.contains(path) => Some(path),
        _ => None,
    });
    warnings.extend(missing.take(UNKNOWN).map(|path| Warning::AssetMissing(short(path))));
}
