//! Guilds, their roles and their members.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use super::channel::{Channel, kind};
use super::permissions::bits;
use crate::clock::iso8601;
use crate::gateway::{Audience, intents};
use crate::ids::Id;

/// A server.
#[derive(Clone, Debug)]
pub struct Guild {
    /// Its id, and its @everyone role's.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: Id,
    /// Roles by id; the one with the guild's id is @everyone.
    pub roles: BTreeMap<Id, Role>,
    /// Members by user id.
    pub members: BTreeMap<Id, Member>,
    /// Channels but threads, in order.
    pub channels: Vec<Id>,
    /// Threads, archived ones too.
    pub threads: Vec<Id>,
    /// The server's language.
    pub preferred_locale: String,
    /// How many bytes `GUILD_CREATE` should have at least: a big server's weight, carried as emojis.
    pub weight: usize,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Permission bits.
    pub permissions: u64,
    /// Colour, as 0xRRGGBB.
    pub color: u64,
    /// Where it stands; @everyone is 0.
    pub position: u64,
    /// Whether members show separately.
    pub hoist: bool,
    /// Whether anyone may ping it.
    pub mentionable: bool,
    /// The bot that this role was made for.
    pub bot: Option<Id>,
}

/// A user in a guild.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// The name here.
    pub nick: Option<String>,
    /// Roles, without @everyone.
    pub roles: Vec<Id>,
    /// When they joined, in milliseconds since the Unix epoch.
    pub joined_ms: u64,
    /// Until when they are timed out, as Discord's timestamp.
    pub timed_out_until: Option<String>,
}

impl Role {
    /// Discord's role object.
    pub fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id,
            "name": self.name,
            "permissions": self.permissions.to_string(),
            "color": self.color,
            "colors": { "primary_color": self.color, "secondary_color": null, "tertiary_color": null },
            "position": self.position,
            "hoist": self.hoist,
            "managed": self.bot.is_some(),
            "mentionable": self.mentionable,
            "icon": null,
            "unicode_emoji": null,
            "flags": 0,
        });
        if let Some(bot) = self.bot {
            json["tags"] = json!({ "bot_id": bot });
        }
        json
    }
}

impl World {
    /// Adds a guild with its owner, an @everyone role and a text channel `general`.
    pub fn add_guild(&mut self, id: Id, name: impl Into<String>, owner: Id) -> Id {
        let everyone = Role {
            id,
            name: "@everyone".into(),
            permissions: bits::EVERYONE,
            color: 0,
            position: 0,
            hoist: false,
            mentionable: false,
            bot: None,
        };
        self.guilds.insert(
            id,
            Guild {
                id,
                name: name.into(),
                owner,
                roles: BTreeMap::from([(id, everyone)]),
                members: BTreeMap::new(),
                channels: Vec::new(),
                threads: Vec::new(),
                preferred_locale: "en-US".into(),
                weight: 0,
            },
        );
        self.add_member(id, owner, Member::default());
        let general = Channel::new(self.next_id(), kind::TEXT, Some(id), "general");
        self.add_channel(general);
        id
    }

    /// Changes a guild and tells its bots.
    pub fn edit_guild(&mut self, id: Id, edit: impl FnOnce(&mut Guild)) {
        let Some(guild) = self.guilds.get_mut(&id) else { return };
        edit(guild);
        let json = self.guilds.get(&id).map(|guild| self.guild_json(guild)).unwrap_or_default();
        self.emit_to(Audience::Guild(id), intents::GUILDS, "GUILD_UPDATE", json);
    }

    /// Lets a user join a guild.
    pub fn add_member(&mut self, guild: Id, user: Id, mut member: Member) {
        member.joined_ms = self.now_ms();
        if let Some(place) = self.guilds.get_mut(&guild) {
            place.members.insert(user, member);
        }
        let mut json = self.member_json(guild, user);
        json["guild_id"] = json!(guild);
        self.emit_to(Audience::Guild(guild), intents::GUILD_MEMBERS, "GUILD_MEMBER_ADD", json);
    }

    /// Adds an application's bot to a guild, as a person does who follows its invitation.
    pub fn install(&mut self, app: Id, guild: Id, permissions: u64) {
        let role = Role {
            id: self.next_id(),
            name: self.apps.get(&app).map(|app| app.name.clone()).unwrap_or_default(),
            permissions,
            color: 0,
            position: 0,
            hoist: false,
            mentionable: false,
            bot: Some(app),
        };
        let member = Member { roles: vec![role.id], ..Member::default() };
        self.add_role(guild, role);
        self.add_member(guild, app, member);
        if let Some(app) = self.apps.get_mut(&app) {
            app.guilds.push(guild);
        }
        let data = self.guild_create(guild, app);
        self.emit_to(Audience::App { app, guild: Some(guild) }, intents::GUILDS, "GUILD_CREATE", data);
    }

    /// Removes a member; a bot's own departure is `GUILD_DELETE` to it.
    pub fn remove_member(&mut self, guild: Id, user: Id) {
        let Some(place) = self.guilds.get_mut(&guild) else { return };
        if place.members.remove(&user).is_none() {
            return;
        }
        if self.apps.contains_key(&user) {
            let gone = json!({ "id": guild });
            let audience = Audience::App { app: user, guild: Some(guild) };
            self.emit_to(audience, intents::GUILDS, "GUILD_DELETE", gone);
            if let Some(app) = self.apps.get_mut(&user) {
                app.guilds.retain(|id| *id != guild);
            }
        }
        let left = json!({ "guild_id": guild, "user": self.user_json(user) });
        self.emit_to(Audience::Guild(guild), intents::GUILD_MEMBERS, "GUILD_MEMBER_REMOVE", left);
    }

    /// Changes a member and tells those who may know.
    pub fn edit_member(&mut self, guild: Id, user: Id, edit: impl FnOnce(&mut Member)) {
        let Some(member) = self.guilds.get_mut(&guild).and_then(|guild| guild.members.get_mut(&user)) else {
            return;
        };
        edit(member);
        let mut json = self.member_json(guild, user);
        json["guild_id"] = json!(guild);
        self.emit_to(Audience::Guild(guild), intents::GUILD_MEMBERS, "GUILD_MEMBER_UPDATE", json);
    }

    /// Adds a role just above @everyone, or replaces the one with its id. The others move up by one,
    /// which Discord leaves its clients to reckon: only the new role is told.
    pub fn add_role(&mut self, guild: Id, mut role: Role) {
        let Some(place) = self.guilds.get_mut(&guild) else { return };
        let known = place.roles.contains_key(&role.id);
        if !known && role.id != guild {
            role.position = 1;
            place.roles.values_mut().filter(|other| other.id != guild).for_each(|other| other.position += 1);
        }
        let json = json!({ "guild_id": guild, "role": role.json() });
        place.roles.insert(role.id, role);
        let event = if known { "GUILD_ROLE_UPDATE" } else { "GUILD_ROLE_CREATE" };
        self.emit_to(Audience::Guild(guild), intents::GUILDS, event, json);
    }

    /// Removes a role from the guild and from its members.
    pub fn remove_role(&mut self, guild: Id, role: Id) {
        let Some(place) = self.guilds.get_mut(&guild) else { return };
        if let Some(gone) = place.roles.remove(&role) {
            let above = place.roles.values_mut().filter(|other| other.position > gone.position);
            above.for_each(|other| other.position -= 1);
        }
        for member in place.members.values_mut() {
            member.roles.retain(|id| *id != role);
        }
        let json = json!({ "guild_id": guild, "role_id": role });
        self.emit_to(Audience::Guild(guild), intents::GUILDS, "GUILD_ROLE_DELETE", json);
    }

    /// Discord's guild member object; `Null` for somebody who isn't there.
    pub fn member_json(&self, guild: Id, user: Id) -> Value {
        let mut json = self.partial_member_json(guild, user);
        if !json.is_null() {
            json["user"] = self.user_json(user);
        }
        json
    }

    /// A guild member object without its user.
    pub fn partial_member_json(&self, guild: Id, user: Id) -> Value {
        let Some(member) = self.guilds.get(&guild).and_then(|guild| guild.members.get(&user)) else {
            return Value::Null;
        };
        json!({
            "nick": member.nick,
            "avatar": null,
            "banner": null,
            "roles": member.roles,
            "joined_at": iso8601(member.joined_ms),
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": member.timed_out_until,
        })
    }

    /// Discord's guild object, as `GET /guilds/{id}` gives it.
    pub fn guild_json(&self, guild: &Guild) -> Value {
        json!({
            "id": guild.id,
            "name": guild.name,
            "icon": null,
            "icon_hash": null,
            "splash": null,
            "discovery_splash": null,
            "banner": null,
            "description": null,
            "owner_id": guild.owner,
            "application_id": null,
            "region": "",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": guild.roles.values().map(Role::json).collect::<Vec<_>>(),
            "emojis": emojis(guild),
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "system_channel_id": guild.channels.first(),
            "system_channel_flags": 0,
            "rules_channel_id": null,
            "public_updates_channel_id": null,
            "safety_alerts_channel_id": null,
            "max_members": 500_000,
            "max_presences": null,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": false,
            "preferred_locale": guild.preferred_locale,
            "nsfw": false,
            "nsfw_level": 0,
            "incidents_data": null,
        })
    }

    /// `GUILD_CREATE`'s data for a bot.
    pub fn guild_create(&self, guild: Id, app: Id) -> Value {
        let Some(guild) = self.guilds.get(&guild) else {
            return json!({ "id": guild, "unavailable": true });
        };
        let channels = guild.channels.iter().filter_map(|id| self.channels.get(id));
        let threads = guild.threads.iter().filter_map(|id| self.channels.get(id));
        let threads =
            threads.filter(|channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived));
        let joined_ms = guild.members.get(&app).map_or(0, |member| member.joined_ms);
        let mut json = self.guild_json(guild);
        let more = json!({
            "joined_at": iso8601(joined_ms),
            "large": false,
            "unavailable": false,
            "member_count": guild.members.len(),
            "voice_states": [],
            "members": guild.members.keys().map(|user| self.member_json(guild.id, *user)).collect::<Vec<_>>(),
            "channels": channels.map(|channel| self.channel_json(channel, Some(app))).collect::<Vec<_>>(),
            "threads": threads.map(|thread| self.channel_json(thread, Some(app))).collect::<Vec<_>>(),
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        });
        super::merge(&mut json, more);
        json
    }

    /// The guilds that an application's bot is a member of, in the order it joined.
    pub fn guilds_of(&self, app: Id) -> Vec<Id> {
        self.apps.get(&app).map(|app| app.guilds.clone()).unwrap_or_default()
    }
}

/// As many emojis as a guild's weight asks for.
fn emojis(guild: &Guild) -> Vec<Value> {
    const EMOJI_BYTES: usize = 150;
    (0..guild.weight / EMOJI_BYTES)
        .map(|n| {
            json!({
                "id": Id(guild.id.0 + n as u64 + 1),
                "name": format!("weight_{n:04}"),
                "roles": [],
                "require_colons": true,
                "managed": false,
                "animated": false,
                "available": true,
            })
        })
        .collect()
}
