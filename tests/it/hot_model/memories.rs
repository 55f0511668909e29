//! Short memories: what both stores answer, and what must be in them.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use troupe::{
    domain::ids::InteractionId,
    hot::memory::{Between, Caps, Line, Recall, Remember, Revise, Stored, Turn, Who},
};

use super::{Play, between};

const CAPS: Caps = Caps { lines: 6, bytes: 700 };
const MEMORY_LIFE: Duration = Duration::from_secs(60 * 60);

#[derive(Default)]
pub(super) struct Model {
    pub(super) turns: VecDeque<Turn>,
    ends_at: i64,
}

pub(super) fn turn(number: u64, text: &str) -> Turn {
    let line = |who, text: String| Line { who, text };
    let mut lines = vec![line(Who::User, text.to_owned()), line(Who::Character, format!("{text}!"))];
    lines.truncate(if number.is_multiple_of(3) { 1 } else { 2 });
    let note = number.is_multiple_of(2).then(|| format!("{{\"after\":\"{text}\"}}"));
    Turn { interaction: InteractionId::new(number).expect("an id"), lines, note }
}

/// A turn's weight by the documented form, written here once more.
fn weight(turn: &Turn) -> usize {
    let lines: Vec<_> = turn
        .lines
        .iter()
        .map(|line| {
            let who = if line.who == Who::User { "user" } else { "character" };
            serde_json::json!({"who": who, "text": line.text})
        })
        .collect();
    let mut form = serde_json::json!({"interaction": turn.interaction, "count": lines.len(), "lines": lines});
    if let Some(note) = &turn.note {
        form["note"] = note.as_str().into();
    }
    form.to_string().len()
}

impl Play<'_> {
    pub(super) fn memory(&mut self, who: usize) -> &mut Model {
        let now = self.both.now_ms();
        let model = self.memories.entry(who).or_default();
        if model.ends_at <= now {
            model.turns.clear();
        }
        model
    }

    pub(super) async fn remember(&mut self, who: usize, turn: Turn) {
        let operation = Remember { between: between(who), turn: turn.clone(), caps: CAPS, life: MEMORY_LIFE };
        let stored = self.both.ask(&operation).await;
        let known = self.memory(who).turns.iter().any(|held| held.interaction == turn.interaction);
        self.stored(who, &turn, known, stored, VecDeque::push_back).await;
        if stored == Stored::Kept {
            assert_eq!(self.both.ask(&operation).await, Stored::Unchanged, "remembered twice");
        }
    }

    pub(super) async fn revise(&mut self, who: usize, turn: Turn) {
        let operation = Remember { between: between(who), turn: turn.clone(), caps: CAPS, life: MEMORY_LIFE };
        let stored = self.both.ask(&Revise(operation)).await;
        let known = self.memory(who).turns.iter().any(|held| held.interaction == turn.interaction);
        let replace = |turns: &mut VecDeque<Turn>, turn: Turn| {
            let place = turns.iter_mut().find(|held| held.interaction == turn.interaction);
            *place.expect("it was there") = turn;
        };
        self.stored(who, &turn, !known, stored, replace).await;
    }

    async fn stored(
        &mut self,
        who: usize,
        turn: &Turn,
        unchanged: bool,
        stored: Stored,
        change: impl FnOnce(&mut VecDeque<Turn>, Turn),
    ) {
        let ends_at = self.both.now_ms() + i64::try_from(MEMORY_LIFE.as_millis()).expect("an hour");
        let too_large = weight(turn) > CAPS.bytes || turn.lines.len() > CAPS.lines;
        let model = self.memory(who);
        if too_large {
            assert_eq!(stored, Stored::TooLarge);
        } else if unchanged {
            assert_eq!(stored, Stored::Unchanged);
        } else {
            assert_eq!(stored, Stored::Kept);
            change(&mut model.turns, turn.clone());
            model.ends_at = ends_at;
            while model.turns.iter().map(|turn| turn.lines.len()).sum::<usize>() > CAPS.lines
                || model.turns.iter().map(weight).sum::<usize>() > CAPS.bytes
            {
                model.turns.pop_front();
            }
        }
        self.check_memory(who).await;
    }

    pub(super) async fn check_memory(&mut self, who: usize) {
        let recalled = self.both.ask(&Recall(between(who))).await;
        assert!(recalled.iter().map(|turn| turn.lines.len()).sum::<usize>() <= CAPS.lines);
        assert!(recalled.iter().map(weight).sum::<usize>() <= CAPS.bytes);
        let ids: BTreeSet<_> = recalled.iter().map(|turn| turn.interaction).collect();
        assert_eq!(ids.len(), recalled.len(), "a turn is there twice");
        assert_eq!(recalled, self.memory(who).turns.iter().cloned().collect::<Vec<_>>());
    }

    pub(super) async fn check_all_memories(&mut self) {
        for who in 0..8 {
            self.check_memory(who).await;
        }
    }

    pub(super) fn forget_where(&mut self, forgotten: impl Fn(&Between) -> bool) -> usize {
        let all: Vec<_> = (0..8).filter(|who| forgotten(&between(*who))).collect();
        let took = |who: &usize| !std::mem::take(&mut self.memory(*who).turns).is_empty();
        all.iter().map(took).filter(|took| *took).count()
    }
}
