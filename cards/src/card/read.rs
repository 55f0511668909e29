//! Reads fields tolerantly: what a field means is taken even where its type is wrong, and its condition is told.

use serde_json::{Map, Value};

/// A type of JSON, as it was found where another was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

/// How a field was that isn't as its spec wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Of another type, and yet what is meant is clear.
    Mended(Found),
    /// Of a type that says nothing: as if it were absent.
    Broken(Found),
}

/// The type of a value.
pub(crate) fn found(value: &Value) -> Found {
    match value {
        Value::Null => Found::Null,
        Value::Bool(_) => Found::Bool,
        Value::Number(_) => Found::Number,
        Value::String(_) => Found::Text,
        Value::Array(_) => Found::List,
        Value::Object(_) => Found::Object,
    }
}

/// A value with its condition, where that needs telling.
type Read<T> = (T, Option<Condition>);

fn mended<T>(value: T, found_here: &Value) -> Read<T> {
    (value, Some(Condition::Mended(found(found_here))))
}

fn broken<T: Default>(found_here: &Value) -> Read<T> {
    (T::default(), Some(Condition::Broken(found(found_here))))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    }
}

/// A text. Numbers are taken as they are spelled, and lists of texts as lines.
pub(super) fn text(value: Option<&Value>) -> Read<String> {
    match value {
        None => (String::new(), None),
        Some(Value::String(text)) => (text.clone(), None),
        Some(null @ Value::Null) => mended(String::new(), null),
        Some(list @ Value::Array(parts)) => {
            let lines: Option<Vec<_>> = parts.iter().map(plain).collect();
            lines.map_or_else(|| broken(list), |lines| mended(lines.join("\n"), list))
        }
        Some(other) => plain(other).map_or_else(|| broken(other), |text| mended(text, other)),
    }
}

/// A list of texts. One text is a list of one, or of several when `commas` part them.
pub(super) fn list(value: Option<&Value>, commas: bool) -> Read<Vec<String>> {
    match value {
        None => (Vec::new(), None),
        Some(null @ Value::Null) => mended(Vec::new(), null),
        Some(whole @ Value::Array(parts)) => {
            let texts: Vec<_> = parts.iter().filter_map(plain).collect();
            let odd = parts.iter().find(|part| !part.is_string());
            match odd {
                None => (texts, None),
                Some(_) if texts.is_empty() => broken(whole),
                Some(odd) => mended(texts, odd),
            }
        }
        Some(whole @ Value::String(text)) if text.trim().is_empty() => mended(Vec::new(), whole),
        Some(whole @ Value::String(text)) if commas => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            mended(parts.map(str::to_owned).collect(), whole)
        }
        Some(other) => plain(other).map_or_else(|| broken(other), |text| mended(vec![text], other)),
    }
}

/// A time in seconds. Milliseconds, which JavaScript counts, are told by their size; 0 means unknown.
pub(super) fn seconds(value: Option<&Value>) -> Read<Option<u64>> {
    /// The year 5138 in seconds, and 1973 in milliseconds.
    const MILLISECONDS: f64 = 1e11;
    let (number, whole) = match value {
        None | Some(Value::Null) => return (None, None),
        Some(whole @ Value::Number(number)) => (number.as_f64(), whole),
        Some(whole @ Value::String(text)) => (text.trim().parse().ok(), whole),
        Some(other) => return broken(other),
    };
    let Some(number) = number.filter(|number| (0.0..1e15).contains(number)) else { return broken(whole) };
    let scaled = if number >= MILLISECONDS { number / 1000.0 } else { number };
    // In range by the check above; parts of a second are nothing that the spec knows.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1e15")]
    let seconds = Some(scaled as u64).filter(|seconds| *seconds > 0);
    let as_due = whole.is_number() && number < MILLISECONDS;
    if as_due { (seconds, None) } else { mended(seconds, whole) }
}

/// A number, which some write as a text.
pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    let number = match value? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// Texts by their language, `en` and the like, in lower case.
pub(super) fn notes(value: Option<&Value>) -> Read<Vec<(String, String)>> {
    match value {
        None | Some(Value::Null) => (Vec::new(), None),
        Some(Value::Object(map)) => languages(map),
        Some(other) => broken(other),
    }
}

fn languages(map: &Map<String, Value>) -> Read<Vec<(String, String)>> {
    let texts =
        map.iter().filter_map(|(code, note)| Some((code.to_ascii_lowercase(), plain(note)?))).collect();
    let odd = map.values().find(|note| !note.is_string());
    (texts, odd.map(|odd| Condition::Mended(found(odd))))
}
