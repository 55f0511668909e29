//! poise, wired: its options, and from a gateway event to the pipeline.
//!
//! poise's commands, checks and argument parsing are used as they are; its `Framework` is not: it would answer
//! autocompletion past our pace, and hold back events until it has polled for its data.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use futures::FutureExt;
use metrics::{counter, histogram};
use poise::{CommandInteractionType, FrameworkContext, FrameworkOptions};
use serenity::all::{
    CommandInteraction, Context as Serenity, CreateAllowedMentions, CreateAutocompleteResponse,
    CreateInteractionResponse, FullEvent, GatewayIntents, Interaction, InteractionId, Message, ResolvedValue,
    ShardManager, UserId,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use super::gateway::Reporter;
use super::on_error::{self, Problem};
use super::pipeline::{Invocation, Outcome};
use super::seen::Seen;
use super::talk::{self, Heard};
use super::{Command, Data, Reply, components, traced};
use crate::error::{Chain, Error, Refusal};
use crate::i18n::PerLocale;
use crate::ops::incident::IncidentId;
use crate::trace;

/// What Discord sends us. Interactions need no intent; `GUILDS` tells of servers that come and go, the others bring
/// messages, of which only those that address the bot have words. No privileged one.
pub(super) const INTENTS: GatewayIntents =
    GatewayIntents::GUILDS.union(GatewayIntents::GUILD_MESSAGES).union(GatewayIntents::DIRECT_MESSAGES);

/// The label of whatever is not one of our commands: metrics have a bounded set of them.
const OTHER: &str = "other";

/// poise's options.
fn options(commands: Vec<Command>, owners: &[u64]) -> FrameworkOptions<Data, Error> {
    FrameworkOptions {
        commands,
        owners: owners.iter().filter(|id| **id != 0).map(|id| UserId::new(*id)).collect(),
        initialize_owners: false,
        // poise keeps an entry for every user and server otherwise, even where no cooldown is set.
        manual_cooldowns: true,
        allowed_mentions: Some(CreateAllowedMentions::new()),
        ..FrameworkOptions::default()
    }
}

/// The receiver of all gateway events.
pub(super) struct Frame {
    options: FrameworkOptions<Data, Error>,
    data: Arc<Data>,
    bot: UserId,
    manager: OnceLock<Arc<ShardManager>>,
    gateway: Arc<Reporter>,
    seen: Seen,
    /// Cancelled: no new command is taken.
    stopping: CancellationToken,
    /// Counts what runs.
    running: TaskTracker,
    restarting: PerLocale<Bytes>,
    no_choices: Bytes,
}

/// What the frame shares with whoever stops it.
pub(super) struct Parts {
    pub(super) data: Arc<Data>,
    pub(super) bot: UserId,
    pub(super) owners: Vec<u64>,
    pub(super) gateway: Arc<Reporter>,
    pub(super) stopping: CancellationToken,
    pub(super) running: TaskTracker,
}

#[serenity::async_trait]
impl serenity::framework::Framework for Frame {
    async fn init(&mut self, client: &serenity::Client) {
        poise::set_qualified_names(&mut self.options.commands);
        self.manager = OnceLock::from(Arc::clone(&client.shard_manager));
    }

    async fn dispatch(&self, ctx: Serenity, event: FullEvent) {
        match &event {
            FullEvent::InteractionCreate { interaction } => {
                let span = traced::interaction(interaction, &self.options.commands);
                self.interaction(&ctx, interaction).instrument(span).boxed().await;
            }
            FullEvent::Message { new_message } if talk::addresses(new_message, self.bot) => {
                self.message(new_message).instrument(traced::message(new_message)).boxed().await;
            }
            FullEvent::Ready { .. } | FullEvent::Resume { .. } => self.gateway.connected(ctx.shard_id.0),
            _ => {}
        }
    }
}

impl Frame {
    pub(super) fn new(commands: Vec<Command>, parts: Parts) -> Self {
        let catalog = Arc::clone(&parts.data.catalog);
        let restarting = PerLocale::new(|locale| {
            Reply::text(on_error::refusal_text(&catalog, locale, &Refusal::Restarting)).ephemeral().callback()
        });
        Self {
            options: options(commands, &parts.owners),
            data: parts.data,
            bot: parts.bot,
            manager: OnceLock::new(),
            gateway: parts.gateway,
            seen: Seen::new(),
            stopping: parts.stopping,
            running: parts.running,
            restarting,
            no_choices: autocomplete_body(CreateAutocompleteResponse::new()),
        }
    }

    /// Every interaction comes in here, and none leaves without an answer.
    async fn interaction(&self, ctx: &Serenity, interaction: &Interaction) {
        let Some(id) = id_of(interaction) else { return };
        if !self.seen.is_first(id) {
            counter!("discord_interactions_repeated_total").increment(1);
            trace::note(&Span::current(), "troupe.outcome", "repeated");
            tracing::debug!(interaction = %id, "an interaction came twice");
            return;
        }
        let started = Instant::now();
        let acknowledged = AtomicBool::new(false);
        let Some(invocation) = self.invocation(interaction, &acknowledged) else {
            // Commands that are being typed: no message is possible.
            if let Interaction::Autocomplete(interaction) = interaction {
                self.autocomplete(ctx, interaction).await;
            }
            return;
        };
        let what = self.label(interaction);
        if self.stopping.is_cancelled() {
            let refusal = self.restarting.get(invocation.locale()).clone();
            if let Err(error) = invocation.reply_prepared(refusal).await {
                tracing::debug!(interaction = %id, error = %Chain(&error), "a late command could not be refused");
            }
            finished(what, Outcome::Refused, started);
            return;
        }
        let _running = self.running.token();
        let run = async {
            match interaction {
                Interaction::Command(interaction) => {
                    self.command(ctx, interaction, &acknowledged, what).await
                }
                Interaction::Component(of) => components::pressed(&invocation, of, what).await,
                Interaction::Modal(of) => components::submitted(&invocation, of, what).await,
                _ => Outcome::Done,
            }
        };
        let outcome = match AssertUnwindSafe(run).catch_unwind().await {
            Ok(outcome) => outcome,
            // poise catches the panics of commands; this one was in the frame itself.
            Err(payload) => on_error::handle(&invocation, what, Problem::panic(message_of(&*payload))).await,
        };
        finished(what, outcome, started);
    }

    /// A message that addresses the bot. There is no interaction to answer; its id serves as one.
    async fn message(&self, message: &Message) {
        if !self.seen.is_first(InteractionId::new(message.id.get())) {
            counter!("discord_interactions_repeated_total").increment(1);
            trace::note(&Span::current(), "troupe.outcome", "repeated");
            return;
        }
        let started = Instant::now();
        let _running = self.running.token();
        let heard = Heard { data: &self.data, bot: self.bot, message, stopping: &self.stopping };
        let run = async {
            if self.stopping.is_cancelled() {
                Ok(heard.refuse_late().await)
            } else {
                heard.answer().boxed().await
            }
        };
        let outcome = match AssertUnwindSafe(run).catch_unwind().await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => on_error::note_message(message, &error),
            Err(payload) => {
                let panic = std::io::Error::other(message_of(&*payload).unwrap_or_default());
                on_error::note_message(message, &Error::failed(panic))
            }
        };
        finished("message", outcome, started);
    }

    fn invocation<'a>(
        &'a self,
        interaction: &'a Interaction,
        acknowledged: &'a AtomicBool,
    ) -> Option<Invocation<'a>> {
        match interaction {
            Interaction::Command(of) => Some(Invocation::command(&self.data, of, acknowledged)),
            Interaction::Component(of) => Some(Invocation::component(&self.data, of, acknowledged)),
            Interaction::Modal(of) => Some(Invocation::modal(&self.data, of, acknowledged)),
            _ => None,
        }
    }

    async fn command(
        &self,
        ctx: &Serenity,
        interaction: &CommandInteraction,
        acknowledged: &AtomicBool,
        what: &str,
    ) -> Outcome {
        let invocation_data = tokio::sync::Mutex::new(Box::new(()) as _);
        let options = interaction.data.options();
        let mut tree = Vec::new();
        let run = poise::dispatch_interaction(
            self.framework(ctx),
            interaction,
            acknowledged,
            &invocation_data,
            &options,
            &mut tree,
        );
        let Err(error) = run.await else { return Outcome::Done };
        let problem = on_error::sort(error);
        on_error::handle(&Invocation::command(&self.data, interaction, acknowledged), what, problem).await
    }

    /// Suggests values for the option being typed; at the worst none.
    async fn autocomplete(&self, ctx: &Serenity, interaction: &CommandInteraction) {
        let body = match AssertUnwindSafe(self.choices(ctx, interaction)).catch_unwind().await {
            Ok(Some(choices)) => autocomplete_body(choices),
            Ok(None) => self.no_choices.clone(),
            Err(payload) => {
                let incident = IncidentId::new();
                counter!("incidents_total").increment(1);
                let cause = message_of(&*payload).unwrap_or_default();
                tracing::error!(%incident, interaction = %interaction.id, cause, "an autocompletion panicked");
                self.no_choices.clone()
            }
        };
        let sent = self.data.rest.callback(interaction.id, &interaction.token, body).await;
        let outcome = if sent.is_ok() { Outcome::Done } else { Outcome::Over };
        trace::note(&Span::current(), "troupe.outcome", outcome.as_str());
        if let Err(error) = sent {
            // The member has usually typed on: Discord no longer wants this one.
            tracing::debug!(interaction = %interaction.id, error = %Chain(&error), "an autocompletion was not wanted");
        }
    }

    async fn choices(
        &self,
        ctx: &Serenity,
        interaction: &CommandInteraction,
    ) -> Option<CreateAutocompleteResponse> {
        let acknowledged = AtomicBool::new(false);
        let invocation_data = tokio::sync::Mutex::new(Box::new(()) as _);
        let options = interaction.data.options();
        let mut tree = Vec::new();
        let found = poise::extract_command_and_run_checks(
            self.framework(ctx),
            interaction,
            CommandInteractionType::Autocomplete,
            &acknowledged,
            &invocation_data,
            &options,
            &mut tree,
        )
        .await;
        let ctx = match found {
            Ok(ctx) => ctx,
            Err(error) => {
                tracing::debug!(interaction = %interaction.id, %error, "an autocompletion was refused");
                return None;
            }
        };
        let (name, typed) = ctx.args.iter().find_map(|option| match option.value {
            ResolvedValue::Autocomplete { value, .. } => Some((option.name, value)),
            _ => None,
        })?;
        let parameter = ctx.command().parameters.iter().find(|parameter| parameter.name == name)?;
        let suggest = parameter.autocomplete_callback?;
        Some(suggest(ctx, typed).await)
    }

    fn framework<'a>(&'a self, ctx: &'a Serenity) -> FrameworkContext<'a, Data, Error> {
        FrameworkContext {
            serenity_context: ctx,
            bot_id: self.bot,
            options: &self.options,
            user_data: &self.data,
            shard_manager: self.manager.get().expect("init comes before the first event"),
        }
    }

    /// The name of an interaction in metrics and logs.
    fn label(&self, interaction: &Interaction) -> &str {
        match interaction {
            Interaction::Command(of) => {
                let known = self.options.commands.iter().find(|command| command.name == of.data.name);
                known.map_or(OTHER, |command| &command.name)
            }
            Interaction::Component(_) => "component",
            Interaction::Modal(_) => "modal",
            _ => OTHER,
        }
    }
}

fn id_of(interaction: &Interaction) -> Option<InteractionId> {
    match interaction {
        Interaction::Command(of) | Interaction::Autocomplete(of) => Some(of.id),
        Interaction::Component(of) => Some(of.id),
        Interaction::Modal(of) => Some(of.id),
        _ => None,
    }
}

fn autocomplete_body(choices: CreateAutocompleteResponse) -> Bytes {
    let response = CreateInteractionResponse::Autocomplete(choices);
    Bytes::from(serde_json::to_vec(&response).expect("choices are all JSON"))
}

/// What a panic said.
fn message_of(payload: &(dyn std::any::Any + Send)) -> Option<String> {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}

fn finished(what: &str, outcome: Outcome, started: Instant) {
    counter!("discord_interactions_total", "what" => what.to_owned(), "outcome" => outcome.as_str())
        .increment(1);
    trace::note(&Span::current(), "troupe.outcome", outcome.as_str());
    histogram!("discord_interaction_seconds", "what" => what.to_owned())
        .record(started.elapsed().as_secs_f64());
}
