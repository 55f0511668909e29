//! Sticky entries, cooldowns and delays: what a conversation remembers of its lore from turn to turn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::book::Entry;
use super::compile::Compiled;

/// Most effects of a kind that a state keeps; the oldest leave first.
const MOST_EFFECTS: usize = 1_000;

/// What a conversation remembers of its lore. Small, and of no meaning but to the next scan: keep it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimedState {
    /// Entries that stay active, by their identity.
    pub sticky: BTreeMap<u64, Effect>,
    /// Entries that can't activate.
    pub cooldown: BTreeMap<u64, Effect>,
    /// Entries whose decorators ask whether they were active before: how long the conversation was when they first were.
    pub matched: BTreeMap<u64, u32>,
}

/// A span of a conversation, in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The conversation's length when it began.
    pub start: u32,
    /// The length at which it is over.
    pub end: u32,
    /// Stays although the conversation has not gone on since (a cooldown that followed on a sticky span).
    #[serde(default)]
    pub protected: bool,
}

/// What is in effect at a turn, by the entries' numbers.
pub(super) struct Timed {
    pub(super) state: TimedState,
    sticky: Vec<bool>,
    cooldown: Vec<bool>,
    messages: u32,
}

impl Timed {
    /// Moves a state on to a conversation of so many messages. What began at this length or later is taken back: its answer
    /// is being made anew.
    pub(super) fn at(state: &TimedState, entries: &[Compiled], messages: u32) -> Self {
        let mut state = state.clone();
        let by_identity: BTreeMap<u64, usize> =
            entries.iter().enumerate().map(|(number, one)| (one.entry.identity, number)).collect();
        let mut sticky = vec![false; entries.len()];
        let mut cooldown = vec![false; entries.len()];
        let entry =
            |identity: u64| by_identity.get(&identity).map(|number| (*number, &entries[*number].entry));
        let mut ended = Vec::new();
        state.sticky.retain(|identity, effect| {
            let (stays, over) = keeps(*effect, messages, entry(*identity).map(|(_, entry)| entry.sticky));
            if let Some((number, entry)) = entry(*identity) {
                sticky[number] = stays;
                if over && entry.cooldown > 0 {
                    ended.push((*identity, span(messages, entry.cooldown, true)));
                }
            }
            stays
        });
        // An entry that was sticky to its end cools down from here on.
        state.cooldown.extend(ended);
        state.cooldown.retain(|identity, effect| {
            let (stays, _) = keeps(*effect, messages, entry(*identity).map(|(_, entry)| entry.cooldown));
            if let Some((number, _)) = entry(*identity) {
                cooldown[number] = stays;
            }
            stays
        });
        state.matched.retain(|_, first| *first < messages);
        Self { state, sticky, cooldown, messages }
    }

    pub(super) fn is_sticky(&self, number: usize) -> bool {
        self.sticky[number]
    }

    pub(super) fn is_cooling(&self, number: usize) -> bool {
        self.cooldown[number]
    }

    pub(super) fn was_active(&self, entry: &Entry) -> bool {
        self.state.matched.contains_key(&entry.identity)
    }

    /// The state after a turn that activated these entries. A span that runs is not begun anew.
    pub(super) fn after<'e>(mut self, active: impl Iterator<Item = &'e Entry>) -> TimedState {
        for entry in active {
            let spans = [(&mut self.state.sticky, entry.sticky), (&mut self.state.cooldown, entry.cooldown)];
            for (effects, length) in spans {
                if length > 0 {
                    effects.entry(entry.identity).or_insert_with(|| span(self.messages, length, false));
                }
            }
            if entry.decorators.keep_after_match || entry.decorators.dont_after_match {
                self.state.matched.entry(entry.identity).or_insert(self.messages);
            }
        }
        shorten(&mut self.state.sticky, |effect| effect.start);
        shorten(&mut self.state.cooldown, |effect| effect.start);
        shorten(&mut self.state.matched, |first| *first);
        self.state
    }
}

fn span(messages: u32, length: u32, protected: bool) -> Effect {
    Effect { start: messages, end: messages.saturating_add(length), protected }
}

/// Whether an effect goes on, and whether it is over by its time. `length` is what its entry says of it now; `None` when the
/// entry is not in these books.
fn keeps(effect: Effect, messages: u32, length: Option<u32>) -> (bool, bool) {
    if messages <= effect.start && !effect.protected {
        return (false, false);
    }
    let over = messages >= effect.end;
    match length {
        Some(0) => (false, false),
        Some(_) => (!over, over),
        None => (!over, false),
    }
}

fn shorten<V>(kept: &mut BTreeMap<u64, V>, start: impl Fn(&V) -> u32) {
    while kept.len() > MOST_EFFECTS {
        let oldest = kept.iter().min_by_key(|(_, value)| start(value)).map(|(identity, _)| *identity);
        oldest.map(|identity| kept.remove(&identity));
    }
}
