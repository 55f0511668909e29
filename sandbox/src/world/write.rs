//! What people write in their client: messages with files, changes of their own, threads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::World;
use super::files::Attachment;
use super::message::{Author, Message, flags, kind};
use super::options::NotSent;
use super::permissions::bits;
use super::thread::Start;
use crate::ids::Id;

/// The most files of a message.
const FILES: usize = 10;
/// The largest file, in bytes: what Discord takes of people without a subscription.
const FILE_BYTES: usize = 10 << 20;

/// A file that somebody uploads.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// Its name.
    pub filename: String,
    /// What it holds, in base64.
    pub base64: String,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

impl World {
    /// Somebody writes a message.
    pub fn say(
        &mut self,
        user: Id,
        channel: Id,
        content: &str,
        answers: Option<Id>,
        files: &[Upload],
    ) -> Result<Id, NotSent> {
        let permissions = self.may_write(user, channel)?;
        if files.is_empty() {
            check_content(content)?;
        } else if content.chars().count() > 2_000 {
            return Err(NotSent("a message has at most 2000 characters".into()));
        } else if permissions & bits::ATTACH_FILES == 0 {
            return Err(NotSent("this member may not attach files here".into()));
        }
        let attachments = self.uploads(channel, files)?;
        let mut message = Message::new(self.next_id(), channel, Author::User(user));
        if answers.is_some() {
            message.kind = kind::REPLY;
            message.reference = answers;
        }
        message.attachments = attachments;
        self.write(&mut message, content, permissions);
        Ok(self.post(message))
    }

    /// Somebody changes a message of their own.
    pub fn rewrite(&mut self, user: Id, channel: Id, id: Id, content: &str) -> Result<(), NotSent> {
        let permissions = self.may_write(user, channel)?;
        let found = self.message(channel, id).filter(|message| message.author == Author::User(user));
        let mut message =
            found.cloned().ok_or_else(|| NotSent("people change only messages of their own".into()))?;
        if message.attachments.is_empty() {
            check_content(content)?;
        }
        self.write(&mut message, content, permissions);
        let now = self.now_ms();
        self.edit(channel, id, |old| {
            old.content = message.content;
            (old.mentions, old.mention_roles, old.mention_everyone) =
                (message.mentions, message.mention_roles, message.mention_everyone);
            old.edited_ms = Some(now);
        });
        Ok(())
    }

    /// Somebody starts a thread, from a message or by itself.
    pub fn open_thread(
        &mut self,
        user: Id,
        channel: Id,
        name: &str,
        from: Option<Id>,
    ) -> Result<Id, NotSent> {
        let place = self.channel(channel).filter(|place| place.guild.is_some() && !place.is_thread());
        let place = place.ok_or_else(|| NotSent("threads are started in a server's channels".into()))?;
        if self.permissions(place, user) & bits::CREATE_PUBLIC_THREADS == 0 {
            return Err(NotSent("this member may not start threads here".into()));
        }
        if name.trim().is_empty() || name.chars().count() > 100 {
            return Err(NotSent("a thread's name has 1 to 100 characters".into()));
        }
        let start = Start { name, kind: place.thread_kind(), ..Start::default() };
        match from {
            None => Ok(self.start_thread(channel, user, None, &start)),
            Some(message) if self.channel(message).is_some() => {
                Err(NotSent("that message has a thread already".into()))
            }
            Some(message) => Ok(self.start_thread_from(channel, user, message, &start)),
        }
    }

    /// A member dismisses an ephemeral message, or deletes one of their own.
    pub fn dismiss(&mut self, user: Id, channel: Id, message: Id) -> Result<(), NotSent> {
        let found = self.message(channel, message).filter(|message| message.shown_to(user));
        let found = found.ok_or_else(|| NotSent("that message isn't there for this member".into()))?;
        let may = found.flags & flags::EPHEMERAL != 0
            || found.author == Author::User(user)
            || self
                .channels
                .get(&channel)
                .is_some_and(|place| self.permissions(place, user) & bits::MANAGE_MESSAGES != 0);
        if !may {
            return Err(NotSent("this member may not delete that message".into()));
        }
        self.delete(channel, message);
        Ok(())
    }

    /// What somebody may do in a channel where they may write.
    fn may_write(&self, user: Id, channel: Id) -> Result<u64, NotSent> {
        let place = self.channel(channel).ok_or_else(|| NotSent(format!("there is no channel {channel}")))?;
        let permissions = self.permissions(place, user);
        if permissions & place.send_permission() == 0 {
            return Err(NotSent("this member may not write here".into()));
        }
        Ok(permissions)
    }

    /// Puts words into a message, with whom they ping.
    fn write(&self, message: &mut Message, content: &str, permissions: u64) {
        let guild = self.channel(message.channel).and_then(|place| place.guild);
        let answered = message.reference.and_then(|id| self.message(message.channel, id));
        let pinged = self.pinged(guild, content, None, permissions, answered.map(Message::author_id));
        content.clone_into(&mut message.content);
        (message.mentions, message.mention_roles, message.mention_everyone) =
            (pinged.users, pinged.roles, pinged.everyone);
    }

    /// Keeps uploaded files: all of them, or none.
    fn uploads(&mut self, channel: Id, files: &[Upload]) -> Result<Vec<Attachment>, NotSent> {
        if files.len() > FILES {
            return Err(NotSent(format!("a message has at most {FILES} files")));
        }
        let mut read = Vec::with_capacity(files.len());
        for file in files {
            let bytes = STANDARD.decode(&file.base64);
            let bytes = bytes.map_err(|_| NotSent(format!("the file {:?} is not base64", file.filename)))?;
            if bytes.len() > FILE_BYTES {
                return Err(NotSent(format!("the file {:?} is larger than 10 MiB", file.filename)));
            }
            read.push(bytes);
        }
        let kept = files.iter().zip(read).map(|(file, bytes)| {
            let attachment = Attachment {
                id: self.next_id(),
                channel,
                filename: file.filename.clone(),
                description: None,
                content_type: file.content_type.clone().unwrap_or_else(|| "application/octet-stream".into()),
                size: bytes.len(),
                ephemeral: false,
            };
            self.files.keep(attachment.id, &attachment.content_type, bytes.into());
            attachment
        });
        Ok(kept.collect())
    }
}

fn check_content(content: &str) -> Result<(), NotSent> {
    if content.trim().is_empty() || content.chars().count() > 2_000 {
        return Err(NotSent("a message has 1 to 2000 characters".into()));
    }
    Ok(())
}
