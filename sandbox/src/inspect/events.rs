//! The last events that bots were told of members' acts: interactions and messages.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use crate::gateway::Event;
use crate::ids::Id;
use crate::world::id_of;

/// How many are kept.
const KEPT: usize = 2_000;

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The interaction's id, or the message's.
    pub(super) id: Id,
    /// The event's name.
    pub(super) name: &'static str,
    /// When, in milliseconds since the Unix epoch, on the sandbox's clock.
    pub(super) at_ms: u64,
    /// Its data.
    pub(super) data: Arc<Value>,
}

/// Events in their order.
#[derive(Debug, Default)]
pub(super) struct Events(VecDeque<Told>);

impl Events {
    pub(super) fn note(&mut self, event: &Event, at_ms: u64) {
        let of_interest = match event.name {
            "INTERACTION_CREATE" => true,
            "MESSAGE_CREATE" => event.data["author"]["bot"] != true,
            _ => false,
        };
        let Some(id) = id_of(&event.data["id"]).filter(|_| of_interest) else { return };
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Told { id, name: event.name, at_ms, data: Arc::clone(&event.data) });
    }

    /// The newest first.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Told> {
        self.0.iter().rev()
    }

    pub(super) fn find(&self, id: Id) -> Option<&Told> {
        self.newest().find(|told| told.id == id)
    }
}
