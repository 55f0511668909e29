//! Bound values as traces may show them: ids, numbers, times and switches, and of everything else how long it is.
//!
//! Values come as Rust writes them for debugging. What may be shown is listed here, and nothing else is: a text is
//! nobody's to read, whatever type it came in.

use uuid::Uuid;

use crate::domain::character::Slug;

/// Most values that are shown.
const MOST: usize = 64;
/// Most characters of one that are shown: a list of ids may be long.
const LONGEST: usize = 200;

/// The values of a list `[1, "text", None]`, in order, each as it may be shown.
pub(super) fn safe(list: &str) -> Vec<String> {
    let inner = list.trim().strip_prefix('[').unwrap_or(list);
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    parts(inner).into_iter().take(MOST).map(|value| shortened(shown(value.trim()))).collect()
}

fn shown(value: &str) -> String {
    if matches!(value, "None" | "true" | "false") || is_number(value) || is_time(value) || is_uuid(value) {
        return value.to_owned();
    }
    if let Some(text) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return format!("‹text, {} characters›", characters(text));
    }
    if let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let values = parts(inner);
        // Bytes may be anything's.
        if !values.is_empty() && values.iter().all(|value| value.trim().parse::<u8>().is_ok()) {
            return format!("‹{} bytes›", values.len());
        }
        let shown: Vec<_> = values.into_iter().map(|value| shown(value.trim())).collect();
        return format!("[{}]", shown.join(", "));
    }
    let inner = value.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    match inner {
        // A slug is a name of our making.
        Some(("Shipped", slug)) => slug_of(slug).unwrap_or_else(hidden),
        Some(("Custom", id)) if is_uuid(id) => format!("custom:{id}"),
        Some((name, inner)) if name == "Some" || (name.ends_with("Id") && is_word(name)) => {
            shown(inner.trim())
        }
        _ => hidden(),
    }
}

fn hidden() -> String {
    "‹not shown›".to_owned()
}

/// What commas part, outside of texts and brackets.
fn parts(list: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    let (mut in_text, mut escaped) = (false, false);
    for (at, c) in list.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&list[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if !list[from..].trim().is_empty() {
        parts.push(&list[from..]);
    }
    parts
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A day, or a moment.
fn is_time(value: &str) -> bool {
    value.len() >= 10
        && value.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte))
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A shipped character's id.
fn slug_of(value: &str) -> Option<String> {
    let slug = value.strip_prefix("Slug(\"")?.strip_suffix("\")")?;
    Slug::new(slug).ok().map(|slug| format!("shipped:{}", slug.as_str()))
}

/// Characters of a text that is written with escapes.
fn characters(text: &str) -> usize {
    let (mut count, mut rest) = (0, text.chars());
    while let Some(c) = rest.next() {
        count += 1;
        if c == '\\' && rest.next() == Some('u') {
            // As in `\u{301}`.
            rest.by_ref().take_while(|c| *c != '}').for_each(drop);
        }
    }
    count
}

fn shortened(mut value: String) -> String {
    if let Some((end, _)) = value.char_indices().nth(LONGEST) {
        value.truncate(end);
        value.push('…');
    }
    value
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use serde_json::json;

    use super::*;
    use crate::domain::{bond::Nickname, character::CharacterId, ids::UserId, usage::Feature};

    #[test]
    fn ids_numbers_and_times_are_shown() {
        let user = UserId::new(4_711).unwrap();
        let at = DateTime::from_timestamp_millis(1_700_000_000_123).unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let id = Uuid::nil();
        let listed = format!("[{user:?}, {:?}, {:?}, -3, 0.5, true]", Some(user), [7_i64, 300]);
        assert_eq!(safe(&listed), ["4711", "4711", "[7, 300]", "-3", "0.5", "true"]);
        assert_eq!(
            safe(&format!("[{at:?}, {day:?}, {id:?}, {:?}]", None::<i32>)),
            ["2023-11-14T22:13:20.123Z", "2026-11-21", "00000000-0000-0000-0000-000000000000", "None"]
        );
        assert_eq!(safe("[]"), Vec::<String>::new());
    }

    #[test]
    fn words_are_not() {
        let said = "my secret, \"quoted\"] 42 \\ \u{301} [x](y) {z}";
        let count = said.chars().count();
        let nickname = Nickname::new("Mouse").unwrap();
        for list in [
            format!("[{said:?}]"),
            format!("[{:?}]", Some(said)),
            format!("[{:?}]", vec![said, "secret"]),
            format!("[{nickname:?}]"),
            format!("[{:?}]", json!({ "secret": [said, 42] })),
            format!("[{:?}]", b"secret"),
            format!("[{:?}, {:?}]", said, Feature::Talk),
            // Whoever writes a text bare.
            "[secret words, my-secret, Mouse]".to_owned(),
            "[UserId(secret words), Shipped(Slug(\"my secret\")), Shipped(secret), Custom(secret)]"
                .to_owned(),
        ] {
            let shown = safe(&list).join("; ");
            for word in ["secret", "quoted", "Mouse", "42", "115", "words"] {
                assert!(!shown.contains(word), "{list}: {shown}");
            }
        }
        assert_eq!(safe(&format!("[{said:?}, 7]")), [format!("‹text, {count} characters›"), "7".to_owned()]);
    }

    #[test]
    fn characters_are_shown_by_their_ids() {
        for id in ["shipped:mira", "custom:6f1cdaa5-8a4f-4d0e-9d8e-0123456789ab"] {
            let character: CharacterId = id.parse().unwrap();
            assert_eq!(safe(&format!("[{character:?}, {:?}]", Some(&character))), [id, id]);
        }
    }

    #[test]
    fn there_is_an_end() {
        let many = vec![i64::MAX; 1_000];
        assert_eq!(safe(&format!("[{many:?}]"))[0].chars().count(), LONGEST + 1);
        assert_eq!(safe(&format!("{many:?}")).len(), MOST);
    }
}
