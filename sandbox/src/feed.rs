//! Short notes of what happens in the world, for those who watch it: the page, and measurements.

use std::time::Instant;

use tokio::sync::broadcast;

use crate::ids::Id;

/// How many notes a slow watcher may lag behind; past it the oldest are lost to that watcher.
const LAG: usize = 8_192;

/// Something happened.
#[derive(Clone, Copy, Debug)]
pub enum Note {
    /// A message came, ephemeral ones included.
    Posted {
        /// Its channel.
        channel: Id,
        /// The message.
        message: Id,
    },
    /// A message changed.
    Edited {
        /// Its channel.
        channel: Id,
        /// The message.
        message: Id,
    },
    /// A message was taken away.
    Deleted {
        /// Its channel.
        channel: Id,
        /// The message.
        message: Id,
    },
    /// A message's reactions changed.
    Reacted {
        /// Its channel.
        channel: Id,
        /// The message.
        message: Id,
    },
    /// Somebody types.
    Typing {
        /// Where.
        channel: Id,
        /// Who.
        user: Id,
    },
    /// Servers, channels, roles, members, people or commands changed: look at them anew.
    Arranged,
    /// A member acted, and the bot is told.
    Opened(Id),
    /// A bot acknowledged an interaction.
    Acknowledged {
        /// The interaction.
        interaction: Id,
        /// When.
        at: Instant,
    },
}

/// Hands notes to every watcher. Without any it costs next to nothing.
#[derive(Clone, Debug)]
pub struct Feed(broadcast::Sender<Note>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(LAG))
    }
}

impl Feed {
    /// Tells the watchers. Never waits.
    pub fn tell(&self, note: Note) {
        if self.0.receiver_count() > 0 {
            // It fails only when the last watcher has just left.
            let _ = self.0.send(note);
        }
    }

    /// Notes from now on.
    pub fn watch(&self) -> broadcast::Receiver<Note> {
        self.0.subscribe()
    }
}
