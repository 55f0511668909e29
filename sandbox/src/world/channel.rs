//! Channels, threads and direct messages.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::World;
use super::permissions::{Overwrite, bits};
use crate::clock::iso8601;
use crate::feed::Note;
use crate::gateway::{Audience, intents};
use crate::ids::Id;

/// Channel types (<https://docs.discord.com/developers/resources/channel#channel-object-channel-types>).
pub mod kind {
    /// A text channel of a guild.
    pub const TEXT: u8 = 0;
    /// A direct message.
    pub const DM: u8 = 1;
    /// A voice channel.
    pub const VOICE: u8 = 2;
    /// A direct message of several people.
    pub const GROUP_DM: u8 = 3;
    /// A category.
    pub const CATEGORY: u8 = 4;
    /// An announcement channel.
    pub const ANNOUNCEMENT: u8 = 5;
    /// A thread of an announcement channel.
    pub const ANNOUNCEMENT_THREAD: u8 = 10;
    /// A thread that everyone who sees the channel may join.
    pub const PUBLIC_THREAD: u8 = 11;
    /// A thread for those who were invited.
    pub const PRIVATE_THREAD: u8 = 12;
    /// A stage: a voice channel with an audience.
    pub const STAGE: u8 = 13;
    /// A forum: its posts are threads.
    pub const FORUM: u8 = 15;
    /// A media channel: its posts are threads.
    pub const MEDIA: u8 = 16;
}

/// A channel of any kind.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its id.
    pub id: Id,
    /// One of [`kind`].
    pub kind: u8,
    /// The guild, unless it is a direct message.
    pub guild: Option<Id>,
    /// The category, or a thread's channel.
    pub parent: Option<Id>,
    /// Its name; empty in a direct message.
    pub name: String,
    /// Its topic.
    pub topic: Option<String>,
    /// Where it stands in the list.
    pub position: u64,
    /// Whether it is age-restricted.
    pub nsfw: bool,
    /// Slow mode, in seconds.
    pub rate_limit_per_user: u64,
    /// Permission overwrites.
    pub overwrites: Vec<Overwrite>,
    /// Who takes part in a direct message.
    pub recipients: Vec<Id>,
    /// The newest message.
    pub last_message: Option<Id>,
    /// What is kept and given back as it is: [`KEPT`].
    pub settings: Map<String, Value>,
    /// What only a thread has.
    pub thread: Option<Thread>,
}

/// The settings of a channel that mean something to Discord's own clients alone.
pub const KEPT: [&str; 11] = [
    "available_tags",
    "bitrate",
    "default_auto_archive_duration",
    "default_forum_layout",
    "default_reaction_emoji",
    "default_sort_order",
    "default_thread_rate_limit_per_user",
    "flags",
    "rtc_region",
    "user_limit",
    "video_quality_mode",
];

/// What only a thread has.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Who started it.
    pub owner: Id,
    /// Members, and when they joined, in milliseconds since the Unix epoch.
    pub members: BTreeMap<Id, u64>,
    /// Whether it is archived.
    pub archived: bool,
    /// When `archived` last changed, in milliseconds since the Unix epoch.
    pub archive_changed_ms: u64,
    /// Minutes of silence after which it leaves the list.
    pub auto_archive_minutes: u64,
    /// Whether only moderators can open it again.
    pub locked: bool,
    /// Whether members may invite others, in a private thread.
    pub invitable: bool,
    /// Messages now in it, without the one it started from.
    pub message_count: u64,
    /// Messages ever sent in it.
    pub total_message_sent: u64,
    /// A forum post's tags.
    pub applied_tags: Vec<Value>,
}

impl Channel {
    /// An empty channel.
    pub fn new(id: Id, kind: u8, guild: Option<Id>, name: impl Into<String>) -> Self {
        Self {
            id,
            kind,
            guild,
            parent: None,
            name: name.into(),
            topic: None,
            position: 0,
            nsfw: false,
            rate_limit_per_user: 0,
            overwrites: Vec::new(),
            recipients: Vec::new(),
            last_message: None,
            settings: Map::new(),
            thread: None,
        }
    }

    /// Whether this is a thread.
    pub fn is_thread(&self) -> bool {
        matches!(self.kind, kind::ANNOUNCEMENT_THREAD | kind::PUBLIC_THREAD | kind::PRIVATE_THREAD)
    }

    /// Whether messages can be sent to it.
    pub fn holds_messages(&self) -> bool {
        !matches!(self.kind, kind::CATEGORY | kind::FORUM | kind::MEDIA)
    }

    /// The permission that sending a message here takes.
    pub fn send_permission(&self) -> u64 {
        if self.is_thread() { bits::SEND_MESSAGES_IN_THREADS } else { bits::SEND_MESSAGES }
    }
}

impl World {
    /// A channel by id.
    pub fn channel(&self, id: Id) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// Discord's channel object, as `viewer` sees it (a direct message shows the others).
    pub fn channel_json(&self, channel: &Channel, viewer: Option<Id>) -> Value {
        let mut json = json!({
            "id": channel.id,
            "type": channel.kind,
            "last_message_id": channel.last_message,
            "flags": 0,
        });
        if let Some(guild) = channel.guild {
            json["guild_id"] = json!(guild);
            json["name"] = json!(channel.name);
            json["rate_limit_per_user"] = json!(channel.rate_limit_per_user);
            json["parent_id"] = json!(channel.parent);
            if let Some(thread) = &channel.thread {
                thread_json(&mut json, channel, thread, viewer);
            } else {
                json["topic"] = json!(channel.topic);
                json["position"] = json!(channel.position);
                json["nsfw"] = json!(channel.nsfw);
                json["permission_overwrites"] = channel.overwrites.iter().map(Overwrite::json).collect();
            }
            if matches!(channel.kind, kind::VOICE | kind::STAGE) {
                json["bitrate"] = json!(64_000);
                json["user_limit"] = json!(0);
                json["rtc_region"] = Value::Null;
            }
            if matches!(channel.kind, kind::FORUM | kind::MEDIA) {
                json["available_tags"] = json!([]);
                json["default_reaction_emoji"] = Value::Null;
                json["default_sort_order"] = Value::Null;
                json["default_forum_layout"] = json!(0);
            }
            super::merge(&mut json, Value::Object(channel.settings.clone()));
        } else {
            json["recipients"] = channel
                .recipients
                .iter()
                .filter(|user| Some(**user) != viewer)
                .map(|user| self.user_json(*user))
                .collect();
            if channel.kind == kind::GROUP_DM {
                json["name"] = json!(channel.name);
                json["icon"] = Value::Null;
                json["owner_id"] = json!(channel.recipients.first());
            }
        }
        json
    }

    /// Adds a channel and tells those who may see it.
    pub fn add_channel(&mut self, mut channel: Channel) -> Id {
        let id = channel.id;
        if let Some(guild) = channel.guild.and_then(|guild| self.guilds.get_mut(&guild)) {
            if channel.is_thread() {
                guild.threads.push(id);
            } else {
                channel.position = u64::try_from(guild.channels.len()).unwrap_or(u64::MAX);
                guild.channels.push(id);
            }
        }
        let event = match (&channel.thread, channel.guild) {
            (Some(_), _) => Some("THREAD_CREATE"),
            (None, Some(_)) => Some("CHANNEL_CREATE"),
            // Bots hear nothing of a new direct message but its messages.
            (None, None) => None,
        };
        self.channels.insert(id, channel);
        if let Some(event) = event {
            self.emit_channel(event, id);
        }
        id
    }

    /// Changes a channel and tells those who may see it.
    pub fn edit_channel(&mut self, id: Id, edit: impl FnOnce(&mut Channel)) {
        let Some(channel) = self.channels.get_mut(&id) else { return };
        edit(channel);
        let event = if channel.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
        self.emit_channel(event, id);
    }

    /// Has somebody join or leave a thread, and tells the thread's other bots and them.
    pub fn set_thread_member(&mut self, id: Id, user: Id, joined: bool) {
        let now = self.now_ms();
        let Some(channel) = self.channels.get_mut(&id) else { return };
        let (Some(thread), Some(guild)) = (&mut channel.thread, channel.guild) else { return };
        let changed = if joined {
            thread.members.insert(user, now).is_none()
        } else {
            thread.members.remove(&user).is_some()
        };
        if !changed {
            return;
        }
        let channel = channel.clone();
        let count = channel.thread.as_ref().map_or(0, |thread| thread.members.len());
        let mut data = json!({ "id": id, "guild_id": guild, "member_count": count.min(50) });
        if joined {
            let mut member = thread_member_json(&channel, user).unwrap_or_default();
            member["member"] = self.member_json(guild, user);
            data["added_members"] = json!([member]);
        } else {
            data["removed_member_ids"] = json!([user]);
        }
        // A bot hears of itself without the privileged intent.
        if self.apps.contains_key(&user) {
            let audience = Audience::App { app: user, guild: Some(guild) };
            if joined && channel.kind == kind::PRIVATE_THREAD {
                let thread = self.channel_json(&channel, Some(user));
                self.emit_to(audience, intents::GUILDS, "THREAD_CREATE", thread);
            }
            self.emit_to(audience, intents::GUILDS, "THREAD_MEMBERS_UPDATE", data);
        } else {
            self.emit_to(Audience::Guild(guild), intents::GUILD_MEMBERS, "THREAD_MEMBERS_UPDATE", data);
        }
    }

    /// Removes a channel with its messages, threads and webhooks.
    pub fn delete_channel(&mut self, id: Id) {
        let threads: Vec<Id> = self
            .channels
            .values()
            .filter(|channel| channel.is_thread() && channel.parent == Some(id))
            .map(|thread| thread.id)
            .collect();
        for thread in threads {
            self.delete_channel(thread);
        }
        let Some(channel) = self.channels.get(&id) else { return };
        let event = if channel.is_thread() { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
        self.emit_channel(event, id);
        let Some(channel) = self.channels.remove(&id) else { return };
        if let Some(guild) = channel.guild.and_then(|guild| self.guilds.get_mut(&guild)) {
            guild.channels.retain(|channel| *channel != id);
            guild.threads.retain(|thread| *thread != id);
        }
        self.webhooks.retain(|_, webhook| webhook.channel != id);
        for message in self.messages.remove(&id).unwrap_or_default().into_values() {
            self.files.forget(&message);
        }
    }

    /// The direct message of a set of people, made if there is none.
    pub fn direct_channel(&mut self, mut people: Vec<Id>) -> Id {
        people.sort_unstable();
        people.dedup();
        if let Some(id) = self.direct.get(&people) {
            return *id;
        }
        let kind = if people.len() > 2 { kind::GROUP_DM } else { kind::DM };
        let id = self.next_id();
        let mut channel = Channel::new(id, kind, None, "");
        channel.recipients.clone_from(&people);
        self.direct.insert(people, id);
        self.feed.tell(Note::Arranged);
        self.add_channel(channel)
    }

    fn emit_channel(&mut self, event: &'static str, id: Id) {
        let Some(channel) = self.channels.get(&id) else { return };
        let Some(guild) = channel.guild else { return };
        let mut json = self.channel_json(channel, None);
        if event == "THREAD_CREATE" {
            json["newly_created"] = json!(true);
        }
        self.emit_to(Audience::Guild(guild), intents::GUILDS, event, json);
    }
}

fn thread_json(json: &mut Value, channel: &Channel, thread: &Thread, viewer: Option<Id>) {
    json["owner_id"] = json!(thread.owner);
    json["message_count"] = json!(thread.message_count);
    json["total_message_sent"] = json!(thread.total_message_sent);
    json["member_count"] = json!(thread.members.len().min(50));
    json["thread_metadata"] = json!({
        "archived": thread.archived,
        "archive_timestamp": iso8601(thread.archive_changed_ms),
        "auto_archive_duration": thread.auto_archive_minutes,
        "locked": thread.locked,
        "create_timestamp": iso8601(channel.id.created_ms()),
    });
    if channel.kind == kind::PRIVATE_THREAD {
        json["thread_metadata"]["invitable"] = json!(thread.invitable);
    }
    if !thread.applied_tags.is_empty() {
        json["applied_tags"] = json!(thread.applied_tags);
    }
    if let Some(member) = viewer.and_then(|viewer| thread_member_json(channel, viewer)) {
        json["member"] = member;
    }
}

/// Discord's thread member object; `None` when `user` hasn't joined.
pub fn thread_member_json(channel: &Channel, user: Id) -> Option<Value> {
    let joined = channel.thread.as_ref()?.members.get(&user)?;
    Some(json!({ "id": channel.id, "user_id": user, "join_timestamp": iso8601(*joined), "flags": 0 }))
}
