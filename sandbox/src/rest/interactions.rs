//! `/interactions/{id}/{token}/callback`, and what follows it: `/webhooks/{app}/{token}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::guard::{self, At, Params};
use super::request::Body;
use super::{Answer, draft, messages};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::form::message::Route;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::interaction::{Interaction, callback, kind};
use crate::world::message::{self, Message, flags};
use crate::world::{World, permissions::bits};

/// The callback's query.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default, deserialize_with = "guard::flag")]
    with_response: Option<bool>,
}

/// `POST /interactions/{id}/{token}/callback`
pub(super) async fn acknowledge(
    State(sandbox): State<Sandbox>,
    At((id, token)): At<(Id, String)>,
    Params(wanted): Params<Wanted>,
    body: Body,
) -> ApiResult<Response> {
    sandbox.change(|world| {
        let chosen = body.json["type"].as_u64().unwrap_or(0);
        let interaction = world.acknowledgeable(id, &token, chosen)?;
        let data = &body.json["data"];
        let source = interaction.source.and_then(|id| world.message(interaction.channel, id));
        if chosen == callback::UPDATE && source.is_none() {
            return Err(ApiError::unknown(10008, "Message"));
        }
        let edited = source.filter(|_| chosen == callback::UPDATE);
        draft::check(world, &body, edited, |context| form::interaction::callback(&body.json, context))?;
        let now = world.now_ms();
        world.update_interaction(id, |interaction| interaction.acknowledged = Some((chosen, now)));
        let shown = apply(world, &interaction, chosen, data, &body);
        if wanted.with_response == Some(true) {
            return Ok(Json(with_response(world, &interaction, chosen, shown)).into_response());
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    })
}

/// Does what a callback says; gives the message that it made or changed.
fn apply(world: &mut World, interaction: &Interaction, chosen: u64, data: &Value, body: &Body) -> Option<Id> {
    let id = interaction.id;
    match chosen {
        callback::MESSAGE | callback::DEFERRED_MESSAGE => {
            let mut answer =
                world.answer_to(interaction, data["flags"].as_u64().unwrap_or(0) & flags::EPHEMERAL);
            answer.kind = answer_kind(interaction);
            answer.reference = interaction.source.filter(|_| answer.kind == message::kind::REPLY);
            if chosen == callback::MESSAGE {
                let permissions = permissions(world, interaction);
                draft::fill(world, &mut answer, data, body, Route::Interaction, permissions);
            } else {
                answer.flags |= flags::LOADING;
            }
            let made = world.post(answer);
            world.update_interaction(id, |interaction| interaction.original = Some(made));
            Some(made)
        }
        callback::DEFERRED_UPDATE => {
            world.update_interaction(id, |interaction| interaction.original = interaction.source);
            interaction.source
        }
        callback::UPDATE => {
            let source = interaction.source?;
            edit(world, interaction, source, data, body);
            world.update_interaction(id, |interaction| interaction.original = Some(source));
            Some(source)
        }
        callback::AUTOCOMPLETE => {
            let choices = data["choices"].clone();
            world.update_interaction(id, |interaction| interaction.choices = Some(choices));
            None
        }
        callback::MODAL => {
            let modal = data.clone();
            world.update_interaction(id, |interaction| interaction.modal = Some(modal));
            None
        }
        _ => None,
    }
}

fn answer_kind(interaction: &Interaction) -> u8 {
    match (interaction.kind, interaction.data["type"].as_u64()) {
        (kind::COMMAND, Some(2 | 3)) => message::kind::CONTEXT_MENU_COMMAND,
        (kind::COMMAND, _) => message::kind::CHAT_INPUT_COMMAND,
        _ if interaction.source.is_some() => message::kind::REPLY,
        _ => message::kind::DEFAULT,
    }
}

/// In an answer the bot may ping as it may in the channel; where it isn't, as a member may.
fn permissions(world: &World, interaction: &Interaction) -> u64 {
    let Some(channel) = world.channel(interaction.channel) else { return 0 };
    let own = world.permissions(channel, interaction.app);
    if own == 0 { bits::DIRECT & !bits::MENTION_EVERYONE } else { own }
}

fn edit(world: &mut World, interaction: &Interaction, id: Id, data: &Value, body: &Body) {
    let permissions = permissions(world, interaction);
    let Some(mut changed) = world.message(interaction.channel, id).cloned() else { return };
    let was_loading = changed.flags & flags::LOADING != 0;
    draft::change(world, &mut changed, data, body, permissions);
    changed.flags &= !flags::LOADING;
    if !was_loading {
        changed.edited_ms = Some(world.now_ms());
    }
    world.edit(interaction.channel, id, |message| *message = changed);
}

fn with_response(world: &World, interaction: &Interaction, chosen: u64, shown: Option<Id>) -> Value {
    let message = shown.and_then(|id| world.message(interaction.channel, id));
    let mut about = json!({
        "id": interaction.id,
        "type": interaction.kind,
        "channel_id": interaction.channel,
    });
    if let Some(guild) = interaction.guild {
        about["guild_id"] = json!(guild);
    }
    let mut resource = json!({ "type": chosen });
    if let Some(message) = message {
        about["response_message_id"] = json!(message.id);
        about["response_message_loading"] = json!(message.flags & flags::LOADING != 0);
        about["response_message_ephemeral"] = json!(message.is_ephemeral());
        if matches!(chosen, callback::MESSAGE | callback::DEFERRED_MESSAGE | callback::UPDATE) {
            resource["message"] = world.message_json(message, Some(interaction.app));
        }
    }
    json!({ "interaction": about, "resource": resource })
}

/// Which of an interaction's messages a path names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    /// `@original`
    Original,
    /// A follow-up (or the original by its id).
    Message(Id),
}

/// The message of an interaction that may be read, edited or deleted with its token.
fn find<'a>(world: &'a World, interaction: &Interaction, which: Which) -> ApiResult<&'a Message> {
    let known = match which {
        Which::Original => interaction.original,
        Which::Message(id) => {
            let own = interaction.original == Some(id) || interaction.followups.contains(&id);
            Some(id).filter(|_| own)
        }
    };
    let found = known.and_then(|id| world.message(interaction.channel, id));
    found.ok_or_else(|| ApiError::unknown(10008, "Message"))
}

/// `POST /webhooks/{app}/{token}`: a follow-up. The first one after a deferral fills in the answer.
pub(super) fn follow_up(sandbox: &Sandbox, token: &str, body: &Body) -> Answer {
    sandbox.change(|world| {
        let interaction = world.answerable(token)?;
        draft::check(world, body, None, |context| form::interaction::follow_up(&body.json, context))?;
        let waiting = interaction.original.and_then(|id| world.message(interaction.channel, id));
        if let Some(waiting) = waiting.filter(|message| message.flags & flags::LOADING != 0).map(|m| m.id) {
            edit(world, &interaction, waiting, &body.json, body);
            let filled = world.message(interaction.channel, waiting);
            return messages::answer(filled.map(|m| world.message_json(m, Some(interaction.app))));
        }
        let wanted = body.json["flags"].as_u64().unwrap_or(0) & flags::EPHEMERAL;
        let mut message = world.answer_to(&interaction, wanted);
        let permissions = permissions(world, &interaction);
        draft::fill(world, &mut message, &body.json, body, Route::Interaction, permissions);
        if let Some(original) =
            interaction.original.filter(|id| world.message(interaction.channel, *id).is_some())
        {
            message.kind = message::kind::REPLY;
            message.reference = Some(original);
        }
        let id = world.post(message);
        world.update_interaction(interaction.id, |interaction| interaction.followups.push(id));
        let made = world.message(interaction.channel, id);
        messages::answer(made.map(|message| world.message_json(message, Some(interaction.app))))
    })
}

/// `GET /webhooks/{app}/{token}/messages/{which}`
pub(super) fn get(sandbox: &Sandbox, token: &str, which: Which) -> Answer {
    sandbox.read(|world| {
        let interaction = world.answerable(token)?;
        Ok(Json(world.message_json(find(world, &interaction, which)?, Some(interaction.app))))
    })
}

/// `PATCH /webhooks/{app}/{token}/messages/{which}`
pub(super) fn patch(sandbox: &Sandbox, token: &str, which: Which, body: &Body) -> Answer {
    sandbox.change(|world| {
        let interaction = world.answerable(token)?;
        let found = find(world, &interaction, which)?;
        draft::check(world, body, Some(found), |context| form::webhook::edit_message(&body.json, context))?;
        let id = found.id;
        edit(world, &interaction, id, &body.json, body);
        let changed = world.message(interaction.channel, id);
        messages::answer(changed.map(|message| world.message_json(message, Some(interaction.app))))
    })
}

/// `DELETE /webhooks/{app}/{token}/messages/{which}`
pub(super) fn delete(sandbox: &Sandbox, token: &str, which: Which) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let interaction = world.answerable(token)?;
        let id = find(world, &interaction, which)?.id;
        world.delete(interaction.channel, id);
        Ok(StatusCode::NO_CONTENT)
    })
}
