//! A card's lorebook in a talk: what the newest words activate, and what the conversation remembers of it.
//!
//! Sticky entries, cooldowns and delays live in the short memory, with the turn that they came of: an answer that is
//! made anew, or a turn that is deleted, takes them along.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use troupe_cards::lore::{Activated, Active, Message, Settings, TimedState, Turn as Asked};

use super::{
    Talk,
    exchange::Ran,
    prompt::{Newest, Voice},
    wish::Task,
};
use crate::{
    domain::persona::Lorebook,
    hot::memory::{Turn, Who},
};

/// A scan takes under a millisecond; a book that was made to take long goes without.
const DEADLINE: Duration = Duration::from_millis(500);
/// Most bytes of what is kept with a turn.
const MOST_NOTE: usize = 4_096;

/// How long a conversation is, and what it remembers of its lore.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Course {
    /// Messages so far.
    messages: u32,
    /// Those of the character.
    answers: u32,
    #[serde(default)]
    lore: TimedState,
}

impl Course {
    /// Where a conversation stands after these turns, oldest first.
    pub(super) fn after(turns: &[Turn]) -> Self {
        let noted = turns
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, turn)| Some((at, serde_json::from_str::<Self>(turn.note.as_deref()?).ok()?)));
        let (known, mut course) = noted.map_or((0, Self::default()), |(at, course)| (at + 1, course));
        for line in turns[known..].iter().flat_map(|turn| &turn.lines) {
            course.messages = course.messages.saturating_add(1);
            course.answers = course.answers.saturating_add(u32::from(line.who == Who::Character));
        }
        course
    }

    /// As it is kept with a turn of a line and an answer; where that is too much, without the lore's memory.
    pub(super) fn note(mut self, lore: TimedState) -> String {
        self.messages = self.messages.saturating_add(2);
        self.answers = self.answers.saturating_add(1);
        self.lore = lore;
        let text = |course: &Self| serde_json::to_string(course).expect("numbers become JSON");
        let note = text(&self);
        if note.len() <= MOST_NOTE {
            return note;
        }
        self.lore = TimedState::default();
        text(&self)
    }
}

/// One scan's ingredients, owned: it runs on a thread of its own.
pub(super) struct Scan {
    pub(super) book: Lorebook,
    pub(super) course: Course,
    /// Who said what, oldest first, the newest line last.
    pub(super) window: Vec<(String, String)>,
    pub(super) called: String,
    pub(super) member: String,
    pub(super) conversation: u64,
    pub(super) seed: u64,
    pub(super) now: DateTime<Utc>,
    pub(super) trigger: &'static str,
    pub(super) budget: u32,
}

impl Scan {
    /// Of what was said before and what is to be answered now.
    pub(super) fn window(
        turns: &[Turn],
        newest: Newest<'_>,
        member: &str,
        called: &str,
    ) -> Vec<(String, String)> {
        let line = |who, text: &str| {
            let name = if who == Who::User { member } else { called };
            (name.to_owned(), text.to_owned())
        };
        let lines = turns.iter().flat_map(|turn| &turn.lines);
        let mut window: Vec<_> = lines.map(|said| line(said.who, &said.text)).collect();
        match newest {
            Newest::Line(said) => window.push(line(Who::User, said)),
            Newest::Rest { said, before } => {
                window.extend([line(Who::User, said), line(Who::Character, before)]);
            }
        }
        window
    }

    /// Finds what is active.
    pub(super) fn run(&self, tokens: &dyn Fn(&str) -> u32) -> Activated {
        let window: Vec<Message<'_>> =
            self.window.iter().map(|(name, text)| Message { name, text }).collect();
        let voice =
            Voice { member: &self.member, conversation: self.conversation, seed: self.seed, now: self.now };
        let settings =
            Settings { budget: Some(self.budget), trigger: self.trigger.to_owned(), ..Settings::default() };
        let is_new = self.trigger != Task::GO_ON;
        self.book.0.scan(&Asked {
            window: &window,
            state: &self.course.lore,
            settings: &settings,
            macros: &voice.context(&self.called, None),
            messages: self.course.messages.saturating_add(if is_new { 1 } else { 2 }),
            answers: self.course.answers.saturating_add(u32::from(!is_new)),
            greeting: None,
            tokens,
        })
    }
}

impl Talk {
    /// The lore for an answer, and what is to be kept with its turn.
    pub(super) async fn lore(&self, ran: &Ran, turns: &[Turn], budget: u32) -> (Vec<Active>, Option<String>) {
        let order = &ran.order;
        let Some(book) = order.script.book.clone() else { return (Vec::new(), None) };
        let called = order.script.called.clone();
        let course = Course::after(turns);
        let scan = Scan {
            book,
            window: Scan::window(turns, order.newest(), &order.member, &called),
            course: course.clone(),
            called,
            member: order.member.clone(),
            conversation: order.conversation,
            seed: ran.speaker.interaction.get(),
            now: ran.called_at,
            trigger: order.task.trigger(),
            budget,
        };
        let ai = self.0.ai.clone();
        let scanned = tokio::task::spawn_blocking(move || scan.run(&|text| ai.count(text)));
        let why = match tokio::time::timeout(DEADLINE, scanned).await {
            Ok(Ok(active)) => return (active.entries, Some(course.note(active.state))),
            Ok(Err(broken)) => broken.to_string(),
            Err(late) => late.to_string(),
        };
        tracing::warn!(character = %order.persona.id, why, "a lorebook can't be scanned: this answer goes without");
        let state = course.lore.clone();
        (Vec::new(), Some(course.note(state)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::ids::InteractionId, hot::memory::Line};

    fn turn(number: u64, note: Option<String>) -> Turn {
        let line = |who| Line { who, text: "words".to_owned() };
        let interaction = InteractionId::new(number).expect("an id");
        Turn { interaction, lines: vec![line(Who::User), line(Who::Character)], note }
    }

    #[test]
    fn a_conversation_is_as_long_as_its_newest_note_and_what_came_after_say() {
        let counted = |turns: &[Turn]| {
            let course = Course::after(turns);
            (course.messages, course.answers)
        };
        assert_eq!(counted(&[]), (0, 0));
        assert_eq!(counted(&[turn(1, None), turn(2, None)]), (4, 2));
        let long = Course { messages: 90, answers: 45, ..Course::default() }.note(TimedState::default());
        assert_eq!(counted(&[turn(1, Some(long.clone()))]), (92, 46));
        assert_eq!(counted(&[turn(1, Some(long)), turn(2, Some("no note".to_owned()))]), (94, 47));
    }

    #[test]
    fn a_note_that_would_be_too_much_leaves_its_lore_behind() {
        let mut state = TimedState::default();
        state.matched.insert(7, 1);
        let kept: Course = serde_json::from_str(&Course::default().note(state.clone())).expect("a note");
        assert_eq!(kept.lore, state);
        state.matched.extend((0..1_000).map(|entry| (entry, 1)));
        let cut: Course = serde_json::from_str(&Course::default().note(state)).expect("a note");
        assert_eq!((cut.messages, cut.lore), (2, TimedState::default()));
    }
}
