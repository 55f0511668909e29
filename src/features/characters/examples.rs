//! Example dialogue as cards write it: blocks after `<START>`, lines that begin with who speaks.

use crate::domain::persona::Example;

/// Most pairs that are read; prompts have room for few.
const MOST_PAIRS: usize = 50;
/// What opens a block.
const START: &str = "<start>";
/// Who speaks, in macros.
const MEMBER: [&str; 2] = ["{{user}}:", "<user>:"];
const CHARACTER: [&str; 3] = ["{{char}}:", "<bot>:", "<char>:"];

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Member,
    Character,
}

/// The pairs of an example dialogue in which the character goes by one of these names. Words before anybody speaks are
/// the character's.
pub(super) fn read(text: &str, names: &[&str]) -> Vec<Example> {
    let mut pairs = Vec::new();
    let mut pair = Pair::default();
    for line in text.lines() {
        if line.trim().to_lowercase() == START {
            pairs.extend(pair.take());
            continue;
        }
        match speaker(line, names) {
            Some((Who::Member, words)) => {
                if pair.last == Some(Who::Character) {
                    pairs.extend(pair.take());
                }
                pair.add(Who::Member, words);
            }
            Some((Who::Character, words)) => pair.add(Who::Character, words),
            None => pair.add(pair.last.unwrap_or(Who::Character), line),
        }
    }
    pairs.extend(pair.take());
    pairs.truncate(MOST_PAIRS);
    pairs
}

#[derive(Default)]
struct Pair {
    user: String,
    character: String,
    last: Option<Who>,
}

impl Pair {
    fn add(&mut self, who: Who, words: &str) {
        let text = if who == Who::Member { &mut self.user } else { &mut self.character };
        if text.is_empty() && words.trim().is_empty() {
            // A blank line before anybody has spoken.
            return;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(words.trim());
        self.last = Some(who);
    }

    fn take(&mut self) -> Option<Example> {
        let Self { user, character, .. } = std::mem::take(self);
        let (user, character) = (user.trim().to_owned(), character.trim().to_owned());
        // A line without an answer shows nothing.
        (!character.is_empty()).then_some(Example { user, character })
    }
}

fn speaker<'a>(line: &'a str, names: &[&str]) -> Option<(Who, &'a str)> {
    let line = line.trim_start();
    let after = |label: &str| {
        let head = line.get(..label.len())?;
        head.eq_ignore_ascii_case(label).then(|| &line[label.len()..])
    };
    if let Some(words) = MEMBER.iter().find_map(|label| after(label)) {
        return Some((Who::Member, words));
    }
    let named = || names.iter().filter(|name| !name.is_empty()).find_map(|name| after(&format!("{name}:")));
    CHARACTER.iter().find_map(|label| after(label)).or_else(named).map(|words| (Who::Character, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text, &["Ada", "Countess"]).into_iter().map(|pair| (pair.user, pair.character)).collect()
    }

    fn pair(user: &str, character: &str) -> (String, String) {
        (user.to_owned(), character.to_owned())
    }

    #[test]
    fn blocks_are_read_by_who_speaks() {
        let text = "<START>\n{{user}}: Hi!\n{{char}}: Good day.\nTea?\n{{user}}: Yes\n{{Char}}: Here.\n<start>\n\
                    <USER>: Why?\nAda: Because.";
        let expected = [pair("Hi!", "Good day.\nTea?"), pair("Yes", "Here."), pair("Why?", "Because.")];
        assert_eq!(pairs(text), expected);
    }

    #[test]
    fn what_nobody_says_is_the_characters() {
        assert_eq!(pairs("She hums.\n\nAnd smiles."), [pair("", "She hums.\n\nAnd smiles.")]);
        assert_eq!(pairs("countess: Yes."), [pair("", "Yes.")]);
        assert_eq!(pairs("{{user}}: nobody answers"), []);
        assert_eq!(pairs("<START>\n\n<START>\n"), []);
        assert_eq!(pairs(&"<START>\nAda: x\n".repeat(80)).len(), MOST_PAIRS);
    }
}
