//! What a call used: as the provider reports it, else counted here from what came.

use super::{tokens::Counter, types::Usage, wire::Reported};

/// Most bytes that are kept to count their tokens.
const MOST_COUNTED: usize = 256 * 1024;

/// What is needed to say what was used.
pub(super) struct Counted {
    reported: Option<Reported>,
    messages: u32,
    prompt: u32,
    /// Words and reasoning as they came, up to a bound.
    words: String,
}

impl Counted {
    /// For a prompt of so many messages, with so many tokens as estimated.
    pub(super) fn new(messages: usize, prompt: u32) -> Self {
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        Self { reported: None, messages, prompt, words: String::new() }
    }

    /// Takes words in, whether they are shown or not.
    pub(super) fn keep(&mut self, words: &str) {
        if self.words.len() + words.len() <= MOST_COUNTED {
            self.words.push_str(words);
        }
    }

    /// The provider's own count; the last one holds.
    pub(super) fn report(&mut self, reported: Option<Reported>) {
        self.reported = reported.or(self.reported);
    }

    /// Whether no words have come.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// What was used. The counter learns from what was reported.
    pub(super) fn usage(&self, counter: &Counter) -> Usage {
        let Some(Reported { prompt, cached, completion }) = self.reported else {
            let completion = counter.count(&self.words);
            return Usage { prompt: self.prompt, cached: 0, completion, reported: false };
        };
        counter.learn(self.messages, self.prompt, prompt);
        if completion > 0 {
            return Usage { prompt, cached, completion, reported: true };
        }
        // The prompt alone was counted there.
        Usage { prompt, cached, completion: counter.count(&self.words), reported: false }
    }
}
