//! Gateway v10.

pub mod event;

pub use event::{Audience, Event, intents};

use crate::world::World;

/// The gateway's sessions.
#[derive(Debug, Default)]
pub struct Hub {}

impl Hub {
    /// A hub without sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands `event` to every session that may receive it.
    pub fn dispatch(&self, _world: &World, _event: &Event) {}
}
