//! The one handler of everything that can go wrong with an interaction: the member always gets an answer, and the log
//! gets each cause once.

use poise::FrameworkError;
use serenity::all::{GuildId, Message};

use super::denials::denial_text;
use super::pipeline::{Invocation, Outcome};
use super::rest::RestError;
use super::{Data, Reply};
use crate::error::{BoxError, Chain, Error, Refusal};
use crate::i18n::{Args, Catalog, Locale, Text, texts};
use crate::ops::incident::IncidentId;

/// What became of an interaction's run.
pub(super) enum Problem {
    Refused(Refusal),
    /// A cause for the log, not for the member.
    Failed(BoxError),
}

/// A command's code panicked.
#[derive(Debug, thiserror::Error)]
#[error("panic: {0}")]
struct Panicked(String);

/// What poise found wrong with a command's definition or run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Framework(String);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Failed(cause) => Self::Failed(cause),
        }
    }
}

impl Problem {
    /// A panic, with what it said.
    pub(super) fn panic(payload: Option<String>) -> Self {
        Self::Failed(Panicked(payload.unwrap_or_else(|| "without a message".to_owned())).into())
    }
}

/// Sorts every error of the framework into a refusal or a failure.
pub(super) fn sort(error: FrameworkError<'_, Data, Error>) -> Problem {
    use FrameworkError as E;
    match error {
        E::Command { error, .. }
        | E::CommandCheckFailed { error: Some(error), .. }
        | E::Setup { error, .. }
        | E::EventHandler { error, .. }
        | E::DynamicPrefix { error, .. }
        | E::NonCommandMessage { error, .. } => error.into(),
        E::CommandCheckFailed { error: None, .. } => Problem::Refused(Refusal::NotAllowed),
        E::CommandPanic { payload, .. } => Problem::panic(payload),
        E::ArgumentParse { error, .. } => {
            tracing::debug!(%error, "an option could not be read");
            Problem::Refused(Refusal::BadArgument)
        }
        E::CommandStructureMismatch { description, ctx, .. } => {
            tracing::warn!(command = %ctx.command().qualified_name, description, "a command came in another shape than registered");
            Problem::Refused(Refusal::UnknownCommand)
        }
        E::SubcommandRequired { .. } | E::UnknownInteraction { .. } | E::UnknownCommand { .. } => {
            Problem::Refused(Refusal::UnknownCommand)
        }
        E::CooldownHit { remaining_cooldown, .. } => {
            Problem::Refused(Refusal::Cooldown(remaining_cooldown.as_secs().max(1)))
        }
        E::MissingBotPermissions { .. } => Problem::Refused(Refusal::BotPermissions),
        E::MissingUserPermissions { .. } => Problem::Refused(Refusal::MemberPermissions),
        E::NotAnOwner { .. } => Problem::Refused(Refusal::OwnerOnly),
        E::GuildOnly { .. } => Problem::Refused(Refusal::GuildOnly),
        E::DmOnly { .. } => Problem::Refused(Refusal::DmOnly),
        E::NsfwOnly { .. } => Problem::Refused(Refusal::NsfwOnly),
        other @ E::PermissionFetchFailed { .. } => Problem::Failed(Framework(other.to_string()).into()),
        E::__NonExhaustive(never) => match never {},
    }
}

/// Tells the member and the log; `what` names the command or component, from a bounded set.
pub(super) async fn handle(invocation: &Invocation<'_>, what: &str, problem: Problem) -> Outcome {
    let (outcome, text) = match problem {
        Problem::Refused(refusal) => {
            (Outcome::Refused, refusal_text(invocation.catalog(), invocation.locale(), &refusal))
        }
        Problem::Failed(cause) => {
            if is_over(&*cause) {
                over(invocation, what, &*cause);
                return Outcome::Over;
            }
            (Outcome::Failed, failure_text(invocation, what, &*cause))
        }
    };
    match invocation.reply(Reply::text(text).ephemeral()).await {
        Ok(()) => outcome,
        Err(error) if error.is_interaction_over() => {
            over(invocation, what, &error);
            if outcome == Outcome::Failed { outcome } else { Outcome::Over }
        }
        Err(error) => {
            tracing::warn!(
                interaction = %invocation.actor().interaction, what, error = %Chain(&error),
                "a member could not be told what went wrong"
            );
            outcome
        }
    }
}

/// The text of a refusal.
pub(super) fn refusal_text(catalog: &Catalog, locale: Locale, refusal: &Refusal) -> String {
    let (text, args): (Text, Args<'_>) = match refusal {
        Refusal::Restarting => (texts::REFUSED_RESTARTING, Args::new()),
        Refusal::GuildOnly => (texts::REFUSED_GUILD_ONLY, Args::new()),
        Refusal::DmOnly => (texts::REFUSED_DM_ONLY, Args::new()),
        Refusal::NsfwOnly => (texts::REFUSED_NSFW_ONLY, Args::new()),
        Refusal::OwnerOnly => (texts::REFUSED_OWNER_ONLY, Args::new()),
        Refusal::MemberPermissions => (texts::REFUSED_MEMBER_PERMISSIONS, Args::new()),
        Refusal::BotPermissions => (texts::REFUSED_BOT_PERMISSIONS, Args::new()),
        Refusal::Cooldown(seconds) => (texts::REFUSED_COOLDOWN, Args::new().number("seconds", *seconds)),
        Refusal::BadArgument => (texts::REFUSED_BAD_ARGUMENT, Args::new()),
        Refusal::UnknownCommand => (texts::REFUSED_UNKNOWN_COMMAND, Args::new()),
        Refusal::ExpiredComponent => (texts::REFUSED_EXPIRED_COMPONENT, Args::new()),
        Refusal::NotAllowed => (texts::REFUSED_NOT_ALLOWED, Args::new()),
        Refusal::Denied(denial) => return denial_text(catalog, locale, denial),
    };
    catalog.format(locale, text, &args)
}

/// Logs a failure under a new incident id, and says that id to the member.
fn failure_text(
    invocation: &Invocation<'_>,
    what: &str,
    cause: &(dyn std::error::Error + 'static),
) -> String {
    let incident = IncidentId::new();
    let actor = invocation.actor();
    metrics::counter!("incidents_total").increment(1);
    tracing::error!(
        %incident,
        what,
        interaction = %actor.interaction,
        user = %actor.user,
        guild = actor.guild.map(GuildId::get),
        channel = %actor.channel,
        cause = %Chain(cause),
        "an interaction failed"
    );
    let args = Args::new().trusted("incident", incident.to_string());
    invocation.catalog().format(actor.locale, texts::FAILED, &args)
}

/// Logs what went wrong with a message that addressed the bot; without an interaction there is nobody to tell it to.
pub(super) fn note_message(message: &Message, error: &Error) -> Outcome {
    let incident = IncidentId::new();
    metrics::counter!("incidents_total").increment(1);
    tracing::error!(
        %incident,
        message = %message.id,
        user = %message.author.id,
        guild = message.guild_id.map(GuildId::get),
        channel = %message.channel_id,
        cause = %Chain(error),
        "an answer to a message failed"
    );
    Outcome::Failed
}

/// Whether the cause is only that Discord no longer wants an answer.
fn is_over(cause: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(cause), |error| error.source())
        .filter_map(|error| error.downcast_ref::<RestError>())
        .any(RestError::is_interaction_over)
}

fn over(invocation: &Invocation<'_>, what: &str, error: &(dyn std::error::Error + 'static)) {
    tracing::debug!(
        interaction = %invocation.actor().interaction, what, error = %Chain(error),
        "an interaction was over before its answer"
    );
}
