//! The tokenizer of OpenAI's present models, `o200k_base`: exact but for rare combining marks, small and quick.
//!
//! The vocabulary (assets/tokens/o200k.bin: each token by its rank, a byte of length before it) is the one that OpenAI
//! publishes under the MIT licence. The crates that carry it were measured: bpe-openai takes 67 MiB once loaded, and
//! tiktoken-rs keeps each token twice in hash maps, where this takes 1.8 MiB beside the file's own 1.6. The text is
//! first cut into words as the model's pattern says, here by hand in place of a regular expression.

use std::ops::Range;

const VOCABULARY: &[u8] = include_bytes!("../../assets/tokens/o200k.bin");
/// Slots of the index: a power of two, a quarter of them empty.
const SLOTS: usize = 1 << 18;
/// Longer words are cut: joining takes the square of a word's length.
const LONGEST: usize = 256;
const NONE: u32 = u32::MAX;

/// The vocabulary, ready to be looked up.
#[derive(Debug)]
pub(super) struct Bpe {
    /// Where each token's length stands in the vocabulary, by rank.
    places: Vec<u32>,
    /// Ranks by the hash of their bytes.
    index: Vec<u32>,
}

impl Bpe {
    /// Builds the index: some milliseconds of work.
    pub(super) fn load() -> Self {
        let mut places = Vec::with_capacity(200_000);
        let mut index = vec![NONE; SLOTS];
        let mut at = 0;
        while at < VOCABULARY.len() {
            let rank = u32::try_from(places.len()).expect("some 200,000 tokens");
            places.push(u32::try_from(at).expect("less than 2 MB"));
            let token = token_at(at);
            at += 1 + token.len();
            let mut slot = hash(token);
            while index[slot] != NONE {
                slot = (slot + 1) % SLOTS;
            }
            index[slot] = rank;
        }
        Self { places, index }
    }

    /// Tokens of a text.
    pub(super) fn count(&self, text: &str) -> usize {
        let mut ends = Vec::new();
        words(text)
            .flat_map(|word| word.as_bytes().chunks(LONGEST))
            .map(|word| self.count_word(word, &mut ends))
            .sum()
    }

    fn rank(&self, token: &[u8]) -> u32 {
        let mut slot = hash(token);
        loop {
            let rank = self.index[slot];
            if rank == NONE {
                return NONE;
            }
            let place = self.places[usize::try_from(rank).expect("a rank is small")];
            if token_at(usize::try_from(place).expect("a place is small")) == token {
                return rank;
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Joins the pair of lowest rank, again and again.
    fn count_word(&self, word: &[u8], parts: &mut Vec<(usize, u32)>) -> usize {
        if word.len() == 1 || self.rank(word) != NONE {
            return 1;
        }
        // Each part by its start, with the rank that it and the next part have together.
        parts.clear();
        parts.extend((0..word.len() - 1).map(|at| (at, self.rank(&word[at..at + 2]))));
        parts.extend([(word.len() - 1, NONE), (word.len(), NONE)]);
        loop {
            let lowest = parts.iter().enumerate().min_by_key(|(_, (_, rank))| *rank);
            let Some((at, (_, rank))) = lowest.map(|(at, part)| (at, *part)) else { break };
            if rank == NONE {
                break;
            }
            let joined = |parts: &[(usize, u32)], at: usize| {
                let pair: Option<Range<usize>> = parts.get(at + 3).map(|end| parts[at].0..end.0);
                pair.map_or(NONE, |pair| self.rank(&word[pair]))
            };
            parts[at].1 = joined(parts, at);
            if at > 0 {
                parts[at - 1].1 = joined(parts, at - 1);
            }
            parts.remove(at + 1);
        }
        parts.len() - 1
    }
}

fn token_at(place: usize) -> &'static [u8] {
    let length = usize::from(VOCABULARY[place]);
    &VOCABULARY[place + 1..][..length]
}

fn hash(bytes: &[u8]) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 29;
    usize::try_from(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SLOTS.trailing_zeros())).unwrap_or(0)
}

/// The words of a text in the pattern's sense: joined they are the text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, tail) = rest.split_at(first_word(rest));
        rest = tail;
        Some(word)
    })
}

fn first_word(text: &str) -> usize {
    let first = text.chars().next().expect("the text is not empty");
    let is_before = !matches!(first, '\r' | '\n') && !is_letter(first) && !first.is_numeric();
    let with_before = is_before.then(|| letters(&text[first.len_utf8()..])).flatten();
    if let Some(end) = with_before.map(|end| end + first.len_utf8()).or_else(|| letters(text)) {
        return end + contraction(&text[end..]);
    }
    if first.is_numeric() {
        return run(text, 3, char::is_numeric);
    }
    let space = usize::from(first == ' ');
    let marks = run(&text[space..], usize::MAX, |c| !c.is_whitespace() && !is_letter(c) && !c.is_numeric());
    if marks > 0 {
        let end = space + marks;
        return end + run(&text[end..], usize::MAX, |c| matches!(c, '\r' | '\n' | '/'));
    }
    let spaces = run(text, usize::MAX, char::is_whitespace);
    if let Some(end) = text[..spaces].rfind(['\r', '\n']) {
        return end + 1;
    }
    let last = text[..spaces].chars().next_back().map_or(0, char::len_utf8);
    // The last space goes to the word behind it.
    if spaces < text.len() && spaces > last { spaces - last } else { spaces.max(first.len_utf8()) }
}

/// Length of the letters at the beginning that make one word: capitals and then small ones.
fn letters(text: &str) -> Option<usize> {
    let capitals = run(text, usize::MAX, is_capital);
    let small = run(&text[capitals..], usize::MAX, is_small);
    if small > 0 {
        return Some(capitals + small);
    }
    // Letters without case count as either: the last of them ends the word.
    let either = text[..capitals].char_indices().rev().find(|(_, c)| is_small(*c));
    either.map(|(at, c)| at + c.len_utf8()).or((capitals > 0).then_some(capitals))
}

/// Length of `'s` and the like.
fn contraction(text: &str) -> usize {
    let ends = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
    let fits = |end: &&&str| text.get(..end.len()).is_some_and(|head| head.eq_ignore_ascii_case(end));
    ends.iter().find(fits).map_or(0, |end| end.len())
}

fn run(text: &str, most: usize, belongs: impl Fn(char) -> bool) -> usize {
    text.chars().take(most).take_while(|c| belongs(*c)).map(char::len_utf8).sum()
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !c.is_numeric() && !is_mark(c)
}

fn is_capital(c: char) -> bool {
    is_mark(c) || (is_letter(c) && !c.is_lowercase())
}

fn is_small(c: char) -> bool {
    is_mark(c) || (is_letter(c) && !c.is_uppercase())
}

/// Combining marks, as far as the alphabets of most members have them.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' | '\u{981}'..='\u{983}' | '\u{9bc}' | '\u{9be}'..='\u{9cd}'
        | '\u{b82}' | '\u{bbe}'..='\u{bcd}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}' | '\u{3099}' | '\u{309a}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_cut_as_the_pattern_says() {
        for (text, cut) in [
            ("Hello, world!", "Hello|,| world|!"),
            ("I'm HELLOworld's  x", "I'm| HELLOworld's| | x"),
            ("a\n\n  b\n", "a|\n\n| | b|\n"),
            ("12345 6", "123|45| |6"),
            ("x = y / z;\n}", "x| =| y| /| z|;\n|}"),
            ("camelCaseXML", "camel|Case|XML"),
            ("   ", "   "),
            ("日本語です", "日本語です"),
            ("don'T stop", "don'T| stop"),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>().join("|"), cut);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn counts_are_those_of_the_reference(
            texts in prop::collection::vec("([A-Za-z]{0,12}|[äöüßéñç]{1,3}|[0-9]{1,5}|[ \n\t]{1,3}|['.,!?*/:-]{1,3}|[а-яА-Я]{1,9}|[ぁ-ん一-丁]{1,4}|[😀-😏]){0,30}", 32),
        ) {
            static BOTH: std::sync::LazyLock<(Bpe, tiktoken_rs::CoreBPE)> =
                std::sync::LazyLock::new(|| (Bpe::load(), tiktoken_rs::o200k_base().expect("a vocabulary")));
            for text in texts {
                prop_assert_eq!(BOTH.0.count(&text), BOTH.1.encode_ordinary(&text).len(), "{:?}", text);
                prop_assert_eq!(words(&text).collect::<String>(), text);
            }
        }

        #[test]
        fn any_text_is_counted(text in any::<String>(), letter in any::<char>()) {
            prop_assert_eq!(words(&text).collect::<String>(), text);
            words(&letter.to_string().repeat(3_000)).for_each(drop);
        }
    }
}
