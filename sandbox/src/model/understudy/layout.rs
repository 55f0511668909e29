//! The layout of a prompt's lines: labels, headings, bullets, quotes.

/// Headings of example lines.
const LINE_HEADINGS: [&str; 9] =
    ["example", "greeting", "first mes", "catchphrase", "quote", "sample", "sayings", "lines", "dialogue"];
/// Headings of what is not the character's to say.
const OTHER_HEADINGS: [&str; 20] = [
    "rule",
    "style",
    "format",
    "scenario",
    "note",
    "important",
    "instruction",
    "system",
    "task",
    "setting",
    "tone",
    "memory",
    "summary",
    "limit",
    "guideline",
    "output",
    "language",
    "name",
    "scene",
    "world",
];
/// Headings of a description.
const FACT_HEADINGS: [&str; 10] = [
    "personality",
    "description",
    "background",
    "appearance",
    "about",
    "bio",
    "likes",
    "persona",
    "trait",
    "history",
];

/// Under what a line of the prompt stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Section {
    /// Under no heading, or under a description's.
    Facts,
    /// Under a heading of examples; whether the last label was the character's (or there was none).
    Lines { own: bool },
    /// Under rules and the like.
    Other,
}

/// A line's label and what it labels: `Mira: "Hello."` is `Mira` and `"Hello."`.
pub(super) fn label(line: &str) -> Option<(&str, &str)> {
    let (label, rest) = bullet(line).split_once([':', '：'])?;
    let label = label.trim_matches(|c: char| c.is_whitespace() || "*_#[]\"`".contains(c));
    let rest = rest.trim_start_matches('*').trim();
    let words = label.split_whitespace().count();
    let plausible = (1..=4).contains(&words)
        && label.chars().count() <= 40
        && label.chars().any(char::is_alphabetic)
        && !label.contains(['.', '!', '?', ',', '"', '“'])
        && !rest.starts_with("//");
    plausible.then_some((label, rest))
}

/// Whether a label can be a person's name.
pub(super) fn looks_like_name(label: &str) -> bool {
    heading(label).is_none()
        && !is_user(label)
        && label.chars().count() <= 32
        && label.chars().next().is_some_and(char::is_alphanumeric)
        && !label.contains(['@', '<', '>'])
}

/// Whether a label means the person spoken with.
pub(super) fn is_user(label: &str) -> bool {
    ["{{user}}", "<user>", "user", "you", "human"].contains(&label.to_lowercase().as_str())
}

/// Whether `text` has as many `words`, or twice as many characters in a script without spaces.
pub(super) fn is_phrase(text: &str, words: usize) -> bool {
    text.split_whitespace().count() >= words
        || text.chars().filter(|c| super::words::is_wide(*c)).count() >= 2 * words
}

/// A heading without a label's text: `## Rules`, `[Examples]`, `**Personality**`.
pub(super) fn title(text: &str) -> Option<&str> {
    let marked = text.starts_with('#')
        || (text.starts_with('[') && text.ends_with(']'))
        || (text.starts_with("**") && text.ends_with("**"));
    marked.then(|| text.trim_matches(|c: char| c.is_whitespace() || "#*[]".contains(c)))
}

/// Under what the lines after a label or a title stand, if it is a known heading.
pub(super) fn heading(label: &str) -> Option<Section> {
    let lower = label.to_lowercase();
    let has = |headings: &[&str]| headings.iter().any(|heading| lower.contains(heading));
    if has(&LINE_HEADINGS) {
        Some(Section::Lines { own: true })
    } else if has(&FACT_HEADINGS) {
        Some(Section::Facts)
    } else if has(&OTHER_HEADINGS) {
        Some(Section::Other)
    } else {
        None
    }
}

/// `text` without a list's mark.
pub(super) fn bullet(text: &str) -> &str {
    let text = text.trim();
    ["- ", "* ", "• ", "> "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim()
}

/// `text` without one pair of quotes around all of it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = [('"', '"'), ('“', '”'), ('«', '»'), ('「', '」')]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| !inner.contains(['"', '“', '«', '「'])).unwrap_or(text)
}
