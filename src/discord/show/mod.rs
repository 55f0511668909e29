//! How an answer appears on Discord: as it comes, in the character's name, on as many pages as it takes.
//!
//! A [`Show`] owns one task. Whoever has the words only says what the text is so far, and never waits for Discord: the
//! task posts the first words at once, then edits at a pace that Discord allows, each time with the newest text. What
//! goes wrong is in what [`Show::finish`] gives; the text itself is the caller's to keep.

mod buttons;
mod custom_id;
mod notes;
mod outlet;
mod pace;
mod pages;
mod personas;
mod player;
mod typing;
mod words;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use metrics::counter;
use secrecy::SecretString;
use serenity::all::{ApplicationId, ChannelId, CreateActionRow, MessageId};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

pub use buttons::buttons;
pub use custom_id::{CustomId, Place, Verb};
pub use notes::{can_go_on, notes};
pub use words::own_line;

use super::rest::{Rest, RestError};
use crate::domain::clock::Clock;
use crate::features::talk::Posted;
use crate::trace;
use outlet::{At, Outlet};
use personas::Personas;
use player::Order;

/// One edit of an answer in this time: five in five seconds are what Discord is known to allow.
const PACE: Duration = Duration::from_millis(1_100);

/// The most bytes of an answer that are looked at: more than fit on all pages.
const MOST_BYTES: usize = 80_000;

/// What all shows need. Clones share the known webhooks.
#[derive(Debug, Clone)]
pub struct Stage {
    rest: Rest,
    application: ApplicationId,
    personas: Personas,
    pace: Duration,
    clock: Clock,
}

impl Stage {
    /// A stage for the bot's application, by Discord's time; nothing is asked yet.
    pub fn new(rest: Rest, application: ApplicationId, clock: Clock) -> Self {
        let personas = Personas::new(&rest, application);
        Self { rest, application, personas, pace: PACE, clock }
    }

    /// With another time between two edits of an answer; zero: as fast as Discord's headers allow.
    #[must_use]
    pub fn with_pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Takes an answer away. What is gone already is no failure.
    pub async fn remove(&self, venue: Venue, posted: &Posted) -> Result<(), RestError> {
        let outlet = Outlet::of(self, venue, !posted.by_webhook).await;
        // From below, so that what is left when it fails still has its beginning.
        for (place, id) in posted.messages.iter().enumerate().rev().filter(|(_, id)| **id != 0) {
            let at = At { message: MessageId::new(*id), is_first: place == 0 };
            match outlet.delete(self, &self.rest, at).await {
                Err(error) if error.status() != Some(404) => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Where an answer appears.
#[derive(Clone)]
pub enum Venue {
    /// A channel, a thread or a direct message, in messages of their own.
    Channel {
        /// The channel or thread.
        channel: ChannelId,
        /// The thread's channel; `None`: it is no thread.
        parent: Option<ChannelId>,
        /// Whether the bot may have webhooks there, as far as that is known; false in direct messages.
        webhooks: bool,
        /// The message that the answer refers to, where the bot itself speaks.
        answering: Option<MessageId>,
    },
    /// An interaction's response, deferred before: private answers, and a component's own message.
    Response {
        /// The interaction's token.
        token: SecretString,
        /// Whether it was deferred so that only the member sees it.
        ephemeral: bool,
    },
}

impl fmt::Debug for Venue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel { channel, parent, webhooks, .. } => out
                .debug_struct("Channel")
                .field("channel", channel)
                .field("parent", parent)
                .field("webhooks", webhooks)
                .finish_non_exhaustive(),
            Self::Response { ephemeral, .. } => {
                out.debug_struct("Response").field("ephemeral", ephemeral).finish_non_exhaustive()
            }
        }
    }
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// The name, from anyone: spelled so that Discord takes it.
    pub name: String,
    /// An https address of the picture that Discord can reach.
    pub avatar_url: Option<String>,
    /// The colour, 0xRRGGBB, where the name alone does not show who speaks.
    pub colour: u32,
}

/// An answer that is there already, to be shown over: another take, or one that goes on.
#[derive(Clone, Default)]
pub struct Earlier {
    /// Its messages, in order.
    pub posted: Posted,
    /// What stands in them, without notes: pages that stay the same are left alone.
    pub text: String,
}

impl fmt::Debug for Earlier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Earlier").field("posted", &self.posted).finish_non_exhaustive()
    }
}

/// What stands below a finished answer.
#[derive(Clone, Default)]
pub struct End {
    /// Small lines; see [`notes`].
    pub notes: String,
    /// Buttons; see [`buttons`].
    pub rows: Vec<CreateActionRow>,
}

impl fmt::Debug for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("End").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// What became of an answer.
#[derive(Debug, Clone)]
#[must_use]
pub struct Shown {
    /// Where it is to be seen, whole or not.
    pub posted: Posted,
    /// Why it is not to be seen whole; `None`: it is.
    pub trouble: Option<Trouble>,
}

/// Why an answer is not to be seen whole.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// Somebody deleted a message of it, or its channel.
    Gone,
    /// The interaction's token is over: its 15 minutes have passed.
    Over,
    /// The bot may not write there.
    Forbidden,
    /// Discord did not take it, as often as it was tried.
    Failed(RestError),
    /// The show itself broke.
    Broken,
}

impl Trouble {
    fn count(&self) {
        let name = match self {
            Self::Gone => "gone",
            Self::Over => "over",
            Self::Forbidden => "forbidden",
            Self::Failed(_) => "failed",
            Self::Broken => "broken",
        };
        counter!("discord_shows_in_trouble_total", "trouble" => name).increment(1);
    }
}

/// An answer that appears. Dropped, it stays as it is.
#[derive(Debug)]
#[must_use]
pub struct Show {
    orders: watch::Sender<Order>,
    task: AbortOnDropHandle<Shown>,
}

impl Show {
    /// Begins: until the first words the bot is shown as typing. Nothing is posted before `floor` ends, which must end.
    pub fn begin(
        stage: &Stage,
        venue: Venue,
        face: Face,
        earlier: Option<Earlier>,
        floor: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (orders, heard) = watch::channel(Order::default());
        let play = player::play(stage.clone(), face, venue, earlier, floor, heard);
        let task = tokio::spawn(play.instrument(trace::child!("show")));
        Self { orders, task: AbortOnDropHandle::new(task) }
    }

    /// The whole text so far, which may also be another one or shorter than before. Never waits.
    pub fn say(&self, text: &str) {
        let text = bounded(text);
        self.orders.send_if_modified(|order| {
            let is_new = order.text != text;
            if is_new {
                order.text.clear();
                order.text.push_str(text);
            }
            is_new
        });
    }

    /// The whole text, and what stands below: waits until it is shown, or can't be. Its last requests have 35 s.
    pub async fn finish(self, text: &str, end: End) -> Shown {
        self.orders.send_modify(|order| {
            order.text.clear();
            order.text.push_str(bounded(text));
            order.end = Some(end);
        });
        self.task.await.unwrap_or_else(|_| {
            // The panic itself is in the log.
            Trouble::Broken.count();
            Shown { posted: Posted::default(), trouble: Some(Trouble::Broken) }
        })
    }
}

/// The beginning that can be shown at all.
fn bounded(text: &str) -> &str {
    let end = (0..=MOST_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}
