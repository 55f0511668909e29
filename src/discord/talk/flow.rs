//! From a member's line to the character's answer, by command or form: admission, the member's own line, the answer.

use std::future::Future;
use std::pin::pin;

use futures::FutureExt as _;
use serenity::all::{CommandInteraction, MessageId, ModalInteraction};
use tokio::sync::oneshot;

use super::asked::{Asked, Posting};
use super::line::{self, Waited};
use super::play::Play;
use super::refuse::refusal;
use crate::discord::rest::{RestError, code};
use crate::discord::show::{Trouble, Venue, own_line};
use crate::discord::{Data, Invocation, Reply};
use crate::domain::denial::Denial;
use crate::error::{Chain, Error, Result};
use crate::features::talk::{Exchange, Opened, Waiting, Wish};
use crate::i18n::{Args, Locale, texts};

/// What a member says to a character.
#[derive(Clone)]
pub struct Line {
    /// What: hostile text.
    pub text: String,
    /// To whom, as picked or typed; `None`: whoever answers there by default.
    pub character: Option<String>,
    /// Whether nobody else is to see it.
    pub private: bool,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Line").field("private", &self.private).finish_non_exhaustive()
    }
}

impl Invocation<'_> {
    /// Says something to a character by a command, and shows what it answers.
    ///
    /// # Errors
    /// When Discord takes no first answer; everything else is told to the member here.
    pub async fn talk(self, of: &CommandInteraction, line: Line) -> Result<()> {
        Talking::new(self, Asked::command(of).map_err(Error::failed)?, line).run().await
    }

    /// The same by a form.
    pub(in crate::discord) async fn talk_by_form(self, of: &ModalInteraction, line: Line) -> Result<()> {
        Talking::new(self, Asked::modal(of).map_err(Error::failed)?, line).run().await
    }
}

/// One line on its way.
struct Talking<'a> {
    invocation: Invocation<'a>,
    asked: Asked,
    line: Line,
}

impl<'a> Talking<'a> {
    fn new(invocation: Invocation<'a>, asked: Asked, mut line: Line) -> Self {
        line.private |= asked.in_private;
        Self { invocation, asked, line }
    }

    /// Whether the character speaks in the channel; else in the interaction's response.
    fn in_channel(&self) -> bool {
        !self.line.private && self.asked.posting != Posting::No
    }

    async fn run(self) -> Result<()> {
        let data = self.invocation.data();
        data.doors.reads(self.invocation.actor().user, self.invocation.locale()).await;
        let character = match self.line.character.as_deref() {
            None => None,
            Some(typed) => match data.characters.resolve(self.asked.speaker.viewer(), typed).await {
                Ok(persona) => Some(persona.id.clone()),
                Err(denial) => return self.refuse(&denial).await,
            },
        };
        let wish = Wish::Say { character, text: self.line.text.clone() };
        match data.talk.open(self.asked.speaker.clone(), wish).await {
            // Whoever got it first answers it: a second answer could only get in the way of theirs.
            Err(Denial::Repeated) => Ok(()),
            Err(denial) => self.refuse(&denial).await,
            Ok(Opened::Ready(exchange)) => self.answer(exchange).await,
            Ok(Opened::Waiting(waiting)) => self.wait(waiting).await,
        }
    }

    /// A refusal as the first answer.
    async fn refuse(&self, denial: &Denial) -> Result<()> {
        Ok(self.invocation.reply(self.refusal(denial).ephemeral()).await?)
    }

    fn refusal(&self, denial: &Denial) -> Reply {
        refusal(self.invocation.catalog(), self.invocation.locale(), denial, &self.line.text)
    }

    /// In line: the first answer shows the place.
    async fn wait(self, waiting: Waiting) -> Result<()> {
        let (catalog, locale) = (self.invocation.catalog(), self.invocation.locale());
        let until = waiting.until();
        let show = |place| Reply::text(line::place_text(catalog, locale, place, until));
        let first = show(waiting.place());
        self.invocation.reply(if self.line.private { first.ephemeral() } else { first }).await?;
        let invocation = self.invocation;
        let waited = line::wait(waiting, |place| invocation.edit(show(place)).boxed()).await;
        match waited {
            Waited::Ready(exchange) => self.take_turn(exchange).await,
            Waited::Denied(denial) => {
                self.take_back(&denial).await;
                Ok(())
            }
            Waited::Left => {
                self.left();
                Ok(())
            }
        }
    }

    /// Their turn after a wait: the place becomes the member's own line. Who has deleted it meanwhile no longer waits:
    /// the model is not asked, and what was reserved goes back.
    async fn take_turn(self, exchange: Exchange) -> Result<()> {
        let line_message = match self.own_line(&exchange) {
            None => None,
            Some(own_line) => match show_own_line(self.invocation, own_line).await {
                Err(error) if line::is_gone(&error) => {
                    self.left();
                    return Ok(());
                }
                shown => shown.ok(),
            },
        };
        Box::pin(self.play(exchange, async move { Ok(line_message) })).await
    }

    fn left(&self) {
        tracing::debug!(interaction = %self.invocation.actor().interaction, "a member left the line");
    }

    /// Admitted at once: the model starts while Discord hears that the bot thinks.
    async fn answer(self, exchange: Exchange) -> Result<()> {
        let (invocation, private) = (self.invocation, self.line.private);
        let own_line = self.own_line(&exchange);
        let opening = async move {
            invocation.defer(private).await?;
            Ok(match own_line {
                // What is missing without it is not the answer.
                Some(own_line) => show_own_line(invocation, own_line).await.ok(),
                None => None,
            })
        };
        Box::pin(self.play(exchange, opening)).await
    }

    /// The member's own line as it is shown, where the character speaks in the channel.
    fn own_line(&self, exchange: &Exchange) -> Option<String> {
        let own_line = || own_line(&self.asked.speaker.name, &exchange.persona().name, exchange.said());
        self.in_channel().then(own_line)
    }

    /// Runs the exchange. `opening` gives Discord what comes before the answer, and says which message is the member's
    /// own line.
    async fn play(
        self,
        exchange: Exchange,
        opening: impl Future<Output = Result<Option<MessageId>, RestError>>,
    ) -> Result<()> {
        let play = Play {
            data: self.invocation.data(),
            venue: self.venue(),
            locale: self.invocation.locale(),
            asker: self.invocation.actor().user,
            since: self.invocation.actor().interaction.created_at(),
        };
        // The character speaks after the member's own line is there, whatever becomes of it.
        let (opened, floor) = oneshot::channel::<()>();
        let show = play.begin(&exchange, None, async move { drop(floor.await) });
        let mut line_message = None;
        let opening = async {
            let result = opening.await.map(|message| line_message = message);
            drop(opened);
            result
        };
        match start(exchange, opening).await? {
            Ok(mut exchange) => {
                if let Some(message) = line_message {
                    exchange.line_shown(message.get());
                }
                if let Some(trouble) = play.run(exchange, show).await {
                    self.console(&trouble).await;
                }
            }
            Err(denial) => {
                drop(show);
                self.take_back(&denial).await;
            }
        }
        Ok(())
    }

    fn venue(&self) -> Venue {
        if self.in_channel() {
            Venue::Channel {
                channel: self.asked.channel,
                parent: self.asked.parent,
                webhooks: self.asked.posting == Posting::AsCharacter,
                answering: None,
            }
        } else {
            Venue::Response { token: self.invocation.token().into(), ephemeral: self.line.private }
        }
    }

    /// A refusal after the first answer: what was shown goes, and the member alone is told.
    async fn take_back(&self, denial: &Denial) {
        let refusal = self.refusal(denial);
        let told = if self.line.private || self.invocation.actor().guild.is_none() {
            self.invocation.edit(refusal).await
        } else {
            if let Err(error) = self.invocation.delete(None).await {
                tracing::debug!(error = %Chain(&error), "a response could not be taken back");
            }
            self.invocation.reply(refusal.ephemeral()).await
        };
        if let Err(error) = told {
            tracing::debug!(error = %Chain(&error), "a member could not be told of a refusal");
        }
    }

    /// Says where the answer is to be read, when Discord would not show it whole.
    async fn console(&self, trouble: &Trouble) {
        if let Some(text) = trouble_text(self.invocation.data(), self.invocation.locale(), trouble)
            && let Err(error) = self.invocation.reply(Reply::text(text).ephemeral()).await
        {
            tracing::debug!(error = %Chain(&error), "a member could not be told where their answer is");
        }
    }
}

/// In a channel the response becomes the member's own line: which message that is.
async fn show_own_line(invocation: Invocation<'_>, text: String) -> Result<MessageId, RestError> {
    let shown = invocation.edit_into(Reply::text(text).without_previews()).await;
    if let Err(error) = &shown {
        tracing::debug!(error = %Chain(error), "a member's own line could not be shown");
    }
    shown
}

/// Starts the exchange while `opening` gives Discord its first answer. When that fails nobody would see the answer:
/// it costs the member nothing, though the model may speak already.
pub(super) async fn start(
    mut exchange: Exchange,
    opening: impl Future<Output = Result<(), RestError>>,
) -> Result<Result<Exchange, Denial>, RestError> {
    let outcome = {
        let (mut opening, mut starting) = (pin!(opening), pin!(exchange.start()));
        tokio::select! {
            biased;
            opened = &mut opening => match opened {
                Ok(()) => Ok(starting.await),
                Err(error) => Err(error),
            },
            started = &mut starting => opening.await.map(|()| started),
        }
    };
    match outcome {
        Ok(started) => Ok(started.map(|()| exchange)),
        Err(error) => {
            // Without Redis two processes may admit the same interaction: Discord takes the first one's answer.
            if error.code() == Some(code::ALREADY_ACKNOWLEDGED) {
                exchange.leave_to_another();
            } else {
                exchange.unseen();
            }
            Err(error)
        }
    }
}

/// What a member reads whose answer is not to be seen whole; `None`: they did that themselves, or can't be told.
pub(super) fn trouble_text(data: &Data, locale: Locale, trouble: &Trouble) -> Option<String> {
    let text = match trouble {
        // Somebody deleted it: that is an answer too.
        Trouble::Gone | Trouble::Over => return None,
        Trouble::Forbidden => texts::TALK_TROUBLE_FORBIDDEN,
        Trouble::Failed(_) | Trouble::Broken => texts::TALK_TROUBLE_DISCORD,
    };
    Some(data.catalog.format(
        locale,
        text,
        &Args::new().trusted("memory", data.mention("memory show", locale)),
    ))
}
