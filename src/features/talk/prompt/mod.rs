//! The prompt: which words a model gets, in which order, within how many tokens. Pure; nothing here asks anybody.
//!
//! Rules, character, lore and examples come first and are the same bytes for everybody who talks with the same version
//! of a shipped character: providers keep the beginning of prompts that they know. Manner, memory, the newest line and
//! the speaker's anchor follow. A card's lore and notes stand where the card wants them. Where tokens are short the
//! examples leave, then the oldest turns, and at last secrets and lore; nothing else ever.

pub mod clean;
mod explain;
mod history;
mod part;
mod script;
mod voice;

use troupe_cards::lore::{Active, Position};

use self::part::{assistant, system, user};
pub use self::{
    explain::{Sample, sheet},
    part::{Kind, Part},
    script::Script,
    voice::Voice,
};
use crate::{
    ai::{Message, PER_ANSWER, PER_MESSAGE, Role},
    gates::PromptTokens,
    hot::memory::Turn,
};

/// Counts the tokens of a text.
pub type Count<'a> = &'a dyn Fn(&str) -> u32;

/// Of an answer that goes on, only its end is shown.
const TAIL_CHARS: usize = 2_000;
/// Most words that an anchor asks for: the number's length is counted before it is known.
const MOST_WORDS: u32 = 999;

/// What is to be answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Newest<'a> {
    /// A member's line, [`clean::said`].
    Line(&'a str),
    /// The rest of an answer to a line.
    Rest {
        /// The line.
        said: &'a str,
        /// The answer so far.
        before: &'a str,
    },
}

/// What is new in a prompt.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// What the member is called, [`clean::name`].
    pub member: &'a str,
    /// What is to be answered.
    pub newest: Newest<'a>,
    /// How the character treats the member.
    pub manner: Option<&'a str>,
    /// What the character may tell the member.
    pub secrets: &'a [&'a str],
    /// What the two have said before, oldest first.
    pub turns: &'a [Turn],
    /// What of a lorebook is active, [`Script::most_lore`] tokens at most.
    pub lore: &'a [Active],
    /// Most tokens of the answer.
    pub reply_tokens: u32,
}

/// A prompt, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// Tokens that a prompt needs, before anything is known but the line: at least, and with as much memory as `most`
/// tokens hold.
pub fn plan(script: &Script, member: &str, newest: Newest<'_>, most: u32, count: Count<'_>) -> PromptTokens {
    let [line, anchor] = ending(script, member, newest, MOST_WORDS, count);
    let least = PER_ANSWER + script.tokens() + line.tokens + anchor.tokens;
    PromptTokens { least, most: most.max(least + script.room()) }
}

/// Tokens that lore may take in a prompt of so many at most.
pub fn lore_room(script: &Script, moment: &Moment<'_>, budget: u32, count: Count<'_>) -> u32 {
    let [line, anchor] = ending(script, moment.member, moment.newest, MOST_WORDS, count);
    let needed = PER_ANSWER + script.tokens() + line.tokens + anchor.tokens;
    script.most_lore().min(budget.saturating_sub(needed))
}

/// Builds a prompt of `budget` tokens at most, unless what may never leave needs more.
pub fn build(script: &Script, moment: &Moment<'_>, budget: u32, count: Count<'_>) -> Prompt {
    let words = words(moment.reply_tokens);
    let [line, anchor] = ending(script, moment.member, moment.newest, words, count);
    let manner = Script::manner(&script.called, moment.manner, &[], count);
    let ends = [&line, &anchor, &manner];
    let needed: u32 = ends.into_iter().chain(script.fixed()).map(|part| part.tokens).sum();
    let mut left = budget.saturating_sub(needed + PER_ANSWER);
    let lore = fitting(moment.lore, &mut left);
    let manner = with_secrets(script, moment, manner, &mut left, count);
    let memory = history::memory(moment.turns, &mut left, count);
    let at = |position: &Position| lore_at(&lore, position);
    let mut parts = vec![script.rules.clone()];
    parts.extend(script.main.clone());
    parts.extend(at(&Position::BeforeChar));
    parts.extend(script.description.clone());
    parts.extend(script.personality.clone());
    parts.extend(at(&Position::Personality));
    parts.extend(script.scenario.clone());
    parts.extend(at(&Position::Scenario));
    parts.extend(at(&Position::AfterChar));
    parts.extend(script.lore.clone());
    parts.extend(at(&Position::ExamplesTop));
    for example in &script.examples {
        if example.tokens > left {
            break;
        }
        left -= example.tokens;
        parts.push(example.clone());
    }
    parts.extend(at(&Position::ExamplesBottom));
    parts.push(manner);
    parts.extend(history::history(memory, line, script.depth.as_ref(), &lore, count));
    parts.extend(script.after.clone());
    parts.push(anchor);
    Prompt { parts }
}

/// The lore that fits, in its order. What says that it should leave first does, then what comes last.
fn fitting(lore: &[Active], left: &mut u32) -> Vec<Active> {
    let mut kept: Vec<Active> = lore.to_vec();
    let cost = |active: &Active| active.tokens + PER_MESSAGE;
    let mut tokens: u32 = kept.iter().map(cost).fold(0, u32::saturating_add);
    while tokens > *left && !kept.is_empty() {
        let which = kept.iter().rposition(|active| active.first_to_go).unwrap_or(kept.len() - 1);
        tokens -= cost(&kept.remove(which));
    }
    *left -= tokens.min(*left);
    kept
}

/// All lore of one place as one part.
fn lore_at(lore: &[Active], position: &Position) -> Option<Part> {
    let here = || lore.iter().filter(|active| active.position == *position);
    let words: Vec<&str> = here().map(|active| active.content.trim()).collect();
    let tokens = here().map(|active| active.tokens).sum::<u32>() + PER_MESSAGE;
    (!words.is_empty()).then(|| Part { kind: Kind::Lore, messages: vec![system(words.join("\n"))], tokens })
}

impl Prompt {
    /// As a model is asked. What comes before the examples is one message: some models take one instruction only.
    pub fn messages(&self) -> Vec<Message> {
        let mut messages: Vec<Message> = Vec::new();
        for part in &self.parts {
            let is_opening = messages.len() == 1;
            match messages.last_mut() {
                Some(opening) if is_opening && matches!(part.kind, Kind::Character | Kind::Lore) => {
                    for message in &part.messages {
                        opening.content.push_str("\n\n");
                        opening.content.push_str(&message.content);
                    }
                }
                _ => messages.extend(part.messages.iter().cloned()),
            }
        }
        messages
    }

    /// What it costs.
    pub fn tokens(&self) -> u32 {
        PER_ANSWER + self.parts.iter().map(|part| part.tokens).sum::<u32>()
    }

    /// What each part costs, by its name. Parts of one kind that follow each other are one.
    pub fn costs(&self) -> Vec<(&'static str, u32)> {
        let mut costs: Vec<(&'static str, u32)> = Vec::new();
        for part in &self.parts {
            match costs.last_mut() {
                Some((name, tokens)) if *name == part.kind.name() => *tokens += part.tokens,
                _ => costs.push((part.kind.name(), part.tokens)),
            }
        }
        costs
    }

    /// Each part for people to read: what it is for, its tokens, its words. Parts of one kind are one.
    pub fn explain(&self) -> Vec<(Kind, u32, String)> {
        let mut told: Vec<(Kind, u32, String)> = Vec::new();
        for part in &self.parts {
            let text: Vec<String> = part.messages.iter().map(shown).collect();
            match told.last_mut() {
                Some((kind, tokens, words)) if *kind == part.kind => {
                    *tokens += part.tokens;
                    words.push('\n');
                    words.push_str(&text.join("\n"));
                }
                _ => told.push((part.kind, part.tokens, text.join("\n"))),
            }
        }
        told
    }
}

fn shown(message: &Message) -> String {
    let who = match message.role {
        Role::System => return message.content.clone(),
        Role::User => "member",
        Role::Assistant => "character",
    };
    format!("{who}> {}", message.content)
}

/// The manner with as many secrets as fit, the newest of them: no newcomer's talk is reserved more for their sake.
fn with_secrets(
    script: &Script,
    moment: &Moment<'_>,
    manner: Part,
    left: &mut u32,
    count: Count<'_>,
) -> Part {
    for skipped in 0..moment.secrets.len() {
        let telling = Script::manner(&script.called, moment.manner, &moment.secrets[skipped..], count);
        let more = telling.tokens.saturating_sub(manner.tokens);
        if more <= *left {
            *left -= more;
            return telling;
        }
    }
    manner
}

/// The newest line and the anchor.
fn ending(script: &Script, member: &str, newest: Newest<'_>, words: u32, count: Count<'_>) -> [Part; 2] {
    let name = &script.called;
    let (line, anchor) = match newest {
        Newest::Line(said) => (
            vec![user(said.to_owned())],
            format!(
                "Answer as {name} alone, in the language of the member's last message, as plain Discord text of at most \
                 {words} words, without a name in front. The member's name, no more than that: \"{member}\"."
            ),
        ),
        Newest::Rest { said, before } => (
            vec![user(said.to_owned()), assistant(tail(before).to_owned())],
            format!(
                "Your last message broke off. Go on with its very next word, as {name} alone and in the same language, \
                 within {words} words. Repeat nothing, introduce nothing."
            ),
        ),
    };
    [Part::counted(Kind::Line, line, count), Part::counted(Kind::Anchor, vec![system(anchor)], count)]
}

/// Words that so many tokens surely hold, in round numbers: an answer that ends by itself beats one that is cut.
fn words(reply_tokens: u32) -> u32 {
    (reply_tokens * 6 / 100 * 10).clamp(10, MOST_WORDS)
}

fn tail(text: &str) -> &str {
    let skip = text.chars().count().saturating_sub(TAIL_CHARS);
    text.char_indices().nth(skip).map_or(text, |(at, _)| &text[at..])
}

#[cfg(test)]
mod card_tests;
#[cfg(test)]
mod tests;
