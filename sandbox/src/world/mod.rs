//! The world: users, guilds, channels, messages and what a bot does to them, all in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::clock::Clock;
use crate::gateway::Event;
use crate::ids::{Id, Mint};

/// Everything that exists in one sandbox.
pub struct World {
    clock: Clock,
    mint: Arc<Mint>,
    /// `host:port` for the addresses of attachments.
    pub authority: String,
    /// Bot tokens, and whose they are.
    tokens: HashMap<String, Id>,
    /// Applications by id; an application's bot user has the same id.
    pub apps: BTreeMap<Id, App>,
    outbox: Vec<Event>,
}

/// A bot's application.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id, and its bot user's.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Privileged gateway intents that it was granted.
    pub granted_intents: u64,
}

impl World {
    /// An empty world.
    pub fn new(clock: Clock, mint: Arc<Mint>, authority: String) -> Self {
        Self { clock, mint, authority, tokens: HashMap::new(), apps: BTreeMap::new(), outbox: Vec::new() }
    }

    /// The application whose bot token this is.
    pub fn app_by_token(&self, token: &str) -> Option<Id> {
        self.tokens.get(token).copied()
    }

    /// The guilds that an application's bot is a member of, in the order it joined.
    pub fn guilds_of(&self, _app: Id) -> Vec<Id> {
        Vec::new()
    }

    /// `GUILD_CREATE`'s data for a bot.
    pub fn guild_create(&self, _guild: Id, _app: Id) -> Value {
        Value::Null
    }

    /// The bot's own user, as in `READY` and `GET /users/@me`.
    pub fn current_user(&self, _app: Id) -> Value {
        Value::Null
    }

    /// Queues an event for the gateway.
    pub fn emit(&mut self, event: Event) {
        self.outbox.push(event);
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.outbox)
    }
}
