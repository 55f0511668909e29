//! The understudy: an honest stand-in for a model that answers from a character's own lines.
//!
//! It invents nothing. From the prompt it reads who speaks, the character's example lines and the
//! sentences that describe it; from the last message what was said. It answers with the line that
//! shares most with what was said, led in by a few words that take it up. The same conversation gets
//! the same answer; the next turn, another `seed`, or the same prompt asked again gets another.

mod compose;
mod layout;
mod name;
mod prompt;
mod said;
mod sentences;
mod words;

use super::wire::{Message, Role};

/// For people, at start-up: who is speaking, since no model is.
pub const NOTICE: &str = "No model is configured. The understudy speaks in its place: it only recombines the \
    character's own lines and description from the prompt, so its answers are a stand-in, not a model's work.";

/// How many earlier answers to the same prompt an answer differs from, where it can.
const REMEMBERED: u64 = 4;
/// How many answers are made to find one that differs, and how far apart their luck is.
const TRIES: u64 = 16;
const STRIDE: u64 = 1_000_003;

/// An answer to `messages`, never empty. `again` says how often the same was asked before.
pub(crate) fn reply(messages: &[Message<'_>], seed: Option<i64>, again: u64) -> String {
    let cast = prompt::read(messages);
    let said = said::read(messages, &cast);
    let history: Vec<String> = messages[prompt::talk_begins(messages)..]
        .iter()
        .filter(|message| message.role == Role::Assistant)
        .map(|message| message.text().into_owned())
        .collect();
    let answer = |again: u64| {
        let luck = words::hash(&(&said.text, &cast.name, history.len(), seed, again));
        compose::answer(&cast, &said, &history, luck)
    };
    // A character has few lines, and other luck may lead to the same ones: whoever asks again wants another answer.
    let before: Vec<String> = (again.saturating_sub(REMEMBERED)..again).map(answer).collect();
    let mut others = (0..TRIES).map(|step| answer(again + step * STRIDE));
    others.find(|other| !before.contains(other)).unwrap_or_else(|| answer(again))
}

#[cfg(test)]
mod tests;
