//! Which of the specs a card follows. `spec` decides; its shape does only where `spec` is missing.

use serde_json::Value;

use super::{OLD_NAMES, V1_FIELDS};
use crate::refusal::Refusal;

/// A version of the card's spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Six texts at the root.
    V1,
    /// `chara_card_v2`: all in `data`.
    V2,
    /// `chara_card_v3`: all in `data`, and more of it.
    V3,
}

impl Version {
    /// What `spec` and `spec_version` say; V1 has neither.
    pub fn spec(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::V1 => None,
            Self::V2 => Some(("chara_card_v2", "2.0")),
            Self::V3 => Some(("chara_card_v3", "3.0")),
        }
    }
}

/// Something unusual about a card's version. None hinders the import.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oddity {
    /// A version newer than all that are known: what it adds is kept and not used.
    Newer {
        /// What its `spec` says.
        spec: String,
        /// What its `spec_version` says.
        version: String,
    },
    /// `data` without a `spec`: read as V2, or V3 when it has fields of V3.
    NoSpec,
    /// A `spec` that nobody knows, with fields that are known.
    OtherSpec(String),
    /// A `spec` of V2 or V3, and all fields at the root.
    Flat,
    /// No `spec_version`, or one that isn't of its `spec`: what it says, empty when it is missing.
    SpecVersion(String),
    /// The field names of CharacterAI's or Pygmalion's old exports.
    OldNames,
}

/// How much of what `spec` and `spec_version` say is told, in characters.
const SPOKEN: usize = 40;

/// The version that a card's root follows.
pub(super) fn detect(root: &Value) -> Result<(Version, Vec<Oddity>), Refusal> {
    let Value::Object(map) = root else { return Err(Refusal::NotACard) };
    let spec = map.get("spec").and_then(Value::as_str).map(|spec| spec.trim().to_lowercase());
    if spec.as_deref().is_some_and(|spec| spec.starts_with("lorebook")) {
        return Err(Refusal::Lorebook);
    }
    // What is told of it is a stranger's words, so not many of them.
    let spec = spec.map(|spec| spec.chars().take(SPOKEN).collect::<String>());
    let mut oddities = Vec::new();
    let data = map.get("data").and_then(Value::as_object);
    let mut v1 = OLD_NAMES.iter().filter(|(new, _)| V1_FIELDS.contains(new));
    let old = v1.any(|(new, old)| map.contains_key(*old) && !map.contains_key(*new));
    let flat = old || V1_FIELDS.iter().any(|field| map.contains_key(*field));
    if data.is_none() {
        let a_card =
            V1_FIELDS.iter().filter(|field| map.contains_key(**field)).count() > 1 || old || spec.is_some();
        if map.get("entries").is_some_and(|entries| entries.is_object() || entries.is_array()) && !a_card {
            return Err(Refusal::Lorebook);
        }
        if !flat {
            return Err(Refusal::NotACard);
        }
        match spec {
            Some(spec) if number_of(&spec).is_some() => oddities.push(Oddity::Flat),
            Some(spec) if !spec.is_empty() => oddities.push(Oddity::OtherSpec(spec)),
            _ => {}
        }
        if old {
            oddities.push(Oddity::OldNames);
        }
        return Ok((Version::V1, oddities));
    }
    let Some(data) = data else { return Err(Refusal::NotACard) };
    let shape = if super::V3_FIELDS.iter().any(|field| data.contains_key(*field)) {
        Version::V3
    } else {
        Version::V2
    };
    let known = V1_FIELDS.iter().chain(&super::V2_FIELDS).any(|field| data.contains_key(*field));
    let said = spec_version(map.get("spec_version"));
    let version = match spec.as_deref().map(|spec| (spec, number_of(spec))) {
        // An application keeps its own things in `data` too.
        None | Some(("", _) | (_, None)) if !known => {
            return if flat { Ok((Version::V1, oddities)) } else { Err(Refusal::NotACard) };
        }
        None | Some(("", _)) => {
            oddities.push(Oddity::NoSpec);
            return Ok((shape, oddities));
        }
        Some((_, Some(2))) => Version::V2,
        Some((_, Some(3))) => Version::V3,
        Some((spec, Some(newer))) if newer > 3 => {
            oddities.push(Oddity::Newer { spec: spec.to_owned(), version: said });
            return Ok((Version::V3, oddities));
        }
        Some((spec, _)) => {
            oddities.push(Oddity::OtherSpec(spec.to_owned()));
            return Ok((shape, oddities));
        }
    };
    let expected = if version == Version::V2 { 2.0 } else { 3.0 };
    match said.parse::<f64>() {
        Ok(number) if version == Version::V3 && number > expected => {
            oddities.push(Oddity::Newer { spec: spec.unwrap_or_default(), version: said });
        }
        Ok(number) if (number - expected).abs() < f64::EPSILON => {}
        _ => oddities.push(Oddity::SpecVersion(said)),
    }
    Ok((version, oddities))
}

/// The number behind `chara_card_v`.
fn number_of(spec: &str) -> Option<u32> {
    spec.strip_prefix("chara_card_v")?.parse().ok()
}

/// What `spec_version` says, as some write a number.
fn spec_version(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().chars().take(SPOKEN).collect(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
