//! `/channels/{id}` and `/guilds/{id}/channels`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Answer;
use super::guard::{self, At};
use super::request::{Body, Bot};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::channel::{Channel, KEPT, kind};
use crate::world::permissions::{Overwrite, bits};
use crate::world::{World, id_of};

/// `GET /channels/{id}`
pub(super) async fn get(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| Ok(Json(world.channel_json(guard::channel(world, app, id)?, Some(app)))))
}

/// `GET /guilds/{id}/channels`
pub(super) async fn in_guild(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| {
        let guild = guard::guild(world, app, id)?;
        let channels = guild.channels.iter().filter_map(|id| world.channel(*id));
        Ok(Json(channels.map(|channel| world.channel_json(channel, Some(app))).collect()))
    })
}

/// `POST /guilds/{id}/channels`
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(guild): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        guard::guild_with(world, app, guild, bits::MANAGE_CHANNELS)?;
        if world.rules.on(Rule::FormLimits) {
            form::channel::create(&body.json)?;
        }
        let chosen = body.json["type"].as_u64().and_then(|kind| kind.try_into().ok()).unwrap_or(kind::TEXT);
        let name = body.json["name"].as_str().unwrap_or_default();
        let json = with_tag_ids(world, &body.json);
        let mut channel = Channel::new(world.next_id(), chosen, Some(guild), named(name, chosen));
        apply(&mut channel, &json);
        let id = world.add_channel(channel);
        answer(world, app, id)
    })
}

/// `PATCH /guilds/{id}/channels`: where channels stand, and below which category.
pub(super) async fn reorder(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(guild): At<Id>,
    body: Body,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        guard::guild_with(world, app, guild, bits::MANAGE_CHANNELS)?;
        for place in body.json.as_array().into_iter().flatten() {
            let id =
                id_of(&place["id"]).filter(|id| world.channel(*id).is_some_and(|it| it.guild == Some(guild)));
            let id = id.ok_or_else(|| ApiError::unknown(10003, "Channel"))?;
            world.edit_channel(id, |channel| {
                channel.position = place["position"].as_u64().unwrap_or(channel.position);
                if let Some(parent) = place.get("parent_id") {
                    channel.parent = id_of(parent);
                }
            });
        }
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `PATCH /channels/{id}`: a channel or a thread.
pub(super) async fn modify(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let found = guard::channel(world, app, id)?;
        let own_thread = found.thread.as_ref().is_some_and(|thread| thread.owner == app);
        let needed = match found.is_thread() {
            true if own_thread => 0,
            true => bits::MANAGE_THREADS,
            false => bits::MANAGE_CHANNELS,
        };
        guard::channel_with(world, app, id, needed)?;
        if world.rules.on(Rule::FormLimits) {
            form::channel::edit(&body.json, matches!(found.kind, kind::FORUM | kind::MEDIA))?;
        }
        let (now, json) = (world.now_ms(), with_tag_ids(world, &body.json));
        world.edit_channel(id, |channel| {
            apply(channel, &json);
            apply_thread(channel, &json, now);
        });
        answer(world, app, id)
    })
}

/// `DELETE /channels/{id}`
pub(super) async fn delete(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.change(|world| {
        let found = guard::channel(world, app, id)?;
        let needed = if found.is_thread() { bits::MANAGE_THREADS } else { bits::MANAGE_CHANNELS };
        let gone = guard::channel_with(world, app, id, if found.guild.is_none() { 0 } else { needed })?;
        let json = world.channel_json(gone, Some(app));
        // A direct message is closed, not deleted: its history stays.
        if gone.guild.is_some() {
            world.delete_channel(id);
        }
        Ok(Json(json))
    })
}

/// `PUT` and `DELETE /channels/{id}/permissions/{id}`
pub(super) async fn overwrite(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, whose)): At<(Id, Id)>,
    method: axum::http::Method,
    body: Body,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        guard::channel_with(world, app, id, bits::MANAGE_ROLES)?;
        let mut given = body.json.clone();
        if !given.is_object() {
            given = json!({});
        }
        given["id"] = json!(whose);
        let put = Overwrite::parse(&given).filter(|_| method == axum::http::Method::PUT);
        world.edit_channel(id, |channel| {
            channel.overwrites.retain(|overwrite| overwrite.id != whose);
            channel.overwrites.extend(put);
        });
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Text channels' names have no spaces and no capitals.
fn named(name: &str, kind: u8) -> String {
    if matches!(kind, kind::TEXT | kind::ANNOUNCEMENT | kind::FORUM | kind::MEDIA) {
        name.trim().to_lowercase().replace(char::is_whitespace, "-")
    } else {
        name.trim().to_owned()
    }
}

/// The body with an id for each of a forum's tags that is new.
fn with_tag_ids(world: &World, json: &Value) -> Value {
    let mut json = json.clone();
    for tag in json.get_mut("available_tags").and_then(Value::as_array_mut).into_iter().flatten() {
        if tag.is_object() && id_of(&tag["id"]).is_none() {
            tag["id"] = json!(world.next_id());
        }
        for (name, default) in
            [("moderated", json!(false)), ("emoji_id", Value::Null), ("emoji_name", Value::Null)]
        {
            if let Some(tag) = tag.as_object_mut() {
                tag.entry(name).or_insert(default);
            }
        }
    }
    json
}

fn apply(channel: &mut Channel, json: &Value) {
    if let Some(name) = json["name"].as_str() {
        channel.name = named(name, channel.kind);
    }
    if let Some(topic) = json.get("topic") {
        channel.topic = topic.as_str().map(str::to_owned);
    }
    if let Some(parent) = json.get("parent_id").filter(|_| !channel.is_thread()) {
        channel.parent = id_of(parent);
    }
    if let Some(list) = json["permission_overwrites"].as_array() {
        channel.overwrites = list.iter().filter_map(Overwrite::parse).collect();
    }
    for name in KEPT {
        if let Some(value) = json.get(name) {
            channel.settings.insert(name.into(), value.clone());
        }
    }
    channel.nsfw = json["nsfw"].as_bool().unwrap_or(channel.nsfw);
    channel.position = json["position"].as_u64().unwrap_or(channel.position);
    channel.rate_limit_per_user = json["rate_limit_per_user"].as_u64().unwrap_or(channel.rate_limit_per_user);
}

fn apply_thread(channel: &mut Channel, json: &Value, now_ms: u64) {
    let Some(thread) = &mut channel.thread else { return };
    if let Some(archived) = json["archived"].as_bool().filter(|archived| *archived != thread.archived) {
        thread.archived = archived;
        thread.archive_changed_ms = now_ms;
    }
    thread.locked = json["locked"].as_bool().unwrap_or(thread.locked);
    thread.invitable = json["invitable"].as_bool().unwrap_or(thread.invitable);
    thread.auto_archive_minutes =
        json["auto_archive_duration"].as_u64().unwrap_or(thread.auto_archive_minutes);
    if let Some(tags) = json["applied_tags"].as_array() {
        thread.applied_tags.clone_from(tags);
    }
}

fn answer(world: &World, app: Id, id: Id) -> Answer {
    let channel = world.channel(id).ok_or_else(|| ApiError::unknown(10003, "Channel"))?;
    Ok(Json(world.channel_json(channel, Some(app))))
}
