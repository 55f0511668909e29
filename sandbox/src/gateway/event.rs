//! What the world tells the gateway: an event, and who may receive it.

use std::sync::Arc;

use serde_json::Value;

use crate::ids::Id;

/// Gateway intents, by Discord's bits
/// (<https://docs.discord.com/developers/events/gateway#list-of-intents>).
pub mod intents {
    /// `GUILDS`
    pub const GUILDS: u64 = 1;
    /// `GUILD_MEMBERS` (privileged)
    pub const GUILD_MEMBERS: u64 = 1 << 1;
    /// `GUILD_WEBHOOKS`
    pub const GUILD_WEBHOOKS: u64 = 1 << 5;
    /// `GUILD_PRESENCES` (privileged)
    pub const GUILD_PRESENCES: u64 = 1 << 8;
    /// `GUILD_MESSAGES`
    pub const GUILD_MESSAGES: u64 = 1 << 9;
    /// `GUILD_MESSAGE_REACTIONS`
    pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
    /// `GUILD_MESSAGE_TYPING`
    pub const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
    /// `DIRECT_MESSAGES`
    pub const DIRECT_MESSAGES: u64 = 1 << 12;
    /// `DIRECT_MESSAGE_REACTIONS`
    pub const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
    /// `DIRECT_MESSAGE_TYPING`
    pub const DIRECT_MESSAGE_TYPING: u64 = 1 << 14;
    /// `MESSAGE_CONTENT` (privileged)
    pub const MESSAGE_CONTENT: u64 = 1 << 15;
    /// Intents that an application must be granted.
    pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
    /// Every bit that Discord defines; another one is an invalid intent (4013).
    pub const DEFINED: u64 = 0x3FF_FFFF & !(1 << 17 | 1 << 18 | 1 << 19 | 1 << 22 | 1 << 23);
}

/// One event, on its way to the sessions that may see it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Discord's name, such as `MESSAGE_CREATE`.
    pub name: &'static str,
    /// The payload's `d`.
    pub data: Arc<Value>,
    /// Who receives it.
    pub audience: Audience,
    /// Intents of which the session needs one; 0: none is needed.
    pub intents: u64,
}

/// Who receives an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The shard of each application in this guild.
    Guild(Id),
    /// One application, on the shard of this guild (`None`: shard 0, as for direct messages).
    App {
        /// The application.
        app: Id,
        /// The guild, if the event belongs to one.
        guild: Option<Id>,
    },
}
