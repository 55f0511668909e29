//! Finds thousands of plain keys in one pass.

use std::collections::HashMap;

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;

/// Not found.
pub(super) const NEVER: usize = usize::MAX;

/// How the keys of a table match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// Capital letters count.
    pub(super) sensitive: bool,
    /// No ASCII letter, digit or underscore may stand beside the key: what SillyTavern takes for a whole word.
    pub(super) words: bool,
}

impl Manner {
    /// Every manner there is, each at its own [`number`](Self::number).
    pub(super) const ALL: [Self; 4] = [
        Self { sensitive: false, words: false },
        Self { sensitive: false, words: true },
        Self { sensitive: true, words: false },
        Self { sensitive: true, words: true },
    ];

    /// Its place among tables.
    pub(super) fn number(self) -> usize {
        usize::from(self.sensitive) * 2 + usize::from(self.words)
    }

    /// A key's manner: SillyTavern looks for keys of several words anywhere.
    pub(super) fn of(key: &str, sensitive: bool, words: bool) -> Self {
        Self { sensitive, words: words && !key.contains(char::is_whitespace) }
    }

    /// A text as keys of this manner see it.
    pub(super) fn fold(self, text: &str) -> String {
        if self.sensitive { text.to_owned() } else { text.to_lowercase() }
    }

    /// Whether a key, folded, stands in a text, folded.
    pub(super) fn holds(self, text: &str, key: &str) -> bool {
        let free = |at: usize| {
            let bytes = text.as_bytes();
            !bytes[..at].last().copied().is_some_and(is_word)
                && !bytes.get(at + key.len()).copied().is_some_and(is_word)
        };
        let mut rest = 0;
        while let Some(found) = text[rest..].find(key) {
            let at = rest + found;
            if !self.words || free(at) {
                return true;
            }
            rest = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        false
    }
}

/// What JavaScript's `\w` is.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Keys of one manner, on their way into a table.
#[derive(Default)]
pub(super) struct Collected {
    keys: Vec<String>,
    known: HashMap<String, usize>,
}

impl Collected {
    /// A key's number in the table to be; equal keys share one.
    pub(super) fn number(&mut self, key: &str) -> usize {
        *self.known.entry(key.to_owned()).or_insert_with(|| {
            self.keys.push(key.to_owned());
            self.keys.len() - 1
        })
    }

    pub(super) fn compile(self, manner: Manner) -> Table {
        let automaton = (!self.keys.is_empty()).then(|| {
            NFA::new(&self.keys).expect("the keys are far fewer and shorter than an automaton takes")
        });
        Table { manner, automaton, count: self.keys.len() }
    }
}

/// Keys of one manner, compiled.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) manner: Manner,
    automaton: Option<NFA>,
    count: usize,
}

impl Table {
    /// A place for each key's first end.
    pub(super) fn blank(&self) -> Vec<usize> {
        vec![NEVER; self.count]
    }

    /// Notes for each key where its first match in a text, folded, ends. Linear in the text: a key that was found is not
    /// looked at again, nor are those that end it. How many matches were looked at.
    pub(super) fn find(&self, text: &str, ends: &mut [usize]) -> usize {
        let Some(automaton) = &self.automaton else { return 0 };
        let mut looked = 0;
        let bytes = text.as_bytes();
        let mut state = automaton.start_state(Anchored::No).expect("the automaton searches anywhere");
        for (at, byte) in bytes.iter().enumerate() {
            state = automaton.next_state(Anchored::No, state, *byte);
            if !automaton.is_special(state) || !automaton.is_match(state) {
                continue;
            }
            let end = at + 1;
            if self.manner.words && bytes.get(end).copied().is_some_and(is_word) {
                continue;
            }
            for index in 0..automaton.match_len(state) {
                looked += 1;
                let pattern = automaton.match_pattern(state, index);
                let first = &mut ends[pattern.as_usize()];
                if *first != NEVER {
                    if self.manner.words {
                        continue;
                    }
                    // The longest comes first, and the others end it: they were found with it.
                    break;
                }
                let start = end - automaton.pattern_len(pattern);
                if !self.manner.words || !bytes[..start].last().copied().is_some_and(is_word) {
                    *first = end;
                }
            }
        }
        looked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_keys_cost_no_more_than_the_text_and_the_keys() {
        let manner = Manner { sensitive: true, words: false };
        let mut keys = Collected::default();
        for length in 1..=400 {
            keys.number(&"a".repeat(length));
        }
        let table = keys.compile(manner);
        let (text, mut ends) = ("a".repeat(10_000), table.blank());
        let looked = table.find(&text, &mut ends);
        assert_eq!(ends, (1..=400).collect::<Vec<usize>>());
        assert!(looked <= text.len() + 400, "{looked}");
    }
}
