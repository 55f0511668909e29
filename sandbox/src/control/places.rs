//! Channels, direct messages and installations.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::bitset::Permissions;
use super::input::{Given, Of};
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use super::setup::{Done, Made, check_name, done};
use crate::instance::Sandbox;
use crate::seed;
use crate::world::channel::{Channel, kind};
use crate::world::permissions::Overwrite;

/// What a channel is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// Text.
    #[default]
    Text,
    /// Voice, with its chat.
    Voice,
    /// A heading for others.
    Category,
    /// Announcements.
    Announcement,
    /// A forum of threads.
    Forum,
}

impl ChannelKind {
    fn number(self) -> u8 {
        match self {
            Self::Text => kind::TEXT,
            Self::Voice => kind::VOICE,
            Self::Category => kind::CATEGORY,
            Self::Announcement => kind::ANNOUNCEMENT,
            Self::Forum => kind::FORUM,
        }
    }
}

/// A channel to make.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    /// Its name.
    pub name: String,
    /// What it is for; text if left out.
    #[serde(default)]
    pub r#type: ChannelKind,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Named>,
}

/// `POST /guilds/{guild}/channels`
pub(super) async fn channel(
    State(sandbox): State<Sandbox>,
    Of(guild): Of<Named>,
    Given(new): Given<NewChannel>,
) -> Answer<Made> {
    check_name(&new.name)?;
    sandbox.change(|world| {
        let guild = Names(world).guild(&guild)?;
        let parent = match &new.parent {
            None => None,
            Some(parent) => {
                let id = Names(world).channel(&Named(format!("{guild}/{}", parent.0)), None);
                let id = id.or_else(|_| Names(world).channel(parent, None))?;
                if world.channel(id).is_none_or(|it| it.kind != kind::CATEGORY || it.guild != Some(guild)) {
                    return Err(Refusal::bad(format!("{} is no category of this guild", parent.0)));
                }
                Some(id)
            }
        };
        let channel = Channel::new(world.next_id(), new.r#type.number(), Some(guild), new.name);
        Ok(Json(Made { id: world.add_channel(Channel { parent, ..channel }) }))
    })
}

/// `DELETE /channels/{channel}`
pub(super) async fn delete_channel(State(sandbox): State<Sandbox>, Of(channel): Of<Named>) -> Answer<Done> {
    sandbox.change(|world| {
        let id = Names(world).channel(&channel, None)?;
        if world.channel(id).is_none_or(|channel| channel.guild.is_none()) {
            return Err(Refusal::bad("a direct message can't be deleted"));
        }
        world.delete_channel(id);
        Ok(done())
    })
}

/// What a channel allows or denies to one role or member.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewOverwrite {
    /// What is granted here.
    #[serde(default)]
    pub allow: Permissions,
    /// What is taken away here.
    #[serde(default)]
    pub deny: Permissions,
    /// Whether it is for a member, not a role.
    #[serde(default)]
    pub member: bool,
}

/// `PUT /channels/{channel}/overwrites/{id}`
pub(super) async fn overwrite(
    State(sandbox): State<Sandbox>,
    Of((channel, whose)): Of<(Named, Named)>,
    Given(new): Given<NewOverwrite>,
) -> Answer<Done> {
    sandbox.change(|world| {
        let channel = Names(world).channel(&channel, None)?;
        let guild = world.channel(channel).and_then(|channel| channel.guild);
        let guild = guild.ok_or_else(|| Refusal::bad("a direct message has no overwrites"))?;
        let id = if new.member { Names(world).user(&whose)? } else { Names(world).role(guild, &whose)? };
        let overwrite = Overwrite { id, member: new.member, allow: new.allow.0, deny: new.deny.0 };
        world.edit_channel(channel, |channel| {
            channel.overwrites.retain(|other| other.id != id);
            if overwrite.allow != 0 || overwrite.deny != 0 {
                channel.overwrites.push(overwrite);
            }
        });
        Ok(done())
    })
}

/// The people of a direct message.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Direct {
    /// Two or more; a bot may be one.
    pub users: Vec<Named>,
}

/// `POST /direct`
pub(super) async fn direct(State(sandbox): State<Sandbox>, Given(direct): Given<Direct>) -> Answer<Made> {
    sandbox.change(|world| {
        let people: Result<Vec<_>, _> = direct.users.iter().map(|user| Names(world).user(user)).collect();
        let mut people = people?;
        people.sort_unstable();
        people.dedup();
        if !(2..=10).contains(&people.len()) {
            return Err(Refusal::bad("a direct message has 2 to 10 people"));
        }
        Ok(Json(Made { id: world.direct_channel(people) }))
    })
}

/// An installation: of an application, in a guild or for a user.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// The application; the only one if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// The guild.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guild: Option<Named>,
    /// Or the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Named>,
    /// What the bot may do in the guild; what an invitation of Troupe asks for if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
}

/// `POST /installs`
pub(super) async fn install(State(sandbox): State<Sandbox>, Given(new): Given<Install>) -> Answer<Done> {
    sandbox.change(|world| {
        let names = Names(world);
        let app = names.app(new.app.as_ref())?;
        match (&new.guild, &new.user) {
            (Some(guild), None) => {
                let guild = names.guild(guild)?;
                if world.guilds_of(app).contains(&guild) {
                    return Err(Refusal::conflict("it is installed there already"));
                }
                world.install(app, guild, new.permissions.map_or(seed::INVITED, |it| it.0));
            }
            (None, Some(user)) if new.permissions.is_none() => {
                let user = names.user(user)?;
                let installs = world.apps.get_mut(&app).map(|app| &mut app.user_installs);
                if let Some(installs) = installs.filter(|installs| !installs.contains(&user)) {
                    installs.push(user);
                }
            }
            _ => return Err(Refusal::bad("say guild (with permissions, if you like) or user")),
        }
        Ok(done())
    })
}

/// `DELETE /installs`
pub(super) async fn uninstall(State(sandbox): State<Sandbox>, Given(old): Given<Install>) -> Answer<Done> {
    sandbox.change(|world| {
        let names = Names(world);
        let app = names.app(old.app.as_ref())?;
        match (&old.guild, &old.user, old.permissions) {
            (Some(guild), None, None) => {
                let guild = names.guild(guild)?;
                if !world.guilds_of(app).contains(&guild) {
                    return Err(Refusal::missing("it isn't installed there"));
                }
                world.remove_member(guild, app);
                let roles = world.guilds.get(&guild).map(|guild| &guild.roles);
                let own = roles.and_then(|roles| roles.values().find(|role| role.bot == Some(app)));
                if let Some(own) = own.map(|role| role.id) {
                    world.remove_role(guild, own);
                }
            }
            (None, Some(user), None) => {
                let user = names.user(user)?;
                let installs = world.apps.get_mut(&app).map(|app| &mut app.user_installs);
                let installs = installs.filter(|installs| installs.contains(&user));
                installs
                    .ok_or_else(|| Refusal::missing("they haven't it installed"))?
                    .retain(|id| *id != user);
            }
            _ => return Err(Refusal::bad("say guild or user")),
        }
        Ok(done())
    })
}
