//! Messages come, change and go: with their events, their files and their reactions.

use serde_json::{Value, json};

use super::channel::kind as channel_kind;
use super::message::{Author, Message, Reaction, emoji_json, kind};
use super::{World, normalise};
use crate::clock::iso8601;
use crate::feed::Note;
use crate::gateway::{Audience, intents};
use crate::ids::Id;

/// How many messages a channel keeps; past it the oldest are forgotten.
pub const MESSAGES_KEPT: usize = 10_000;

impl World {
    /// Puts a message into its channel and tells those who may see it.
    pub fn post(&mut self, mut message: Message) -> Id {
        let (id, channel_id) = (message.id, message.channel);
        normalise::stored(&mut message, &self.authority);
        if !message.is_ephemeral()
            && let Some(channel) = self.channels.get_mut(&channel_id)
        {
            channel.last_message = Some(id);
            if let Some(thread) = &mut channel.thread {
                thread.message_count += 1;
                thread.total_message_sent += 1;
            }
        }
        self.emit_message("MESSAGE_CREATE", &message);
        let messages = self.messages.entry(channel_id).or_default();
        messages.insert(id, message);
        if messages.len() > MESSAGES_KEPT
            && let Some((_, oldest)) = messages.pop_first()
        {
            self.files.forget(&oldest);
        }
        self.feed.tell(Note::Posted { channel: channel_id, message: id });
        id
    }

    /// Changes a message and tells those who may see it. `false` when there is none.
    pub fn edit(&mut self, channel: Id, id: Id, edit: impl FnOnce(&mut Message)) -> bool {
        let authority = self.authority.clone();
        let Some(message) = self.messages.get_mut(&channel).and_then(|messages| messages.get_mut(&id)) else {
            return false;
        };
        edit(message);
        message.edits += 1;
        normalise::stored(message, &authority);
        let message = message.clone();
        self.emit_message("MESSAGE_UPDATE", &message);
        self.feed.tell(Note::Edited { channel, message: id });
        true
    }

    /// Pins a message or takes the pin off, and tells so: Discord also says it in the channel.
    pub fn pin(&mut self, channel: Id, id: Id, user: Id, on: bool) {
        let now = self.now_ms();
        if !self.edit(channel, id, |message| message.pinned_ms = on.then_some(now)) {
            return;
        }
        let messages = self.messages.get(&channel).into_iter().flat_map(|messages| messages.values());
        let last = messages.filter_map(|message| message.pinned_ms).max().map(iso8601);
        let data = self.placed(channel, json!({ "channel_id": channel, "last_pin_timestamp": last }));
        let (guild, direct) = (intents::GUILDS, intents::DIRECT_MESSAGES);
        self.emit_in(channel, guild, direct, "CHANNEL_PINS_UPDATE", data);
        if on {
            let mut notice = Message::new(self.next_id(), channel, Author::User(user));
            notice.kind = kind::PINNED;
            notice.reference = Some(id);
            self.post(notice);
        }
    }

    /// Takes a message away. `false` when there is none.
    pub fn delete(&mut self, channel: Id, id: Id) -> bool {
        let Some(message) = self.messages.get_mut(&channel).and_then(|messages| messages.remove(&id)) else {
            return false;
        };
        self.files.forget(&message);
        if let Some(thread) = self.channels.get_mut(&channel).and_then(|channel| channel.thread.as_mut()) {
            thread.message_count = thread.message_count.saturating_sub(1);
        }
        if !message.is_ephemeral() {
            let gone = self.placed(channel, json!({ "id": id, "channel_id": channel }));
            self.emit_in(channel, intents::GUILD_MESSAGES, intents::DIRECT_MESSAGES, "MESSAGE_DELETE", gone);
        }
        self.feed.tell(Note::Deleted { channel, message: id });
        true
    }

    /// Takes several messages away at once, with one event.
    pub fn delete_bulk(&mut self, channel: Id, ids: &[Id]) {
        if let Some(messages) = self.messages.get_mut(&channel) {
            for message in ids.iter().filter_map(|id| messages.remove(id)) {
                self.files.forget(&message);
                self.feed.tell(Note::Deleted { channel, message: message.id });
            }
        }
        let gone = self.placed(channel, json!({ "ids": ids, "channel_id": channel }));
        self.emit_in(channel, intents::GUILD_MESSAGES, intents::DIRECT_MESSAGES, "MESSAGE_DELETE_BULK", gone);
    }

    /// Adds a user's reaction. `false` when there is no such message.
    pub fn react(&mut self, channel: Id, id: Id, emoji: &str, user: Id) -> bool {
        let Some(message) = self.messages.get_mut(&channel).and_then(|messages| messages.get_mut(&id)) else {
            return false;
        };
        let author = message.author_id();
        match message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) if reaction.users.contains(&user) => return true,
            Some(reaction) => reaction.users.push(user),
            None => message.reactions.push(Reaction { emoji: emoji.into(), users: vec![user] }),
        }
        let mut data = self.reaction_event(channel, id, emoji, Some(user));
        data["message_author_id"] = json!(author);
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            data["member"] = self.member_json(guild, user);
        }
        self.emit_reaction(channel, "MESSAGE_REACTION_ADD", data);
        self.feed.tell(Note::Reacted { channel, message: id });
        true
    }

    /// Takes reactions away: one user's (`user`), all of one emoji, or (`emoji` empty) all.
    pub fn unreact(&mut self, channel: Id, id: Id, emoji: &str, user: Option<Id>) -> bool {
        let Some(message) = self.messages.get_mut(&channel).and_then(|messages| messages.get_mut(&id)) else {
            return false;
        };
        let event = match user {
            Some(user) => {
                for reaction in message.reactions.iter_mut().filter(|reaction| reaction.emoji == emoji) {
                    reaction.users.retain(|id| *id != user);
                }
                message.reactions.retain(|reaction| !reaction.users.is_empty());
                "MESSAGE_REACTION_REMOVE"
            }
            None if emoji.is_empty() => {
                message.reactions.clear();
                "MESSAGE_REACTION_REMOVE_ALL"
            }
            None => {
                message.reactions.retain(|reaction| reaction.emoji != emoji);
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
        };
        let data = self.reaction_event(channel, id, emoji, user);
        self.emit_reaction(channel, event, data);
        self.feed.tell(Note::Reacted { channel, message: id });
        true
    }

    /// Tells that somebody types.
    pub fn typing(&mut self, channel: Id, user: Id) {
        let now = self.now_ms();
        self.typing.insert((channel, user), now);
        self.feed.tell(Note::Typing { channel, user });
        let mut data =
            self.placed(channel, json!({ "channel_id": channel, "user_id": user, "timestamp": now / 1000 }));
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            data["member"] = self.member_json(guild, user);
        }
        self.emit_in(
            channel,
            intents::GUILD_MESSAGE_TYPING,
            intents::DIRECT_MESSAGE_TYPING,
            "TYPING_START",
            data,
        );
    }

    fn emit_message(&mut self, event: &'static str, message: &Message) {
        // Ephemeral messages show only in the member's client.
        if message.is_ephemeral() {
            return;
        }
        let data = self.message_event_json(message);
        self.emit_in(message.channel, intents::GUILD_MESSAGES, intents::DIRECT_MESSAGES, event, data);
    }

    fn reaction_event(&self, channel: Id, message: Id, emoji: &str, user: Option<Id>) -> Value {
        let mut data = self.placed(channel, json!({ "channel_id": channel, "message_id": message }));
        if !emoji.is_empty() {
            data["emoji"] = emoji_json(emoji);
        }
        if let Some(user) = user {
            data["user_id"] = json!(user);
            data["burst"] = json!(false);
            data["type"] = json!(0);
        }
        data
    }

    fn emit_reaction(&mut self, channel: Id, event: &'static str, data: Value) {
        let (guild, direct) = (intents::GUILD_MESSAGE_REACTIONS, intents::DIRECT_MESSAGE_REACTIONS);
        self.emit_in(channel, guild, direct, event, data);
    }

    /// Adds `guild_id` where the channel has one.
    pub(super) fn placed(&self, channel: Id, mut data: Value) -> Value {
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) {
            data["guild_id"] = json!(guild);
        }
        data
    }

    /// Sends an event of a channel to the bots that are there.
    pub(super) fn emit_in(&mut self, channel: Id, guild: u64, direct: u64, event: &'static str, data: Value) {
        let Some(place) = self.channels.get(&channel) else { return };
        if let Some(guild_id) = place.guild {
            self.emit_to(Audience::Guild(guild_id), guild, event, data);
            return;
        }
        debug_assert!(matches!(place.kind, channel_kind::DM | channel_kind::GROUP_DM));
        let bots: Vec<Id> =
            place.recipients.iter().copied().filter(|id| self.apps.contains_key(id)).collect();
        for app in bots {
            self.emit_to(Audience::App { app, guild: None }, direct, event, data.clone());
        }
    }

    /// The newest messages of a channel that `viewer` may see, oldest first.
    pub fn seen_by(&self, channel: Id, viewer: Id) -> Vec<&Message> {
        self.messages
            .get(&channel)
            .into_iter()
            .flat_map(|messages| messages.values())
            .filter(|message| message.shown_to(viewer))
            .collect()
    }

    /// Whether the author is this bot (a webhook's message belongs to no bot).
    pub fn wrote(&self, message: &Message, app: Id) -> bool {
        message.author == Author::User(app)
    }
}
