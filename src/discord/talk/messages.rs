//! Messages that address the bot: a mention, a reply to it, a direct message. They are answered by messages, since there
//! is no interaction, and need no privileged intent: Discord gives a bot the words of what addresses it.

use std::time::Duration;

use futures::FutureExt as _;
use serenity::all::{GuildId, Message, MessageId, MessageType, UserId};
use tokio_util::sync::CancellationToken;

use super::asked::{is_forbidden, speaker};
use super::line::{self, Waited};
use super::play::Play;
use super::words;
use crate::discord::denials::denial_text;
use crate::discord::pipeline::Outcome;
use crate::discord::rest::RestError;
use crate::discord::show::{Trouble, Venue};
use crate::discord::{Data, Reply};
use crate::domain::character::CharacterId;
use crate::domain::denial::Denial;
use crate::domain::ids::NotAnId;
use crate::error::{Chain, Error, Result};
use crate::features::characters::Viewer;
use crate::features::talk::{Exchange, Opened, Waiting, Wish};
use crate::i18n::{Args, Locale, texts};

/// How long a refusal stays in a server's channel.
const REFUSAL_STAYS: Duration = Duration::from_secs(20);

/// Whether a message is for the bot. All others end here: they cost a look, and leave nothing behind.
pub(in crate::discord) fn addresses(message: &Message, bot: UserId) -> bool {
    let by_a_person = !message.author.bot && message.webhook_id.is_none();
    let said = matches!(message.kind, MessageType::Regular | MessageType::InlineReply);
    let addressed = message.guild_id.is_none() || message.mentions.iter().any(|user| user.id == bot);
    by_a_person && said && addressed
}

/// A message that addresses the bot.
pub(in crate::discord) struct Heard<'a> {
    pub(in crate::discord) data: &'a Data,
    pub(in crate::discord) bot: UserId,
    pub(in crate::discord) message: &'a Message,
    /// The bot's stop: nothing waits for it.
    pub(in crate::discord) stopping: &'a CancellationToken,
}

impl Heard<'_> {
    /// Answers it.
    ///
    /// # Errors
    /// When something is wrong on our side.
    pub(in crate::discord) async fn answer(self) -> Result<Outcome> {
        let doors = &self.data.doors;
        if doors.is_muted(self.message.channel_id) {
            return Ok(Outcome::Refused);
        }
        let locale = doors.locale_of(self.message.author.id).await;
        let text = words::said(&self.message.content, self.bot, &self.message.mentions);
        if text.is_empty() {
            self.hint(locale).await;
            return Ok(Outcome::Done);
        }
        let character = self.character(self.viewer().map_err(Error::failed)?).await;
        if let (None, Some(character)) = (self.message.guild_id, &character) {
            doors.partners.insert(self.message.author.id, character.clone()).await;
        }
        let parent = self.parent().await;
        let member = self.message.member.as_deref();
        let speaker = speaker(
            self.message.id.get(),
            &self.message.author,
            member.and_then(|member| member.nick.as_deref()),
            self.message.guild_id,
            (self.message.channel_id, parent),
            member.map_or(&[], |member| &member.roles),
        )
        .map_err(Error::failed)?;
        let play = Play {
            data: self.data,
            venue: Venue::Channel {
                channel: self.message.channel_id,
                parent,
                webhooks: self.message.guild_id.is_some(),
                answering: Some(self.message.id),
            },
            locale,
            asker: self.message.author.id,
            since: self.message.id.created_at(),
        };
        match self.data.talk.open(speaker, Wish::Say { character, text }).await {
            Err(Denial::Repeated) => Ok(Outcome::Over),
            Err(denial) => Ok(self.refuse(locale, &denial).await),
            Ok(Opened::Ready(exchange)) => Ok(self.play(&play, exchange).await),
            Ok(Opened::Waiting(waiting)) => Ok(self.wait(&play, waiting).await),
        }
    }

    /// Says that the bot is restarting.
    pub(in crate::discord) async fn refuse_late(self) -> Outcome {
        let locale = self.data.doors.locale_of(self.message.author.id).await;
        self.refuse(locale, &Denial::Stopped).await
    }

    /// In line: a message shows the place until it is their turn.
    async fn wait(&self, play: &Play<'_>, waiting: Waiting) -> Outcome {
        let (rest, channel) = (&self.data.rest, self.message.channel_id);
        let until = waiting.until();
        let show = |place| Reply::text(line::place_text(&self.data.catalog, play.locale, place, until));
        let first = show(waiting.place()).answering(self.message.id);
        let shown = match rest.create_message(channel, &first, Vec::new()).await {
            Ok(message) => message.id,
            Err(error) => return self.unheard(&error).await,
        };
        let tell = |place| async move {
            let edit = show(place).into_edit();
            rest.edit_message(channel, shown, &edit, Vec::new()).await
        };
        let waited = line::wait(waiting, |place| tell(place).boxed()).await;
        match waited {
            Waited::Ready(exchange) => {
                let (outcome, ()) = futures::join!(self.play(play, exchange), self.delete(shown));
                outcome
            }
            Waited::Denied(denial) => {
                let (outcome, ()) = futures::join!(self.refuse(play.locale, &denial), self.delete(shown));
                outcome
            }
            Waited::Left => Outcome::Over,
        }
    }

    async fn play(&self, play: &Play<'_>, mut exchange: Exchange) -> Outcome {
        let show = play.begin(&exchange, None, std::future::ready(()));
        if let Err(denial) = exchange.start().await {
            drop((show, exchange));
            return self.refuse(play.locale, &denial).await;
        }
        match play.run(exchange, show).await {
            None | Some(Trouble::Gone) => Outcome::Done,
            Some(Trouble::Forbidden) => {
                self.data.doors.mute(self.message.channel_id).await;
                Outcome::Over
            }
            Some(_) => Outcome::Over,
        }
    }

    /// A short refusal, which a server sees for a short time, once a member and minute.
    async fn refuse(&self, locale: Locale, denial: &Denial) -> Outcome {
        if self.data.doors.may_refuse(self.message.author.id).await {
            let text = denial_text(&self.data.catalog, locale, denial);
            self.whisper(Reply::text(text)).await;
        }
        Outcome::Refused
    }

    /// What a bare mention gets: who listens, and how to go on.
    async fn hint(&self, locale: Locale) {
        if !self.data.doors.may_refuse(self.message.author.id).await {
            return;
        }
        let Ok(viewer) = self.viewer() else { return };
        let persona = match self.data.talk.whom(viewer, self.character(viewer).await).await {
            Ok(persona) => persona,
            Err(_) => self.data.characters.cast().default(),
        };
        let author = &self.message.author;
        let user = crate::domain::ids::UserId::new(author.id.get()).expect("Discord's ids have 63 bits");
        let name = author.global_name.as_deref().unwrap_or(&author.name);
        let args = Args::new()
            .typed("character", &persona.name)
            .trusted("greeting", self.data.talk.greeting(&persona, user, name).await)
            .trusted("command", self.data.mention("talk", locale));
        let reply = Reply::text(self.data.catalog.format(locale, texts::TALK_HINT, &args));
        self.say(reply).await;
    }

    fn viewer(&self) -> Result<Viewer, NotAnId> {
        Viewer::new(self.message.author.id.get(), self.message.guild_id.map(GuildId::get))
    }

    async fn whisper(&self, reply: Reply) {
        let Some(said) = self.say(reply).await else { return };
        if self.message.guild_id.is_some() {
            tokio::select! {
                () = tokio::time::sleep(REFUSAL_STAYS) => {}
                () = self.stopping.cancelled() => {}
            }
            self.delete(said).await;
        }
    }

    async fn say(&self, reply: Reply) -> Option<MessageId> {
        let reply = reply.answering(self.message.id).without_previews();
        match self.data.rest.create_message(self.message.channel_id, &reply, Vec::new()).await {
            Ok(said) => Some(said.id),
            Err(error) => {
                self.unheard(&error).await;
                None
            }
        }
    }

    async fn unheard(&self, error: &RestError) -> Outcome {
        if is_forbidden(error) {
            self.data.doors.mute(self.message.channel_id).await;
        }
        tracing::debug!(channel = %self.message.channel_id, error = %Chain(error), "a member could not be told");
        Outcome::Over
    }

    async fn delete(&self, message: MessageId) {
        if let Err(error) = self.data.rest.delete_message(self.message.channel_id, message).await {
            tracing::debug!(channel = %self.message.channel_id, error = %Chain(&error), "a message could not be deleted");
        }
    }

    /// Whom the message is for: the character whose message it replies to; in direct messages else whom they spoke
    /// with last.
    async fn character(&self, viewer: Viewer) -> Option<CharacterId> {
        let name = self.message.referenced_message.as_deref().and_then(|answered| {
            let ours = answered.author.id == self.bot
                || answered.application_id.is_some_and(|app| app == self.data.application);
            let embed = answered.embeds.first().and_then(|embed| embed.author.as_ref());
            let name = match (answered.webhook_id, embed) {
                (Some(_), _) => Some(&answered.author.name),
                (None, Some(author)) => Some(&author.name),
                (None, None) => None,
            };
            name.filter(|_| ours)
        });
        let spoken_to = match name {
            Some(name) => self.data.characters.resolve(viewer, name).await.ok(),
            None => None,
        };
        let spoken_to = spoken_to.map(|persona| persona.id.clone());
        match spoken_to {
            None if self.message.guild_id.is_none() => {
                self.data.doors.partners.get(&self.message.author.id).await
            }
            found => found,
        }
    }

    /// The thread's channel, where this is a thread. Asked once a channel: it never changes.
    async fn parent(&self) -> Option<serenity::all::ChannelId> {
        self.message.guild_id?;
        let channel = self.message.channel_id;
        let load = async || self.data.rest.channel(channel).await.map(|place| place.thread_of());
        match self.data.doors.parents.try_get_with(channel, load()).await {
            Ok(parent) => parent,
            Err(error) => {
                tracing::debug!(%channel, error = %Chain(&*error), "a channel is not known: taken for no thread");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(change: impl Fn(&mut Message)) -> Message {
        let mut message = Message::default();
        message.guild_id = Some(1.into());
        let mut bot = serenity::all::User::default();
        bot.id = UserId::new(7);
        message.mentions = vec![bot];
        change(&mut message);
        message
    }

    #[test]
    fn only_what_addresses_the_bot_is_heard() {
        let heard = |change: fn(&mut Message)| addresses(&message(change), UserId::new(7));
        assert!(heard(|_| {}));
        assert!(heard(|message| message.kind = MessageType::InlineReply));
        assert!(heard(|message| {
            message.guild_id = None;
            message.mentions.clear();
        }));
        assert!(!heard(|message| message.mentions.clear()));
        assert!(!heard(|message| message.author.bot = true));
        assert!(!heard(|message| message.webhook_id = Some(9.into())));
        assert!(!heard(|message| message.kind = MessageType::PinsAdd));
        assert!(!heard(|message| {
            message.mentions.clear();
            message.mention_everyone = true;
        }));
    }
}
