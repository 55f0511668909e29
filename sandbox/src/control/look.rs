//! What there is to see: the world, a channel as a member sees it, who types, which commands.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::input::{Asked, Of};
use super::names::{Named, Names};
use super::outcome::message_json;
use super::refusal::{Answer, Refusal};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::rules::Rule;
use crate::world::World;
use crate::world::guild::Guild;

/// How many messages are shown unless told otherwise.
const MESSAGES: usize = 50;
/// How long somebody counts as typing, in milliseconds.
const TYPING_MS: u64 = 10_000;

/// The state of the sandbox.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StateView {
    /// `host:port`.
    pub address: String,
    /// The time here, in milliseconds since the Unix epoch.
    pub clock_ms: u64,
    /// Applications.
    pub apps: Vec<AppView>,
    /// Servers in the order they were made: the first 100.
    pub guilds: Vec<GuildView>,
    /// How many servers there are.
    pub guild_count: usize,
    /// People and bots.
    pub users: Vec<UserView>,
    /// Which rules are enforced.
    pub rules: BTreeMap<String, bool>,
}

/// An application.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AppView {
    /// Its id, and its bot's.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// A token that works for its bot.
    pub token: String,
    /// Its owner.
    pub owner_id: Id,
}

/// Somebody.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UserView {
    /// Their id.
    pub id: Id,
    /// The name shown.
    pub name: String,
    /// Whether it is a bot.
    pub bot: bool,
    /// Their client's language.
    pub locale: String,
}

/// A server.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct GuildView {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner_id: Id,
    /// Channels, in order.
    pub channels: Vec<ChannelView>,
    /// Roles.
    pub roles: Vec<RoleView>,
    /// Members.
    pub members: Vec<MemberView>,
}

/// A channel.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ChannelView {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Discord's number of its type.
    pub r#type: u8,
}

/// A role.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RoleView {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it allows, in digits.
    pub permissions: String,
}

/// A member.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MemberView {
    /// The user.
    pub id: Id,
    /// The name shown here.
    pub name: String,
    /// Whether it is a bot.
    pub bot: bool,
    /// Roles.
    pub roles: Vec<Id>,
}

/// `GET /state`
pub(super) async fn state(State(sandbox): State<Sandbox>) -> Json<StateView> {
    const GUILDS: usize = 100;
    const USERS: usize = 1_000;
    let rules = Rule::ALL.into_iter().map(|rule| (rule.name().to_owned(), sandbox.rules.on(rule))).collect();
    Json(sandbox.read(|world| {
        let apps = world.apps.values().map(|app| AppView {
            id: app.id,
            name: app.name.clone(),
            token: world.token_of(app.id).unwrap_or_default().to_owned(),
            owner_id: app.owner,
        });
        // In the order they were made: a crowd's ids are older than its channels.
        let mut guilds: Vec<&Guild> = world.guilds.values().collect();
        guilds.sort_by_key(|guild| guild.channels.iter().min());
        guilds.truncate(GUILDS);
        StateView {
            address: sandbox.authority.clone(),
            clock_ms: world.now_ms(),
            apps: apps.collect(),
            guilds: guilds.into_iter().map(|it| guild_view(world, it)).collect(),
            guild_count: world.guilds.len(),
            users: world.users.keys().take(USERS).map(|id| user_view(world, *id)).collect(),
            rules,
        }
    }))
}

fn user_view(world: &World, id: Id) -> UserView {
    let user = world.users.get(&id);
    UserView {
        id,
        name: name(world, id),
        bot: user.is_some_and(|user| user.bot),
        locale: user.map(|user| user.locale.clone()).unwrap_or_default(),
    }
}

fn guild_view(world: &World, guild: &Guild) -> GuildView {
    const MEMBERS: usize = 1_000;
    let channels = guild.channels.iter().filter_map(|id| world.channel(*id));
    let members = guild.members.iter().take(MEMBERS).map(|(id, member)| MemberView {
        id: *id,
        name: member.nick.clone().unwrap_or_else(|| name(world, *id)),
        bot: world.apps.contains_key(id),
        roles: member.roles.clone(),
    });
    let roles = guild.roles.values().map(|role| RoleView {
        id: role.id,
        name: role.name.clone(),
        permissions: role.permissions.to_string(),
    });
    GuildView {
        id: guild.id,
        name: guild.name.clone(),
        owner_id: guild.owner,
        channels: channels
            .map(|it| ChannelView { id: it.id, name: it.name.clone(), r#type: it.kind })
            .collect(),
        roles: roles.collect(),
        members: members.collect(),
    }
}

fn name(world: &World, id: Id) -> String {
    let user = world.users.get(&id);
    user.map(|user| user.global_name.as_ref().unwrap_or(&user.username).clone()).unwrap_or_default()
}

/// Which messages are wanted.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MessagesOf {
    /// Whose eyes.
    pub r#as: Named,
    /// How many at most: the newest, or with `after` the next; 50 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Only messages after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Id>,
    /// Only messages before this one: the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Id>,
}

/// `GET /channels/{channel}/messages`: what that member sees, oldest first.
pub(super) async fn messages(
    State(sandbox): State<Sandbox>,
    Of(channel): Of<Named>,
    Asked(asked): Asked<MessagesOf>,
) -> Answer<Vec<Value>> {
    sandbox.read(|world| {
        let names = Names(world);
        let viewer = names.user(&asked.r#as)?;
        let channel = names.channel(&channel, Some(viewer))?;
        if !names.sees(viewer, channel) {
            return Ok(Json(Vec::new()));
        }
        let after = asked.after.unwrap_or_default();
        let before = asked.before.unwrap_or(Id(u64::MAX));
        let seen = world.seen_by(channel, viewer);
        let fitting: Vec<_> =
            seen.into_iter().filter(|message| message.id > after && message.id < before).collect();
        let limit = asked.limit.unwrap_or(MESSAGES).min(fitting.len());
        let chosen =
            if asked.after.is_some() { &fitting[..limit] } else { &fitting[fitting.len() - limit..] };
        Ok(Json(chosen.iter().map(|message| message_json(world, message, viewer)).collect()))
    })
}

/// Somebody who types.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Typing {
    /// Who.
    pub user: Id,
    /// Their name.
    pub name: String,
    /// Since when, in milliseconds ago.
    pub ago_ms: u64,
}

/// `GET /channels/{channel}/typing`
pub(super) async fn typing(State(sandbox): State<Sandbox>, Of(channel): Of<Named>) -> Answer<Vec<Typing>> {
    sandbox.read(|world| {
        let channel = Names(world).channel(&channel, None)?;
        let now = world.now_ms();
        let here = world.typing.iter().filter(|((place, _), _)| *place == channel);
        let mut typing: Vec<Typing> = here
            .map(|((_, user), at)| Typing {
                user: *user,
                name: name(world, *user),
                ago_ms: now.saturating_sub(*at),
            })
            .filter(|typing| typing.ago_ms < TYPING_MS)
            .collect();
        typing.sort_by_key(|typing| typing.ago_ms);
        Ok(Json(typing))
    })
}

/// Whose commands are wanted, and where.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CommandsOf {
    /// Whose client.
    pub r#as: Named,
    /// Where.
    pub channel: Named,
}

/// `GET /commands`: those that show up for a member in a channel, as Discord's objects.
pub(super) async fn commands(
    State(sandbox): State<Sandbox>,
    Asked(asked): Asked<CommandsOf>,
) -> Answer<Vec<Value>> {
    sandbox.read(|world| {
        let names = Names(world);
        let viewer = names.user(&asked.r#as)?;
        let channel = names.channel(&asked.channel, Some(viewer))?;
        if !names.sees(viewer, channel) {
            return Err(Refusal::bad(format!("{} can't see that channel", asked.r#as.0)));
        }
        Ok(Json(world.commands_for(viewer, channel).into_iter().map(|command| command.json).collect()))
    })
}
