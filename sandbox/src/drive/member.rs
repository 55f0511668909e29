//! A member of the cast: what they do, and what they see.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::error::{Drive, DriveError};
use super::message::{self, Message};
use super::remote::{Remote, segment};
use super::reply::{Choice, Reply, press_of, settle};
use crate::control::act::{Menu, Slash};
use crate::control::look::{CommandsOf, MessagesOf};
use crate::control::names::Named;
use crate::control::outcome::Until;
use crate::control::setup::Done;
use crate::control::write::{Dismiss, React, Said, Say};

/// How many messages a look takes in.
const MESSAGES: usize = 200;

/// Somebody, in a channel.
#[derive(Clone, Debug)]
pub struct Member {
    remote: Remote,
    user: Named,
    channel: Named,
}

impl Member {
    pub(crate) fn new(remote: Remote, user: Named) -> Self {
        Self { remote, user, channel: "general".into() }
    }

    /// The same person in another channel: its id, its name, or `guild/channel`.
    #[must_use]
    pub fn in_channel(&self, channel: impl Into<Named>) -> Self {
        Self { channel: channel.into(), ..self.clone() }
    }

    /// The same person in the direct message with somebody (or with a bot), which is opened if need be.
    pub async fn in_direct_message_with(&self, other: impl Into<Named>) -> Drive<Self> {
        let people = json!({ "users": [self.user, other.into()] });
        let made: crate::control::setup::Made =
            self.remote.send(Method::POST, "/direct", "opening a direct message", &people).await?;
        Ok(self.in_channel(made.id))
    }

    /// Their id or name, as given.
    pub fn user(&self) -> Named {
        self.user.clone()
    }

    /// Where they are, as given.
    pub fn channel(&self) -> Named {
        self.channel.clone()
    }

    pub(crate) fn remote(&self) -> &Remote {
        &self.remote
    }

    pub(crate) fn place_of(&self, message: &Message) -> Named {
        message.json()["channel_id"].as_str().map_or_else(|| self.channel.clone(), Named::from)
    }

    /// Begins a slash command: `/talk`, `/character info`.
    pub fn uses(&self, command: &str) -> Command {
        Command { member: self.clone(), name: command.to_owned(), options: Map::new(), app: None }
    }

    /// Begins to type a slash command, for its suggestions.
    pub fn types(&self, command: &str) -> Command {
        self.uses(command)
    }

    /// Picks an entry of the context menu of a message or of somebody, and waits until the bot has
    /// acknowledged.
    pub async fn picks(&self, entry: &str, target: impl Into<Named>) -> Drive<Reply> {
        let menu = Menu {
            user: self.user(),
            channel: self.channel(),
            command: entry.to_owned(),
            target: target.into(),
            wait: Some(Until::Acknowledged),
            timeout_ms: Some(self.remote.deadline_ms()),
            quiet_ms: None,
        };
        self.act("/act/menu", format!("{}'s {entry:?}", self.user.0), &menu).await
    }

    /// Presses a message's button by its label, emoji or custom id, and waits until the bot has
    /// acknowledged.
    pub async fn presses(&self, message: &Message, label: &str) -> Drive<Reply> {
        self.chooses(message, label, &[]).await
    }

    /// Chooses in a message's menu by its placeholder or custom id, and waits until the bot has
    /// acknowledged.
    pub async fn chooses(&self, message: &Message, menu: &str, values: &[&str]) -> Drive<Reply> {
        let what = format!("{}'s press of {menu:?}", self.user.0);
        self.act("/act/press", what, &press_of(self, message, menu, values)).await
    }

    /// Writes a message.
    pub async fn says(&self, content: &str) -> Drive<Message> {
        self.write(content, None).await
    }

    /// Answers a message.
    pub async fn answers(&self, message: &Message, content: &str) -> Drive<Message> {
        self.write(content, Some(message.id().into())).await
    }

    async fn write(&self, content: &str, reply_to: Option<Named>) -> Drive<Message> {
        let say = Say {
            user: self.user(),
            channel: self.channel(),
            content: content.to_owned(),
            files: Vec::new(),
            reply_to,
        };
        let what = format!("{}'s message", self.user.0);
        let said: Said = self.remote.send(Method::POST, "/act/say", &what, &say).await?;
        self.waits_for("the message just written", |message| message.id() == said.message).await
    }

    /// Reacts to a message with a character, or `name:id`.
    pub async fn reacts(&self, message: &Message, emoji: &str) -> Drive {
        let react = React {
            user: self.user(),
            channel: self.place_of(message),
            message: message.id().into(),
            emoji: emoji.to_owned(),
            remove: false,
        };
        let what = format!("{}'s reaction", self.user.0);
        self.remote.send::<Done>(Method::POST, "/act/react", &what, &react).await.map(drop)
    }

    /// Dismisses an ephemeral message, or deletes one of their own.
    pub async fn dismisses(&self, message: &Message) -> Drive {
        let dismiss =
            Dismiss { user: self.user(), channel: self.place_of(message), message: message.id().into() };
        let what = format!("dismissing a message as {}", self.user.0);
        self.remote.send::<Done>(Method::POST, "/act/dismiss", &what, &dismiss).await.map(drop)
    }

    /// The messages that they see here, oldest first: the newest 200.
    pub async fn sees(&self) -> Drive<Vec<Message>> {
        let path = format!("/channels/{}/messages", segment(&self.channel.0));
        let of = MessagesOf { r#as: self.user(), limit: Some(MESSAGES), after: None, before: None };
        let seen: Vec<Value> = self.remote.get(&path, &of).await?;
        Ok(seen.into_iter().map(Message::new).collect())
    }

    /// Waits for a message that is as `so` wants it; `expected` says what that is.
    pub async fn waits_for(&self, expected: &str, so: impl Fn(&Message) -> bool) -> Drive<Message> {
        let deadline = self.remote.deadline();
        let mut seen = Vec::new();
        let waited = tokio::time::timeout(deadline, async {
            loop {
                seen = self.sees().await?;
                if let Some(found) = seen.iter().rev().find(|message| so(message)) {
                    return Ok(found.clone());
                }
                tokio::time::sleep(super::POLL).await;
            }
        });
        if let Ok(found) = waited.await {
            return found;
        }
        let expected = format!("{} to see {expected} in {}", self.user.0, self.channel.0);
        Err(DriveError::TimedOut { expected, waited: deadline, seen: message::summary(&seen) })
    }

    /// Waits for a message whose text contains this.
    pub async fn reads(&self, text: &str) -> Drive<Message> {
        self.waits_for(&format!("{text:?}"), |message| message.text().contains(text)).await
    }

    /// Checks that they see none of a reply's messages.
    pub async fn sees_nothing_of(&self, reply: &Reply) -> Drive {
        let hidden: Vec<_> = reply.message().into_iter().chain(reply.followups()).collect();
        let seen = self.sees().await?;
        match seen.iter().find(|message| hidden.iter().any(|other| other.id() == message.id())) {
            None => Ok(()),
            Some(message) => Err(DriveError::Unexpected {
                expected: format!("{} to see nothing of it", self.user.0),
                seen: message.summary(),
            }),
        }
    }

    /// The names of the commands that their client offers here.
    pub async fn commands(&self) -> Drive<Vec<String>> {
        let of = CommandsOf { r#as: self.user(), channel: self.channel() };
        let commands: Vec<Value> = self.remote.get("/commands", &of).await?;
        Ok(commands.iter().filter_map(|command| command["name"].as_str()).map(str::to_owned).collect())
    }

    /// Sends an act that asks to wait, and gives its reply.
    pub(crate) async fn act(&self, path: &str, what: String, act: &impl Serialize) -> Drive<Reply> {
        let answered = self.remote.post_and_wait(path, &what, act).await?;
        let expected = format!("the bot to acknowledge {what}");
        let outcome = settle(self, &what, &expected, answered)?;
        Ok(Reply::new(self.clone(), what, outcome))
    }
}

/// A slash command on its way.
#[derive(Clone, Debug)]
#[must_use = "a command is sent by `send`, or asks for `suggestions`"]
pub struct Command {
    member: Member,
    name: String,
    options: Map<String, Value>,
    app: Option<Named>,
}

impl Command {
    /// Sets an option.
    pub fn with(mut self, option: &str, value: impl Into<Value>) -> Self {
        self.options.insert(option.to_owned(), value.into());
        self
    }

    /// Attaches a file to an option.
    pub fn with_file(self, option: &str, name: &str, bytes: &[u8]) -> Self {
        self.with(option, json!({ "filename": name, "base64": STANDARD.encode(bytes) }))
    }

    /// Says whose command is meant, where several applications have one of that name.
    pub fn of_app(self, app: impl Into<Named>) -> Self {
        Self { app: Some(app.into()), ..self }
    }

    /// Sends it, and waits until the bot has acknowledged.
    pub async fn send(self) -> Drive<Reply> {
        let (member, what, slash) = self.parts(None, Some(Until::Acknowledged));
        member.act("/act/slash", what, &slash).await
    }

    /// Sends it and waits for nothing: the bot may be too late.
    pub async fn send_only(self) -> Drive<Reply> {
        let (member, what, slash) = self.parts(None, Some(Until::Now));
        member.act("/act/slash", what, &slash).await
    }

    /// Says which option is being typed.
    pub fn focused(self, option: &str) -> Typing {
        Typing { command: self, focused: option.to_owned() }
    }

    fn parts(self, focused: Option<String>, wait: Option<Until>) -> (Member, String, Slash) {
        let Self { member, name, options, app } = self;
        let what = format!("{}'s /{}", member.user.0, name.trim_start_matches('/'));
        let slash = Slash {
            user: member.user(),
            channel: member.channel(),
            command: name,
            options,
            app,
            focused,
            wait,
            timeout_ms: Some(member.remote.deadline_ms()),
            quiet_ms: None,
        };
        (member, what, slash)
    }
}

/// A slash command that is being typed.
#[derive(Clone, Debug)]
#[must_use = "typing asks for `suggestions`"]
pub struct Typing {
    command: Command,
    focused: String,
}

impl Typing {
    /// What the bot suggests.
    pub async fn suggestions(self) -> Drive<Vec<Choice>> {
        let (member, what, slash) = self.command.parts(Some(self.focused), Some(Until::Acknowledged));
        member.act("/act/autocomplete", what, &slash).await?.choices()
    }
}
