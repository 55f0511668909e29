//! Patterns as lorebooks write them, JavaScript's, run by an engine whose time is linear in the text.

use regex::{Regex, RegexBuilder};
use regex_automata::{dfa::dense, nfa::thompson, util::syntax};

/// What JavaScript's `\s` is.
const SPACES: &str =
    r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
/// What ends a line, which `.` doesn't match.
const LINE_ENDS: &str = r"\n\r\u{2028}\u{2029}";
/// Sizes that a compiled pattern is tried with, in bytes: the first that suffices is its cost.
const SIZES: [usize; 4] = [2 << 10, 8 << 10, 24 << 10, 48 << 10];
/// Bytes for the cache of states that a search builds as it goes; with less it only runs slower.
const SEARCH_CACHE: usize = 96 << 10;
/// The largest automaton, in bytes, that makes a pattern a light one.
const LIGHT: usize = 48 << 10;
/// What a light pattern costs for each byte of text. Others cost their size: the engine that runs them when the cache runs
/// over takes that much longer.
const LIGHT_WEIGHT: usize = 64;
/// How deep groups may nest in a pattern.
const MOST_NESTING: u32 = 32;

/// Why a pattern can't run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Invalid,
    LookAround,
    Costly,
}

/// A pattern, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// Bytes of its compiled form, rounded up.
    pub(super) size: usize,
    /// What it costs for each byte of text at worst.
    weight: usize,
}

impl Pattern {
    /// Whether it matches a text, paid from an allowance; `None` when that doesn't suffice.
    pub(super) fn is_match(&self, text: &str, allowance: &mut usize) -> Option<bool> {
        *allowance = allowance.checked_sub(text.len().saturating_mul(self.weight))?;
        Some(self.regex.is_match(text))
    }
}

/// A pattern and its flags, parted from a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source<'a> {
    pub(super) pattern: &'a str,
    pub(super) flags: &'a str,
}

impl<'a> Source<'a> {
    /// Reads `/pattern/flags` as SillyTavern does: flags of `gimsuy`, each once, and no bare slash inside. Anything else is
    /// no pattern, but a plain key.
    pub(super) fn of_key(key: &'a str) -> Option<Self> {
        let (pattern, flags) = key.strip_prefix('/')?.rsplit_once('/')?;
        let once = |flag: char| flags.matches(flag).count() == 1;
        let known = flags.chars().all(|flag| "gimsuy".contains(flag) && once(flag));
        let bare = pattern.match_indices('/').any(|(slash, _)| !pattern[..slash].ends_with('\\'));
        (!pattern.is_empty() && known && !bare).then_some(Self { pattern, flags })
    }

    /// Compiles it to no more than `allowance` bytes.
    pub(super) fn compile(self, allowance: usize) -> Result<Pattern, Refused> {
        let has = |flag| self.flags.contains(flag);
        let mut translated = translate(self.pattern, has('s'), has('u'))?;
        if has('y') {
            translated = format!(r"\A(?:{translated})");
        }
        let mut refused = Refused::Costly;
        for size in SIZES.into_iter().filter(|size| *size <= allowance) {
            let built = RegexBuilder::new(&translated)
                .case_insensitive(has('i'))
                .multi_line(has('m'))
                .size_limit(size)
                .dfa_size_limit(SEARCH_CACHE)
                .nest_limit(MOST_NESTING)
                .build();
            match built {
                Ok(regex) => {
                    let light = is_light(&translated, has('i'), has('m'));
                    return Ok(Pattern { regex, size, weight: if light { LIGHT_WEIGHT } else { size } });
                }
                Err(regex::Error::CompiledTooBig(_)) => {}
                Err(_) => {
                    refused = Refused::Invalid;
                    break;
                }
            }
        }
        Err(refused)
    }
}

/// Whether a small automaton runs a pattern, so that no text makes it slow.
fn is_light(translated: &str, case_insensitive: bool, multi_line: bool) -> bool {
    let limits = dense::Config::new().dfa_size_limit(Some(LIGHT)).determinize_size_limit(Some(4 * LIGHT));
    let read = syntax::Config::new().case_insensitive(case_insensitive).multi_line(multi_line);
    let built = dense::Builder::new()
        .configure(limits)
        .syntax(read)
        .thompson(thompson::Config::new().nfa_size_limit(Some(LIGHT)))
        .build(translated);
    built.is_ok()
}

/// The same pattern in the engine's own notation. Groups don't capture: only whether there is a match counts.
fn translate(pattern: &str, dot_all: bool, unicode: bool) -> Result<String, Refused> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut at = 0;
    while let Some(char) = chars.get(at).copied() {
        at += 1;
        match char {
            '\\' => {
                let (atom, next) = escape(&chars, at, unicode, false)?;
                out.push_str(&atom.outside());
                at = next;
            }
            '[' => at = class(&chars, at, unicode, &mut out)?,
            '(' if chars.get(at) == Some(&'?') => at = group(&chars, at + 1, &mut out)?,
            '(' => out.push_str("(?:"),
            '.' if dot_all => out.push_str("(?s:.)"),
            '.' => {
                out.push_str("[^");
                out.push_str(LINE_ENDS);
                out.push(']');
            }
            '{' if !is_count(&chars[at..]) => out.push_str(r"\{"),
            '{' => {
                let end = at + chars[at..].iter().take_while(|char| **char != '}').count();
                out.push('{');
                out.extend(&chars[at..end]);
                out.push('}');
                at = end + 1;
            }
            '}' | ']' => out.extend(['\\', char]),
            _ => out.push(char),
        }
    }
    Ok(out)
}

/// Whether what stands behind a `{` makes it a count: `2}`, `2,}` or `2,3}`.
fn is_count(rest: &[char]) -> bool {
    let end = rest.iter().take_while(|char| char.is_ascii_digit() || **char == ',').count();
    let counted = rest.first().is_some_and(char::is_ascii_digit);
    counted && rest.get(end) == Some(&'}') && rest[..end].iter().filter(|char| **char == ',').count() < 2
}

/// A group that begins with `(?`, from behind the question mark; where the pattern goes on.
fn group(chars: &[char], at: usize, out: &mut String) -> Result<usize, Refused> {
    match (chars.get(at), chars.get(at + 1)) {
        (Some('=' | '!'), _) | (Some('<'), Some('=' | '!')) => Err(Refused::LookAround),
        (Some('<'), _) => {
            let name = chars[at..].iter().take_while(|char| **char != '>').count();
            out.push_str("(?:");
            Ok((at + name + 1).min(chars.len()))
        }
        (Some(':'), _) => {
            out.push_str("(?:");
            Ok(at + 1)
        }
        _ => Err(Refused::Invalid),
    }
}

/// One atom of a pattern: a character, or a set, as it is written inside of brackets.
enum Atom {
    One(char),
    Set(String),
    /// An assertion, which is no part of brackets.
    Edge(&'static str),
}

impl Atom {
    fn outside(&self) -> String {
        match self {
            Self::One(char) => literal(*char),
            Self::Set(set) => format!("[{set}]"),
            Self::Edge(edge) => (*edge).to_owned(),
        }
    }

    fn inside(&self) -> String {
        match self {
            Self::One(char) => literal(*char),
            Self::Set(set) => set.clone(),
            Self::Edge(_) => String::new(),
        }
    }
}

/// A character for itself, wherever it stands.
fn literal(char: char) -> String {
    format!(r"\u{{{:X}}}", u32::from(char))
}

/// What an escape means, from behind the backslash, and where the pattern goes on.
fn escape(chars: &[char], at: usize, unicode: bool, in_class: bool) -> Result<(Atom, usize), Refused> {
    let char = *chars.get(at).ok_or(Refused::Invalid)?;
    let set = |set: &str| Atom::Set(set.to_owned());
    let hex = |from: usize, digits: usize| -> Option<char> {
        let text: String = chars.get(from..from + digits)?.iter().collect();
        let number = text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(text)?;
        u32::from_str_radix(&number, 16).ok().and_then(char::from_u32)
    };
    let mut next = at + 1;
    let atom = match char {
        'd' => set("0-9"),
        'D' => set("[^0-9]"),
        'w' => set("0-9A-Z_a-z"),
        'W' => set("[^0-9A-Z_a-z]"),
        's' => set(SPACES),
        'S' => Atom::Set(format!("[^{SPACES}]")),
        'b' if in_class => Atom::One('\u{8}'),
        'b' => Atom::Edge(r"(?-u:\b)"),
        'B' if !in_class => Atom::Edge(r"(?-u:\B)"),
        't' => Atom::One('\t'),
        'n' => Atom::One('\n'),
        'r' => Atom::One('\r'),
        'f' => Atom::One('\u{c}'),
        'v' => Atom::One('\u{b}'),
        '0' => Atom::One('\0'),
        '1'..='9' | 'k' if !in_class => return Err(Refused::LookAround),
        'x' if hex(at + 1, 2).is_some() => {
            next = at + 3;
            hex(at + 1, 2).map_or(Atom::One(char), Atom::One)
        }
        'u' if unicode && chars.get(at + 1) == Some(&'{') => {
            let digits = chars[at + 2..].iter().take_while(|char| **char != '}').count();
            next = at + digits + 3;
            Atom::One(hex(at + 2, digits).ok_or(Refused::Invalid)?)
        }
        'u' if hex(at + 1, 4).is_some() => {
            next = at + 5;
            hex(at + 1, 4).map_or(Atom::One(char), Atom::One)
        }
        'p' | 'P' if unicode && chars.get(at + 1) == Some(&'{') => {
            let name: String = chars[at + 2..].iter().take_while(|char| **char != '}').collect();
            next = at + name.chars().count() + 3;
            Atom::Set(format!(r"\{char}{{{name}}}"))
        }
        _ => Atom::One(char),
    };
    Ok((atom, next))
}

/// A class, from behind its bracket; where the pattern goes on. In JavaScript no class stands in another.
fn class(chars: &[char], mut at: usize, unicode: bool, out: &mut String) -> Result<usize, Refused> {
    let negated = chars.get(at) == Some(&'^');
    at += usize::from(negated);
    let mut set = String::new();
    loop {
        if chars.get(at) == Some(&']') {
            break;
        }
        let (from, next) = member(chars, at, unicode)?;
        set.push_str(&from.inside());
        at = next;
        if chars.get(at) == Some(&'-') && chars.get(at + 1).is_some_and(|char| *char != ']') {
            let (to, next) = member(chars, at + 1, unicode)?;
            // Beside a set, the dash is a dash.
            let range = matches!((&from, &to), (Atom::One(_), Atom::One(_)));
            set.push_str(if range { "-" } else { r"\-" });
            set.push_str(&to.inside());
            at = next;
        }
    }
    match (negated, set.is_empty()) {
        (false, true) => out.push_str(r"[^\x00-\u{10FFFF}]"),
        (true, true) => out.push_str("(?s:.)"),
        (_, false) => {
            out.push_str(if negated { "[^" } else { "[" });
            out.push_str(&set);
            out.push(']');
        }
    }
    Ok(at + 1)
}

/// One member of a class, and where the class goes on.
fn member(chars: &[char], at: usize, unicode: bool) -> Result<(Atom, usize), Refused> {
    match chars.get(at) {
        None => Err(Refused::Invalid),
        Some('\\') => escape(chars, at + 1, unicode, true),
        Some(char) => Ok((Atom::One(*char), at + 1)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(key: &str, text: &str) -> Option<bool> {
        Source::of_key(key)?.compile(usize::MAX).ok()?.is_match(text, &mut usize::MAX.clone())
    }

    #[test]
    fn a_key_between_slashes_is_a_pattern() {
        let patterns = ["/a/", "/a b/gi", r"/a\/b/", "/r/gum", "/[/]x/y"];
        let plain = ["a", "/", "//", "///", "/a", "a/b/", "/a/b/", "/r/askreddit", "/a/ii", "/a/i x", "/a/v"];
        let is_pattern = |key: &&str| Source::of_key(key).is_some();
        assert_eq!(
            patterns.iter().filter(|key| is_pattern(key)).count(),
            4,
            "a bare slash in brackets is bare"
        );
        assert!(!plain.iter().any(is_pattern));
    }

    #[test]
    fn patterns_mean_what_javascript_means() {
        let table = [
            (r"/^a$/", "a", true),
            (r"/^a$/", "b\na", false),
            (r"/^a$/m", "b\na", true),
            (r"/a/y", "ba", false),
            (r"/A/i", "a", true),
            (r"/A/", "a", false),
            (r"/a.b/", "a\nb", false),
            (r"/a.b/", "a\rb", false),
            (r"/a.b/s", "a\nb", true),
            (r"/a[^]b/", "a\nb", true),
            (r"/[]/", "a", false),
            (r"/\d/", "٣", false),
            (r"/\w/", "é", false),
            (r"/caf\b/", "café", true),
            (r"/\Bfe/", "cafe", true),
            (r"/\s/", "\u{FEFF}", true),
            (r"/[\w-.]+x/", "a-.x", true),
            (r"/[a-z-]+9/", "a-9", true),
            (r"/[[a&&b~~]+!/", "[&~!", true),
            (r"/\x41\u0042\cA?/", "AB", false),
            (r"/\x41\u0042/", "AB", true),
            (r"/\u{1F600}/u", "😀", true),
            (r"/\p{Lu}/u", "Ä", true),
            (r"/\p/", "p", true),
            (r"/a{2}b{1,}c{,3}/", "aabbc{,3}", true),
            (r"/{x}/", "{x}", true),
            (r"/(?<who>he|she) (?:is|was) here/", "she was here", true),
            (r"/\<b\>\-\//", "<b>-/", true),
            (r"/\x01Max:[^\x01]*?hello/", "\u{1}Max: oh hello", true),
            (r"/[\b]/", "\u{8}", true),
        ];
        for (key, text, expected) in table {
            assert_eq!(matches(key, text), Some(expected), "{key} on {text:?}");
        }
    }

    #[test]
    fn what_cannot_run_is_refused_by_its_kind() {
        let table = [
            (r"/a(?=b)/", Refused::LookAround),
            (r"/(?<!a)b/", Refused::LookAround),
            (r"/(a)\1/", Refused::LookAround),
            (r"/(?<n>a)\k<n>/", Refused::LookAround),
            ("/(a/", Refused::Invalid),
            ("/[a/", Refused::Invalid),
            ("/a)/", Refused::Invalid),
            ("/*a/", Refused::Invalid),
            ("/[z-a]/", Refused::Invalid),
            (r"/((a{100}){100}){100}/", Refused::Costly),
            ("/(?#a)/", Refused::Invalid),
        ];
        for (key, refused) in table {
            let found = Source::of_key(key).unwrap().compile(usize::MAX).map(|_| ());
            assert_eq!(found, Err(refused), "{key}");
        }
        let deep = format!("/{}a{}/", "(".repeat(200), ")".repeat(200));
        assert_eq!(Source::of_key(&deep).unwrap().compile(usize::MAX).map(|_| ()), Err(Refused::Invalid));
        assert_eq!(Source::of_key("/a/").unwrap().compile(10).map(|_| ()), Err(Refused::Costly));
    }

    #[test]
    fn what_people_write_is_light_and_what_explodes_is_not() {
        let compile = |key| Source::of_key(key).unwrap().compile(usize::MAX).unwrap();
        let light = [
            r"/\b(?:dragon|wyvern)s?\b/i",
            r"/(?:he|she|they) (?:is|are) (?:sad|happy|angry)/i",
            r"/\x01Max:[^\x01]*?hello/",
            r"/(rain|snow).*(storm|wind)/is",
            r"/\d{1,2}:\d\d ?(am|pm)/i",
        ];
        for key in light {
            assert_eq!(compile(key).weight, LIGHT_WEIGHT, "{key}");
        }
        let heavy = compile("/[ab]*a[ab]{14}[c-z0-9]/");
        assert_eq!(heavy.weight, heavy.size);
        let mut allowance = heavy.weight * 3;
        assert_eq!(heavy.is_match("abb", &mut allowance), Some(false));
        assert_eq!((heavy.is_match("a", &mut allowance), allowance), (None, 0));
    }

    proptest! {
        #[test]
        fn any_pattern_is_survived(pattern in "(\\\\|\\[|\\]|\\(|\\)|\\?|<|=|-|\\^|\\{|\\}|[0-9a-zäW]|u|x|,|\\*|\\||\\.){0,20}", text in "[a-z0-9\n -]{0,20}") {
            for flags in ["", "iu", "ms", "y"] {
                if let Ok(compiled) = (Source { pattern: &pattern, flags }).compile(usize::MAX) {
                    compiled.is_match(&text, &mut usize::MAX.clone());
                }
            }
        }

        #[test]
        fn a_plain_text_matches_itself(text in "[ -~äß]{1,12}") {
            let escaped = regex::escape(&text);
            let compiled = Source { pattern: &escaped, flags: "" }.compile(usize::MAX).unwrap();
            prop_assert_eq!(compiled.is_match(&text, &mut usize::MAX.clone()), Some(true), "{}", escaped);
        }
    }
}
