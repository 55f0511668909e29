//! "… is typing" until the first words are there.

use std::time::Duration;

use serenity::all::ChannelId;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::Venue;
use crate::discord::rest::Rest;

/// Answers that begin within this time need no sign before.
const AFTER: Duration = Duration::from_millis(700);
/// Discord shows it for 10 s.
const EVERY: Duration = Duration::from_secs(8);
/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(3);

/// Shows the bot as typing until it is stopped or dropped.
pub(super) struct Typing {
    stop: CancellationToken,
    _task: Option<AbortOnDropHandle<()>>,
}

impl Typing {
    /// In a channel; a response shows the bot as thinking anyway, and an earlier answer is there to be seen.
    pub(super) fn begin(rest: &Rest, venue: &Venue, is_over_earlier: bool) -> Self {
        let stop = CancellationToken::new();
        let task = match venue {
            Venue::Channel { channel, .. } if !is_over_earlier => {
                let keep = keep(rest.within(DEADLINE), *channel, stop.clone());
                let task = tokio::spawn(keep.in_current_span());
                Some(AbortOnDropHandle::new(task))
            }
            _ => None,
        };
        Self { stop, _task: task }
    }

    /// No further sign. One under way is let go: cut off, it would count as lost against the channel's pace.
    pub(super) fn stop(&mut self) {
        self.stop.cancel();
    }
}

async fn keep(rest: Rest, channel: ChannelId, stop: CancellationToken) {
    let mut pause = AFTER;
    while stop.run_until_cancelled(sleep(pause)).await.is_some() {
        // Where the bot may not even do this, the answer's own way will tell.
        if rest.typing(channel).await.is_err() {
            return;
        }
        pause = EVERY;
    }
}
