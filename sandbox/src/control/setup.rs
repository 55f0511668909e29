//! Applications, people and servers: what there is in the world.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::bitset::{Intents, Permissions};
use super::input::{Given, Of};
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::seed;
use crate::world::World;
use crate::world::guild::{Member, Role};

/// The id of what was made.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Made {
    /// Its id.
    pub id: Id,
}

/// Nothing to tell but that it was done.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Done {
    /// Always true.
    pub ok: bool,
}

/// The answer of an endpoint that has nothing to tell.
pub(super) fn done() -> Json<Done> {
    Json(Done { ok: true })
}

/// An application to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewApp {
    /// Its name, and its bot's.
    pub name: String,
    /// A token for its bot; one is made up if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Privileged intents that it is granted.
    #[serde(default)]
    pub intents: Intents,
    /// Whose it is; an owner is made up if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Named>,
}

/// A made application.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MadeApp {
    /// Its id, and its bot user's.
    pub id: Id,
    /// Its bot's token.
    pub token: String,
}

/// `POST /apps`
pub(super) async fn app(State(sandbox): State<Sandbox>, Given(new): Given<NewApp>) -> Answer<MadeApp> {
    check_name(&new.name)?;
    if new.token.as_deref().is_some_and(|token| token.is_empty() || token.contains(char::is_whitespace)) {
        return Err(Refusal::bad("a token is not empty and has no spaces"));
    }
    sandbox.change(|world| {
        if new.token.as_deref().is_some_and(|token| world.app_by_token(token).is_some()) {
            return Err(Refusal::conflict("another application has that token already"));
        }
        let owner = match &new.owner {
            Some(owner) => Names(world).user(owner)?,
            None => world.add_user(format!("{}'s owner", new.name), "en-US"),
        };
        let (id, made_up) = world.add_app(new.name, owner, new.intents.0);
        let token = match new.token {
            Some(token) => {
                world.accept_token(id, token.clone());
                token
            }
            None => made_up,
        };
        Ok(Json(MadeApp { id, token }))
    })
}

/// A change of an application.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AppChange {
    /// Privileged intents that it is granted from now on.
    pub intents: Intents,
}

/// `PATCH /apps/{app}`
pub(super) async fn change_app(
    State(sandbox): State<Sandbox>,
    Of(app): Of<Named>,
    Given(change): Given<AppChange>,
) -> Answer<Done> {
    sandbox.change(|world| {
        let id = Names(world).app(Some(&app))?;
        if let Some(app) = world.apps.get_mut(&id) {
            app.granted_intents = change.intents.0;
        }
        Ok(done())
    })
}

/// A person to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Their name.
    pub name: String,
    /// Their client's language; `en-US` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// `POST /users`
pub(super) async fn user(State(sandbox): State<Sandbox>, Given(new): Given<NewUser>) -> Answer<Made> {
    check_name(&new.name)?;
    let id = sandbox.change(|world| world.add_user(new.name, locale(new.locale)));
    Ok(Json(Made { id }))
}

/// A change of a person.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Their client's language.
    pub locale: String,
}

/// `PATCH /users/{user}`
pub(super) async fn change_user(
    State(sandbox): State<Sandbox>,
    Of(user): Of<Named>,
    Given(change): Given<UserChange>,
) -> Answer<Done> {
    sandbox.change(|world| {
        let id = Names(world).user(&user)?;
        world.set_locale(id, change.locale);
        Ok(done())
    })
}

/// A server to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewGuild {
    /// Its name.
    pub name: String,
    /// Its owner; one is made up if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Named>,
    /// Whether the bot is installed in it. It needs that there is one application, or none.
    #[serde(default = "yes")]
    pub install: bool,
    /// How many bytes its `GUILD_CREATE` should have at least.
    #[serde(default)]
    pub weight: usize,
}

fn yes() -> bool {
    true
}

/// A made server.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct MadeGuild {
    /// Its id.
    pub id: Id,
    /// Its channel `general`.
    pub channel_id: Id,
}

/// `POST /guilds`
pub(super) async fn guild(State(sandbox): State<Sandbox>, Given(new): Given<NewGuild>) -> Answer<MadeGuild> {
    check_name(&new.name)?;
    if new.weight > seed::MAX_WEIGHT {
        return Err(Refusal::bad(format!("a guild weighs {} bytes at most", seed::MAX_WEIGHT)));
    }
    sandbox.change(|world| {
        let names = Names(world);
        let app = if new.install && !world.apps.is_empty() { Some(names.app(None)?) } else { None };
        let owner = match &new.owner {
            Some(owner) => names.user(owner)?,
            None => world.add_user(format!("{}'s owner", new.name), "en-US"),
        };
        let id = world.next_id();
        Ok(Json(MadeGuild { id, channel_id: seed::guild(world, id, &new.name, owner, app, new.weight) }))
    })
}

/// Many servers to make at once.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// How many.
    pub guilds: usize,
    /// How many bytes each one's `GUILD_CREATE` should have at least.
    #[serde(default)]
    pub bytes: usize,
}

/// How many servers there are now.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Crowded {
    /// All of them, those from before included.
    pub guilds: usize,
}

/// `POST /crowd`
pub(super) async fn crowd(State(sandbox): State<Sandbox>, Given(crowd): Given<Crowd>) -> Answer<Crowded> {
    const MOST: usize = 100_000;
    if crowd.guilds > MOST || crowd.bytes > seed::MAX_WEIGHT {
        let weight = seed::MAX_WEIGHT;
        return Err(Refusal::bad(format!("a crowd has {MOST} guilds of {weight} bytes at most")));
    }
    let app = sandbox.read(|world| Names(world).app(None))?;
    seed::crowd(&sandbox, app, crowd.guilds, crowd.bytes).await;
    Ok(Json(Crowded { guilds: sandbox.read(|world| world.guilds.len()) }))
}

/// A role to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// What it allows.
    #[serde(default)]
    pub permissions: Permissions,
    /// Whether anyone may ping it.
    #[serde(default)]
    pub mentionable: bool,
}

/// `POST /guilds/{guild}/roles`
pub(super) async fn role(
    State(sandbox): State<Sandbox>,
    Of(guild): Of<Named>,
    Given(new): Given<NewRole>,
) -> Answer<Made> {
    check_name(&new.name)?;
    sandbox.change(|world| {
        let guild = Names(world).guild(&guild)?;
        let role = seed::role(world, &new.name, new.permissions.0);
        let id = role.id;
        world.add_role(guild, Role { mentionable: new.mentionable, ..role });
        Ok(Json(Made { id }))
    })
}

/// Somebody who joins: a user there is (`user`), or a new one (`name`).
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Somebody who exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Named>,
    /// The name of somebody new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new one's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Roles that they get.
    #[serde(default)]
    pub roles: Vec<Named>,
}

/// `POST /guilds/{guild}/members`
pub(super) async fn join(
    State(sandbox): State<Sandbox>,
    Of(guild): Of<Named>,
    Given(new): Given<NewMember>,
) -> Answer<Made> {
    sandbox.change(|world| {
        let guild = Names(world).guild(&guild)?;
        let roles = roles(world, guild, &new.roles)?;
        let id = match (&new.user, new.name) {
            (Some(user), None) if new.locale.is_none() => Names(world).user(user)?,
            (None, Some(name)) => {
                check_name(&name)?;
                world.add_user(name, locale(new.locale))
            }
            _ => {
                return Err(Refusal::bad("say user (somebody who exists) or name (and locale) of a new one"));
            }
        };
        if is_member(world, guild, id) {
            return Err(Refusal::conflict("they are a member already"));
        }
        if world.apps.contains_key(&id) {
            return Err(Refusal::bad("a bot joins by being installed: POST /_sandbox/installs"));
        }
        world.add_member(guild, id, Member { roles, ..Member::default() });
        Ok(Json(Made { id }))
    })
}

/// A change of a member; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// All their roles from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Named>>,
    /// The name here; an empty one takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
}

/// `PATCH /guilds/{guild}/members/{user}`
pub(super) async fn change_member(
    State(sandbox): State<Sandbox>,
    Of((guild, user)): Of<(Named, Named)>,
    Given(change): Given<MemberChange>,
) -> Answer<Done> {
    sandbox.change(|world| {
        let (guild, user) = member(world, &guild, &user)?;
        let roles = change.roles.map(|list| roles(world, guild, &list)).transpose()?;
        world.edit_member(guild, user, |member| {
            if let Some(roles) = roles {
                member.roles = roles;
            }
            if let Some(nick) = change.nick {
                member.nick = Some(nick).filter(|nick| !nick.is_empty());
            }
        });
        Ok(done())
    })
}

/// `DELETE /guilds/{guild}/members/{user}`
pub(super) async fn leave(
    State(sandbox): State<Sandbox>,
    Of((guild, user)): Of<(Named, Named)>,
) -> Answer<Done> {
    sandbox.change(|world| {
        let (guild, user) = member(world, &guild, &user)?;
        if world.guilds.get(&guild).is_some_and(|guild| guild.owner == user) {
            return Err(Refusal::conflict("a guild's owner can't leave it"));
        }
        world.remove_member(guild, user);
        Ok(done())
    })
}

fn member(world: &World, guild: &Named, user: &Named) -> Result<(Id, Id), Refusal> {
    let names = Names(world);
    let (guild, id) = (names.guild(guild)?, names.user(user)?);
    if is_member(world, guild, id) {
        return Ok((guild, id));
    }
    Err(Refusal::missing(format!("{} is no member there", user.0)))
}

fn is_member(world: &World, guild: Id, user: Id) -> bool {
    world.guilds.get(&guild).is_some_and(|guild| guild.members.contains_key(&user))
}

fn roles(world: &World, guild: Id, list: &[Named]) -> Result<Vec<Id>, Refusal> {
    list.iter().map(|role| Names(world).role(guild, role)).collect()
}

fn locale(given: Option<String>) -> String {
    given.unwrap_or_else(|| "en-US".into())
}

pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.trim().is_empty() || name.chars().count() > 100 {
        return Err(Refusal::bad("a name has 1 to 100 characters"));
    }
    Ok(())
}
