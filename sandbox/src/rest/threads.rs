//! Threads: started from a message, without one, or as a forum's post; joined and left.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::guard::{self, At};
use super::request::{Body, Bot};
use super::{Answer, draft};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::form::message::Route;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::World;
use crate::world::channel::{Channel, kind, thread_member_json};
use crate::world::message::{Author, Message};
use crate::world::permissions::bits;
use crate::world::thread::Start;

/// What a body says of a new thread.
fn start_of(json: &Value, kind: u8) -> Start<'_> {
    let default = Start::default();
    Start {
        name: json["name"].as_str().unwrap_or_default(),
        kind,
        auto_archive_minutes: json["auto_archive_duration"].as_u64().unwrap_or(default.auto_archive_minutes),
        rate_limit_per_user: json["rate_limit_per_user"].as_u64().unwrap_or(0),
        invitable: json["invitable"].as_bool().unwrap_or(true),
        applied_tags: json["applied_tags"].as_array().map_or(&[], Vec::as_slice),
    }
}

fn created(world: &World, app: Id, thread: Id) -> Answer {
    let channel = world.channel(thread).ok_or_else(|| ApiError::unknown(10003, "Channel"))?;
    Ok(Json(world.channel_json(channel, Some(app))))
}

/// `POST /channels/{id}/messages/{id}/threads`
pub(super) async fn from_message(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, message)): At<(Id, Id)>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let parent = guard::channel_with(world, app, channel, bits::CREATE_PUBLIC_THREADS)?;
        refuse_nested(parent)?;
        let kind = parent.thread_kind();
        guard::message(world, channel, message)?;
        if world.channel(message).is_some() {
            let text = "A thread has already been created for this message";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 160_004, text));
        }
        if world.rules.on(Rule::FormLimits) {
            form::channel::create_thread_on_message(&body.json)?;
        }
        let id = world.start_thread_from(channel, app, message, &start_of(&body.json, kind));
        created(world, app, id)
    })
}

/// `POST /channels/{id}/threads`: a thread without a message, or a forum's post with its first.
pub(super) async fn create(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(channel): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let parent = guard::channel(world, app, channel)?;
        refuse_nested(parent)?;
        let forum = matches!(parent.kind, kind::FORUM | kind::MEDIA);
        let private = body.json["type"].as_u64() == Some(u64::from(kind::PRIVATE_THREAD))
            || (!forum && body.json["type"].is_null());
        let chosen = if forum {
            kind::PUBLIC_THREAD
        } else if private {
            kind::PRIVATE_THREAD
        } else {
            parent.thread_kind()
        };
        let needed = match chosen {
            _ if forum => bits::SEND_MESSAGES,
            kind::PRIVATE_THREAD => bits::CREATE_PRIVATE_THREADS,
            _ => bits::CREATE_PUBLIC_THREADS,
        };
        let parent = guard::channel_with(world, app, channel, needed)?;
        let permissions = world.permissions(parent, app);
        if !forum {
            if world.rules.on(Rule::FormLimits) {
                form::channel::create_thread(&body.json)?;
            }
            let id = world.start_thread(channel, app, None, &start_of(&body.json, chosen));
            return created(world, app, id);
        }
        let first = &body.json["message"];
        draft::check(world, &body, None, |context| form::channel::create_forum_post(&body.json, context))?;
        let id = world.start_thread(channel, app, None, &start_of(&body.json, chosen));
        // A post's first message has the post's id.
        let mut message = Message::new(id, id, Author::User(app));
        draft::fill(world, &mut message, first, &body, Route::Create, permissions);
        world.post(message);
        let Json(mut json) = created(world, app, id)?;
        json["message"] = world.message(id, id).map_or(Value::Null, |m| world.message_json(m, Some(app)));
        Ok(Json(json))
    })
}

fn refuse_nested(parent: &Channel) -> ApiResult<()> {
    if parent.is_thread() || parent.guild.is_none() {
        let text = "Cannot execute action on this channel type";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, 50024, text));
    }
    Ok(())
}

/// The thread, if the bot can see it.
fn thread(world: &World, app: Id, id: Id) -> ApiResult<&Channel> {
    let found = guard::channel(world, app, id)?;
    if found.is_thread() {
        return Ok(found);
    }
    Err(ApiError::new(StatusCode::BAD_REQUEST, 50024, "Cannot execute action on this channel type"))
}

/// `PUT /channels/{id}/thread-members/@me`
pub(super) async fn join(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
) -> ApiResult<StatusCode> {
    set_member(&sandbox, app, id, app, true)
}

/// `DELETE /channels/{id}/thread-members/@me`
pub(super) async fn leave(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
) -> ApiResult<StatusCode> {
    set_member(&sandbox, app, id, app, false)
}

/// `PUT /channels/{id}/thread-members/{user}`
pub(super) async fn add_member(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    set_member(&sandbox, app, id, user, true)
}

/// `DELETE /channels/{id}/thread-members/{user}`
pub(super) async fn remove_member(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    set_member(&sandbox, app, id, user, false)
}

fn set_member(sandbox: &Sandbox, app: Id, id: Id, user: Id, joined: bool) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let found = thread(world, app, id)?;
        if world.rules.on(Rule::Permissions) {
            let permissions = world.permissions(found, app);
            if joined && permissions & bits::SEND_MESSAGES_IN_THREADS == 0
                || !joined && user != app && permissions & bits::MANAGE_THREADS == 0
            {
                return Err(ApiError::missing_permissions());
            }
        }
        if !world.users.contains_key(&user) {
            return Err(ApiError::unknown(10013, "User"));
        }
        world.set_thread_member(id, user, joined);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `GET /channels/{id}/thread-members`
pub(super) async fn members(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| {
        let found = thread(world, app, id)?;
        let users = found.thread.iter().flat_map(|thread| thread.members.keys());
        Ok(Json(users.filter_map(|user| thread_member_json(found, *user)).collect()))
    })
}

/// `GET /channels/{id}/thread-members/{user}` (and `@me`)
pub(super) async fn member(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, String)>,
) -> Answer {
    sandbox.read(|world| {
        let found = thread(world, app, id)?;
        let user = if user == "@me" { Some(app) } else { user.parse().ok() };
        let json = user.and_then(|user| thread_member_json(found, user));
        json.map(Json).ok_or_else(|| ApiError::unknown(10007, "Member"))
    })
}

/// `GET /guilds/{id}/threads/active`
pub(super) async fn active(State(sandbox): State<Sandbox>, Bot(app): Bot, At(guild): At<Id>) -> Answer {
    sandbox.read(|world| {
        guard::guild(world, app, guild)?;
        Ok(Json(listing(world, app, |thread| {
            thread.guild == Some(guild) && thread.thread.as_ref().is_some_and(|thread| !thread.archived)
        })))
    })
}

/// `GET /channels/{id}/threads/archived/public` and `/private`
pub(super) async fn archived(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((channel, which)): At<(Id, String)>,
) -> Answer {
    sandbox.read(|world| {
        guard::channel_with(world, app, channel, bits::READ_MESSAGE_HISTORY)?;
        let private = which == "private";
        let mut json = listing(world, app, |thread| {
            thread.parent == Some(channel)
                && (thread.kind == kind::PRIVATE_THREAD) == private
                && thread.thread.as_ref().is_some_and(|thread| thread.archived)
        });
        json["has_more"] = json!(false);
        Ok(Json(json))
    })
}

fn listing(world: &World, app: Id, fits: impl Fn(&Channel) -> bool) -> Value {
    let visible = |channel: &&Channel| world.permissions(channel, app) & bits::VIEW_CHANNEL != 0;
    let mut threads: Vec<&Channel> = world
        .channels
        .values()
        .filter(|channel| channel.is_thread() && fits(channel))
        .filter(visible)
        .collect();
    threads.sort_by_key(|thread| std::cmp::Reverse(thread.id));
    let members: Vec<Value> = threads.iter().filter_map(|thread| thread_member_json(thread, app)).collect();
    let threads: Vec<Value> = threads.iter().map(|thread| world.channel_json(thread, Some(app))).collect();
    json!({ "threads": threads, "members": members })
}
