//! Lore, tested: what the formats say and SillyTavern does (`conformance`), a plain model (`model`), and hostile input.

mod conformance;
mod formats;
mod hostile;
mod model;
mod turns;

use chrono::DateTime;
use serde_json::Value;

use super::*;
use crate::macros::Context;

/// What a test says of a turn; the rest is as plain as can be.
struct Told<'a> {
    lines: Vec<&'a str>,
    settings: Settings,
    matching: Matching,
    state: TimedState,
    messages: Option<u32>,
    answers: u32,
    greeting: Option<u32>,
    seed: u64,
    character: &'a str,
    user: &'a str,
}

impl Default for Told<'_> {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            settings: Settings { scan_depth: 4, recursive: true, ..Settings::default() },
            matching: Matching::default(),
            state: TimedState::default(),
            messages: None,
            answers: 0,
            greeting: None,
            seed: 1,
            character: "Mira",
            user: "Max",
        }
    }
}

impl Told<'_> {
    /// Scans books; a token is a word.
    fn scan(&self, books: &[&Book]) -> Activated {
        let context = Context {
            character: self.character,
            user: self.user,
            group: None,
            original: None,
            now: DateTime::default(),
            conversation: 3,
            seed: self.seed,
        };
        let window: Vec<Message<'_>> = self
            .lines
            .iter()
            .map(|line| match line.split_once('|') {
                Some((name, text)) => Message { name, text },
                None => Message { name: "", text: line },
            })
            .collect();
        Lore::with(books, self.matching).scan(&Turn {
            window: &window,
            state: &self.state,
            settings: &self.settings,
            macros: &context,
            messages: self.messages.unwrap_or_else(|| u32::try_from(window.len()).unwrap()),
            answers: self.answers,
            greeting: self.greeting,
            tokens: &|text| u32::try_from(text.split_whitespace().count()).unwrap(),
        })
    }
}

fn book(value: &Value) -> Book {
    Book::parse(value).unwrap()
}

/// The ids of what a book's scan puts into the prompt, as sorted.
fn ids(book: &Book, activated: &Activated) -> Vec<String> {
    activated.entries.iter().map(|active| book.entries[active.at.entry].id.clone()).collect()
}

fn verdict(activated: &Activated, entry: usize) -> &Verdict {
    &activated.why.iter().find(|why| why.at == At { book: 0, entry }).unwrap().verdict
}
