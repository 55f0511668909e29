//! Reads a prompt: the character's name, its example lines, and what it can say of itself.

use std::collections::HashMap;

use super::super::wire::{Message, Role};
use super::{name, sentences};

/// About how much of a prompt is read, in bytes; a longer one has said enough by then.
const LONGEST_PROMPT: usize = 64 * 1024;
/// The longest line that is spoken at once, in characters.
const LONGEST_LINE: usize = 280;
/// The most lines, and the most facts, that are kept.
const MAX_LINES: usize = 400;

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

/// Who speaks, and from what.
#[derive(Debug, Default)]
pub(super) struct Cast {
    /// The character's name.
    pub(super) name: Option<String>,
    /// The name of the person spoken with.
    pub(super) user: Option<String>,
    /// The character's example lines.
    pub(super) lines: Vec<String>,
    /// What the character can say of itself.
    pub(super) facts: Vec<String>,
}

/// Under what a line of the prompt stands.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    /// Under no heading, or under a description's.
    Facts,
    /// Under a heading of examples; whether the last label was the character's (or there was none).
    Lines { own: bool },
    /// Under rules and the like.
    Other,
}

impl Cast {
    /// Whether a label means the character.
    pub(super) fn is_character(&self, label: &str) -> bool {
        let lower = label.to_lowercase();
        if ["{{char}}", "<char>", "<bot>", "char", "assistant", "bot"].contains(&lower.as_str()) {
            return true;
        }
        self.name.as_deref().is_some_and(|name| {
            let name = name.to_lowercase();
            name == lower || name.split_whitespace().any(|part| part.len() > 2 && part == lower)
        })
    }

    /// Some of its words, to tell its language by.
    pub(super) fn sample(&self) -> String {
        self.lines.iter().chain(&self.facts).take(6).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    fn add_line(&mut self, text: &str) {
        let text = unquoted(text);
        if text.chars().any(char::is_alphanumeric) && self.lines.len() < MAX_LINES {
            let known = &self.lines;
            let new: Vec<String> = sentences::chunks(text, LONGEST_LINE)
                .into_iter()
                .filter(|line| !known.contains(line))
                .collect();
            self.lines.extend(new);
        }
    }

    fn add_facts(&mut self, text: &str) {
        let name = self.name.clone().unwrap_or_default();
        for sentence in sentences::split(text) {
            if let Some(fact) = sentences::in_first_person(sentence, &name)
                && self.facts.len() < MAX_LINES
                && !self.facts.contains(&fact)
                && fact != format!("I am {name}.")
            {
                self.facts.push(fact);
            }
        }
    }
}

/// Reads the system messages (where there are none, all there is).
pub(super) fn read(messages: &[Message<'_>]) -> Cast {
    let is_system = |message: &Message<'_>| matches!(message.role, Role::System | Role::Developer);
    let has_system = messages.iter().any(is_system);
    let mut cast = Cast::default();
    let mut prompt = String::new();
    for message in messages.iter().filter(|message| is_system(message) || !has_system) {
        let text = message.text();
        match message.name.as_deref() {
            // How some clients mark the example conversation.
            Some("example_assistant") => cast.add_line(&text),
            Some("example_user") => {}
            _ => {
                prompt.extend(text.chars().take(LONGEST_PROMPT.saturating_sub(prompt.len())));
                prompt.push('\n');
            }
        }
    }
    cast.name = name::find(&prompt).or_else(|| commonest_label(&prompt));
    cast.user = user_name(&prompt);
    let mut section = Section::Facts;
    for line in prompt.lines() {
        section = read_line(&mut cast, line, section);
    }
    cast
}

/// Takes from a line what it has; the section that the next line stands in.
fn read_line(cast: &mut Cast, line: &str, section: Section) -> Section {
    let text = line.trim();
    if text.eq_ignore_ascii_case("<START>") {
        return Section::Lines { own: true };
    }
    if text.is_empty() {
        return section;
    }
    if let Some((label, rest)) = label(text) {
        if cast.is_character(label) && !rest.is_empty() {
            cast.add_line(rest);
            return if matches!(section, Section::Lines { .. }) {
                Section::Lines { own: true }
            } else {
                section
            };
        }
        if let Some(heading) = heading(label) {
            match heading {
                Section::Lines { .. } => cast.add_line(rest),
                Section::Facts => cast.add_facts(rest),
                Section::Other => {}
            }
            return heading;
        }
        if matches!(section, Section::Lines { .. }) {
            return Section::Lines { own: false };
        }
    } else if let Some(title) = title(text) {
        return heading(title).unwrap_or(Section::Facts);
    }
    match section {
        Section::Lines { own: true } => cast.add_line(bullet(text)),
        Section::Lines { own: false } | Section::Other => add_quotes(cast, text),
        Section::Facts => {
            add_quotes(cast, text);
            cast.add_facts(bullet(text));
        }
    }
    section
}

/// Quotes of four words and more are lines, unless the words before forbid them.
fn add_quotes(cast: &mut Cast, text: &str) {
    let mut rest = text;
    while let Some(open) = rest.find(['"', '“', '«']) {
        let before = rest[..open].to_lowercase();
        let inner = &rest[open..];
        let width = inner.chars().next().map_or(1, char::len_utf8);
        let Some(close) = inner[width..].find(['"', '”', '»']) else { return };
        let quote = &inner[width..width + close];
        let forbidden =
            ["never", "not", "don't", "don’t", "avoid", "instead of"].iter().any(|no| before.contains(no));
        if !forbidden && quote.split_whitespace().count() >= 4 {
            cast.add_line(quote);
        }
        let after = &inner[width + close..];
        rest = &after[after.chars().next().map_or(0, char::len_utf8)..];
    }
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
    let lower = label.to_lowercase();
    heading(label).is_none()
        && !["{{user}}", "<user>", "user", "you", "human"].contains(&lower.as_str())
        && label.chars().count() <= 32
        && label.chars().next().is_some_and(char::is_alphanumeric)
        && !label.contains(['@', '<', '>'])
}

/// A heading without a label's text: `## Rules`, `[Examples]`, `**Personality**`.
fn title(text: &str) -> Option<&str> {
    let marked = text.starts_with('#')
        || (text.starts_with('[') && text.ends_with(']'))
        || (text.starts_with("**") && text.ends_with("**"));
    marked.then(|| text.trim_matches(|c: char| c.is_whitespace() || "#*[]".contains(c)))
}

fn heading(label: &str) -> Option<Section> {
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

fn bullet(text: &str) -> &str {
    let text = text.trim();
    ["- ", "* ", "• ", "> "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text).trim()
}

/// `text` without one pair of quotes around all of it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = [('"', '"'), ('“', '”'), ('«', '»')]
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inner.filter(|inner| !inner.contains(['"', '“', '«'])).unwrap_or(text)
}

/// Who labels most lines of the prompt, for a prompt that names nobody.
fn commonest_label(prompt: &str) -> Option<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (label, text) in prompt.lines().filter_map(label) {
        if looks_like_name(label) && !label.contains(['{', '<']) && text.split_whitespace().count() >= 2 {
            *counts.entry(label).or_default() += 1;
        }
    }
    counts.into_iter().max_by(|a, b| (a.1, b.0).cmp(&(b.1, a.0))).map(|(label, _)| label.to_owned())
}

fn user_name(prompt: &str) -> Option<String> {
    let lower = prompt.to_ascii_lowercase();
    let phrases = [
        "user's name is ",
        "user is called ",
        "user name: ",
        "{{user}} is ",
        "talking to ",
        "talking with ",
        "speaking with ",
        "speaking to ",
        "chatting with ",
    ];
    phrases.iter().find_map(|phrase| {
        let at = lower.find(phrase)? + phrase.len();
        name::at_start(&prompt[at..])
    })
}
