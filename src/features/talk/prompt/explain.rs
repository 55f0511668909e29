//! A prompt for people to read: made from a sample, part by part, with tokens.

use std::fmt::Write as _;

use super::{Count, Moment, Newest, Prompt, Script, build, clean, plan};
use crate::{
    domain::{bond::Band, denial::Denial, persona::Persona},
    hot::memory::Turn,
};

/// What a prompt is made for.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// What the member is called: hostile text.
    pub name: &'a str,
    /// What they say: hostile text, of which a line that nobody would take says so.
    pub message: &'a str,
    /// How close they are.
    pub band: Band,
    /// What was said before.
    pub turns: &'a [Turn],
    /// Most tokens of the answer.
    pub reply_tokens: u32,
}

impl Sample<'_> {
    /// The prompt, as it would be asked, filled up to `most` tokens.
    pub fn prompt(&self, persona: &Persona, most: u32, count: Count<'_>) -> Prompt {
        let script = Script::new(persona, count);
        let (member, said) = (clean::name(self.name), self.said(persona));
        let newest = Newest::Line(&said);
        let moment = Moment {
            member: &member,
            newest,
            manner: persona.manner_towards(self.band),
            secrets: &persona.secrets_for(self.band),
            turns: self.turns,
            reply_tokens: self.reply_tokens,
        };
        build(&script, &moment, plan(&script, &member, newest, most, count).most, count)
    }

    fn said(&self, persona: &Persona) -> String {
        clean::said(self.message, &persona.name).unwrap_or_else(|denial| match denial {
            Denial::TooLong(most) => format!("(refused: over {most} characters)"),
            _ => "(refused: nothing said)".to_owned(),
        })
    }
}

/// Each part with its tokens and its words, and the sum.
pub fn sheet(prompt: &Prompt) -> String {
    let mut sheet = String::new();
    for (kind, tokens, words) in prompt.explain() {
        let _ = writeln!(sheet, "== {} · {tokens} tokens\n{words}\n", kind.name());
    }
    let _ = writeln!(sheet, "== sum · {} tokens", prompt.tokens());
    sheet
}
