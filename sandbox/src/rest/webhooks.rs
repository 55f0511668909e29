//! Webhooks: `/channels/{id}/webhooks`, `/guilds/{id}/webhooks`, `/webhooks/{id}` with and without token.
//!
//! An interaction's follow-ups share these paths: there the id is the application's and the token
//! the interaction's.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::guard::{self, At, Params};
use super::interactions::{self, Which};
use super::request::{Body, Bot};
use super::{Answer, draft, messages};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::form::message::Route;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::channel::kind as channel_kind;
use crate::world::message::{Author, Message};
use crate::world::permissions::bits;
use crate::world::thread::Start;
use crate::world::webhook::Webhook;
use crate::world::{World, id_of};

/// How many webhooks a channel may hold.
const PER_CHANNEL: usize = 15;

/// Whether a path's id and token belong to an interaction.
fn of_interaction(sandbox: &Sandbox, id: Id) -> bool {
    sandbox.read(|world| world.apps.contains_key(&id))
}

/// The webhook with this id and token.
fn known<'a>(world: &'a World, id: Id, token: &str) -> ApiResult<&'a Webhook> {
    let webhook = world.webhooks.get(&id).ok_or_else(|| ApiError::unknown(10015, "Webhook"))?;
    if webhook.token == token {
        return Ok(webhook);
    }
    Err(ApiError::new(StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token"))
}

/// A webhook's secret: 68 characters of URL-safe Base64, a length that clients check addresses by.
fn token(id: Id) -> String {
    let mut state = id.0;
    let mut bytes = Vec::with_capacity(56);
    // SplitMix64: told apart at a glance, and the same for the same id.
    for _ in 0..7 {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bytes.extend((mixed ^ (mixed >> 31)).to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(&bytes[..51])
}

/// `POST /channels/{id}/webhooks`
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let place = guard::channel_with(world, app, channel, bits::MANAGE_WEBHOOKS)?;
        let guild = place.guild;
        if place.is_thread() || guild.is_none() {
            let text = "Cannot execute action on this channel type";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 50024, text));
        }
        if world.rules.on(Rule::FormLimits) {
            form::webhook::create(&body.json, &world.rules)?;
        }
        if world.rules.on(Rule::WebhooksPerChannel) && world.webhooks_in(channel).count() >= PER_CHANNEL {
            let text = format!("Maximum number of webhooks reached ({PER_CHANNEL})");
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 30007, text));
        }
        let id = world.next_id();
        let webhook = Webhook {
            id,
            token: token(id),
            channel,
            guild,
            name: body.json["name"].as_str().unwrap_or_default().trim().to_owned(),
            avatar: avatar(&body.json["avatar"]),
            creator: app,
            application: Some(app),
        };
        let json = world.webhook_json(&webhook, Some(app));
        world.put_webhook(webhook);
        Ok(Json(json))
    })
}

/// An uploaded image becomes a hash, as on Discord; the picture itself isn't kept.
fn avatar(value: &Value) -> Option<String> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let image = value.as_str()?;
    let mut hasher = DefaultHasher::new();
    image.hash(&mut hasher);
    Some(format!("{:032x}", hasher.finish()))
}

/// `GET /channels/{id}/webhooks`
pub(super) async fn in_channel(State(sandbox): State<Sandbox>, Bot(app): Bot, At(channel): At<Id>) -> Answer {
    sandbox.read(|world| {
        guard::channel_with(world, app, channel, bits::MANAGE_WEBHOOKS)?;
        Ok(Json(world.webhooks_in(channel).map(|webhook| world.webhook_json(webhook, Some(app))).collect()))
    })
}

/// `GET /guilds/{id}/webhooks`
pub(super) async fn in_guild(State(sandbox): State<Sandbox>, Bot(app): Bot, At(guild): At<Id>) -> Answer {
    sandbox.read(|world| {
        guard::guild_with(world, app, guild, bits::MANAGE_WEBHOOKS)?;
        let webhooks = world.webhooks.values().filter(|webhook| webhook.guild == Some(guild));
        Ok(Json(webhooks.map(|webhook| world.webhook_json(webhook, Some(app))).collect()))
    })
}

/// The webhook that a bot may manage by id alone.
fn managed(world: &World, app: Id, id: Id) -> ApiResult<Webhook> {
    let webhook = world.webhooks.get(&id).ok_or_else(|| ApiError::unknown(10015, "Webhook"))?;
    guard::channel_with(world, app, webhook.channel, bits::MANAGE_WEBHOOKS)?;
    Ok(webhook.clone())
}

/// `GET /webhooks/{id}`
pub(super) async fn get(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| Ok(Json(world.webhook_json(&managed(world, app, id)?, Some(app)))))
}

/// `PATCH /webhooks/{id}`
pub(super) async fn modify(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let webhook = managed(world, app, id)?;
        rename(world, webhook, &body.json, Some(app))
    })
}

/// `DELETE /webhooks/{id}`
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        managed(world, app, id)?;
        world.delete_webhook(id);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn rename(world: &mut World, mut webhook: Webhook, json: &Value, viewer: Option<Id>) -> Answer {
    if world.rules.on(Rule::FormLimits) {
        form::webhook::edit(json, &world.rules)?;
    }
    if let Some(name) = json["name"].as_str() {
        name.trim().clone_into(&mut webhook.name);
    }
    if let Some(image) = json.get("avatar") {
        webhook.avatar = avatar(image);
    }
    if let Some(channel) = id_of(&json["channel_id"]).filter(|_| viewer.is_some()) {
        webhook.channel = channel;
    }
    let json = world.webhook_json(&webhook, viewer.or(webhook.application));
    world.put_webhook(webhook);
    Ok(Json(json))
}

/// `GET /webhooks/{id}/{token}`
pub(super) async fn get_with_token(
    State(sandbox): State<Sandbox>,
    At((id, token)): At<(Id, String)>,
) -> Answer {
    sandbox.read(|world| {
        let webhook = known(world, id, &token)?;
        let mut json = world.webhook_json(webhook, webhook.application);
        json.as_object_mut().map(|map| map.remove("user"));
        Ok(Json(json))
    })
}

/// `PATCH /webhooks/{id}/{token}`
pub(super) async fn modify_with_token(
    State(sandbox): State<Sandbox>,
    At((id, token)): At<(Id, String)>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let webhook = known(world, id, &token)?.clone();
        rename(world, webhook, &body.json, None)
    })
}

/// `DELETE /webhooks/{id}/{token}`
pub(super) async fn delete_with_token(
    State(sandbox): State<Sandbox>,
    At((id, token)): At<(Id, String)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        known(world, id, &token)?;
        world.delete_webhook(id);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// The query of an execution.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Execution {
    #[serde(default, deserialize_with = "guard::flag")]
    wait: Option<bool>,
    thread_id: Option<Id>,
    #[serde(default, deserialize_with = "guard::flag")]
    with_components: Option<bool>,
}

/// `POST /webhooks/{id}/{token}`
pub(super) async fn execute(
    State(sandbox): State<Sandbox>,
    At((id, token)): At<(Id, String)>,
    Params(query): Params<Execution>,
    body: Body,
) -> ApiResult<Response> {
    if of_interaction(&sandbox, id) {
        return interactions::follow_up(&sandbox, &token, &body).map(IntoResponse::into_response);
    }
    sandbox.change(|world| {
        let webhook = known(world, id, &token)?.clone();
        let mut json = body.json.clone();
        // A webhook that no application owns sends components only when the query says so.
        if webhook.application.is_none() && query.with_components != Some(true) {
            json.as_object_mut().map(|map| map.remove("components"));
        }
        draft::check(world, &body, None, |context| form::webhook::execute(&json, context, &world.rules))?;
        let channel = destination(world, &webhook, &query, &json)?;
        let name = json["username"].as_str().unwrap_or(&webhook.name).trim().to_owned();
        let face = json["avatar_url"].as_str().map(str::to_owned).or_else(|| webhook.avatar.clone());
        let author = Author::Webhook { id, name, avatar: face };
        let mut message = Message::new(world.next_id(), channel, author);
        message.webhook = Some(id);
        message.application = webhook.application;
        let permissions = webhook.guild.map_or(0, |guild| everyone(world, guild));
        draft::fill(world, &mut message, &json, &body, Route::Webhook, permissions);
        let made = world.post(message);
        if query.wait != Some(true) {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        let made =
            world.message(channel, made).map(|message| world.message_json(message, webhook.application));
        messages::answer(made).map(IntoResponse::into_response)
    })
}

/// What @everyone may do: a webhook may ping whom they may.
fn everyone(world: &World, guild: Id) -> u64 {
    world.guilds.get(&guild).and_then(|place| place.roles.get(&guild)).map_or(0, |role| role.permissions)
}

/// Where an execution's message goes: the channel, a thread of it, or a new forum post.
fn destination(world: &mut World, webhook: &Webhook, query: &Execution, json: &Value) -> ApiResult<Id> {
    let forum = world
        .channel(webhook.channel)
        .is_some_and(|channel| matches!(channel.kind, channel_kind::FORUM | channel_kind::MEDIA));
    if let Some(thread) = query.thread_id {
        let found = world.channel(thread).filter(|thread| thread.parent == Some(webhook.channel));
        return found.map(|thread| thread.id).ok_or_else(|| ApiError::unknown(10003, "Channel"));
    }
    match (forum, json["thread_name"].as_str()) {
        (false, None) => Ok(webhook.channel),
        (true, Some(name)) => {
            let post = Start { name, kind: channel_kind::PUBLIC_THREAD, ..Start::default() };
            Ok(world.start_thread(webhook.channel, webhook.id, None, &post))
        }
        (true, None) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            220_001,
            "Webhooks posted to forum channels must have a thread_name or thread_id",
        )),
        (false, Some(_)) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            220_003,
            "Webhooks can only create threads in forum channels",
        )),
    }
}

/// The path of a webhook's message.
pub(super) type MessagePath = At<(Id, String, String)>;

fn which(named: &str) -> ApiResult<Which> {
    if named == "@original" {
        return Ok(Which::Original);
    }
    let id = named.parse().map_err(|_| {
        ApiError::invalid_form(json!({ "message_id": { "_errors": [{
            "code": "NUMBER_TYPE_COERCE", "message": format!("Value \"{named}\" is not snowflake."),
        }] } }))
    })?;
    Ok(Which::Message(id))
}

/// A webhook's own message, in its channel or the thread that the query names.
fn own_message<'a>(
    world: &'a World,
    webhook: &Webhook,
    which: Which,
    query: &Execution,
) -> ApiResult<&'a Message> {
    let Which::Message(id) = which else { return Err(ApiError::unknown(10008, "Message")) };
    let channel = query.thread_id.unwrap_or(webhook.channel);
    let found = world.message(channel, id).filter(|message| message.webhook == Some(webhook.id));
    found.ok_or_else(|| ApiError::unknown(10008, "Message"))
}

/// `GET /webhooks/{id}/{token}/messages/{id}`
pub(super) async fn get_message(
    State(sandbox): State<Sandbox>,
    At((id, token, named)): MessagePath,
    Params(query): Params<Execution>,
) -> Answer {
    if of_interaction(&sandbox, id) {
        return interactions::get(&sandbox, &token, which(&named)?);
    }
    sandbox.read(|world| {
        let webhook = known(world, id, &token)?;
        let message = own_message(world, webhook, which(&named)?, &query)?;
        Ok(Json(world.message_json(message, webhook.application)))
    })
}

/// `PATCH /webhooks/{id}/{token}/messages/{id}`
pub(super) async fn edit_message(
    State(sandbox): State<Sandbox>,
    At((id, token, named)): MessagePath,
    Params(query): Params<Execution>,
    body: Body,
) -> Answer {
    if of_interaction(&sandbox, id) {
        return interactions::patch(&sandbox, &token, which(&named)?, &body);
    }
    sandbox.change(|world| {
        let webhook = known(world, id, &token)?.clone();
        let mut changed = own_message(world, &webhook, which(&named)?, &query)?.clone();
        draft::check(world, &body, Some(&changed), |context| {
            form::webhook::edit_message(&body.json, context)
        })?;
        let permissions = webhook.guild.map_or(0, |guild| everyone(world, guild));
        draft::change(world, &mut changed, &body.json, &body, permissions);
        messages::refuse_empty(&changed)?;
        changed.edited_ms = Some(world.now_ms());
        let (channel, message) = (changed.channel, changed.id);
        world.edit(channel, message, |message| *message = changed);
        let changed = world.message(channel, message);
        messages::answer(changed.map(|message| world.message_json(message, webhook.application)))
    })
}

/// `DELETE /webhooks/{id}/{token}/messages/{id}`
pub(super) async fn delete_message(
    State(sandbox): State<Sandbox>,
    At((id, token, named)): MessagePath,
    Params(query): Params<Execution>,
) -> ApiResult<StatusCode> {
    if of_interaction(&sandbox, id) {
        return interactions::delete(&sandbox, &token, which(&named)?);
    }
    sandbox.change(|world| {
        let webhook = known(world, id, &token)?.clone();
        let message = own_message(world, &webhook, which(&named)?, &query)?;
        let (channel, message) = (message.channel, message.id);
        world.delete(channel, message);
        Ok(StatusCode::NO_CONTENT)
    })
}
