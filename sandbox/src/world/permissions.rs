//! Permissions: the bits, and how roles and overwrites add up to what somebody may do where.
//!
//! Source: <https://docs.discord.com/developers/topics/permissions#permission-overwrites>.

use serde_json::{Value, json};

use super::World;
use super::channel::{Channel, kind};
use crate::ids::Id;

/// The permission bits that the sandbox looks at.
pub mod bits {
    /// `KICK_MEMBERS`
    pub const KICK_MEMBERS: u64 = 1 << 1;
    /// `BAN_MEMBERS`
    pub const BAN_MEMBERS: u64 = 1 << 2;
    /// `ADMINISTRATOR`
    pub const ADMINISTRATOR: u64 = 1 << 3;
    /// `MANAGE_CHANNELS`
    pub const MANAGE_CHANNELS: u64 = 1 << 4;
    /// `MANAGE_GUILD`
    pub const MANAGE_GUILD: u64 = 1 << 5;
    /// `ADD_REACTIONS`
    pub const ADD_REACTIONS: u64 = 1 << 6;
    /// `VIEW_CHANNEL`
    pub const VIEW_CHANNEL: u64 = 1 << 10;
    /// `SEND_MESSAGES`
    pub const SEND_MESSAGES: u64 = 1 << 11;
    /// `MANAGE_MESSAGES`
    pub const MANAGE_MESSAGES: u64 = 1 << 13;
    /// `EMBED_LINKS`
    pub const EMBED_LINKS: u64 = 1 << 14;
    /// `ATTACH_FILES`
    pub const ATTACH_FILES: u64 = 1 << 15;
    /// `READ_MESSAGE_HISTORY`
    pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
    /// `MENTION_EVERYONE`
    pub const MENTION_EVERYONE: u64 = 1 << 17;
    /// `CHANGE_NICKNAME`
    pub const CHANGE_NICKNAME: u64 = 1 << 26;
    /// `MANAGE_NICKNAMES`
    pub const MANAGE_NICKNAMES: u64 = 1 << 27;
    /// `MANAGE_ROLES`
    pub const MANAGE_ROLES: u64 = 1 << 28;
    /// `MANAGE_WEBHOOKS`
    pub const MANAGE_WEBHOOKS: u64 = 1 << 29;
    /// `USE_APPLICATION_COMMANDS`
    pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
    /// `MANAGE_THREADS`
    pub const MANAGE_THREADS: u64 = 1 << 34;
    /// `CREATE_PUBLIC_THREADS`
    pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    /// `CREATE_PRIVATE_THREADS`
    pub const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
    /// `SEND_MESSAGES_IN_THREADS`
    pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    /// `MODERATE_MEMBERS`
    pub const MODERATE_MEMBERS: u64 = 1 << 40;
    /// `PIN_MESSAGES`
    pub const PIN_MESSAGES: u64 = 1 << 51;
    /// Every bit that Discord defines.
    pub const ALL: u64 = (1 << 52) - 1;
    /// What a new server lets everyone do.
    pub const EVERYONE: u64 = ADD_REACTIONS
        | VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | MENTION_EVERYONE
        | CHANGE_NICKNAME
        | USE_APPLICATION_COMMANDS
        | CREATE_PUBLIC_THREADS
        | CREATE_PRIVATE_THREADS
        | SEND_MESSAGES_IN_THREADS
        // create invite, stream, connect, speak, external emojis and stickers, voice activity, polls
        | 1
        | 1 << 9
        | 1 << 18
        | 1 << 20
        | 1 << 21
        | 1 << 25
        | 1 << 37
        | 1 << 49;
    /// What somebody has in a direct message.
    pub const DIRECT: u64 = ADD_REACTIONS
        | VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | MENTION_EVERYONE
        | USE_APPLICATION_COMMANDS
        | PIN_MESSAGES;
}

/// What a channel allows or denies to one role or member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overwrite {
    /// The role or member.
    pub id: Id,
    /// Whether `id` is a member (Discord's type 1) and not a role (type 0).
    pub member: bool,
    /// Bits granted here.
    pub allow: u64,
    /// Bits taken away here.
    pub deny: u64,
}

impl Overwrite {
    /// Discord's overwrite object.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id,
            "type": u8::from(self.member),
            "allow": self.allow.to_string(),
            "deny": self.deny.to_string(),
        })
    }

    /// Reads an overwrite object; `None` when it has no id. Missing bits are none.
    pub fn parse(value: &Value) -> Option<Self> {
        let bits = |name: &str| match &value[name] {
            Value::String(text) => text.parse().unwrap_or(0),
            number => number.as_u64().unwrap_or(0),
        };
        Some(Self {
            id: super::id_of(&value["id"])?,
            member: value["type"].as_u64() == Some(1),
            allow: bits("allow"),
            deny: bits("deny"),
        })
    }
}

impl World {
    /// What a user may do in a guild, before any channel's overwrites; 0 for somebody who isn't in it.
    pub fn guild_permissions(&self, guild: Id, user: Id) -> u64 {
        let Some(guild) = self.guilds.get(&guild) else { return 0 };
        let Some(member) = guild.members.get(&user) else { return 0 };
        if guild.owner == user {
            return bits::ALL;
        }
        // The role with the guild's own id is @everyone.
        let granted = std::iter::once(&guild.id)
            .chain(&member.roles)
            .filter_map(|role| guild.roles.get(role))
            .fold(0, |granted, role| granted | role.permissions);
        if granted & bits::ADMINISTRATOR != 0 { bits::ALL } else { granted }
    }

    /// What a user may do in a channel; 0 for somebody who can't be in it at all.
    pub fn permissions(&self, channel: &Channel, user: Id) -> u64 {
        let Some(guild_id) = channel.guild else {
            return if channel.recipients.contains(&user) { bits::DIRECT } else { 0 };
        };
        // A thread has its parent's permissions.
        let place = match channel.parent.filter(|_| channel.is_thread()) {
            Some(parent) => self.channels.get(&parent).unwrap_or(channel),
            None => channel,
        };
        let base = self.guild_permissions(guild_id, user);
        if base & bits::ADMINISTRATOR != 0 || base == 0 {
            return base;
        }
        let roles = self
            .guilds
            .get(&guild_id)
            .and_then(|guild| guild.members.get(&user))
            .map(|member| member.roles.as_slice())
            .unwrap_or_default();
        let mut granted = overwrite(base, &place.overwrites, |o| !o.member && o.id == guild_id);
        granted = overwrite(granted, &place.overwrites, |o| !o.member && roles.contains(&o.id));
        granted = overwrite(granted, &place.overwrites, |o| o.member && o.id == user);
        if granted & bits::VIEW_CHANNEL == 0 {
            return 0;
        }
        if channel.kind == kind::PRIVATE_THREAD
            && granted & bits::MANAGE_THREADS == 0
            && !channel.thread.as_ref().is_some_and(|thread| thread.members.contains_key(&user))
        {
            return 0;
        }
        if !channel.is_thread() && granted & bits::SEND_MESSAGES == 0 {
            // Whoever can't write can't do what only goes with writing either.
            granted &= !(bits::MENTION_EVERYONE | bits::ATTACH_FILES | bits::EMBED_LINKS);
        }
        granted
    }
}

/// One layer of overwrites: all denials of the layer first, then all that it allows.
fn overwrite(base: u64, overwrites: &[Overwrite], applies: impl Fn(&Overwrite) -> bool) -> u64 {
    let (allow, deny) = overwrites
        .iter()
        .filter(|overwrite| applies(overwrite))
        .fold((0, 0), |(allow, deny), overwrite| (allow | overwrite.allow, deny | overwrite.deny));
    base & !deny | allow
}
