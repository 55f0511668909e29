//! `/applications/{id}/commands` and `/applications/{id}/guilds/{id}/commands`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
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
use crate::world::command::Command;
use crate::world::{World, merge};

/// The path of a scope: the application, then the guild if it is a guild's.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Scope {
    #[serde(rename = "application_id")]
    app: Id,
    #[serde(rename = "guild_id")]
    guild: Option<Id>,
}

/// The path of one command.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct One {
    #[serde(rename = "application_id")]
    app: Id,
    #[serde(rename = "guild_id")]
    guild: Option<Id>,
    #[serde(rename = "command_id")]
    id: Id,
}

/// The query of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Listing {
    #[serde(default, deserialize_with = "guard::flag")]
    with_localizations: Option<bool>,
}

fn enter(world: &World, app: Id, named: Id, guild: Option<Id>) -> ApiResult<()> {
    guard::own(app, named)?;
    guild.map_or(Ok(()), |guild| guard::guild(world, app, guild).map(|_| ()))
}

/// Commands of one kind and name are the same command.
fn same(one: &Value, other: &Value) -> bool {
    one["name"] == other["name"] && form::command::kind(one) == form::command::kind(other)
}

fn unknown() -> ApiError {
    ApiError::unknown(10063, "application command")
}

/// `GET …/commands`
pub(super) async fn list(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(scope): At<Scope>,
    Params(listing): Params<Listing>,
    headers: HeaderMap,
) -> Answer {
    sandbox.read(|world| {
        enter(world, app, scope.app, scope.guild)?;
        let locale = headers.get("x-discord-locale").and_then(|locale| locale.to_str().ok());
        let all = listing.with_localizations == Some(true);
        let shown = |command: &Command| if all { command.json.clone() } else { command.listed_in(locale) };
        Ok(Json(world.commands_of(app, scope.guild).iter().map(shown).collect()))
    })
}

/// `PUT …/commands`: the whole set.
pub(super) async fn put(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(scope): At<Scope>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        enter(world, app, scope.app, scope.guild)?;
        let checks = world.rules.on(Rule::FormLimits);
        if checks || !body.json.is_array() {
            form::command::bulk(&body.json)?;
        }
        let bodies = body.json.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(Json(
            world.put_commands(app, scope.guild, bodies).iter().map(|command| command.json.clone()).collect(),
        ))
    })
}

/// `POST …/commands`: 201 for a new one, 200 for one of the same name and type.
pub(super) async fn post(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(scope): At<Scope>,
    body: Body,
) -> ApiResult<Response> {
    sandbox.change(|world| {
        enter(world, app, scope.app, scope.guild)?;
        if world.rules.on(Rule::FormLimits) {
            form::command::create(&body.json)?;
            let others = world.commands_of(app, scope.guild).iter().map(|command| &command.json);
            let others = others.filter(|other| !same(other, &body.json));
            form::command::scope(others.chain([&body.json]).map(form::command::kind))?;
        }
        let (command, new) = world.put_command(app, scope.guild, &body.json);
        let status = if new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(command.json.clone())).into_response())
    })
}

fn find<'a>(world: &'a World, app: Id, one: &One) -> ApiResult<&'a Command> {
    enter(world, app, one.app, one.guild)?;
    let mut commands = world.commands_of(app, one.guild).iter();
    commands.find(|command| command.id == one.id).ok_or_else(unknown)
}

/// `GET …/commands/{id}`
pub(super) async fn get(State(sandbox): State<Sandbox>, Bot(app): Bot, At(one): At<One>) -> Answer {
    sandbox.read(|world| Ok(Json(find(world, app, &one)?.json.clone())))
}

/// `PATCH …/commands/{id}`
pub(super) async fn patch(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(one): At<One>,
    body: Body,
) -> Answer {
    sandbox.change(|world| {
        let command = find(world, app, &one)?;
        if world.rules.on(Rule::FormLimits) {
            form::command::edit(&body.json, form::command::kind(&command.json))?;
            let mut wanted = command.json.clone();
            merge(&mut wanted, body.json.clone());
            let mut others = world.commands_of(app, one.guild).iter();
            if others.any(|other| other.id != one.id && same(&other.json, &wanted)) {
                return Err(form::command::duplicate_name());
            }
        }
        let changed = world.edit_command(app, one.guild, one.id, &body.json).ok_or_else(unknown)?;
        Ok(Json(changed.json.clone()))
    })
}

/// `DELETE …/commands/{id}`
pub(super) async fn delete(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(one): At<One>,
) -> ApiResult<StatusCode> {
    sandbox.change(|world| {
        find(world, app, &one)?;
        world.delete_command(app, one.guild, one.id);
        Ok(StatusCode::NO_CONTENT)
    })
}

/// `GET …/guilds/{id}/commands/permissions`: the sandbox's servers set none.
pub(super) async fn permissions(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(scope): At<Scope>,
) -> Answer {
    sandbox.read(|world| {
        enter(world, app, scope.app, scope.guild)?;
        Ok(Json(json!([])))
    })
}

/// `GET …/guilds/{id}/commands/{id}/permissions`: what Discord says where nobody set any.
pub(super) async fn own_permissions(
    State(sandbox): State<Sandbox>,
    Bot(app): Bot,
    At(one): At<One>,
) -> Answer {
    sandbox.read(|world| {
        enter(world, app, one.app, one.guild)?;
        Err(ApiError::unknown(10066, "application command permissions"))
    })
}
