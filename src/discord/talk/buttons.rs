//! The buttons under an answer: other answers, once more, go on, reply, delete. They live as long as the answer is kept,
//! over restarts.

use std::sync::Arc;

use futures::FutureExt as _;
use serenity::all::{ComponentInteraction, MessageId};

use super::asked::{Asked, Posting};
use super::flow::{start, trouble_text};
use super::form;
use super::line::{self, Waited};
use super::play::Play;
use super::refuse::refusal;
use crate::cold::replies;
use crate::discord::show::{CustomId, Earlier, End, Venue, Verb, buttons};
use crate::discord::{Invocation, Reply};
use crate::domain::denial::Denial;
use crate::error::{Chain, Error, Result};
use crate::features::talk::{ButtonError, Exchange, Opened, Posted, Presser, Waiting, Wish};
use crate::i18n::texts;

/// A button was pressed.
///
/// # Errors
/// A refusal or a failure, to be told to the member.
pub(in crate::discord) async fn pressed(
    invocation: Invocation<'_>,
    of: &ComponentInteraction,
    id: CustomId,
) -> Result<()> {
    let asked = Asked::component(of).map_err(Error::failed)?;
    invocation.data().doors.reads(invocation.actor().user, invocation.locale()).await;
    let press = Press { invocation, of, asked, id };
    match id.verb {
        Verb::Nothing(_) => Ok(invocation.defer_update().await?),
        Verb::Reply => press.reply().await,
        Verb::See(which) => press.see(which).await,
        Verb::Again => press.answer(Wish::Again(id.line)).await,
        Verb::GoOn => press.answer(Wish::GoOn(id.line)).await,
        Verb::Delete => press.delete().await,
    }
}

/// One press.
struct Press<'a> {
    invocation: Invocation<'a>,
    of: &'a ComponentInteraction,
    asked: Asked,
    id: CustomId,
}

impl Press<'_> {
    fn presser(&self) -> Presser {
        Presser { user: self.asked.speaker.user, moderates: self.asked.moderates }
    }

    /// The kept answer.
    async fn kept(&self) -> Result<Arc<replies::Reply>> {
        let kept = self.invocation.data().talk.kept(self.id.line).await;
        let kept = kept.map_err(|error| told(error.into()))?;
        Ok(kept.ok_or(Denial::AnswerGone)?)
    }

    /// Where the answer stands.
    fn venue(&self, by_webhook: bool) -> Venue {
        let by_bot_in_channel =
            !self.asked.in_private && (self.asked.posting != Posting::No || self.asked.with_bot);
        if by_webhook || by_bot_in_channel {
            Venue::Channel {
                channel: self.asked.channel,
                parent: self.asked.parent,
                webhooks: by_webhook,
                answering: None,
            }
        } else {
            // Only the press's own token reaches it.
            Venue::Response { token: self.invocation.token().into(), ephemeral: self.asked.in_private }
        }
    }

    /// Where the answer stands, and what is to be seen of it now, as far as it can be changed.
    async fn scene(&self, kept: &replies::Reply) -> (Play<'_>, Earlier) {
        let this = self.of.message.id.get();
        let data = self.invocation.data();
        let is_app = |id: serenity::all::WebhookId| id.get() == data.application.get();
        let this_by_webhook = self.of.message.webhook_id.is_some_and(|id| !is_app(id));
        let is_known = kept.messages.contains(&this);
        let all = || Posted { messages: kept.messages.clone(), by_webhook: kept.by_webhook };
        let this_alone = Posted { messages: vec![this], by_webhook: this_by_webhook };
        let mut since = self.of.id.created_at();
        let (venue, posted) = match self.venue(this_by_webhook) {
            Venue::Response { ephemeral, .. } if is_known && kept.messages.len() > 1 => {
                match data.doors.response_of(self.id.line, data.clock.now()).await {
                    Some(response) => {
                        since = response.since;
                        (Venue::Response { token: response.token, ephemeral }, all())
                    }
                    None => (self.venue(this_by_webhook), this_alone),
                }
            }
            Venue::Channel { .. } if is_known => (self.venue(kept.by_webhook), all()),
            venue => (venue, this_alone),
        };
        let (locale, asker) = (self.invocation.locale(), self.invocation.actor().user);
        let play = Play { data, venue, locale, asker, since };
        (play, Earlier { posted, text: kept.answer().to_owned() })
    }

    /// Opens the form for a line of whoever pressed.
    async fn reply(&self) -> Result<()> {
        let data = self.invocation.data();
        let kept = self.kept().await?;
        let persona = data.characters.known(&kept.character).await?;
        let form = form::open(&data.catalog, self.invocation.locale(), &persona);
        Ok(self.invocation.reply_prepared(form).await?)
    }

    /// Shows another of the answers.
    async fn see(&self, which: u8) -> Result<()> {
        let data = self.invocation.data();
        let Some(_under_way) = data.doors.begin(self.id.line) else { return self.under_way().await };
        // First of all: PostgreSQL may take longer than Discord waits. A refusal comes as a further message.
        self.invocation.defer_update().await?;
        let before = self.kept().await?;
        let now = data.talk.show(self.id.line, self.presser(), which).await.map_err(told)?;
        let persona = data.characters.known(&now.character).await?;
        let (play, earlier) = self.scene(&before).await;
        let show = play.show(&persona, Some(earlier), std::future::ready(()));
        let count = u8::try_from(now.answers.len()).unwrap_or(u8::MAX);
        let rows = buttons(
            &data.catalog,
            self.invocation.locale(),
            self.id.line,
            now.user,
            (count, now.shown),
            false,
        );
        let shown = show.finish(now.answer(), End { notes: String::new(), rows }).await;
        play.remember(self.id.line, &shown.posted).await;
        if shown.posted.messages != now.messages {
            data.talk.posted(self.id.line, shown.posted.messages, shown.posted.by_webhook).await;
        }
        Ok(())
    }

    /// Another answer, or more of this one: a call like any other, admitted and charged.
    async fn answer(&self, wish: Wish) -> Result<()> {
        let data = self.invocation.data();
        if self.asked.speaker.user != self.id.asker {
            return Err(Denial::NotYours.into());
        }
        let Some(_under_way) = data.doors.begin(self.id.line) else { return self.under_way().await };
        match data.talk.open(self.asked.speaker.clone(), wish).await {
            Err(Denial::Repeated) => Ok(()),
            Err(denial) => Err(denial.into()),
            Ok(Opened::Ready(exchange)) => self.perform(exchange).await,
            Ok(Opened::Waiting(waiting)) => self.wait(waiting).await,
        }
    }

    async fn wait(&self, waiting: Waiting) -> Result<()> {
        let (catalog, locale) = (self.invocation.catalog(), self.invocation.locale());
        let until = waiting.until();
        let show = |place| Reply::text(line::place_text(catalog, locale, place, until));
        self.invocation.defer_update().await?;
        let shown = self.invocation.follow_up(show(waiting.place()).ephemeral()).await?;
        let invocation = self.invocation;
        let waited = line::wait(waiting, |place| invocation.edit_further(shown, show(place)).boxed()).await;
        if !matches!(waited, Waited::Left)
            && let Err(error) = invocation.delete(Some(shown)).await
        {
            tracing::debug!(error = %Chain(&error), "a place in line could not be taken away");
        }
        match waited {
            Waited::Ready(exchange) => self.perform(exchange).await,
            Waited::Denied(denial) => Err(denial.into()),
            Waited::Left => Ok(()),
        }
    }

    async fn perform(&self, exchange: Exchange) -> Result<()> {
        let kept = self.kept().await?;
        let (play, earlier) = self.scene(&kept).await;
        let acknowledged = self.invocation.defer_update();
        let show = play.begin(&exchange, Some(earlier), std::future::ready(()));
        let exchange = match start(exchange, acknowledged).await? {
            Ok(exchange) => exchange,
            Err(denial) => {
                drop(show);
                let refusal = refusal(self.invocation.catalog(), self.invocation.locale(), &denial, "");
                return Ok(self.invocation.reply(refusal.ephemeral()).await?);
            }
        };
        if let Some(trouble) = play.run(exchange, show).await
            && let Some(text) = trouble_text(play.data, play.locale, &trouble)
        {
            self.invocation.reply(Reply::text(text).ephemeral()).await?;
        }
        Ok(())
    }

    /// Takes the answer away with the line above it, and the character's memory of both.
    async fn delete(&self) -> Result<()> {
        let data = self.invocation.data();
        let Some(_under_way) = data.doors.begin(self.id.line) else { return self.under_way().await };
        self.invocation.defer_update().await?;
        let gone = data.talk.delete(self.id.line, self.presser()).await.map_err(told)?;
        let (play, Earlier { posted, .. }) = self.scene(&gone).await;
        if let Err(error) = data.stage.remove(play.venue, &posted).await {
            // What was kept is gone; a message that stays is for whoever moderates the channel.
            tracing::debug!(error = %Chain(&error), "an answer's messages could not all be taken away");
        }
        if let Some(line) = gone.line_message.filter(|_| !self.asked.in_private)
            && let Err(error) = data.rest.delete_message(self.of.channel_id, MessageId::new(line)).await
        {
            tracing::debug!(error = %Chain(&error), "a member's own line could not be taken away");
        }
        Ok(())
    }

    /// Another press is being served.
    async fn under_way(&self) -> Result<()> {
        let text = self.invocation.catalog().text(self.invocation.locale(), texts::TALK_UNDER_WAY);
        Ok(self.invocation.reply(Reply::text(text).ephemeral()).await?)
    }
}

fn told(error: ButtonError) -> Error {
    match error {
        ButtonError::Denied(denial) => denial.into(),
        ButtonError::Cold(error) if error.is_outage() => {
            tracing::warn!(%error, "a button finds PostgreSQL away");
            Denial::AnswersAway.into()
        }
        ButtonError::Cold(error) => Error::failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::ColdError;
    use crate::error::Refusal;

    #[test]
    fn an_outage_is_a_refusal_and_a_broken_statement_an_incident() {
        let told = |error: ColdError| told(error.into());
        let away = told(ColdError::Busy);
        assert!(matches!(away, Error::Refused(Refusal::Denied(Denial::AnswersAway))), "{away:?}");
        let broken = ColdError::Query(diesel::result::Error::NotFound);
        assert!(matches!(told(broken), Error::Failed(_)));
    }
}
