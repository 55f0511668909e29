//! Sentences of a description, turned into the character's own words.

use super::words;

/// A sentence with one of these words is a rule for the writer, or talks of the machinery: not a
/// thing that the character would say of itself.
const RULE_WORDS: [&str; 37] = [
    "must",
    "should",
    "never",
    "don't",
    "do not",
    "reply",
    "replies",
    "respond",
    "response",
    "answer",
    "write",
    "stay in",
    "keep your",
    "message",
    "discord",
    "token",
    "character",
    "markdown",
    "system",
    "prompt",
    "roleplay",
    "user",
    "ai",
    "assistant",
    "instruction",
    "sentence",
    "paragraph",
    "format",
    "emoji",
    "language",
    "avoid",
    "ensure",
    "remember",
    "language model",
    "talking to",
    "talking with",
    "speaking with",
];

/// Words before a verb's object.
const DETERMINERS: [&str; 8] = ["the", "a", "an", "her", "his", "their", "no", "every"];

/// The sentences of `text`, with the sign that ends each.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let closes = matches!(c, '.' | '!' | '?' | '…') && next.is_none_or(char::is_whitespace);
        if closes || matches!(c, '。' | '！' | '？') {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// `text` in pieces of whole sentences of at most about `longest` characters.
pub(super) fn chunks(text: &str, longest: usize) -> Vec<String> {
    if text.chars().count() <= longest {
        return vec![text.to_owned()];
    }
    let mut chunks: Vec<String> = Vec::new();
    for sentence in split(text) {
        match chunks.last_mut() {
            Some(last) if last.chars().count() + sentence.chars().count() < longest => {
                last.push(' ');
                last.push_str(sentence);
            }
            _ => chunks.push(sentence.chars().take(longest).collect()),
        }
    }
    chunks
}

/// `sentence` as the character says it of itself, if it is about the character: it addresses it
/// ("You keep the lighthouse") or has it as subject ("Mira keeps…", and after such a one "She keeps…").
pub(super) fn in_first_person(sentence: &str, name: &str) -> Option<String> {
    let lower = sentence.to_lowercase();
    let padded = format!(" {} ", words::split(&lower).collect::<Vec<_>>().join(" "));
    let count = words::split(sentence).count();
    if !(3..=40).contains(&count)
        || RULE_WORDS.iter().any(|rule| padded.contains(&format!(" {rule} ")))
        || RULE_WORDS.iter().any(|rule| padded.contains(&format!(" {rule}s ")))
    {
        return None;
    }
    let mut list: Vec<&str> = sentence.split_whitespace().collect();
    let first_name = name.split_whitespace().next().unwrap_or(name);
    let turned = if ["You", "You're", "You’re", "Your"].contains(&list[0]) {
        from_second_person(&list)
    } else {
        let subject = [name, first_name].into_iter().find(|subject| {
            !subject.is_empty() && sentence.strip_prefix(subject).is_some_and(|rest| rest.starts_with(' '))
        });
        match subject {
            Some(subject) => list.drain(..subject.split_whitespace().count()).for_each(drop),
            None if ["She", "He"].contains(&list[0]) => drop(list.remove(0)),
            None => return None,
        }
        from_third_person(&list, first_name)
    };
    let turned = turned.trim_end_matches([',', ';', ':']);
    let dot = if turned.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    Some(format!("{}{dot}", words::capitalised(turned)))
}

/// A word, and the signs that follow it.
fn signs(word: &str) -> (&str, &str) {
    word.split_at(word.trim_end_matches(|c: char| !c.is_alphanumeric()).len())
}

fn from_second_person(list: &[&str]) -> String {
    const BEFORE_OBJECT: [&str; 12] =
        ["to", "for", "with", "of", "at", "by", "from", "about", "on", "around", "near", "behind"];
    let mut turned: Vec<String> = Vec::with_capacity(list.len());
    for (at, word) in list.iter().enumerate() {
        let (bare, tail) = signs(word);
        let before = at.checked_sub(1).map(|before| list[before].to_lowercase());
        let is_subject =
            tail.is_empty() && before.as_deref().is_none_or(|word| !BEFORE_OBJECT.contains(&word));
        let after_you = before.as_deref() == Some("you");
        let new = match bare.to_lowercase().replace('’', "'").as_str() {
            "you" if is_subject => "I",
            "you" => "me",
            "your" => "my",
            "yours" => "mine",
            "yourself" => "myself",
            "you're" => "I am",
            "you've" => "I have",
            "are" if after_you => "am",
            "were" if after_you => "was",
            _ => bare,
        };
        turned.push(format!("{new}{tail}"));
    }
    turned.join(" ")
}

fn from_third_person(list: &[&str], first_name: &str) -> String {
    let mut turned: Vec<String> = vec!["I".into()];
    let mut verb_next = true;
    for (at, word) in list.iter().enumerate() {
        let (bare, tail) = signs(word);
        let lower = bare.to_lowercase();
        let is_adverb =
            lower.ends_with("ly") || ["always", "often", "also", "still", "once"].contains(&lower.as_str());
        let last_was_and = turned.last().is_some_and(|last| ["and", "but"].contains(&last.as_str()));
        let new = match lower.as_str() {
            _ if verb_next && !is_adverb => {
                verb_next = false;
                first_person_verb(bare)
            }
            verb if last_was_and && is_verb(verb, list.get(at + 1)) => first_person_verb(bare),
            "she" | "he" => {
                verb_next = true;
                "I".into()
            }
            "his" => "my".into(),
            "her" if tail.is_empty() => "my".into(),
            "her" | "him" => "me".into(),
            "herself" | "himself" => "myself".into(),
            own if own == first_name.to_lowercase() => "me".into(),
            _ => bare.to_owned(),
        };
        turned.push(format!("{new}{tail}"));
    }
    turned.join(" ")
}

/// Whether a word after "and" is a verb of the same subject: "heals travellers and tends the glade".
fn is_verb(word: &str, next: Option<&&str>) -> bool {
    word == "is"
        || word == "has"
        || (word.ends_with('s') && next.is_some_and(|next| DETERMINERS.contains(next)))
}

fn first_person_verb(verb: &str) -> String {
    match verb {
        "is" => return "am".into(),
        "has" => return "have".into(),
        "was" => return "was".into(),
        _ => {}
    }
    let long_ending =
        ["ches", "shes", "sses", "xes", "zes", "oes"].iter().any(|ending| verb.ends_with(ending));
    match verb {
        _ if long_ending => verb[..verb.len() - 2].to_owned(),
        _ if verb.ends_with("ies") && verb.len() > 4 => format!("{}y", &verb[..verb.len() - 3]),
        _ if verb.ends_with("ss") => verb.to_owned(),
        _ => verb.strip_suffix('s').unwrap_or(verb).to_owned(),
    }
}
