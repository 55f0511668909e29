//! What people do among themselves: write, change and delete messages, react, type, start threads.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::act::actor;
use super::input::Given;
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use super::setup::{Done, Made, done};
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::permissions::bits;
use crate::world::write::Upload;

/// The message that an act made.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Said {
    /// Its id.
    pub message: Id,
}

/// A message written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// What: 1 to 2,000 characters; with files it may be empty.
    pub content: String,
    /// Files, at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Upload>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Named>,
}

/// A reaction, or one taken back.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct React {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The message.
    pub message: Named,
    /// A character, or `name:id`.
    pub emoji: String,
    /// Whether it is taken back.
    #[serde(default)]
    pub remove: bool,
}

/// An ephemeral message dismissed, or one's own deleted.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Dismiss {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The message.
    pub message: Named,
}

/// One's own message changed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
    /// The message.
    pub message: Named,
    /// What it says from now on.
    pub content: String,
}

/// Somebody writes, and has not sent it yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// Who.
    pub user: Named,
    /// Where.
    pub channel: Named,
}

/// A thread to start.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// Who.
    pub user: Named,
    /// In which channel.
    pub channel: Named,
    /// Its name.
    pub name: String,
    /// The message that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Named>,
}

/// `POST /act/say`
pub(super) async fn say(State(sandbox): State<Sandbox>, Given(act): Given<Say>) -> Answer<Said> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let names = Names(world);
        let answers = act.reply_to.as_ref().map(|it| names.message(channel, user, it)).transpose()?;
        Ok(Json(Said { message: world.say(user, channel, &act.content, answers, &act.files)? }))
    })
}

/// `POST /act/react`
pub(super) async fn react(State(sandbox): State<Sandbox>, Given(act): Given<React>) -> Answer<Done> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let message = Names(world).message(channel, user, &act.message)?;
        if act.emoji.is_empty() || act.emoji.chars().count() > 64 {
            return Err(Refusal::bad("an emoji is a character, or name:id"));
        }
        let shown = world.message(channel, message).map(|message| message.reactions.as_slice());
        let is_new = !shown.unwrap_or_default().iter().any(|reaction| reaction.emoji == act.emoji);
        let may = world
            .channel(channel)
            .is_some_and(|place| !is_new || world.permissions(place, user) & bits::ADD_REACTIONS != 0);
        if act.remove {
            world.unreact(channel, message, &act.emoji, Some(user));
        } else if may {
            world.react(channel, message, &act.emoji, user);
        } else {
            return Err(Refusal::bad("this member may not add reactions here"));
        }
        Ok(done())
    })
}

/// `POST /act/dismiss`
pub(super) async fn dismiss(State(sandbox): State<Sandbox>, Given(act): Given<Dismiss>) -> Answer<Done> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let message = Names(world).message(channel, user, &act.message)?;
        world.dismiss(user, channel, message)?;
        Ok(done())
    })
}

/// `POST /act/edit`
pub(super) async fn edit(State(sandbox): State<Sandbox>, Given(act): Given<Edit>) -> Answer<Done> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let message = Names(world).message(channel, user, &act.message)?;
        world.rewrite(user, channel, message, &act.content)?;
        Ok(done())
    })
}

/// `POST /act/type`
pub(super) async fn types(State(sandbox): State<Sandbox>, Given(act): Given<Type>) -> Answer<Done> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        world.typing(channel, user);
        Ok(done())
    })
}

/// `POST /act/thread`
pub(super) async fn thread(State(sandbox): State<Sandbox>, Given(act): Given<NewThread>) -> Answer<Made> {
    sandbox.change(|world| {
        let (user, channel) = actor(world, &act.user, &act.channel)?;
        let names = Names(world);
        let from = act.message.as_ref().map(|it| names.message(channel, user, it)).transpose()?;
        Ok(Json(Made { id: world.open_thread(user, channel, &act.name, from)? }))
    })
}
