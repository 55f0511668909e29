//! What became of an interaction, and waiting until something has.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::input::{Asked, Of};
use super::refusal::{Answer, Refusal};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::World;
use crate::world::interaction::{ACKNOWLEDGE_MS, Interaction, NOT_RESPONDED, TOKEN_MS, callback};
use crate::world::message::{Author, Message, flags};

/// How long to wait unless told otherwise, in milliseconds.
pub const TIMEOUT_MS: u64 = 5_000;
/// The longest that an endpoint waits, in milliseconds.
pub const MAX_TIMEOUT_MS: u64 = 600_000;
/// How long nothing may change before an interaction counts as finished, in milliseconds.
pub const QUIET_MS: u64 = 500;

/// How far an interaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The bot has not answered at all.
    Waiting,
    /// It has acknowledged, and there is nothing to see yet.
    Acknowledged,
    /// There is something to see: a message, a modal, choices, a change.
    Answered,
    /// It was not in time.
    Failed,
}

/// What to wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// Nothing.
    #[default]
    Now,
    /// The bot's first sign.
    Acknowledged,
    /// Something to see.
    Answered,
    /// An answer of which nothing has changed for a while.
    Finished,
}

/// What became of an interaction.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Outcome {
    /// The interaction.
    pub id: Id,
    /// Its type: 2 a command, 3 a component, 4 an autocompletion, 5 a modal.
    pub r#type: u8,
    /// Who acted.
    pub user: Id,
    /// Where.
    pub channel: Id,
    /// How far it has come.
    pub status: Status,
    /// What the member's client shows if the bot was not in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<String>,
    /// The callback's type: 4 a message, 5 one to come, 6 and 7 an update, 8 choices, 9 a modal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_type: Option<u64>,
    /// How long the bot took to acknowledge, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_after_ms: Option<u64>,
    /// The answer, or the component's message: Discord's object with `ephemeral` and `edits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Value>,
    /// Follow-ups that are still there, oldest first.
    pub followups: Vec<Value>,
    /// The modal that it opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modal: Option<Value>,
    /// The choices that it offers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Value>,
}

/// A wait, as queries and acts spell it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    /// What for.
    #[serde(default)]
    pub until: Until,
    /// How long at most, in milliseconds of real time; 5,000 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// For `finished`: how long nothing may have changed, in milliseconds of the sandbox's clock; 500
    /// if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_ms: Option<u64>,
}

/// `GET /interactions/{id}`
pub(super) async fn get(
    State(sandbox): State<Sandbox>,
    Of(id): Of<String>,
    Asked(wait): Asked<Wait>,
) -> Answer<Outcome> {
    let id = id.parse().map_err(|_| Refusal::bad(format!("{id:?} is no interaction's id")))?;
    wait_for(&sandbox, id, wait).await.map(Json)
}

/// Waits for an interaction's outcome. One that fails ends the wait.
pub(super) async fn wait_for(sandbox: &Sandbox, id: Id, wait: Wait) -> Result<Outcome, Refusal> {
    let timeout_ms = wait.timeout_ms.unwrap_or(TIMEOUT_MS);
    let quiet_ms = wait.quiet_ms.unwrap_or(QUIET_MS);
    if timeout_ms > MAX_TIMEOUT_MS || quiet_ms > MAX_TIMEOUT_MS {
        return Err(Refusal::bad(format!("a wait has {MAX_TIMEOUT_MS} ms at most")));
    }
    let look = |world: &World| known(world, id).map(|interaction| Standing::of(world, interaction));
    let mut standing = sandbox.read(look)?;
    let settled = async {
        loop {
            let due_ms = match standing.settled(wait.until, quiet_ms, sandbox.clock.now_ms()) {
                Ok(()) => return Ok::<_, Refusal>(()),
                Err(due_ms) => due_ms,
            };
            let changed = |world: &World| match look(world) {
                Ok(now) if now == standing => None,
                other => Some(other),
            };
            standing = tokio::select! {
                changed = sandbox.wait_for(changed) => changed?,
                () = sandbox.clock.sleep_until(due_ms) => sandbox.read(look)?,
            };
        }
    };
    let in_time = match tokio::time::timeout(Duration::from_millis(timeout_ms), settled).await {
        Ok(settled) => settled.map(|()| true)?,
        Err(_) => false,
    };
    let outcome = sandbox.read(|world| known(world, id).map(|interaction| outcome(world, interaction)))?;
    if in_time {
        return Ok(outcome);
    }
    let error = format!(
        "the interaction was not {} within {timeout_ms} ms; it is {}",
        json!(wait.until).as_str().unwrap_or_default(),
        json!(outcome.status).as_str().unwrap_or_default(),
    );
    Err(Refusal { status: StatusCode::REQUEST_TIMEOUT, error, outcome: Some(Box::new(outcome)) })
}

fn known(world: &World, id: Id) -> Result<&Interaction, Refusal> {
    world.interaction(id).ok_or_else(|| Refusal::missing(format!("there is no interaction {id} (any more)")))
}

/// What a wait looks at: it changes whenever the outcome does.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    status: Status,
    /// When it fails if nothing happens, in milliseconds since the Unix epoch.
    fails_ms: Option<u64>,
    /// When it was last acknowledged, answered or edited.
    changed_ms: u64,
    messages: usize,
    edits: u64,
}

impl Standing {
    fn of(world: &World, interaction: &Interaction) -> Self {
        let status = status(world, interaction);
        let created = interaction.created_ms();
        let fails_ms = match status {
            Status::Waiting if world.rules.on(Rule::AcknowledgeIn3s) => Some(created + ACKNOWLEDGE_MS + 1),
            Status::Acknowledged if is_loading(world, interaction) => Some(created + TOKEN_MS + 1),
            _ => None,
        };
        let mut changed_ms = interaction.acknowledged.map_or(created, |(_, at)| at);
        let (mut count, mut edits) = (0, 0);
        for message in messages(world, interaction) {
            count += 1;
            edits += message.edits;
            changed_ms = changed_ms.max(message.id.created_ms()).max(message.edited_ms.unwrap_or(0));
        }
        Self { status, fails_ms, changed_ms, messages: count, edits }
    }

    /// Whether what is waited for is here; if not, when to look again though nothing changes.
    fn settled(&self, until: Until, quiet_ms: u64, now_ms: u64) -> Result<(), u64> {
        let never = self.fails_ms.unwrap_or(u64::MAX);
        match (until, self.status) {
            (Until::Now, _)
            | (_, Status::Failed)
            | (Until::Acknowledged, Status::Acknowledged | Status::Answered)
            | (Until::Answered, Status::Answered) => Ok(()),
            (Until::Finished, Status::Answered) => {
                let due_ms = self.changed_ms.saturating_add(quiet_ms);
                if due_ms <= now_ms { Ok(()) } else { Err(due_ms) }
            }
            _ => Err(never),
        }
    }
}

fn status(world: &World, interaction: &Interaction) -> Status {
    let Some((kind, at_ms)) = interaction.acknowledged else {
        let failed = world.rules.on(Rule::AcknowledgeIn3s) && interaction.failed(world.now_ms());
        return if failed { Status::Failed } else { Status::Waiting };
    };
    let loading = is_loading(world, interaction);
    if loading && world.rules.on(Rule::Token15m) && world.now_ms() > interaction.created_ms() + TOKEN_MS {
        return Status::Failed;
    }
    // A deferred update shows nothing by itself.
    let updated = || {
        let source = interaction.original.and_then(|id| world.message(interaction.channel, id));
        source.is_none_or(|source| source.edited_ms.is_some_and(|edited| edited >= at_ms))
    };
    let pending = loading || kind == callback::DEFERRED_UPDATE && !updated();
    if pending && interaction.followups.is_empty() { Status::Acknowledged } else { Status::Answered }
}

fn is_loading(world: &World, interaction: &Interaction) -> bool {
    let original = interaction.original.and_then(|id| world.message(interaction.channel, id));
    original.is_some_and(|message| message.flags & flags::LOADING != 0)
}

/// The answer and the follow-ups, as far as they are still there.
fn messages<'a>(world: &'a World, interaction: &'a Interaction) -> impl Iterator<Item = &'a Message> {
    let ids = interaction.original.iter().chain(&interaction.followups);
    ids.filter_map(|id| world.message(interaction.channel, *id))
}

/// What became of an interaction, as of now.
pub(crate) fn outcome(world: &World, interaction: &Interaction) -> Outcome {
    let shown = |id: &Id| {
        let message = world.message(interaction.channel, *id)?;
        Some(message_json(world, message, interaction.user))
    };
    let status = status(world, interaction);
    Outcome {
        id: interaction.id,
        r#type: interaction.kind,
        user: interaction.user,
        channel: interaction.channel,
        status,
        shown: (status == Status::Failed).then(|| NOT_RESPONDED.to_owned()),
        callback_type: interaction.acknowledged.map(|(kind, _)| kind),
        acknowledged_after_ms: interaction
            .acknowledged
            .map(|(_, at)| at.saturating_sub(interaction.created_ms())),
        original: interaction.original.as_ref().and_then(shown),
        followups: interaction.followups.iter().filter_map(shown).collect(),
        modal: interaction.modal.clone(),
        choices: interaction.choices.clone(),
    }
}

/// Discord's message object as `viewer` sees it, with what only the sandbox knows.
pub(crate) fn message_json(world: &World, message: &Message, viewer: Id) -> Value {
    let mut json = world.message_json(message, Some(viewer));
    json["ephemeral"] = json!(message.is_ephemeral());
    json["edits"] = json!(message.edits);
    if let Author::Webhook { avatar: Some(image), .. } = &message.author {
        json["author"]["avatar_url"] = json!(image);
    }
    json
}
