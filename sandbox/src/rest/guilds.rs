//! `/guilds/{id}` and its members.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use super::guard::{self, At, Params};
use super::request::{Body, Bot};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::permissions::bits;
use crate::world::{World, id_of};

/// The query of `GET /guilds/{id}` and `GET /users/@me/guilds`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Counts {
    #[serde(default, deserialize_with = "guard::flag")]
    pub(super) with_counts: Option<bool>,
}

/// `GET /guilds/{id}`
pub(super) async fn get(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    Params(counts): Params<Counts>,
) -> Answer {
    sandbox.read(|world| {
        let guild = guard::guild(world, app, id)?;
        let mut json = world.guild_json(guild);
        if counts.with_counts == Some(true) {
            json["approximate_member_count"] = json!(guild.members.len());
            json["approximate_presence_count"] = json!(guild.members.len());
        }
        Ok(Json(json))
    })
}

/// `PATCH /guilds/{id}`
pub(super) async fn modify(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        guard::guild_with(world, app, id, bits::MANAGE_GUILD)?;
        if world.rules.on(Rule::FormLimits) {
            form::guild::edit(&body.json)?;
        }
        world.edit_guild(id, |guild| {
            if let Some(name) = body.json["name"].as_str() {
                name.clone_into(&mut guild.name);
            }
            if let Some(locale) = body.json["preferred_locale"].as_str() {
                locale.clone_into(&mut guild.preferred_locale);
            }
        });
        Ok(Json(world.guild_json(guard::guild(world, app, id)?)))
    })
}

/// The query of a member list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct MemberPage {
    limit: Option<usize>,
    after: Option<Id>,
    query: Option<String>,
}

/// `GET /guilds/{id}/members`: needs the privileged Guild Members intent, as on Discord.
pub(super) async fn members(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    Params(page): Params<MemberPage>,
) -> Answer {
    sandbox.read(|world| {
        let guild = guard::guild(world, app, id)?;
        let granted = world.apps.get(&app).map_or(0, |app| app.granted_intents);
        if world.rules.on(Rule::GatewayLimits) && granted & crate::gateway::intents::GUILD_MEMBERS == 0 {
            return Err(ApiError::missing_access());
        }
        let after = page.after.unwrap_or_default();
        let users = guild.members.keys().filter(|user| **user > after);
        let limit = page.limit.unwrap_or(1).clamp(1, 1000);
        Ok(Json(users.take(limit).map(|user| world.member_json(id, *user)).collect()))
    })
}

/// `GET /guilds/{id}/members/search`
pub(super) async fn search(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    Params(page): Params<MemberPage>,
) -> Answer {
    sandbox.read(|world| {
        let guild = guard::guild(world, app, id)?;
        let wanted = page.query.unwrap_or_default().to_lowercase();
        let named = |user: &&Id| {
            let nick = guild.members.get(user).and_then(|member| member.nick.as_deref()).unwrap_or_default();
            let name = world.users.get(user).map_or("", |user| user.username.as_str());
            nick.to_lowercase().starts_with(&wanted) || name.starts_with(&wanted)
        };
        let limit = page.limit.unwrap_or(1).clamp(1, 1000);
        let users = guild.members.keys().filter(named).take(limit);
        Ok(Json(users.map(|user| world.member_json(id, *user)).collect()))
    })
}

/// Whether somebody is a member, or why not.
fn known_member(world: &World, guild: Id, user: Id) -> ApiResult<()> {
    member_answer(world, guild, user).map(|_| ())
}

fn member_answer(world: &World, guild: Id, user: Id) -> Answer {
    match world.member_json(guild, user) {
        Value::Null if world.users.contains_key(&user) => Err(ApiError::unknown(10007, "Member")),
        Value::Null => Err(ApiError::unknown(10013, "User")),
        json => Ok(Json(json)),
    }
}

/// `GET /guilds/{id}/members/{user}`
pub(super) async fn member(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, Id)>,
) -> Answer {
    sandbox.read(|world| {
        guard::guild(world, app, id)?;
        member_answer(world, id, user)
    })
}

/// `PATCH /guilds/{id}/members/@me`
pub(super) async fn modify_me(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        guard::guild_with(world, app, id, bits::CHANGE_NICKNAME)?;
        edit_member(world, id, app, &body.json);
        member_answer(world, id, app)
    })
}

/// `PATCH /guilds/{id}/members/{user}`
pub(super) async fn modify_member(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, Id)>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let fields = [
            ("nick", bits::MANAGE_NICKNAMES),
            ("roles", bits::MANAGE_ROLES),
            ("communication_disabled_until", bits::MODERATE_MEMBERS),
        ];
        let needed = fields
            .iter()
            .filter(|(name, _)| body.json.get(name).is_some())
            .fold(0, |all, (_, bit)| all | bit);
        guard::guild_with(world, app, id, needed)?;
        known_member(world, id, user)?;
        edit_member(world, id, user, &body.json);
        member_answer(world, id, user)
    })
}

fn edit_member(world: &mut World, guild: Id, user: Id, json: &Value) {
    world.edit_member(guild, user, |member| {
        if let Some(nick) = json.get("nick") {
            member.nick = nick.as_str().filter(|nick| !nick.is_empty()).map(str::to_owned);
        }
        if let Some(roles) = json["roles"].as_array() {
            member.roles = roles.iter().filter_map(id_of).collect();
        }
        if let Some(until) = json.get("communication_disabled_until") {
            member.timed_out_until = until.as_str().map(str::to_owned);
        }
    });
}

/// `DELETE /guilds/{id}/members/{user}`
pub(super) async fn kick(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        guard::guild_with(world, app, id, bits::KICK_MEMBERS)?;
        known_member(world, id, user)?;
        world.remove_member(id, user);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `PUT` and `DELETE /guilds/{id}/members/{user}/roles/{role}`
pub(super) async fn member_role(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, user, role)): At<(Id, Id, Id)>,
    method: axum::http::Method,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let guild = guard::guild_with(world, app, id, bits::MANAGE_ROLES)?;
        let wanted = guild.roles.get(&role).ok_or_else(|| ApiError::unknown(10011, "Role"))?;
        if world.rules.on(Rule::Permissions) && wanted.position >= top_role(world, id, app) {
            return Err(ApiError::missing_permissions());
        }
        known_member(world, id, user)?;
        world.edit_member(id, user, |member| {
            member.roles.retain(|held| *held != role);
            if method == axum::http::Method::PUT {
                member.roles.push(role);
            }
        });
        Ok(StatusCode::NO_CONTENT)
    })
}

/// The position of somebody's highest role: they manage only those below it.
fn top_role(world: &World, guild: Id, user: Id) -> u64 {
    let Some(guild) = world.guilds.get(&guild) else { return 0 };
    if guild.owner == user {
        return u64::MAX;
    }
    let roles = guild.members.get(&user).map(|member| member.roles.as_slice()).unwrap_or_default();
    roles.iter().filter_map(|role| guild.roles.get(role)).map(|role| role.position).max().unwrap_or(0)
}
