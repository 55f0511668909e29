//! What the person said last: by whom, of which kind, and about what.

use super::super::wire::{Message, Role};
use super::prompt::Cast;
use super::{layout, name, words};

/// What kind of thing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: the character is to begin, or to go on.
    Nothing,
    Greeting,
    Farewell,
    Thanks,
    HowAreYou,
    WhoAreYou,
    /// Whether a model, a machine or a person speaks: to be answered straight.
    AreYouReal,
    Sorrow,
    Joy,
    /// A gesture, as `*waves*`.
    Gesture,
    Question,
    Statement,
}

/// The last thing that was said.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) text: String,
    /// Who said it, if that is known.
    pub(super) by: Option<String>,
    pub(super) kind: Kind,
    /// What it is about, from the listener's side ("your umbrella"), if that can be told.
    pub(super) topic: Option<String>,
}

/// Reads the last message of a person.
pub(super) fn read(messages: &[Message<'_>], cast: &Cast) -> Said {
    let last = messages.iter().rev().find(|message| message.role == Role::User);
    let text = last.map(|message| message.text().into_owned()).unwrap_or_default();
    let mut by = last.and_then(|message| message.name.clone());
    by = by.or_else(|| introduced(messages)).or_else(|| cast.user.clone());
    let mut spoken: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !is_stage_note(line)) {
        match layout::label(line) {
            Some((label, _)) if cast.is_character(label) => spoken.clear(),
            Some((label, words)) if layout::looks_like_name(label) => {
                by = Some(label.to_owned());
                spoken = vec![words];
            }
            _ => spoken.push(line),
        }
    }
    let text = clean(&spoken.join(" "));
    let kind = kind(&text);
    // "I am tired" is about no thing: only what is owned or pointed at can be named in sympathy.
    let is_thing = |topic: &String| topic.starts_with("your ") || topic.starts_with("the ");
    let needs_thing = matches!(kind, Kind::Sorrow | Kind::Joy);
    let topic = topic(&text, cast).filter(|topic| !needs_thing || is_thing(topic));
    let by = by.filter(|name| layout::looks_like_name(name));
    Said { text, by, kind, topic }
}

/// The name that the person gave last.
fn introduced(messages: &[Message<'_>]) -> Option<String> {
    let people = messages.iter().rev().filter(|message| message.role == Role::User);
    people.take(20).find_map(|message| {
        let text = message.text();
        let lower = text.to_ascii_lowercase();
        ["my name is ", "call me "].iter().find_map(|phrase| {
            let at = lower.find(phrase)? + phrase.len();
            name::at_start(&text[at..])
        })
    })
}

/// A line to the writer and not to the character, as `[Write the next reply]`.
fn is_stage_note(line: &str) -> bool {
    line.is_empty()
        || (line.starts_with('[') && line.ends_with(']'))
        || line.to_lowercase().starts_with("(ooc")
}

/// `text` without mentions, emoji codes and links, in one line.
fn clean(text: &str) -> String {
    let is_code = |word: &str| {
        (word.starts_with('<') && word.contains('>'))
            || ["://", "@everyone", "@here"].iter().any(|part| word.contains(part))
    };
    let kept = text.split_whitespace().filter(|word| !is_code(word));
    kept.collect::<Vec<_>>().join(" ")
}

fn kind(text: &str) -> Kind {
    if text.is_empty() {
        return Kind::Nothing;
    }
    if text.starts_with('*') && text.ends_with('*') {
        return Kind::Gesture;
    }
    let lower = text.to_lowercase().replace('’', "'");
    let list: Vec<&str> = words::split(&lower).collect();
    let padded = format!(" {} ", list.join(" "));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")));
    let begins = |firsts: &[&str]| list.first().is_some_and(|first| firsts.contains(first));
    let asks = text.contains('?') || begins(&QUESTION_WORDS);

    if has(&[
        "are you real",
        "are you human",
        "are you a bot",
        "are you an ai",
        "are you ai",
        "are you chatgpt",
        "language model",
        "which model",
        "what model",
        "are you a model",
        "are you a robot",
        "are you a real",
    ]) {
        Kind::AreYouReal
    } else if has(&["how are you", "how's it going", "how do you do", "how are things", "how do you feel"]) {
        Kind::HowAreYou
    } else if has(&["who are you", "your name", "introduce yourself", "about yourself", "what are you"]) {
        Kind::WhoAreYou
    } else if list.len() <= 6
        && begins(&["hi", "hello", "hey", "greetings", "hiya", "howdy", "good", "welcome"])
        && !asks
        && !has(&["good night", "good bye"])
    {
        Kind::Greeting
    } else if list.len() <= 8
        && has(&["bye", "goodbye", "good bye", "good night", "farewell", "see you", "gotta go"])
    {
        Kind::Farewell
    } else if list.len() <= 10 && has(&["thanks", "thank you", "thx", "cheers"]) {
        Kind::Thanks
    } else if asks {
        Kind::Question
    } else if has(&[
        "sad", "lonely", "tired", "afraid", "scared", "died", "hurt", "miss", "lost", "awful", "terrible",
        "cry", "crying", "worried", "anxious", "sick", "upset", "failed",
    ]) {
        Kind::Sorrow
    } else if has(&[
        "happy",
        "glad",
        "excited",
        "won",
        "passed",
        "wonderful",
        "amazing",
        "great news",
        "celebrate",
    ]) {
        Kind::Joy
    } else {
        Kind::Statement
    }
}

const QUESTION_WORDS: [&str; 20] = [
    "what", "what's", "who", "who's", "where", "where's", "when", "why", "how", "which", "do", "does", "did",
    "can", "could", "would", "will", "is", "are", "have",
];

/// The longest (of equals, the last) run of telling words in `text`, led by its article or owner, and turned round
/// ("my umbrella" is "your umbrella" to the listener).
fn topic(text: &str, cast: &Cast) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    let mut run: Vec<String> = Vec::new();
    let mut owner: Option<&str> = None;
    let mut keep = |run: &mut Vec<String>, owner: &mut Option<&str>| {
        if !run.is_empty() {
            let telling = run.iter().map(|word| word.chars().count()).sum::<usize>()
                + if owner.is_some() { 6 } else { 0 };
            if best.as_ref().is_none_or(|(most, _)| telling >= *most) {
                let words = owner.iter().copied().chain(run.iter().map(String::as_str)).collect::<Vec<_>>();
                best = Some((telling, words.join(" ")));
            }
        }
        run.clear();
        *owner = None;
    };
    // A sign between words parts them as a little word does.
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || c == '—') {
        let Some(word) = words::split(piece).next() else {
            keep(&mut run, &mut owner);
            continue;
        };
        let lower = word.to_lowercase();
        let is_name = cast.name.as_deref().is_some_and(|name| cast.is_character(word) || name.contains(word));
        if run.len() == 3 || is_name || words::is_stop_word(&lower) || lower.chars().count() > 24 {
            keep(&mut run, &mut owner);
        }
        match lower.as_str() {
            "the" | "a" | "an" | "this" | "that" | "these" | "those" => owner = Some("the"),
            "my" | "our" => owner = Some("your"),
            "your" => owner = Some("my"),
            _ if is_name || words::is_stop_word(&lower) || lower.chars().count() > 24 => {}
            _ => run.push(if is_proper(word) { word.to_owned() } else { lower }),
        }
        if piece.trim_end().ends_with(|c: char| !c.is_alphanumeric()) {
            keep(&mut run, &mut owner);
        }
    }
    keep(&mut run, &mut owner);
    best.map(|(_, topic)| topic).filter(|topic| topic.chars().count() > 2)
}

/// Whether a word keeps its capital: one that is not all capitals, as a shout is.
fn is_proper(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase)
}
