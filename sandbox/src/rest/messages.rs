//! `/channels/{id}/messages`: send, read, edit, delete; typing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::guard::{self, At, Params};
use super::request::{Body, Bot};
use super::{Answer, draft};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::form::message::Route;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::World;
use crate::world::message::{Author, Message};
use crate::world::permissions::bits;

/// How long an enforced nonce stands for its message ("a few minutes"), in milliseconds.
const NONCE_MS: u64 = 5 * 60 * 1000;

/// `POST /channels/{id}/messages`
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let place = guard::channel(world, app, channel)?;
        if !place.holds_messages() {
            let code =
                ApiError::new(StatusCode::BAD_REQUEST, 50008, "Cannot send messages in a non-text channel");
            return Err(code);
        }
        let needed = place.send_permission() | draft::needed(&body.json, &body);
        let place = guard::channel_with(world, app, channel, needed)?;
        let permissions = world.permissions(place, app);
        draft::check(world, &body, None, |context| form::message::create(&body.json, context))?;
        draft::check_reference(world, channel, &body.json)?;
        if let Some(sent) = sent_already(world, app, channel, &body.json) {
            return Ok(Json(world.message_json(sent, Some(app))));
        }
        let mut message = Message::new(world.next_id(), channel, Author::User(app));
        draft::fill(world, &mut message, &body.json, &body, Route::Create, permissions);
        message.application = Some(app).filter(|_| !message.components.is_empty());
        let id = world.post(message);
        answer(world.message(channel, id).map(|message| world.message_json(message, Some(app))))
    })
}

/// The message that this one would repeat, where `enforce_nonce` asks to look for it.
fn sent_already<'a>(world: &'a World, app: Id, channel: Id, json: &Value) -> Option<&'a Message> {
    let nonce = json.get("nonce").filter(|_| json["enforce_nonce"] == true)?;
    let recently = world.now_ms().saturating_sub(NONCE_MS);
    let sent = world.seen_by(channel, app).into_iter().rev();
    sent.take_while(|message| message.id.created_ms() >= recently)
        .find(|message| world.wrote(message, app) && message.nonce.as_ref() == Some(nonce))
}

/// Which part of a channel's history is asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    before: Option<Id>,
    after: Option<Id>,
    around: Option<Id>,
}

/// `GET /channels/{id}/messages`: newest first.
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    Params(page): Params<Page>,
) -> Answer {
    let limit = page.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(ApiError::invalid_form(json!({ "limit": { "_errors": [{
            "code": "NUMBER_TYPE_RANGE", "message": "int value should be between 1 and 100.",
        }] } })));
    }
    sandbox.read(|world| {
        let place = guard::channel(world, app, channel)?;
        let permissions = world.permissions(place, app);
        if world.rules.on(Rule::Permissions) && permissions & bits::READ_MESSAGE_HISTORY == 0 {
            return Ok(Json(json!([])));
        }
        let mut seen = world.seen_by(channel, app);
        seen.retain(|message| !message.is_ephemeral());
        let from = |id: Id| seen.partition_point(|message| message.id < id);
        let range = if let Some(around) = page.around {
            let middle = from(around);
            middle.saturating_sub(limit / 2)..seen.len().min(middle + limit.div_ceil(2))
        } else if let Some(after) = page.after {
            let start = seen.partition_point(|message| message.id <= after);
            start..seen.len().min(start + limit)
        } else {
            let end = page.before.map_or(seen.len(), from);
            end.saturating_sub(limit)..end
        };
        let messages = seen[range].iter().rev();
        Ok(Json(messages.map(|message| blanked(world, app, message)).collect()))
    })
}

/// A message as REST gives it: without the content that a bot without the intent may not read.
pub(super) fn blanked(world: &World, app: Id, message: &Message) -> Value {
    let mut json = world.message_json(message, Some(app));
    let granted = world.apps.get(&app).map_or(0, |app| app.granted_intents);
    let direct = world.channel(message.channel).is_some_and(|channel| channel.guild.is_none());
    let readable = granted & crate::gateway::intents::MESSAGE_CONTENT != 0
        || direct
        || world.wrote(message, app)
        || message.application == Some(app)
        || message.mentions.contains(&app);
    if !readable && world.rules.on(Rule::MessageContent) {
        json["content"] = json!("");
        for list in ["embeds", "attachments", "components"] {
            json[list] = json!([]);
        }
        json.as_object_mut().map(|map| map.remove("poll"));
    }
    json
}

/// `GET /channels/{id}/messages/{id}`
pub(super) async fn get(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, id)): At<(Id, Id)>,
) -> Answer {
    sandbox.read(|world| {
        guard::channel_with(world, app, channel, bits::READ_MESSAGE_HISTORY)?;
        Ok(Json(blanked(world, app, guard::message(world, channel, id)?)))
    })
}

/// `PATCH /channels/{id}/messages/{id}`
pub(super) async fn edit(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, id)): At<(Id, Id)>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let place = guard::channel(world, app, channel)?;
        let permissions = world.permissions(place, app);
        let message = guard::message(world, channel, id)?;
        let own = world.wrote(message, app);
        let only_flags = body.json.as_object().is_some_and(|map| map.keys().all(|key| key == "flags"));
        let moderates = only_flags && permissions & bits::MANAGE_MESSAGES != 0;
        if !(own || moderates) {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                50005,
                "Cannot edit a message authored by another user",
            ));
        }
        draft::check(world, &body, Some(message), |context| form::message::edit(&body.json, context))?;
        let mut changed = message.clone();
        draft::change(world, &mut changed, &body.json, &body, permissions);
        changed.edited_ms = Some(world.now_ms());
        refuse_empty(&changed)?;
        world.edit(channel, id, |message| *message = changed);
        answer(world.message(channel, id).map(|message| world.message_json(message, Some(app))))
    })
}

/// An edit must leave something of a message.
pub(super) fn refuse_empty(message: &Message) -> ApiResult<()> {
    let empty = message.content.is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty()
        && message.stickers.is_empty()
        && message.poll.is_none();
    if empty {
        return Err(form::message::empty());
    }
    Ok(())
}

/// `DELETE /channels/{id}/messages/{id}`
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, id)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let place = guard::channel(world, app, channel)?;
        let permissions = world.permissions(place, app);
        let message = guard::message(world, channel, id)?;
        if world.rules.on(Rule::Permissions)
            && !world.wrote(message, app)
            && permissions & bits::MANAGE_MESSAGES == 0
        {
            return Err(if place.guild.is_none() {
                let text = "Cannot execute action on a DM channel";
                ApiError::new(StatusCode::FORBIDDEN, 50003, text)
            } else {
                ApiError::missing_permissions()
            });
        }
        world.delete(channel, id);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `POST /channels/{id}/messages/bulk-delete`
pub(super) async fn bulk_delete(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    body: Body,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let place = guard::channel_with(world, app, channel, bits::MANAGE_MESSAGES)?;
        if place.guild.is_none() {
            return Err(ApiError::new(StatusCode::FORBIDDEN, 50003, "Cannot execute action on a DM channel"));
        }
        if world.rules.on(Rule::FormLimits) {
            form::channel::bulk_delete(&body.json, world.now_ms())?;
        }
        let listed = body.json["messages"].as_array().into_iter().flatten();
        let ids: Vec<Id> = listed.filter_map(crate::world::id_of).collect();
        world.delete_bulk(channel, &ids);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `POST /channels/{id}/typing`
pub(super) async fn typing(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let place = guard::channel(world, app, channel)?;
        guard::channel_with(world, app, channel, place.send_permission())?;
        world.typing(channel, app);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// An answer of something that was just written, or 10008 when it is gone already.
pub(super) fn answer(json: Option<Value>) -> Answer {
    json.map(Json).ok_or_else(|| ApiError::unknown(10008, "Message"))
}
