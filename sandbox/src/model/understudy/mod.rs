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

/// An answer to `messages`, never empty. `again` says how often the same was asked before.
pub(crate) fn reply(messages: &[Message<'_>], seed: Option<i64>, again: u64) -> String {
    let cast = prompt::read(messages);
    let said = said::read(messages, &cast);
    let history: Vec<String> = messages[prompt::talk_begins(messages)..]
        .iter()
        .filter(|message| message.role == Role::Assistant)
        .map(|message| message.text().into_owned())
        .collect();
    let luck = words::hash(&(&said.text, &cast.name, history.len(), seed, again));
    compose::answer(&cast, &said, &history, luck)
}

#[cfg(test)]
mod tests;
