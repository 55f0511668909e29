//! A reply's words, cut into tokens, and cut short where a request says so.

use std::sync::Arc;

use super::tokens;

/// A text and where its tokens end. Clones share the text.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    text: Arc<str>,
    /// The end of each token in `text`, in bytes, ascending.
    ends: Arc<[usize]>,
    /// How much of `text` is spoken, in bytes.
    bytes: usize,
    /// How many tokens are spoken; the last may be cut by `bytes`.
    count: usize,
}

impl Speech {
    /// `text` in the tokens of the server's own estimate.
    pub(crate) fn of(text: &str) -> Self {
        Self::new(text.into(), tokens::pieces(text).map(str::len))
    }

    /// Exactly these tokens.
    pub(crate) fn of_tokens(tokens: &[String]) -> Self {
        Self::new(tokens.concat().into(), tokens.iter().map(String::len))
    }

    fn new(text: Arc<str>, lengths: impl Iterator<Item = usize>) -> Self {
        let ends: Arc<[usize]> = lengths
            .scan(0, |end, length| {
                *end += length;
                Some(*end)
            })
            .collect();
        Self { bytes: text.len(), count: ends.len(), text, ends }
    }

    /// What is spoken.
    pub(crate) fn text(&self) -> &str {
        &self.text[..self.bytes]
    }

    /// How many tokens are spoken.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The token at `at`, which is less than [`Self::count`].
    pub(crate) fn token(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[at].min(self.bytes)]
    }

    /// Ends before the first of the `stops`.
    pub(crate) fn stop_at(&mut self, stops: &[String]) {
        let text = self.text();
        let found = stops.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop.as_str()));
        if let Some(at) = found.min() {
            self.bytes = at;
            self.count = self.ends.iter().take_while(|end| **end < at).count() + usize::from(at > 0);
        }
    }

    /// Ends after `limit` tokens; whether that cut anything.
    pub(crate) fn limit(&mut self, limit: u64) -> bool {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if self.count <= limit {
            return false;
        }
        self.count = limit;
        self.bytes = limit.checked_sub(1).map_or(0, |last| self.ends[last]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(speech: &Speech) -> String {
        (0..speech.count()).map(|at| speech.token(at)).collect()
    }

    #[test]
    fn stops_and_limits_cut_text_and_tokens_alike() {
        let whole = Speech::of("One, two, three.");
        assert_eq!((whole.count(), spoken(&whole).as_str()), (6, "One, two, three."));

        let mut stopped = whole.clone();
        stopped.stop_at(&["three".into(), "wo".into()]);
        assert_eq!((stopped.text(), spoken(&stopped).as_str(), stopped.count()), ("One, t", "One, t", 3));
        stopped.stop_at(&["One".into()]);
        assert_eq!((stopped.text(), stopped.count()), ("", 0));

        let mut limited = whole.clone();
        assert!(limited.limit(3));
        assert_eq!((limited.text(), spoken(&limited).as_str()), ("One, two", "One, two"));
        assert!(!limited.limit(3));
    }

    #[test]
    fn given_tokens_are_kept_even_if_empty() {
        let speech = Speech::of_tokens(&["", "a", "", "b"].map(String::from));
        assert_eq!((0..4).map(|at| speech.token(at)).collect::<Vec<_>>(), ["", "a", "", "b"]);
    }
}
