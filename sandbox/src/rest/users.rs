//! `/users`: the bot itself, others, and direct messages.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::Answer;
use super::guard::{At, Params};
use super::guilds::Counts;
use super::request::{Body, Bot};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::id_of;

/// `GET /users/@me`
pub(super) async fn me(State(sandbox): State<Sandbox>, Bot(app): Bot) -> Answer {
    sandbox.read(|world| Ok(Json(world.current_user(app))))
}

/// `PATCH /users/@me`
pub(super) async fn modify_me(State(sandbox): State<Sandbox>, Bot(app): Bot, body: Body) -> Answer {
    sandbox.change(|world| {
        if let Some(name) = body.json["username"].as_str() {
            let length = name.trim().chars().count();
            if !(2..=32).contains(&length) {
                return Err(ApiError::invalid_form(json!({ "username": { "_errors": [{
                    "code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 2 and 32 in length.",
                }] } })));
            }
            if let Some(user) = world.users.get_mut(&app) {
                name.trim().clone_into(&mut user.username);
            }
        }
        Ok(Json(world.current_user(app)))
    })
}

/// `GET /users/{id}`
pub(super) async fn get(State(sandbox): State<Sandbox>, Bot(_): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| {
        if !world.users.contains_key(&id) {
            return Err(ApiError::unknown(10013, "User"));
        }
        Ok(Json(world.user_json(id)))
    })
}

/// `GET /users/@me/guilds`
pub(super) async fn guilds(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    Params(counts): Params<Counts>,
) -> Answer {
    sandbox.read(|world| {
        let guilds = world.guilds_of(app).into_iter().filter_map(|id| world.guilds.get(&id));
        let list = guilds.map(|guild| {
            let mut json = json!({
                "id": guild.id,
                "name": guild.name,
                "icon": null,
                "banner": null,
                "owner": guild.owner == app,
                "permissions": world.guild_permissions(guild.id, app).to_string(),
                "features": [],
            });
            if counts.with_counts == Some(true) {
                json["approximate_member_count"] = json!(guild.members.len());
                json["approximate_presence_count"] = json!(guild.members.len());
            }
            json
        });
        Ok(Json(list.collect()))
    })
}

/// `DELETE /users/@me/guilds/{id}`
pub(super) async fn leave(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        if !world.guilds_of(app).contains(&id) {
            return Err(ApiError::unknown(10004, "Guild"));
        }
        world.remove_member(id, app);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `POST /users/@me/channels`: the direct message with somebody.
pub(super) async fn direct(State(sandbox): State<Sandbox>, Bot(app): Bot, body: Body) -> Answer {
    sandbox.change(|world| {
        let other = id_of(&body.json["recipient_id"]).ok_or_else(|| {
            ApiError::invalid_form(json!({ "recipient_id": { "_errors": [{
                "code": "BASE_TYPE_REQUIRED", "message": "This field is required",
            }] } }))
        })?;
        let known = world.users.get(&other).ok_or_else(|| ApiError::unknown(10013, "User"))?;
        if known.bot {
            return Err(ApiError::new(StatusCode::FORBIDDEN, 50007, "Cannot send messages to this user"));
        }
        let id = world.direct_channel(vec![app, other]);
        let channel = world.channel(id).ok_or_else(|| ApiError::unknown(10003, "Channel"))?;
        Ok(Json(world.channel_json(channel, Some(app))))
    })
}
