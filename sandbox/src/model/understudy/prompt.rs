//! Reads a prompt: the character's name, its example lines, and what it can say of itself.

use super::super::wire::{Message, Role};
use super::layout::{self, Section};
use super::{name, sentences};

/// About how much of a prompt is read, in bytes; a longer one has said enough by then.
const LONGEST_PROMPT: usize = 64 * 1024;
/// The longest line that is spoken at once, in characters.
const LONGEST_LINE: usize = 280;
/// The most lines, and the most facts, that are kept.
const MAX_LINES: usize = 400;

/// Who speaks, and from what.
#[derive(Debug, Default)]
pub(super) struct Cast {
    /// The character's name.
    pub(super) name: Option<String>,
    /// The name of the person spoken with.
    pub(super) user: Option<String>,
    /// The character's example lines.
    pub(super) lines: Vec<String>,
    /// What was said before some of the lines in an example, by the line's place in `lines`.
    pub(super) cues: Vec<(usize, String)>,
    /// What the character can say of itself.
    pub(super) facts: Vec<String>,
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
}

/// Reads the system messages (where there are none, those of the person).
pub(super) fn read(messages: &[Message<'_>]) -> Cast {
    let is_system = |message: &Message<'_>| matches!(message.role, Role::System | Role::Developer);
    let has_system = messages.iter().any(is_system);
    let mut prompt = String::new();
    for message in messages.iter().filter(|message| is_system(message) || !has_system) {
        let text = message.text();
        // How some clients mark the example conversation.
        let label = match message.name.as_deref() {
            Some("example_assistant") => "{{char}}: ",
            Some("example_user") => "{{user}}: ",
            _ => "",
        };
        prompt.push_str(label);
        prompt.extend(text.chars().take(LONGEST_PROMPT.saturating_sub(prompt.len())));
        prompt.push('\n');
    }
    let name = name::find(&prompt).or_else(|| name::commonest_label(&prompt));
    let user = name::of_user(&prompt, name.as_deref());
    let cast = Cast { name, user, ..Cast::default() };
    let titled = prompt.lines().filter_map(layout::title).any(|title| cast.is_character(title));
    let mut reader = Reader { cast, section: Section::Facts, titled, foreign: false, cue: None };
    prompt.lines().for_each(|line| reader.line(line.trim()));
    reader.rehearsed(&messages[..talk_begins(messages)]);
    reader.cast
}

/// Where the talk begins: an instruction between turns parts it from the examples before.
pub(super) fn talk_begins(messages: &[Message<'_>]) -> usize {
    let last_said = messages.iter().rposition(|message| message.role == Role::User).unwrap_or(0);
    let is_instruction = |message: &Message<'_>| matches!(message.role, Role::System | Role::Developer);
    messages[..last_said].iter().rposition(is_instruction).unwrap_or(0)
}

/// Goes through a prompt line by line.
struct Reader {
    cast: Cast,
    /// Under what the next line stands.
    section: Section,
    /// Whether the prompt has a title for each character, and this one among them.
    titled: bool,
    /// Whether the next line stands under another character's title.
    foreign: bool,
    /// What was said last in an example, by another.
    cue: Option<String>,
}

impl Reader {
    /// Examples that stand as turns before the talk.
    fn rehearsed(&mut self, messages: &[Message<'_>]) {
        self.cue = None;
        for message in messages {
            match message.role {
                Role::User => self.cue = Some(message.text().into_owned()),
                Role::Assistant => self.add_line(&message.text()),
                _ => self.cue = None,
            }
        }
    }

    fn line(&mut self, text: &str) {
        if text.eq_ignore_ascii_case("<START>") {
            (self.section, self.foreign, self.cue) = (Section::Lines { own: true }, false, None);
        } else if let Some((label, rest)) = layout::label(text) {
            self.labelled(text, label, rest);
        } else if let Some(title) = layout::title(text) {
            self.foreign = self.titled && layout::heading(title).is_none() && !self.cast.is_character(title);
            self.section = layout::heading(title).unwrap_or(Section::Facts);
        } else if !text.is_empty() && !self.foreign {
            self.plain(text);
        }
    }

    fn labelled(&mut self, text: &str, label: &str, rest: &str) {
        let in_lines = matches!(self.section, Section::Lines { .. });
        if self.cast.is_character(label) && !rest.is_empty() {
            self.add_line(rest);
            if in_lines {
                self.section = Section::Lines { own: true };
            }
        } else if let Some(heading) = layout::heading(label) {
            match heading {
                _ if self.foreign => {}
                Section::Lines { .. } => self.add_line(rest),
                Section::Facts => self.add_facts(rest),
                Section::Other => {}
            }
            // Rules that stand behind their label end with their line.
            if heading != Section::Other || rest.is_empty() {
                self.section = heading;
            }
        } else if layout::is_user(label) || in_lines || layout::unquoted(rest) != rest {
            // Another's words: what the next line answers, if it is the character's.
            self.cue = Some(layout::unquoted(rest).to_owned());
            if in_lines {
                self.section = Section::Lines { own: false };
            }
        } else if !self.foreign {
            self.plain(text);
        }
    }

    fn plain(&mut self, text: &str) {
        match self.section {
            Section::Lines { own: true } => self.add_line(layout::bullet(text)),
            Section::Lines { own: false } | Section::Other => self.add_quotes(text),
            Section::Facts => {
                self.add_quotes(text);
                self.add_facts(layout::bullet(text));
            }
        }
    }

    fn add_line(&mut self, text: &str) {
        let text = layout::unquoted(text);
        let cue = self.cue.take();
        let lines = &mut self.cast.lines;
        if !text.chars().any(char::is_alphanumeric) || lines.len() >= MAX_LINES {
            return;
        }
        for line in sentences::chunks(text, LONGEST_LINE) {
            if !lines.contains(&line) {
                self.cast.cues.extend(cue.iter().map(|cue| (lines.len(), cue.clone())));
                lines.push(line);
            }
        }
    }

    fn add_facts(&mut self, text: &str) {
        let name = self.cast.name.clone().unwrap_or_default();
        let facts = &mut self.cast.facts;
        for sentence in sentences::split(text) {
            if let Some(fact) = sentences::in_first_person(sentence, &name)
                && facts.len() < MAX_LINES
                && !facts.contains(&fact)
                && fact != format!("I am {name}.")
            {
                facts.push(fact);
            }
        }
    }

    /// Quotes of four words and more are lines, unless the words before forbid them, or they are a saying to be woven in.
    fn add_quotes(&mut self, text: &str) {
        const FORBIDDING: [&str; 6] = ["never", "not", "don't", "don’t", "avoid", "instead of"];
        let mut parts = text.split(['"', '“', '”', '«', '»', '「', '」']);
        let mut before = parts.next().unwrap_or_default().to_lowercase();
        while let (Some(quote), Some(after)) = (parts.next(), parts.next()) {
            let forbidden = FORBIDDING.iter().any(|no| before.contains(no));
            let is_saying = quote.starts_with(char::is_lowercase);
            if !forbidden && !is_saying && layout::is_phrase(quote, 4) {
                self.add_line(quote);
            }
            before = after.to_lowercase();
        }
    }
}
