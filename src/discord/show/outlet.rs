//! The three ways to put words on Discord: through the channel's webhook, as the bot, and in an interaction's response.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serenity::all::{ChannelId, CreateActionRow, CreateEmbed, CreateEmbedAuthor, MessageId};

use super::pages::beginning;
use super::personas::Hook;
use super::words::{seen, webhook_name};
use super::{Face, Stage, Venue};
use crate::discord::Reply;
use crate::discord::rest::{Rest, RestError, Sent};
use crate::domain::snowflake;
use crate::i18n::plain;

/// The longest name of an embed's author.
const AUTHOR: usize = 80;
/// The longest name in plain text, before its markup is escaped, in UTF-16 units: it stands above the page.
const PLAIN_NAME: usize = 40;
/// How many of a channel's newest messages are searched for one whose answer got lost.
const SEARCHED: u8 = 100;
/// How long before it was sent a lost message may have been made by Discord's clock.
const CLOCKS_APART_MS: i64 = 30_000;

/// One page, as it is to be seen.
#[derive(Debug, Clone)]
pub(super) struct Card<'a> {
    pub(super) text: &'a str,
    /// `None` leaves the buttons as they are: none, on a new message.
    pub(super) rows: Option<Vec<CreateActionRow>>,
}

/// Where words go.
#[derive(Clone)]
pub(super) enum Outlet {
    /// Through a webhook of the thread's channel, or of the channel itself.
    Webhook { hook: Arc<Hook>, of: ChannelId, thread: Option<ChannelId> },
    /// As the bot, in answer to a message or not; in embeds, or where it may not have any, in plain text.
    Bot { channel: ChannelId, answering: Option<MessageId>, is_plain: bool },
    /// In an interaction's first answer, and further messages after it.
    Response { token: SecretString, ephemeral: bool },
}

/// A page's message.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) message: MessageId,
    /// Whether it is the first page: an interaction's first answer has an address of its own.
    pub(super) is_first: bool,
}

impl At {
    fn in_response(self) -> Option<MessageId> {
        (!self.is_first).then_some(self.message)
    }
}

impl Outlet {
    /// Where the words of a venue go; as the bot where a webhook is not to be had, or not wanted.
    pub(super) async fn of(stage: &Stage, venue: Venue, as_bot: bool) -> Self {
        match venue {
            Venue::Response { token, ephemeral } => Self::Response { token, ephemeral },
            Venue::Channel { channel, parent, webhooks, answering } => {
                let of = parent.unwrap_or(channel);
                let hook = if webhooks && !as_bot { stage.personas.hook(of).await } else { None };
                match hook {
                    Some(hook) => Self::Webhook { hook, of, thread: parent.map(|_| channel) },
                    None => Self::Bot { channel, answering, is_plain: false },
                }
            }
        }
    }

    /// Where a channel is written to as the bot.
    pub(super) fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Webhook { of, thread, .. } => Some(thread.unwrap_or(*of)),
            Self::Bot { channel, .. } => Some(*channel),
            Self::Response { .. } => None,
        }
    }

    pub(super) fn is_webhook(&self) -> bool {
        matches!(self, Self::Webhook { .. })
    }

    /// Posts a page; `nonce` is the page's own.
    pub(super) async fn post(
        &self,
        stage: &Stage,
        rest: &Rest,
        face: &Face,
        card: Card<'_>,
        nonce: &str,
        is_first: bool,
    ) -> Result<MessageId, RestError> {
        let has_rows = card.rows.is_some();
        let reply = self.reply(face, card);
        let made = match self {
            Self::Webhook { hook, thread, .. } => {
                let spoken =
                    reply.without_previews().spoken_by(webhook_name(&face.name), face.avatar_url.clone());
                rest.execute_webhook(hook.target(*thread), &spoken, Vec::new()).await?
            }
            Self::Bot { channel, answering, .. } => {
                let mut reply = reply.once(nonce);
                if let Some(message) = answering.filter(|_| is_first) {
                    reply = reply.answering(message);
                }
                rest.create_message(*channel, &reply, Vec::new()).await?
            }
            Self::Response { token, .. } if is_first => {
                // It may be a message with buttons, whose press this answers.
                let reply = if has_rows { reply } else { reply.components(Vec::new()) };
                rest.edit_first_answer(stage.application, token.expose_secret(), &reply.into_edit()).await?
            }
            Self::Response { token, ephemeral } => {
                let reply = if *ephemeral { reply.ephemeral() } else { reply };
                rest.follow_up(stage.application, token.expose_secret(), &reply, Vec::new()).await?
            }
        };
        Ok(made.id)
    }

    /// Changes a page.
    pub(super) async fn edit(
        &self,
        stage: &Stage,
        rest: &Rest,
        face: &Face,
        at: At,
        card: Card<'_>,
    ) -> Result<(), RestError> {
        let edit = self.reply(face, card).into_edit();
        match self {
            Self::Webhook { hook, thread, .. } => {
                rest.edit_webhook_message(hook.target(*thread), at.message, &edit, Vec::new()).await
            }
            Self::Bot { channel, .. } => rest.edit_message(*channel, at.message, &edit, Vec::new()).await,
            Self::Response { token, .. } => {
                let (app, token) = (stage.application, token.expose_secret());
                rest.edit_interaction_message(app, token, at.in_response(), &edit, Vec::new()).await
            }
        }
    }

    /// Takes a page away.
    pub(super) async fn delete(&self, stage: &Stage, rest: &Rest, at: At) -> Result<(), RestError> {
        match self {
            Self::Webhook { hook, thread, .. } => {
                rest.delete_webhook_message(hook.target(*thread), at.message).await
            }
            Self::Bot { channel, .. } => rest.delete_message(*channel, at.message).await,
            Self::Response { token, .. } => {
                let (app, token) = (stage.application, token.expose_secret());
                rest.delete_interaction_message(app, token, at.in_response()).await
            }
        }
    }

    /// How long an edit would wait for its turn now.
    pub(super) fn edit_wait(&self, stage: &Stage, at: At) -> Duration {
        match self {
            Self::Webhook { hook, thread, .. } => {
                stage.rest.webhook_edit_wait(hook.target(*thread), at.message)
            }
            Self::Bot { channel, .. } => stage.rest.edit_wait(*channel, at.message),
            Self::Response { token, .. } => {
                stage.rest.interaction_edit_wait(stage.application, token.expose_secret(), at.in_response())
            }
        }
    }

    /// Looks for a message that was sent, and whose answer got lost: it may be there, and must not be there twice.
    /// As the bot the nonce sees to that, and a response is filled once.
    pub(super) async fn find_lost(
        &self,
        stage: &Stage,
        rest: &Rest,
        sent: &str,
        known: &[MessageId],
    ) -> Option<MessageId> {
        let Self::Webhook { hook, .. } = self else { return None };
        let channel = self.channel()?;
        let since = snowflake::first_at(stage.clock.now_ms() - CLOCKS_APART_MS);
        let since = u64::try_from(since).ok()?.max(1);
        let after = known.iter().copied().max().unwrap_or_else(|| MessageId::new(since));
        let newest = rest.messages_after(channel, after, SEARCHED).await.ok()?;
        let is_it = |message: &Sent| {
            message.webhook_id == Some(hook.id) && message.content == sent && !known.contains(&message.id)
        };
        newest.iter().find(|message| is_it(message)).map(|message| message.id)
    }

    fn reply(&self, face: &Face, card: Card<'_>) -> Reply {
        let name: String = seen(&face.name).chars().take(AUTHOR).collect();
        let reply = match self {
            Self::Webhook { .. } => Reply::text(card.text),
            Self::Bot { is_plain: true, .. } => {
                let name = plain(beginning(&name, PLAIN_NAME));
                Reply::text(format!("**{name}**\n{}", card.text)).without_previews()
            }
            Self::Bot { .. } | Self::Response { .. } => {
                let mut author = CreateEmbedAuthor::new(name);
                if let Some(url) = &face.avatar_url {
                    author = author.icon_url(url);
                }
                Reply::embed(CreateEmbed::new().author(author).description(card.text).colour(face.colour))
            }
        };
        match card.rows {
            Some(rows) => reply.components(rows),
            None => reply,
        }
    }
}
