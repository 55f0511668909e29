//! Finds the character's name in a prompt.

use std::collections::HashMap;

use super::layout;

/// Phrases that a name follows, the surest first.
const BEFORE_NAME: [&str; 21] = [
    "your name is ",
    "character name: ",
    "character's name: ",
    "character: ",
    "name: ",
    "char: ",
    "you are playing ",
    "you are roleplaying as ",
    "you are the character ",
    "play the role of ",
    "take the role of ",
    "roleplay as ",
    "role-play as ",
    "pretend to be ",
    "impersonate ",
    "act as ",
    "speak as ",
    "you are ",
    "you're ",
    "named ",
    "called ",
];

/// Phrases of a request for the next line; the name that follows the last of them wins, since in a
/// scene of several characters it says whose turn it is.
const NEXT_LINE: [&str; 11] = [
    "next reply of ",
    "next reply for ",
    "next line of ",
    "next line for ",
    "next reply from ",
    "next turn of ",
    "reply as ",
    "respond as ",
    "answer as ",
    "continue as ",
    "now speak as ",
];

/// Phrases that the name of the person spoken with follows.
const BEFORE_USER: [&str; 9] = [
    "user's name is ",
    "user is called ",
    "user name: ",
    "{{user}} is ",
    "talking to ",
    "talking with ",
    "speaking with ",
    "speaking to ",
    "chatting with ",
];

/// Words with a capital that are no name.
const NO_NAMES: [&str; 24] = [
    "a",
    "ai",
    "an",
    "answer",
    "assistant",
    "bot",
    "chatbot",
    "chatgpt",
    "discord",
    "gpt",
    "i",
    "in",
    "keep",
    "never",
    "not",
    "now",
    "npc",
    "always",
    "reply",
    "speak",
    "stay",
    "you",
    "your",
    "write",
];

/// The name of the character that is to speak.
pub(super) fn find(prompt: &str) -> Option<String> {
    // ASCII only: byte positions stay those of `prompt`.
    let lower = prompt.to_ascii_lowercase();
    let turn = NEXT_LINE
        .iter()
        .flat_map(|phrase| lower.rmatch_indices(phrase).map(move |(at, _)| at + phrase.len()))
        .filter_map(|at| Some((at, at_start(&prompt[at..])?)))
        .max_by_key(|(at, _)| *at)
        .map(|(_, name)| name);
    turn.or_else(|| owner_of_next_line(prompt, &lower)).or_else(|| {
        BEFORE_NAME.iter().find_map(|phrase| {
            let mut places = lower.match_indices(phrase).map(|(at, _)| at + phrase.len());
            places.find_map(|at| at_start(&prompt[at..]))
        })
    })
}

/// `Mira` of "Write Mira's next reply".
fn owner_of_next_line(prompt: &str, lower: &str) -> Option<String> {
    let (at, _) = ["'s next ", "’s next ", "'s turn"]
        .iter()
        .filter_map(|end| lower.rmatch_indices(end).next())
        .max()?;
    let is_part =
        |word: &&str| is_capital(word) && !is_no_name(word) && word.ends_with(char::is_alphanumeric);
    let mut name: Vec<&str> = prompt[..at].split_whitespace().rev().take_while(is_part).take(3).collect();
    name.reverse();
    (!name.is_empty()).then(|| name.join(" "))
}

/// The name that `text` begins with: up to four words with capitals (or of a script without them).
pub(super) fn at_start(text: &str) -> Option<String> {
    let line = text.lines().next()?.trim_start_matches([' ', '*', '_', '"', '“', '\'', '`', '[']);
    let mut name: Vec<&str> = Vec::new();
    for word in line.split_whitespace().take(5) {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let bare = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
        let joins = !name.is_empty() && ["of", "the", "von", "van", "de", "la", "du"].contains(&bare);
        if !joins && !is_capital(bare) {
            break;
        }
        name.push(bare);
        if bare.len() < word.len() || name.len() == 4 {
            break;
        }
    }
    while name.last().is_some_and(|last| !is_capital(last)) {
        name.pop();
    }
    let first = name.first()?;
    let name = name.join(" ");
    (!is_no_name(first) && name.chars().count() <= 40).then_some(name)
}

/// Who labels most lines of a prompt that names nobody.
pub(super) fn commonest_label(prompt: &str) -> Option<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (label, text) in prompt.lines().filter_map(layout::label) {
        if layout::looks_like_name(label) && !label.contains(['{', '<']) && layout::is_phrase(text, 2) {
            *counts.entry(label).or_default() += 1;
        }
    }
    counts.into_iter().max_by(|a, b| (a.1, b.0).cmp(&(b.1, a.0))).map(|(label, _)| label.to_owned())
}

/// The name of the person that the `character` speaks with, if the prompt tells it.
pub(super) fn of_user(prompt: &str, character: Option<&str>) -> Option<String> {
    let lower = prompt.to_ascii_lowercase();
    let after = |phrase: &str| {
        let at = lower.find(phrase)? + phrase.len();
        at_start(&prompt[at..])
    };
    if let Some(name) = BEFORE_USER.iter().find_map(|phrase| after(phrase)) {
        return Some(name);
    }
    // "A chat between Mira and Alice", in either order.
    let pair = prompt[lower.find("between ")? + "between ".len()..].lines().next()?;
    let (one, other) = pair.split_once(" and ")?;
    let names = [at_start(one)?, at_start(other)?];
    let at = names.iter().position(|name| Some(name.as_str()) == character)?;
    names.into_iter().nth(1 - at)
}

fn is_no_name(word: &str) -> bool {
    NO_NAMES.contains(&word.to_lowercase().as_str())
}

fn is_capital(word: &str) -> bool {
    word.chars().next().is_some_and(|first| first.is_alphabetic() && !first.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn names_are_found_as_prompts_put_them() {
        for (prompt, name) in [
            ("You are Mira, a lighthouse keeper.", "Mira"),
            ("You are Captain Mira Voss. Stay in character.", "Captain Mira Voss"),
            ("You're **Old Tom**, who sells maps", "Old Tom"),
            ("You are an AI. Your name is Juno and you love rain", "Juno"),
            ("You are a pirate named Anne of Cork.", "Anne of Cork"),
            ("Name: The Duke\nAge: 40", "The Duke"),
            ("You are Mira.\nAlso present: Tom.\nWrite Tom's next reply in this scene.", "Tom"),
            ("You are Mira or Tom. Reply as Tom.", "Tom"),
            ("あなたは灯台守です。\nname: ミラ", "ミラ"),
        ] {
            assert_eq!(find(prompt).as_deref(), Some(name), "{prompt}");
        }
        for prompt in ["", "You are a helpful assistant.", "You are an AI language model.", "You are"] {
            assert_eq!(find(prompt), None, "{prompt}");
        }
    }
}
