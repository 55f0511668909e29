//! Threads: how one is started.

use serde_json::Value;

use super::World;
use super::channel::{Channel, Thread, kind};
use super::message::{self, Author, Message, flags};
use crate::ids::Id;

/// What a new thread is like.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Its name.
    pub name: &'a str,
    /// One of [`kind`]'s threads.
    pub kind: u8,
    /// Minutes of silence after which it is archived.
    pub auto_archive_minutes: u64,
    /// Slow mode, in seconds.
    pub rate_limit_per_user: u64,
    /// Whether members may invite others to a private one.
    pub invitable: bool,
    /// A forum post's tags.
    pub applied_tags: &'a [Value],
}

impl Default for Start<'_> {
    fn default() -> Self {
        Self {
            name: "",
            kind: kind::PUBLIC_THREAD,
            auto_archive_minutes: 4_320,
            rate_limit_per_user: 0,
            invitable: true,
            applied_tags: &[],
        }
    }
}

impl Channel {
    /// The kind of an open thread below this channel.
    pub fn thread_kind(&self) -> u8 {
        if self.kind == kind::ANNOUNCEMENT { kind::ANNOUNCEMENT_THREAD } else { kind::PUBLIC_THREAD }
    }
}

impl World {
    /// Starts a thread below `parent`; one from a message takes the message's id.
    pub fn start_thread(&mut self, parent: Id, owner: Id, from: Option<Id>, start: &Start<'_>) -> Id {
        let id = from.unwrap_or_else(|| self.next_id());
        let now = self.now_ms();
        let guild = self.channel(parent).and_then(|channel| channel.guild);
        let mut channel = Channel::new(id, start.kind, guild, start.name);
        channel.parent = Some(parent);
        channel.rate_limit_per_user = start.rate_limit_per_user;
        channel.thread = Some(Thread {
            owner,
            members: [(owner, now)].into(),
            archived: false,
            archive_changed_ms: now,
            auto_archive_minutes: start.auto_archive_minutes,
            locked: false,
            invitable: start.invitable,
            message_count: 0,
            total_message_sent: 0,
            applied_tags: start.applied_tags.to_vec(),
        });
        self.add_channel(channel);
        id
    }

    /// Starts a thread from a message: the message says so, and is the thread's first.
    pub fn start_thread_from(&mut self, parent: Id, owner: Id, from: Id, start: &Start<'_>) -> Id {
        let id = self.start_thread(parent, owner, Some(from), start);
        self.edit(parent, from, |message| message.flags |= flags::HAS_THREAD);
        let mut starter = Message::new(self.next_id(), id, Author::User(owner));
        starter.kind = message::kind::THREAD_STARTER;
        starter.reference = Some(from);
        self.post(starter);
        id
    }
}
