//! `/guilds/{id}/roles`: roles, what they are like and which stands above which.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::Answer;
use super::guard::{self, At};
use super::request::{Body, Bot};
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::guild::Role;
use crate::world::permissions::bits;
use crate::world::{World, id_of};

/// `GET /guilds/{id}/roles`
pub(super) async fn list(State(sandbox): State<Sandbox>, Bot(app): Bot, At(id): At<Id>) -> Answer {
    sandbox.read(|world| Ok(Json(guard::guild(world, app, id)?.roles.values().map(Role::json).collect())))
}

/// `GET /guilds/{id}/roles/{role}`
pub(super) async fn get(
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
pub(super) async fn create(
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
        apply(&mut role, &body.json);
        let new = role.id;
        world.add_role(id, role);
        answer(world, id, new)
    })
}

/// `PATCH /guilds/{id}/roles`: which role stands above which.
pub(super) async fn reorder(
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
pub(super) async fn modify(
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
        apply(&mut changed, &body.json);
        world.add_role(id, changed);
        answer(world, id, role)
    })
}

/// `DELETE /guilds/{id}/roles/{role}`
pub(super) async fn delete(
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

fn apply(role: &mut Role, json: &Value) {
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

fn answer(world: &World, guild: Id, role: Id) -> Answer {
    let role = world.guilds.get(&guild).and_then(|guild| guild.roles.get(&role));
    role.map(|role| Json(role.json())).ok_or_else(|| ApiError::unknown(10011, "Role"))
}
