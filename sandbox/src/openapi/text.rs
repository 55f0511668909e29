//! What arrives as text (form fields, query parameters) read as the types that the file states.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Escapes one part of a JSON pointer.
pub(super) fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// A JSON pointer as a URI fragment: what RFC 3986 does not allow there is percent-encoded.
pub(super) fn fragment(pointer: &str) -> String {
    url::form_urlencoded::byte_serialize(pointer.as_bytes())
        .collect::<String>()
        .replace("%2F", "/")
        .replace("%7E", "~")
        .replace('+', "%20")
}

/// One object out of the parts of a form: `payload_json` as parsed, further text fields as strings,
/// and an empty string for each file, under the file's field name.
///
/// A `payload_json` that is no object is returned as it is, for the check to refuse.
pub fn multipart_body(payload_json: Option<&Value>, fields: &[(&str, &str)], files: &[&str]) -> Value {
    let mut members = match payload_json {
        Some(Value::Object(members)) => members.clone(),
        Some(other) => return other.clone(),
        None => Map::new(),
    };
    members.extend(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).into())));
    members.extend(files.iter().map(|name| ((*name).to_owned(), "".into())));
    Value::Object(members)
}

/// `body` with its top-level strings read as what the schema at `pointer` wants there.
pub(super) fn typed_members<'a>(document: &Value, pointer: &str, body: &'a Value) -> Cow<'a, Value> {
    let Value::Object(members) = body else { return Cow::Borrowed(body) };
    let typed = members.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) => {
                let mut types = BTreeSet::new();
                member_types(document, pointer, name, &mut types, DEPTH);
                typed(text, &types)
            }
            other => other.clone(),
        };
        (name.clone(), value)
    });
    Cow::Owned(Value::Object(typed.collect()))
}

/// A query parameter's texts (more than one where its name is repeated) as one value.
pub(super) fn typed_parameter(document: &Value, pointer: &str, texts: &[&str]) -> Value {
    let mut types = BTreeSet::new();
    let Some(schema) = document.pointer(pointer) else { return texts.last().copied().into() };
    schema_types(document, schema, &mut types, DEPTH);
    if types.contains("array") && (texts.len() > 1 || !types.contains("string")) {
        let mut item_types = BTreeSet::new();
        schema_types(document, &schema["items"], &mut item_types, DEPTH);
        return texts.iter().map(|text| typed(text, &item_types)).collect();
    }
    typed(texts.last().copied().unwrap_or_default(), &types)
}

/// How deep `$ref` and combined schemas are followed: a bound for a file that refers to itself.
const DEPTH: usize = 8;

/// The JSON types that a schema's own value may have.
fn schema_types(document: &Value, schema: &Value, types: &mut BTreeSet<String>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &schema["type"] {
        Value::String(name) => {
            types.insert(name.clone());
        }
        Value::Array(names) => types.extend(names.iter().filter_map(Value::as_str).map(Into::into)),
        _ => {}
    }
    for part in parts(document, schema) {
        schema_types(document, part, types, depth);
    }
}

/// The JSON types that a property may have, in the schema at `pointer`.
fn member_types(document: &Value, pointer: &str, name: &str, types: &mut BTreeSet<String>, depth: usize) {
    if let Some(schema) = document.pointer(pointer) {
        property_types(document, schema, name, types, depth);
    }
}

fn property_types(document: &Value, schema: &Value, name: &str, types: &mut BTreeSet<String>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(property) = schema["properties"].get(name) {
        schema_types(document, property, types, DEPTH);
    }
    for part in parts(document, schema) {
        property_types(document, part, name, types, depth);
    }
}

/// The schemas that a schema is put together from.
fn parts<'a>(document: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let target = schema["$ref"].as_str().and_then(|to| document.pointer(to.strip_prefix('#')?));
    let combined = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array());
    target.into_iter().chain(combined.flatten())
}

/// Reads a text as one of `types`; a text that fits none stays a text, for the check to refuse.
fn typed(text: &str, types: &BTreeSet<String>) -> Value {
    let wants = |name: &str| types.contains(name);
    if wants("string") {
        return text.into();
    }
    if wants("integer") || wants("number") {
        if let Ok(number) = text.parse::<i64>() {
            return number.into();
        }
        if let Ok(number) = text.parse::<f64>() {
            return number.into();
        }
    }
    if wants("boolean") {
        // discord.py writes booleans as 1 and 0, and Python's own spelling gets through as well.
        match text {
            "true" | "True" | "1" => return true.into(),
            "false" | "False" | "0" => return false.into(),
            _ => {}
        }
    }
    text.into()
}
