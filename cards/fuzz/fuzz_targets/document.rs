//! JSON, and an edit of it: everything up to the first NUL is the text, the rest the new value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use troupe_cards::document::Document;

fuzz_target!(|bytes: &[u8]| {
    let (text, edit) = match bytes.iter().position(|byte| *byte == 0) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &b"1"[..]),
    };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(document) = Document::parse(text.to_owned()) else {
        // Whatever serde_json takes is ours too, but for the bounds.
        assert!(serde_json::from_str::<Value>(text).is_err() || text.len() > 100);
        return;
    };
    assert_eq!(document.text(), text);
    let edit = String::from_utf8_lossy(edit);
    let Ok(edit) = Document::parse(edit.into_owned()) else { return };
    let keys: Vec<String> =
        document.value().as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
    for key in keys.iter().map(String::as_str).chain(["new"]) {
        let mut edited = document.clone();
        if edited.set(&[key], edit.value().clone()).is_err() {
            continue;
        }
        let again = Document::parse(edited.text().into_owned()).expect("an edited document is one");
        same(again.value(), edited.value());
        // Back again, it is what it was.
        match document.get(&[key]) {
            Some(old) => edited.set(&[key], old.clone()).expect("it was there"),
            None => assert!(edited.remove(&[key])),
        }
        if document.value().is_object() {
            assert_eq!(edited.text(), text);
        }
    }
});

/// The same but for how numbers are spelled.
fn same(one: &Value, other: &Value) {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => assert_eq!(one.as_f64(), other.as_f64()),
        (Value::Array(one), Value::Array(other)) => {
            assert_eq!(one.len(), other.len());
            one.iter().zip(other).for_each(|(one, other)| same(one, other));
        }
        (Value::Object(one), Value::Object(other)) => {
            assert_eq!(one.len(), other.len());
            one.iter().for_each(|(key, value)| same(value, &other[key]));
        }
        _ => assert_eq!(one, other),
    }
}
