//! The world as one member's client lists it: servers, channels, roles, members, direct messages.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::control::input::Asked;
use crate::control::names::{Named, Names};
use crate::control::refusal::{Answer, Refusal};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::channel::{Channel, kind};
use crate::world::guild::Guild;
use crate::world::permissions::bits;

/// The most members of a server, people and threads that a view lists.
const MOST: usize = 1_000;
/// The most servers and direct messages.
const GUILDS: usize = 100;

/// Whose view.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewOf {
    /// Whose eyes.
    pub(crate) r#as: Named,
}

/// `GET /view`
pub(crate) async fn get(State(sandbox): State<Sandbox>, Asked(asked): Asked<ViewOf>) -> Answer<Value> {
    sandbox.read(|world| Ok(Json(view(&sandbox, world, viewer(world, &asked.r#as)?))))
}

/// Who looks: a person.
pub(super) fn viewer(world: &World, named: &Named) -> Result<Id, Refusal> {
    let id = Names(world).user(named)?;
    if world.apps.contains_key(&id) {
        return Err(Refusal::bad(format!("{} is a bot: it has no client", named.0)));
    }
    Ok(id)
}

/// What `viewer`'s client lists.
pub(super) fn view(sandbox: &Sandbox, world: &World, viewer: Id) -> Value {
    let mut guilds: Vec<&Guild> =
        world.guilds.values().filter(|guild| guild.members.contains_key(&viewer)).collect();
    // In the order they were made: a crowd's ids are older than its channels.
    guilds.sort_by_key(|guild| guild.channels.iter().min());
    guilds.truncate(GUILDS);
    let mut direct: Vec<&Channel> = world
        .channels
        .values()
        .filter(|channel| channel.guild.is_none() && channel.recipients.contains(&viewer))
        .collect();
    direct.sort_by_key(|channel| std::cmp::Reverse(channel.last_message.unwrap_or(channel.id)));
    let connected = sandbox.hub.sessions();
    json!({
        "viewer": person(world, viewer),
        "people": world.users.values().filter(|user| !user.bot).take(MOST).map(|user| person(world, user.id)).collect::<Vec<_>>(),
        "apps": world.apps.values().map(|app| json!({
            "id": app.id,
            "name": app.name,
            "owner_id": app.owner,
            "connected": connected.iter().any(|session| session.app == app.id),
            "guilds": app.guilds.iter().filter(|id| guilds.iter().any(|guild| guild.id == **id)).collect::<Vec<_>>(),
            "commands": world.command_names(app.id).len(),
        })).collect::<Vec<_>>(),
        "guilds": guilds.into_iter().map(|guild| guild_json(world, guild, viewer)).collect::<Vec<_>>(),
        "direct": direct.into_iter().take(GUILDS).map(|channel| channel_json(world, channel, viewer)).collect::<Vec<_>>(),
        "clock_ms": world.now_ms(),
        "clock_offset_ms": sandbox.clock.offset_ms(),
    })
}

fn person(world: &World, id: Id) -> Value {
    let mut json = world.user_json(id);
    json["locale"] = json!(world.users.get(&id).map(|user| user.locale.clone()));
    json["owns"] =
        json!(world.apps.values().filter(|app| app.owner == id).map(|app| app.id).collect::<Vec<_>>());
    json
}

fn guild_json(world: &World, guild: &Guild, viewer: Id) -> Value {
    let channels = guild.channels.iter().chain(guild.threads.iter().rev().take(MOST));
    let shown = channels.filter_map(|id| world.channel(*id)).filter(|channel| {
        let open = channel.thread.as_ref().is_none_or(|thread| !thread.archived);
        open && world.permissions(channel, viewer) & bits::VIEW_CHANNEL != 0
    });
    let members = guild.members.iter().take(MOST).map(|(id, member)| {
        let mut json = person(world, *id);
        json["nick"] = json!(member.nick);
        json["roles"] = json!(member.roles);
        json["timed_out_until"] = json!(member.timed_out_until);
        json["permissions"] = json!(world.guild_permissions(guild.id, *id).to_string());
        json
    });
    json!({
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner,
        "permissions": world.guild_permissions(guild.id, viewer).to_string(),
        "roles": guild.roles.values().map(crate::world::guild::Role::json).collect::<Vec<_>>(),
        "channels": shown.map(|channel| channel_json(world, channel, viewer)).collect::<Vec<_>>(),
        "members": members.collect::<Vec<_>>(),
        "member_count": guild.members.len(),
    })
}

/// Discord's channel object, with what the viewer may do there, and whom they talk to.
fn channel_json(world: &World, channel: &Channel, viewer: Id) -> Value {
    let mut json = world.channel_json(channel, Some(viewer));
    json["permissions"] = json!(world.permissions(channel, viewer).to_string());
    if matches!(channel.kind, kind::DM | kind::GROUP_DM) {
        let others = channel.recipients.iter().filter(|id| **id != viewer);
        json["recipients"] = others.map(|id| person(world, *id)).collect();
    }
    json
}
