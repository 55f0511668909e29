//! Talking: one member and one character, from the line to the settled answer.

mod closing;
mod exchange;
mod kept;
mod lore;
pub mod prompt;
mod recall;
mod waiting;
mod wish;

use std::{fmt, sync::Arc, time::Duration};

use futures::FutureExt;
use moka::future::Cache;
use tokio_util::task::TaskTracker;

use self::prompt::{Sample, Script, Voice, clean, sheet};
pub use self::{
    exchange::{Ended, Exchange, Posted},
    kept::{ButtonError, Presser},
    recall::{ForgetError, Forgotten, Remembered},
    waiting::{WaitStep, Waiting},
};
use crate::{
    ai::Gateway,
    cold::{Cold, replies::Reply},
    config::TalkSettings,
    domain::{
        bond::Nickname,
        character::CharacterId,
        clock::Clock,
        denial::Denial,
        ids::{ChannelId, InteractionId, Place, RoleId, UserId},
        persona::Persona,
    },
    features::{
        bonds::Bonds,
        characters::{Characters, Viewer},
    },
    gates::{Gate, Gates},
    hot::Hot,
    i18n::plain,
    warm::{policies::Policies, queue::Durable},
};

/// Most characters of a greeting: it shares a message with a hint.
const MOST_GREETING: usize = 1_500;
/// Beginnings of prompts in memory, and for how long: counting gets more exact while the bot runs.
const MOST_SCRIPTS: u64 = 1_000;
const SCRIPTS_LIVE: Duration = Duration::from_secs(10 * 60);
/// Replies in memory, and for how long: buttons are mostly pressed at once.
const MOST_REPLIES: u64 = 2_000;
const REPLIES_LIVE: Duration = Duration::from_secs(15 * 60);

/// Who speaks, and where. `Debug` never shows their name.
#[derive(Clone)]
pub struct Speaker {
    /// The interaction, or the message: the idempotency key.
    pub interaction: InteractionId,
    /// The member.
    pub user: UserId,
    /// What they are called there: hostile text.
    pub name: String,
    /// Where their limits are kept.
    pub place: Place,
    /// The channel, or the thread.
    pub channel: ChannelId,
    /// The thread's channel.
    pub parent: Option<ChannelId>,
    /// The member's roles.
    pub roles: Vec<RoleId>,
}

impl Speaker {
    /// As whom characters are looked for.
    pub const fn viewer(&self) -> Viewer {
        Viewer { user: self.user, place: self.place }
    }
}

/// What they want. `Debug` never shows the words.
#[derive(Clone, PartialEq, Eq)]
pub enum Wish {
    /// To say something to a character; `None`: whoever answers there by default.
    Say {
        /// To whom.
        character: Option<CharacterId>,
        /// What: hostile text.
        text: String,
    },
    /// Another answer to an earlier line.
    Again(InteractionId),
    /// More of the answer to an earlier line.
    GoOn(InteractionId),
}

impl fmt::Debug for Speaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speaker")
            .field("interaction", &self.interaction)
            .field("user", &self.user)
            .field("place", &self.place)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Say { character, text } => {
                write!(f, "Say({character:?}, {} bytes)", text.len())
            }
            Self::Again(of) => write!(f, "Again({of})"),
            Self::GoOn(of) => write!(f, "GoOn({of})"),
        }
    }
}

/// What comes of a wish.
#[derive(Debug)]
pub enum Opened {
    /// Admitted.
    Ready(Exchange),
    /// They may wait; an [`Exchange`] comes of [`Waiting::next`].
    Waiting(Waiting),
}

/// What talking is made from.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Admission, the way to the model.
    pub gates: Gates,
    /// Who can be talked to.
    pub characters: Characters,
    /// Counts tokens; nothing else is asked of it here.
    pub ai: Gateway,
    /// Short memory and statistics.
    pub hot: Hot,
    /// Bonds and kept replies.
    pub cold: Cold,
    /// Records of calls.
    pub durable: Durable,
    /// Who answers in a guild by default.
    pub policies: Policies,
    /// Owns what runs after an answer: to be waited for before the stores close.
    pub tracker: TaskTracker,
    /// How much is remembered.
    pub settings: TalkSettings,
}

/// Talking. Clones share it.
#[derive(Clone)]
pub struct Talk(Arc<Inner>);

struct Inner {
    gates: Gates,
    characters: Characters,
    ai: Gateway,
    hot: Hot,
    cold: Cold,
    durable: Durable,
    policies: Policies,
    tracker: TaskTracker,
    settings: TalkSettings,
    /// How prompts begin, by character and version.
    scripts: Cache<(CharacterId, String), Arc<Script>>,
    replies: Cache<InteractionId, Arc<Reply>>,
    /// Replies that were deleted a moment ago: what is still under way must not bring them back.
    gone: Cache<InteractionId, ()>,
    bonds: Bonds,
}

impl fmt::Debug for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Talk").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Talk {
    /// Talking over these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts { gates, characters, ai, hot, cold, durable, policies, tracker, settings } = parts;
        let bonds = Bonds::new(cold.clone(), policies.clone(), hot.clock().clone());
        Self(Arc::new(Inner {
            gates,
            characters,
            ai,
            hot,
            cold,
            durable,
            policies,
            tracker,
            settings,
            scripts: Cache::builder().max_capacity(MOST_SCRIPTS).time_to_live(SCRIPTS_LIVE).build(),
            replies: Cache::builder().max_capacity(MOST_REPLIES).time_to_live(REPLIES_LIVE).build(),
            gone: Cache::builder().max_capacity(MOST_REPLIES).time_to_live(REPLIES_LIVE).build(),
            bonds,
        }))
    }

    /// Asks for admission.
    ///
    /// # Errors
    /// A [`Denial`], to be told at once.
    pub async fn open(&self, speaker: Speaker, wish: Wish) -> Result<Opened, Denial> {
        // Boxed, here and where a connection may be held: without it, types grow deeper than the compiler looks.
        self.decide(speaker, wish).boxed().await
    }

    async fn decide(&self, speaker: Speaker, wish: Wish) -> Result<Opened, Denial> {
        let order = self.understand(&speaker, wish).await?;
        let gate = self.0.gates.admit(&self.ask(&speaker, &order)).await?;
        Ok(match gate {
            Gate::Open(admission) => Opened::Ready(Exchange::new(self.clone(), speaker, order, admission)),
            Gate::Line(line) => Opened::Waiting(Waiting::new(line, self.clone(), speaker, order)),
        })
    }

    /// How much is remembered, and how long prompts get.
    pub fn settings(&self) -> TalkSettings {
        self.0.settings
    }

    /// Who can be talked to.
    pub fn characters(&self) -> &Characters {
        &self.0.characters
    }

    /// How close members and characters are.
    pub fn bonds(&self) -> &Bonds {
        &self.0.bonds
    }

    /// A character's first words to a member, as close as the two are, by the name that the member has on Discord or was
    /// given by the character: ready to be shown, with the name as text. Long ones are cut.
    pub async fn greeting(&self, persona: &Persona, user: UserId, name: &str) -> String {
        let closeness = self.0.bonds.closeness(user, &persona.id).await.unwrap_or_default();
        let name = closeness.nickname.as_ref().map_or(name, Nickname::as_str);
        self.spoken(persona, persona.greeting_to(closeness.band), name)
    }

    /// One of a character's texts as a member of that name reads it. A long one is cut.
    pub fn spoken(&self, persona: &Persona, text: &str, name: &str) -> String {
        let voice = Voice { member: &plain(&clean::name(name)), now: self.clock().now(), ..Voice::anybody() };
        closing::first_chars(&voice.expand(text, &persona.called), MOST_GREETING).to_owned()
    }

    /// A prompt for people to read: each part with its tokens and words.
    pub fn explain(&self, persona: &Persona, sample: &Sample<'_>) -> String {
        let count = |text: &str| self.0.ai.count(text);
        sheet(&sample.prompt(persona, self.0.settings.prompt_tokens, &count))
    }

    /// What days and moments go by.
    fn clock(&self) -> &Clock {
        self.0.hot.clock()
    }
}
