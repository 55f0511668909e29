//! The world: users, guilds, channels, messages and what a bot does to them, all in memory.
//!
//! Everything here is a plain change of plain data under one lock: no time is spent waiting, and
//! each change queues the gateway events that it causes.

pub mod act;
pub mod channel;
pub mod command;
pub mod files;
pub mod guild;
pub mod interaction;
pub mod mentions;
pub mod message;
mod modal;
pub mod monetization;
mod normalise;
mod offer;
pub mod options;
pub mod permissions;
pub mod post;
pub mod thread;
pub mod user;
pub mod webhook;
pub mod write;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::clock::Clock;
use crate::feed::{Feed, Note};
use crate::gateway::{Audience, Event};
use crate::ids::{Id, Mint};
use crate::rules::Rules;
use channel::Channel;
use command::Command;
use files::Files;
use guild::Guild;
use interaction::Interaction;
use message::Message;
use monetization::{Entitlement, Sku, Subscription};
use user::{App, User};
use webhook::Webhook;

/// Everything that exists in one sandbox.
pub struct World {
    clock: Clock,
    mint: Arc<Mint>,
    /// Which of Discord's rules are enforced.
    pub rules: Rules,
    /// `host:port` for the addresses of attachments.
    pub authority: String,
    /// Bot tokens, and whose they are.
    tokens: HashMap<String, Id>,
    /// Applications by id; an application's bot user has the same id.
    pub apps: BTreeMap<Id, App>,
    /// Users and bots.
    pub users: BTreeMap<Id, User>,
    /// Guilds.
    pub guilds: BTreeMap<Id, Guild>,
    /// Channels, threads and direct messages.
    pub channels: HashMap<Id, Channel>,
    direct: HashMap<Vec<Id>, Id>,
    messages: HashMap<Id, BTreeMap<Id, Message>>,
    /// Uploaded files.
    pub files: Files,
    /// Webhooks.
    pub webhooks: BTreeMap<Id, Webhook>,
    commands: BTreeMap<(Id, Option<Id>), Vec<Command>>,
    interactions: HashMap<Id, Interaction>,
    interaction_tokens: HashMap<String, Id>,
    interaction_order: VecDeque<Id>,
    opened: u64,
    /// Products.
    pub skus: BTreeMap<Id, Sku>,
    /// Entitlements.
    pub entitlements: BTreeMap<Id, Entitlement>,
    /// Subscriptions.
    pub subscriptions: BTreeMap<Id, Subscription>,
    /// Who typed where, and when last, in milliseconds since the Unix epoch.
    pub typing: HashMap<(Id, Id), u64>,
    /// Whoever watches what happens.
    pub feed: Feed,
    outbox: Vec<Event>,
}

impl World {
    /// An empty world.
    pub fn new(clock: Clock, mint: Arc<Mint>, rules: Rules, authority: String) -> Self {
        Self {
            clock,
            mint,
            rules,
            authority,
            tokens: HashMap::new(),
            apps: BTreeMap::new(),
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: HashMap::new(),
            direct: HashMap::new(),
            messages: HashMap::new(),
            files: Files::default(),
            webhooks: BTreeMap::new(),
            commands: BTreeMap::new(),
            interactions: HashMap::new(),
            interaction_tokens: HashMap::new(),
            interaction_order: VecDeque::new(),
            opened: 0,
            skus: BTreeMap::new(),
            entitlements: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            typing: HashMap::new(),
            feed: Feed::default(),
            outbox: Vec::new(),
        }
    }

    /// Milliseconds since the Unix epoch, by the sandbox's clock.
    pub fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// A new id.
    pub fn next_id(&self) -> Id {
        self.mint.next()
    }

    /// Queues an event for the gateway.
    pub fn emit(&mut self, event: Event) {
        if arranges(event.name) {
            self.feed.tell(Note::Arranged);
        }
        self.outbox.push(event);
    }

    /// Queues an event by its parts.
    fn emit_to(&mut self, audience: Audience, intents: u64, name: &'static str, data: Value) {
        self.emit(Event { name, data: Arc::new(data), audience, intents });
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.outbox)
    }
}

/// Whether an event tells of a change that a client's lists show.
fn arranges(event: &str) -> bool {
    let lists = ["GUILD_", "CHANNEL_", "THREAD_"];
    lists.iter().any(|list| event.starts_with(list)) && event != "CHANNEL_PINS_UPDATE"
}

/// An id as bodies spell it: a string of digits, or a number.
pub fn id_of(value: &Value) -> Option<Id> {
    match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().map(Id),
    }
}

/// Puts the fields of `from` over those of `into`, one level deep.
pub fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}
