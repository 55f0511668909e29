//! Messages: what they hold, and Discord's message object.

use serde_json::{Value, json};

use super::World;
use super::files::Attachment;
use crate::clock::iso8601;
use crate::ids::Id;

/// Message flags (<https://docs.discord.com/developers/resources/message#message-object-message-flags>).
pub mod flags {
    /// Embeds are hidden.
    pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// A thread was started from it.
    pub const HAS_THREAD: u64 = 1 << 5;
    /// Only the member who invoked the interaction sees it.
    pub const EPHEMERAL: u64 = 1 << 6;
    /// An interaction was deferred and the answer is still to come.
    pub const LOADING: u64 = 1 << 7;
    /// Nobody's phone rings.
    pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// Its body is components alone.
    pub const IS_COMPONENTS_V2: u64 = 1 << 15;
}

/// Message types that the sandbox makes.
pub mod kind {
    /// An ordinary message.
    pub const DEFAULT: u8 = 0;
    /// "… pinned a message".
    pub const PINNED: u8 = 6;
    /// "… started a thread".
    pub const THREAD_CREATED: u8 = 18;
    /// An answer to another message.
    pub const REPLY: u8 = 19;
    /// The answer to a slash command.
    pub const CHAT_INPUT_COMMAND: u8 = 20;
    /// The first message of a thread that was started from a message.
    pub const THREAD_STARTER: u8 = 21;
    /// The answer to a context menu command.
    pub const CONTEXT_MENU_COMMAND: u8 = 23;
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A user or bot.
    User(Id),
    /// A webhook, under a name of its choice.
    Webhook {
        /// The webhook.
        id: Id,
        /// The name shown.
        name: String,
        /// The avatar's address or hash.
        avatar: Option<String>,
    },
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: Id,
    /// Its channel.
    pub channel: Id,
    /// One of [`kind`].
    pub kind: u8,
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub content: String,
    /// Embeds, as stored.
    pub embeds: Vec<Value>,
    /// Components, as stored.
    pub components: Vec<Value>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Users that it pings.
    pub mentions: Vec<Id>,
    /// Roles that it pings.
    pub mention_roles: Vec<Id>,
    /// Whether it pings everyone.
    pub mention_everyone: bool,
    /// Bits of [`flags`].
    pub flags: u64,
    /// Whether it is read aloud.
    pub tts: bool,
    /// When it was pinned, in milliseconds since the Unix epoch, if it is.
    pub pinned_ms: Option<u64>,
    /// The sender's own mark, returned with it.
    pub nonce: Option<Value>,
    /// When it was last edited, in milliseconds since the Unix epoch.
    pub edited_ms: Option<u64>,
    /// The message that this one answers.
    pub reference: Option<Id>,
    /// The webhook or application that it came through.
    pub webhook: Option<Id>,
    /// The application that it came from.
    pub application: Option<Id>,
    /// Discord's message interaction metadata object.
    pub interaction: Option<Value>,
    /// Reactions, in the order of the first of each emoji.
    pub reactions: Vec<Reaction>,
    /// A poll, as stored.
    pub poll: Option<Value>,
    /// Sticker items.
    pub stickers: Vec<Value>,
    /// For an ephemeral message: the only one who sees it.
    pub visible_to: Option<Id>,
    /// How often it was edited: a test may count edits.
    pub edits: u64,
}

/// One emoji's reactions.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// The emoji as it stands in paths: a character, or `name:id`.
    pub emoji: String,
    /// Who reacted.
    pub users: Vec<Id>,
}

impl Message {
    /// An empty message.
    pub fn new(id: Id, channel: Id, author: Author) -> Self {
        Self {
            id,
            channel,
            kind: kind::DEFAULT,
            author,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            flags: 0,
            tts: false,
            pinned_ms: None,
            nonce: None,
            edited_ms: None,
            reference: None,
            webhook: None,
            application: None,
            interaction: None,
            reactions: Vec::new(),
            poll: None,
            stickers: Vec::new(),
            visible_to: None,
            edits: 0,
        }
    }

    /// Whether only one member sees it.
    pub fn is_ephemeral(&self) -> bool {
        self.flags & flags::EPHEMERAL != 0
    }

    /// Whether `user` may see it (whoever sees the channel sees an ordinary message).
    pub fn shown_to(&self, user: Id) -> bool {
        self.visible_to.is_none_or(|only| only == user)
    }

    /// The author's id, a webhook's included.
    pub fn author_id(&self) -> Id {
        match self.author {
            Author::User(id) | Author::Webhook { id, .. } => id,
        }
    }
}

/// Discord's emoji object from its form in paths.
pub fn emoji_json(emoji: &str) -> Value {
    match emoji.rsplit_once(':') {
        Some((name, id)) if id.parse::<u64>().is_ok() => json!({ "id": id, "name": name }),
        _ => json!({ "id": null, "name": emoji }),
    }
}

impl World {
    /// Discord's message object. `viewer` decides what `reactions[].me` says.
    pub fn message_json(&self, message: &Message, viewer: Option<Id>) -> Value {
        let mut json = json!({
            "id": message.id,
            "channel_id": message.channel,
            "type": message.kind,
            "author": self.author_json(&message.author),
            "content": message.content,
            "timestamp": iso8601(message.id.created_ms()),
            "edited_timestamp": message.edited_ms.map(iso8601),
            "tts": message.tts,
            "pinned": message.pinned_ms.is_some(),
            "mention_everyone": message.mention_everyone,
            "mentions": message.mentions.iter().map(|user| self.user_json(*user)).collect::<Vec<_>>(),
            "mention_roles": message.mention_roles,
            "attachments": message.attachments.iter().map(|file| file.json(&self.authority)).collect::<Vec<_>>(),
            "embeds": message.embeds,
            "components": message.components,
            "flags": message.flags,
        });
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        if let Some(webhook) = message.webhook {
            json["webhook_id"] = json!(webhook);
        }
        if let Some(application) = message.application {
            json["application_id"] = json!(application);
        }
        if !message.reactions.is_empty() {
            json["reactions"] = message.reactions.iter().map(|r| reaction_json(r, viewer)).collect();
        }
        if let Some(poll) = &message.poll {
            json["poll"] = poll.clone();
        }
        if !message.stickers.is_empty() {
            json["sticker_items"] = json!(message.stickers);
        }
        if let Some(interaction) = &message.interaction {
            json["interaction_metadata"] = interaction.clone();
        }
        if let Some(answered) = message.reference {
            self.put_reference(&mut json, message, answered, viewer);
        }
        // A thread that was started from a message has the message's id.
        if let Some(thread) = self.channels.get(&message.id) {
            json["thread"] = self.channel_json(thread, viewer);
        }
        json
    }

    fn put_reference(&self, json: &mut Value, message: &Message, answered: Id, viewer: Option<Id>) {
        let place = if message.kind == kind::THREAD_STARTER {
            self.channels.get(&message.channel).and_then(|thread| thread.parent).unwrap_or(message.channel)
        } else {
            message.channel
        };
        json["message_reference"] = json!({ "type": 0, "message_id": answered, "channel_id": place });
        if let Some(guild) = self.channels.get(&place).and_then(|channel| channel.guild) {
            json["message_reference"]["guild_id"] = json!(guild);
        }
        json["referenced_message"] = match self.message(place, answered) {
            // One level deep, as Discord does.
            Some(other) => self.message_json(&Message { reference: None, ..other.clone() }, viewer),
            None => Value::Null,
        };
    }

    /// A message as the gateway tells it: with its guild and its author's membership.
    pub fn message_event_json(&self, message: &Message) -> Value {
        let mut json = self.message_json(message, None);
        if let Some(guild) = self.channels.get(&message.channel).and_then(|channel| channel.guild) {
            json["guild_id"] = json!(guild);
            if let Author::User(user) = message.author {
                let member = self.partial_member_json(guild, user);
                if !member.is_null() {
                    json["member"] = member;
                }
            }
            for mention in json["mentions"].as_array_mut().into_iter().flatten() {
                if let Some(user) = super::id_of(&mention["id"]) {
                    mention["member"] = self.partial_member_json(guild, user);
                }
            }
        }
        json
    }

    /// A message by its channel and id.
    pub fn message(&self, channel: Id, id: Id) -> Option<&Message> {
        self.messages.get(&channel)?.get(&id)
    }

    fn author_json(&self, author: &Author) -> Value {
        match author {
            Author::User(id) => self.user_json(*id),
            Author::Webhook { id, name, avatar } => json!({
                "id": id,
                "username": name,
                "avatar": avatar.as_deref().map(avatar_hash),
                "discriminator": "0000",
                "public_flags": 0,
                "flags": 0,
                "bot": true,
                "global_name": null,
            }),
        }
    }
}

/// What Discord shows of an image: a hash, whatever its address is.
fn avatar_hash(image: &str) -> String {
    if image.len() <= 34 && !image.contains('/') {
        return image.to_owned();
    }
    let hash = |seed: u64| {
        image.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    format!("{:016x}{:016x}", hash(0xcbf2_9ce4_8422_2325), hash(0x9e37_79b9_7f4a_7c15))
}

fn reaction_json(reaction: &Reaction, viewer: Option<Id>) -> Value {
    json!({
        "emoji": emoji_json(&reaction.emoji),
        "count": reaction.users.len(),
        "count_details": { "normal": reaction.users.len(), "burst": 0 },
        "me": viewer.is_some_and(|viewer| reaction.users.contains(&viewer)),
        "me_burst": false,
        "burst_colors": [],
    })
}
