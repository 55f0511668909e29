//! Words: splitting, comparing, and telling English from other languages.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// English words that say little about what a sentence is about.
const STOP_WORDS: &str = " a able about actually after again all already also always am an and another any anything \
    are aren't around as at away be because been before being believe between both but by call came can can't come \
    could couldn't day days did didn't do does doesn't doing don't done down each else ever every everything explain feel few \
    find for from gave get getting give go goes going gone gonna good got guess ha had haha has hasn't have haven't he he's \
    hear hello help her here hers hey hi him his hmm how i i'd i'll i'm i've if in into is isn't it it's its just keep \
    knew know last let let's like little look looking lol lot lots made make makes many may maybe me mean might mine more \
    most much must my need never new no not nothing now of off oh ok okay on once one only or other our out over own \
    perhaps please pretty put quite rather really right said same saw say says see seem seen she she's should show so \
    some someone something sometimes still such sure take talk tell than thank thanks that that's the their them then \
    there there's these they they're thing things think this those though thought through till time times to today together \
    tomorrow tonight too took try two under until up upon us use used very want wanted wants was wasn't way we we're \
    well went were weren't what what's when where where's which while who who's whom whose why will with without won't \
    would wouldn't wow yes yesterday yet you you'd you'll you're you've your yours ";

/// A stable hash, the same on every run.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Whether a lower-case word says little by itself.
pub(super) fn is_stop_word(word: &str) -> bool {
    let plain = word.replace('’', "'");
    !plain.contains(' ') && STOP_WORDS.contains(&format!(" {plain} "))
}

/// The words of `text` as they stand there, without the signs around them.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '-'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// What `text` is about: the stems of its words, each once. Scripts without spaces give pairs of characters.
pub(super) fn stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in split(text) {
        let word = word.to_lowercase();
        if word.chars().any(is_wide) {
            let chars: Vec<char> = word.chars().collect();
            stems.extend(chars.windows(2).map(String::from_iter));
        } else if word.chars().count() > 1 && !is_stop_word(&word) {
            stems.push(stem(&word));
        }
    }
    stems.sort_unstable();
    stems.dedup();
    stems
}

/// `word` without the commonest English endings, and not longer than six letters: "stormy", "storms"
/// and "storm" are to meet, and what else meets does little harm.
fn stem(word: &str) -> String {
    let ending = ["ing", "ies", "ed", "es", "ly", "s", "y", "e"]
        .into_iter()
        .find(|ending| word.strip_suffix(ending).is_some_and(|rest| rest.chars().count() >= 3));
    let rest = ending.and_then(|ending| word.strip_suffix(ending)).unwrap_or(word);
    rest.chars().take(6).collect()
}

/// Whether `c` is of a script that puts no spaces between words.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// Whether `text` is English; `None` if it is too short to tell.
pub(super) fn is_english(text: &str) -> Option<bool> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ascii = text.chars().filter(char::is_ascii_alphabetic).count();
    if letters > 0 && ascii * 10 < letters * 7 {
        return Some(false);
    }
    let words: Vec<String> = split(text).take(200).map(str::to_lowercase).collect();
    let known = words.iter().filter(|word| is_stop_word(word)).count();
    (words.len() >= 4).then_some(known * 6 >= words.len())
}

/// How much two phrases have in common, little words and all: 1 is the same words, 0 none.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let set = |text: &str| split(text).map(str::to_lowercase).collect::<HashSet<_>>();
    let (a, b) = (set(a), set(b));
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    count(a.intersection(&b).count()) / count(a.union(&b).count()).max(1.0)
}

/// `text` with its first letter in upper case.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Numbers that look random and are the same on every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// The next number below `sides`, which is not 0 (SplitMix64).
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = sides.max(1) as u64;
        usize::try_from((mixed ^ (mixed >> 31)) % sides).expect("below a usize")
    }
}
