//! What a link does with what comes through it.

use std::time::Duration;

use tokio::time::Instant;

/// The longest delay of a slow link.
pub const MAX_DELAY: Duration = Duration::from_secs(60);

/// What a link does with connections, new ones and open ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It forwards.
    #[default]
    Up,
    /// As if the server were stopped: connections are reset, new ones too.
    Off,
    /// As if the server were frozen: connections stay and new ones are taken, and nothing passes either way until
    /// the mode is another. Nothing is lost.
    Hang,
    /// It forwards each chunk this much late, either way, in order. [`MAX_DELAY`] at most.
    Slow(Duration),
}

impl Mode {
    /// When what came at `arrived` may go on; `None` is not for now.
    pub(super) fn due(self, arrived: Instant) -> Option<Instant> {
        match self {
            Self::Up => Some(arrived),
            Self::Slow(delay) => Some(arrived + delay),
            // A connection that is off is cut before it asks.
            Self::Hang | Self::Off => None,
        }
    }
}
