//! A prompt for people to read: made from a sample, part by part, with tokens.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{
    super::lore::{Course, Scan},
    Count, Moment, Newest, Prompt, Script, Voice, build, clean, lore_room, plan,
};
use crate::{
    config::CardLimits,
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
    /// Most tokens of a card.
    pub cards: CardLimits,
    /// When.
    pub now: DateTime<Utc>,
}

impl Sample<'_> {
    /// The prompt, as it would be asked, filled up to `most` tokens.
    pub fn prompt(&self, persona: &Persona, most: u32, count: Count<'_>) -> Prompt {
        let member = clean::name(self.name);
        let voice = Voice { member: &member, now: self.now, ..Voice::anybody() };
        let script = match persona.card {
            None => Script::new(persona, count),
            Some(_) => Script::for_member(persona, &voice, self.cards, count),
        };
        let said = self.said(persona);
        let newest = Newest::Line(&said);
        let mut moment = Moment {
            member: &member,
            newest,
            manner: persona.manner_towards(self.band),
            secrets: &persona.secrets_for(self.band),
            turns: self.turns,
            lore: &[],
            reply_tokens: self.reply_tokens,
        };
        let budget = plan(&script, &member, newest, most, count).most;
        let room = lore_room(&script, &moment, budget, count);
        let lore = script.book.as_ref().map(|book| {
            let scan = Scan {
                book: book.clone(),
                course: Course::after(self.turns),
                window: Scan::window(self.turns, newest, &member, &script.called),
                called: script.called.clone(),
                member: member.clone(),
                conversation: 0,
                seed: 0,
                now: voice.now,
                trigger: "normal",
                budget: room,
            };
            scan.run(count).entries
        });
        let lore = lore.unwrap_or_default();
        moment.lore = &lore;
        build(&script, &moment, budget, count)
    }

    fn said(&self, persona: &Persona) -> String {
        clean::said(self.message, &persona.called).unwrap_or_else(|denial| match denial {
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
