//! How many tokens a text has: by the model's own tokenizer where that is known and loaded, else estimated by kinds of
//! characters, and calibrated by what the provider reports.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use moka::sync::Cache;

use super::{bpe::Bpe, types::Message};

/// Tokens of a message besides its text: its role and its frame, in most models' templates.
pub const PER_MESSAGE: u32 = 4;
/// Tokens that open the answer.
pub const PER_ANSWER: u32 = 3;
/// The factor of calibration is kept in thousandths, and within these bounds.
const ONE: u32 = 1_000;
const LEAST: u32 = ONE / 2;
const MOST: u32 = 3 * ONE;
/// Of prompts shorter than this nothing is learned: their frames weigh too much.
const LEARNS_FROM: u32 = 100;
/// Texts from so many bytes on are counted once: how a character's prompts begin is the same in each, and counting
/// that was a twelfth of the processor time of a whole talk.
const LONG: usize = 512;
/// Long texts whose counts are known.
const MOST_KNOWN: u64 = 2_000;

/// A tokenizer that may still have to be loaded.
pub(super) type Tokenizer = Arc<OnceLock<Bpe>>;

/// Whether that model has the tokenizer that is known here.
pub(super) fn has_tokenizer(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let families = ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "gpt-oss", "o1", "o3", "o4"];
    families.iter().any(|family| {
        let rest = name.strip_prefix(family);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', ':']))
    })
}

/// Counts the tokens of one provider's model.
pub(super) struct Counter {
    tokenizer: Option<Tokenizer>,
    /// Thousandths by which an estimate is multiplied.
    factor: AtomicU32,
    /// Exact counts of long texts, by hash: of what anybody said, nothing is kept here.
    known: Cache<u64, u32>,
    hasher: RandomState,
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter").field("factor", &self.factor).finish_non_exhaustive()
    }
}

impl Counter {
    pub(super) fn new(tokenizer: Option<Tokenizer>) -> Self {
        let (known, hasher) = (Cache::new(MOST_KNOWN), RandomState::new());
        Self { tokenizer, factor: AtomicU32::new(ONE), known, hasher }
    }

    fn exact(&self) -> Option<&Bpe> {
        self.tokenizer.as_ref()?.get()
    }

    /// Tokens of a text.
    pub(super) fn count(&self, text: &str) -> u32 {
        if let Some(tokenizer) = self.exact() {
            let exact = || u32::try_from(tokenizer.count(text)).unwrap_or(u32::MAX);
            if text.len() < LONG {
                return exact();
            }
            return self.known.get_with(self.hasher.hash_one(text), exact);
        }
        scale(estimate(text), self.factor.load(Ordering::Relaxed))
    }

    /// Tokens of a prompt with its frames.
    pub(super) fn prompt(&self, messages: &[Message]) -> u32 {
        messages
            .iter()
            .map(|message| self.count(&message.content).saturating_add(PER_MESSAGE))
            .fold(PER_ANSWER, u32::saturating_add)
    }

    /// Learns from a prompt's tokens as the provider reports them: an eighth of the way to what would have been right.
    pub(super) fn learn(&self, messages: u32, estimated: u32, reported: u32) {
        let frames = messages.saturating_mul(PER_MESSAGE).saturating_add(PER_ANSWER);
        let texts = |tokens: u32| tokens.saturating_sub(frames);
        if self.exact().is_some() || texts(estimated) < LEARNS_FROM || texts(reported) == 0 {
            return;
        }
        let before = self.factor.load(Ordering::Relaxed);
        let right = u64::from(before) * u64::from(texts(reported)) / u64::from(texts(estimated));
        let right = u32::try_from(right).unwrap_or(MOST).clamp(LEAST, MOST);
        // Two that learn at once: one of them is lost, which does no harm.
        self.factor.store((before * 7 + right) / 8, Ordering::Relaxed);
    }
}

fn scale(tokens: u32, factor: u32) -> u32 {
    u32::try_from((u64::from(tokens) * u64::from(factor)).div_ceil(u64::from(ONE))).unwrap_or(u32::MAX)
}

/// Tokens without any calibration: close to the vocabularies of present models on prose, high rather than low.
fn estimate(text: &str) -> u32 {
    // In twelfths of a token.
    let mut twelfths: u64 = 0;
    let mut word: u64 = 0;
    let end_word = |word: &mut u64, twelfths: &mut u64| {
        // Words of up to 7 letters mostly are one token, and then each further 4 letters one more.
        *twelfths += match std::mem::take(word) {
            0 => 0,
            letters @ 1..=7 => 12 + letters / 4,
            letters => 12 + (letters - 7).div_ceil(4) * 12,
        };
    };
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            word += 1;
            continue;
        }
        end_word(&mut word, &mut twelfths);
        twelfths += match c {
            ' ' => 1,
            '0'..='9' => 5,
            '\n' => 8,
            c if c.is_ascii() => 10,
            // Latin with accents, Greek, Cyrillic, Hebrew, Arabic: a few letters are a token.
            '\u{80}'..='\u{7ff}' => 6,
            // Kana, ideographs, Hangul: about a token each.
            '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => 11,
            '\u{800}'..='\u{ffff}' => 9,
            // Emoji and what is rarer.
            _ => 26,
        };
    }
    end_word(&mut word, &mut twelfths);
    u32::try_from(twelfths.div_ceil(12)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_near_what_a_tokenizer_says() {
        let tokenizer = Bpe::load();
        for text in [
            "The lighthouse keeper poured another cup of tea and looked out at the storm.",
            "Der Leuchtturmwärter goss sich noch eine Tasse Tee ein und sah in den Sturm hinaus.",
            "Смотритель маяка налил себе ещё чашку чая и посмотрел на бурю.",
            "灯台守はもう一杯お茶を注ぎ、嵐を眺めた。",
        ] {
            let (estimated, counted) = (f64::from(estimate(text)), tokenizer.count(text));
            let ratio = estimated / f64::from(u32::try_from(counted).expect("few"));
            assert!((0.7..1.7).contains(&ratio), "{estimated} for {counted}: {text}");
        }
        assert_eq!(estimate(""), 0);
    }

    #[test]
    fn models_with_a_known_tokenizer_are_counted_exactly() {
        for (model, known) in [
            ("gpt-4o-mini", true),
            ("openai/gpt-4.1-mini", true),
            ("gpt-5", true),
            ("o3-mini", true),
            ("openai/gpt-oss-20b:free", true),
            ("gpt-4", false),
            ("gpt-4-turbo", false),
            ("o10", false),
            ("llama3.2", false),
            ("first-model", false),
        ] {
            assert_eq!(has_tokenizer(model), known, "{model}");
        }
        let tokenizer = Tokenizer::default();
        let counter = Counter::new(Some(Arc::clone(&tokenizer)));
        let text = "The lighthouse keeper poured another cup of tea.";
        assert!(counter.count(text) > 0, "estimated as long as it is not loaded");
        tokenizer.set(Bpe::load()).expect("the first");
        assert_eq!(counter.count(text), 9);
        let long = text.repeat(100);
        for text in [&long, &long[1..], &long] {
            let exact = tokenizer.get().expect("loaded").count(text);
            assert_eq!(counter.count(text) as usize, exact, "counted, or known");
        }
    }

    #[test]
    fn calibration_comes_near_and_stays_within_bounds() {
        let counter = Counter::new(None);
        let text = "The keeper of the lighthouse looked at the sea. ".repeat(40);
        let messages = [Message { role: crate::ai::types::Role::User, content: text.clone() }];
        let before = counter.count(&text);
        for _ in 0..60 {
            let estimated = counter.prompt(&messages);
            counter.learn(1, estimated, before * 3 / 2 + 7);
        }
        let after = counter.count(&text);
        assert!(after > before * 14 / 10 && after < before * 16 / 10, "{before} → {after}");
        for _ in 0..200 {
            counter.learn(1, counter.prompt(&messages), u32::MAX);
        }
        assert!(counter.count(&text) <= before * 3 + 1);
        counter.learn(1, 107, 0);
        assert!(counter.count("") == 0);
    }
}
