//! The one way of every command: who asks, the run, the answer, and how it ended.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use serenity::all::{
    ChannelId, CommandInteraction, ComponentInteraction, GuildId, InteractionId, MessageId, ModalInteraction,
    UserId,
};

use super::rest::RestError;
use super::{Context, Data, Reply, reply};
use crate::features::characters::Viewer;
use crate::i18n::{Catalog, Locale};

/// Who asks, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The member.
    pub user: UserId,
    /// The server; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: ChannelId,
    /// The language the member reads.
    pub locale: Locale,
    /// The interaction: the idempotency key of whatever it causes.
    pub interaction: InteractionId,
}

impl Actor {
    /// As whom characters are looked for.
    pub fn viewer(&self) -> Viewer {
        Viewer::new(self.user.get(), self.guild.map(GuildId::get)).expect("Discord's ids have 63 bits")
    }
}

/// One interaction that wants an answer.
#[derive(Clone, Copy)]
pub struct Invocation<'a> {
    data: &'a Data,
    actor: Actor,
    token: &'a str,
    acknowledged: &'a AtomicBool,
}

impl std::fmt::Debug for Invocation<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Invocation").field("actor", &self.actor).finish_non_exhaustive()
    }
}

/// How an interaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Refused,
    Failed,
    /// Discord no longer wanted the answer: it came late, or there was one.
    Over,
}

impl Outcome {
    /// The outcome's name in metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Over => "over",
        }
    }
}

impl<'a> From<Context<'a>> for Invocation<'a> {
    fn from(ctx: Context<'a>) -> Self {
        Self::command(ctx.framework.user_data, ctx.interaction, ctx.has_sent_initial_response)
    }
}

impl<'a> Invocation<'a> {
    /// A command's.
    pub(super) fn command(data: &'a Data, of: &'a CommandInteraction, acknowledged: &'a AtomicBool) -> Self {
        let actor = actor(of.user.id, of.guild_id, of.channel_id, &of.locale, of.id);
        Self { data, actor, token: &of.token, acknowledged }
    }

    /// A button's or menu's.
    pub(super) fn component(
        data: &'a Data,
        of: &'a ComponentInteraction,
        acknowledged: &'a AtomicBool,
    ) -> Self {
        let actor = actor(of.user.id, of.guild_id, of.channel_id, &of.locale, of.id);
        Self { data, actor, token: &of.token, acknowledged }
    }

    /// A form's.
    pub(super) fn modal(data: &'a Data, of: &'a ModalInteraction, acknowledged: &'a AtomicBool) -> Self {
        let actor = actor(of.user.id, of.guild_id, of.channel_id, &of.locale, of.id);
        Self { data, actor, token: &of.token, acknowledged }
    }

    /// Who asks.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The language the member reads.
    pub fn locale(&self) -> Locale {
        self.actor.locale
    }

    /// All texts.
    pub fn catalog(&self) -> &'a Catalog {
        &self.data.catalog
    }

    /// What every command can reach.
    pub fn data(&self) -> &'a Data {
        self.data
    }

    /// Whether Discord has had its first answer.
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// Says something: as the first answer, or after that as a further message.
    pub async fn reply(&self, mut reply: Reply) -> Result<(), RestError> {
        if self.is_acknowledged() {
            let files = reply.take_files();
            return self
                .data
                .rest
                .follow_up(self.data.application, self.token, &reply, files)
                .await
                .map(drop);
        }
        if reply.has_files() {
            let files = reply.take_files();
            let answer = reply::with_files(&reply);
            let sent = self
                .data
                .rest
                .callback_with_response(self.actor.interaction, self.token, &answer, files)
                .await;
            return self.acknowledge(sent.map(drop));
        }
        self.reply_prepared(reply.callback()).await
    }

    /// Gives the first answer from a body that [`Reply::callback`] made before.
    pub async fn reply_prepared(&self, callback: Bytes) -> Result<(), RestError> {
        self.acknowledge(self.data.rest.callback(self.actor.interaction, self.token, callback).await)
    }

    /// Shows the bot as thinking, for up to 15 minutes. Does nothing after a first answer.
    pub async fn defer(&self, ephemeral: bool) -> Result<(), RestError> {
        if self.is_acknowledged() {
            return Ok(());
        }
        self.reply_prepared(reply::deferred(ephemeral)).await
    }

    /// Replaces the first answer.
    pub async fn edit(&self, reply: Reply) -> Result<(), RestError> {
        let mut edit = reply.into_edit();
        let files = edit.take_files();
        self.data.rest.edit_interaction_message(self.data.application, self.token, None, &edit, files).await
    }

    /// Replaces the first answer, and gives the message that it is.
    pub(super) async fn edit_into(&self, reply: Reply) -> Result<MessageId, RestError> {
        let edit = reply.into_edit();
        Ok(self.data.rest.edit_first_answer(self.data.application, self.token, &edit).await?.id)
    }

    /// Acknowledges a button without a sign; its message can be changed for 15 minutes. Does nothing after a first
    /// answer.
    pub(super) async fn defer_update(&self) -> Result<(), RestError> {
        if self.is_acknowledged() {
            return Ok(());
        }
        self.reply_prepared(reply::deferred_update()).await
    }

    /// Answers a button by putting this in the place of the message that it is on.
    pub(super) async fn update(&self, reply: Reply) -> Result<(), RestError> {
        if self.is_acknowledged() {
            return self.edit(reply).await;
        }
        self.reply_prepared(reply.into_edit().update()).await
    }

    /// A further message, whose id is needed to change it.
    pub(super) async fn follow_up(&self, reply: Reply) -> Result<MessageId, RestError> {
        let sent = self.data.rest.follow_up(self.data.application, self.token, &reply, Vec::new()).await?;
        Ok(sent.id)
    }

    /// Changes a further message.
    pub(super) async fn edit_further(&self, message: MessageId, reply: Reply) -> Result<(), RestError> {
        let (app, edit) = (self.data.application, reply.into_edit());
        self.data.rest.edit_interaction_message(app, self.token, Some(message), &edit, Vec::new()).await
    }

    /// Takes back a further message, or (`None`) the first answer.
    pub(super) async fn delete(&self, message: Option<MessageId>) -> Result<(), RestError> {
        self.data.rest.delete_interaction_message(self.data.application, self.token, message).await
    }

    /// The token with which the interaction's messages can be changed: a secret.
    pub(super) fn token(&self) -> &'a str {
        self.token
    }

    fn acknowledge(&self, sent: Result<(), RestError>) -> Result<(), RestError> {
        // A first answer of unknown fate is not taken for one: if it arrived, Discord refuses the next.
        if sent.is_ok() {
            self.acknowledged.store(true, Ordering::Release);
        }
        sent
    }
}

fn actor(
    user: UserId,
    guild: Option<GuildId>,
    channel: ChannelId,
    locale: &str,
    interaction: InteractionId,
) -> Actor {
    Actor { user, guild, channel, locale: Locale::from_discord(locale), interaction }
}
