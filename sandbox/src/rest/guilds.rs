//! `/guilds/{id}`, its members and its roles.

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
use crate::world::guild::Role;
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

/// `GET /guilds/{id}/roles`
pub(super) async fn roles(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| Ok(Json(guard::guild(world, app, id)?.roles.values().map(Role::json).collect())))
}

/// `GET /guilds/{id}/roles/{role}`
pub(super) async fn role(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, role)): At<(Id, Id)>,
) -> Answer {
    sandbox.read(|world| {
        let role = guard::guild(world, app, id)?.roles.get(&role);
        role.map(|role| Json(role.json())).ok_or_else(|| ApiError::unknown(10011, "Role"))
    })
}

/// `POST /guilds/{id}/roles`
pub(super) async fn create_role(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let guild = guard::guild_with(world, app, id, bits::MANAGE_ROLES)?;
        if world.rules.on(Rule::FormLimits) {
            form::guild::role(&body.json)?;
        }
        let everyone = guild.roles.get(&id).map_or(0, |role| role.permissions);
        let mut role = Role {
            id: world.next_id(),
            name: "new role".into(),
            permissions: everyone,
            color: 0,
            position: 1,
            hoist: false,
            mentionable: false,
            bot: None,
        };
        apply_role(&mut role, &body.json);
        let new = role.id;
        world.add_role(id, role);
        role_answer(world, id, new)
    })
}

/// `PATCH /guilds/{id}/roles`: which role stands above which.
pub(super) async fn reorder_roles(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(id): At<Id>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let guild = guard::guild_with(world, app, id, bits::MANAGE_ROLES)?;
        let asked = body.json.as_array().map(Vec::as_slice).unwrap_or_default();
        let wanted = |role: &Role| {
            let place = asked.iter().find(|place| id_of(&place["id"]) == Some(role.id));
            place.and_then(|place| place["position"].as_u64()).unwrap_or(role.position)
        };
        let mut roles: Vec<Role> = guild.roles.values().filter(|role| role.id != id).cloned().collect();
        roles.sort_by_key(|role| (wanted(role), role.id));
        for (mut role, position) in roles.into_iter().zip(1..) {
            if role.position != position {
                role.position = position;
                world.add_role(id, role);
            }
        }
        Ok(Json(world.guilds[&id].roles.values().map(Role::json).collect()))
    })
}

/// `PATCH /guilds/{id}/roles/{role}`
pub(super) async fn modify_role(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, role)): At<(Id, Id)>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let guild = guard::guild_with(world, app, id, bits::MANAGE_ROLES)?;
        let mut changed = guild.roles.get(&role).cloned().ok_or_else(|| ApiError::unknown(10011, "Role"))?;
        if world.rules.on(Rule::FormLimits) {
            form::guild::role(&body.json)?;
        }
        apply_role(&mut changed, &body.json);
        world.add_role(id, changed);
        role_answer(world, id, role)
    })
}

/// `DELETE /guilds/{id}/roles/{role}`
pub(super) async fn delete_role(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At((id, role)): At<(Id, Id)>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        let guild = guard::guild_with(world, app, id, bits::MANAGE_ROLES)?;
        if !guild.roles.contains_key(&role) {
            return Err(ApiError::unknown(10011, "Role"));
        }
        if role == id {
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 50028, "Invalid role"));
        }
        world.remove_role(id, role);
        Ok(StatusCode::NO_CONTENT)
    })
}

fn apply_role(role: &mut Role, json: &Value) {
    if let Some(name) = json["name"].as_str() {
        name.clone_into(&mut role.name);
    }
    if let Some(permissions) = json["permissions"].as_str().and_then(|bits| bits.parse().ok()) {
        role.permissions = permissions;
    }
    // `color` is the older form of `colors`, and yields to it.
    let color = json["colors"]["primary_color"].as_u64().or_else(|| json["color"].as_u64());
    role.color = color.unwrap_or(role.color);
    role.hoist = json["hoist"].as_bool().unwrap_or(role.hoist);
    role.mentionable = json["mentionable"].as_bool().unwrap_or(role.mentionable);
}

fn role_answer(world: &World, guild: Id, role: Id) -> Answer {
    let role = world.guilds.get(&guild).and_then(|guild| guild.roles.get(&role));
    role.map(|role| Json(role.json())).ok_or_else(|| ApiError::unknown(10011, "Role"))
}
