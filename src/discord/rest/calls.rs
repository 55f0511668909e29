//! The calls that the bot makes, typed. Bodies are serenity's builders or anything else that serialises to Discord's JSON.

use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serenity::all::{
    ApplicationId, ChannelId, GuildChannel, GuildId, InteractionId, Message, MessageId, UserId, WebhookId,
};

use super::route::{Route, Verb};
use super::transport::{Attachment, Body};
use super::{CALLBACK_DEADLINE, Call, Rest, RestError, name};

/// The bot's user.
#[derive(Debug, Clone, Deserialize)]
pub struct BotUser {
    /// Its id.
    pub id: UserId,
    /// Its name, without discriminator.
    pub username: String,
}

/// The application the bot belongs to.
#[derive(Debug, Clone, Deserialize)]
pub struct Application {
    /// Its id: commands and follow-ups are addressed by it.
    pub id: ApplicationId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its flags: bits 12 to 19 tell which privileged intents it may use.
    #[serde(default)]
    pub flags: Option<u64>,
}

/// Where and how to open gateway sessions.
#[derive(Debug, Clone, Deserialize)]
pub struct Gateway {
    /// The websocket's address.
    pub url: String,
    /// How many shards Discord recommends; a stand-in may leave it out, and one will do.
    #[serde(default = "one")]
    pub shards: u32,
    /// How many sessions may be started; `None`: a stand-in that counts none.
    #[serde(default)]
    pub session_start_limit: Option<SessionStarts>,
}

const fn one() -> u32 {
    1
}

/// How many gateway sessions may be started.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SessionStarts {
    /// Session starts left.
    pub remaining: u32,
    /// Milliseconds until all are there again.
    pub reset_after: u64,
}

/// A message that is on Discord, as far as the bot needs to know: stand-ins for Discord differ in the rest.
#[derive(Debug, Clone, Deserialize)]
pub struct Sent {
    /// Its id.
    pub id: MessageId,
    /// Its text, where Discord gives it.
    #[serde(default)]
    pub content: String,
    /// The webhook that posted it, if one did.
    #[serde(default)]
    pub webhook_id: Option<WebhookId>,
}

/// The bot itself, and the gateway.
impl Rest {
    /// `GET /users/@me`.
    pub async fn current_user(&self) -> Result<BotUser, RestError> {
        self.fetch(Route::current_user(), Body::None).await
    }

    /// `GET /applications/@me`, or its older address where a stand-in for Discord only knows that.
    pub async fn current_application(&self) -> Result<Application, RestError> {
        match self.fetch(Route::current_application(), Body::None).await {
            Err(error) if error.status() == Some(404) => {
                self.fetch(Route::current_application_by_oauth(), Body::None).await
            }
            result => result,
        }
    }

    /// `GET /gateway/bot`.
    pub async fn gateway(&self) -> Result<Gateway, RestError> {
        self.fetch(Route::gateway(), Body::None).await
    }

    /// `GET …/commands` with localisations: of the application, or of one guild.
    pub async fn commands<T: DeserializeOwned>(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
    ) -> Result<Vec<T>, RestError> {
        self.fetch(Route::commands(Verb::Get, application, guild), Body::None).await
    }

    /// `PUT …/commands`: these, and no others.
    pub async fn put_commands<T: DeserializeOwned>(
        &self,
        application: ApplicationId,
        guild: Option<GuildId>,
        commands: &impl Serialize,
    ) -> Result<Vec<T>, RestError> {
        let route = Route::commands(Verb::Put, application, guild);
        let body = json(&route, commands)?;
        self.fetch(route, body).await
    }
}

/// Interactions.
impl Rest {
    /// The first answer to an interaction, from a body that is ready to send.
    ///
    /// Neither queued nor held back: it has 3 s from Discord's side.
    pub async fn callback(&self, id: InteractionId, token: &str, body: Bytes) -> Result<(), RestError> {
        let route = Route::callback(id, token, false);
        self.send(Call { route, body: Body::Json(body), deadline: CALLBACK_DEADLINE }).await.map(drop)
    }

    /// The first answer to an interaction, with uploads; the message it made, if it made one.
    pub async fn callback_with_response(
        &self,
        id: InteractionId,
        token: &str,
        answer: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<Option<Message>, RestError> {
        #[derive(Deserialize)]
        struct Response {
            resource: Option<Resource>,
        }
        #[derive(Deserialize)]
        struct Resource {
            message: Option<Message>,
        }
        let route = Route::callback(id, token, true);
        let shown = name(&route);
        let body = with_files(&route, answer, files)?;
        let bytes = self.send(Call { route, body, deadline: CALLBACK_DEADLINE }).await?;
        let response: Response = decode(&shown, &bytes)?;
        Ok(response.resource.and_then(|resource| resource.message))
    }

    /// A further message of an interaction.
    pub async fn follow_up(
        &self,
        application: ApplicationId,
        token: &str,
        message: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<Sent, RestError> {
        let route = Route::follow_up(application, token, self.inner.digester.digest(token));
        let body = with_files(&route, message, files)?;
        self.fetch(route, body).await
    }

    /// A message of an interaction: a follow-up by its id, or (`None`) the first answer.
    pub async fn interaction_message(
        &self,
        application: ApplicationId,
        token: &str,
        message: Option<MessageId>,
    ) -> Result<Message, RestError> {
        self.fetch(self.interaction_route(Verb::Get, application, token, message), Body::None).await
    }

    /// Changes a message of an interaction.
    pub async fn edit_interaction_message(
        &self,
        application: ApplicationId,
        token: &str,
        message: Option<MessageId>,
        edit: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<(), RestError> {
        let route = self.interaction_route(Verb::Patch, application, token, message);
        let body = with_files(&route, edit, files)?;
        self.perform(route, body).await
    }

    /// Changes the first answer of an interaction, and gives the message that it is.
    pub async fn edit_first_answer(
        &self,
        application: ApplicationId,
        token: &str,
        edit: &impl Serialize,
    ) -> Result<Sent, RestError> {
        let route = self.interaction_route(Verb::Patch, application, token, None);
        let body = json(&route, edit)?;
        self.fetch(route, body).await
    }

    /// Deletes a message of an interaction.
    pub async fn delete_interaction_message(
        &self,
        application: ApplicationId,
        token: &str,
        message: Option<MessageId>,
    ) -> Result<(), RestError> {
        self.perform(self.interaction_route(Verb::Delete, application, token, message), Body::None).await
    }

    /// How long an edit of a message of an interaction would wait for its turn now.
    pub fn interaction_edit_wait(
        &self,
        application: ApplicationId,
        token: &str,
        message: Option<MessageId>,
    ) -> Duration {
        self.wait(&self.interaction_route(Verb::Patch, application, token, message))
    }

    fn interaction_route(
        &self,
        method: Verb,
        app: ApplicationId,
        token: &str,
        message: Option<MessageId>,
    ) -> Route {
        Route::interaction_message(method, app, token, self.inner.digester.digest(token), message)
    }
}

/// Where a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: ChannelId,
    /// Discord's channel type.
    #[serde(rename = "type")]
    pub kind: u8,
    /// The server, unless it is a direct message.
    #[serde(default)]
    pub guild_id: Option<GuildId>,
    /// A thread's channel, or a channel's category.
    #[serde(default)]
    pub parent_id: Option<ChannelId>,
}

impl Place {
    /// The channel that a thread belongs to; `None`: this is no thread.
    pub fn thread_of(&self) -> Option<ChannelId> {
        // Announcement, public and private threads; a forum's posts are public threads.
        self.parent_id.filter(|_| (10..=12).contains(&self.kind))
    }
}

/// Channels.
impl Rest {
    /// Where a channel is.
    pub async fn channel(&self, channel: ChannelId) -> Result<Place, RestError> {
        self.fetch(Route::channel(channel), Body::None).await
    }

    /// A message.
    pub async fn message(&self, channel: ChannelId, message: MessageId) -> Result<Message, RestError> {
        self.fetch(Route::channel_message(Verb::Get, channel, message), Body::None).await
    }

    /// The messages after one, at most `limit` (1 to 100), in Discord's order.
    pub async fn messages_after(
        &self,
        channel: ChannelId,
        after: MessageId,
        limit: u8,
    ) -> Result<Vec<Sent>, RestError> {
        self.fetch(Route::messages_after(channel, after, limit), Body::None).await
    }

    /// How long an edit of a message of the bot would wait for its turn now.
    pub fn edit_wait(&self, channel: ChannelId, message: MessageId) -> Duration {
        self.wait(&Route::channel_message(Verb::Patch, channel, message))
    }

    /// Posts a message.
    pub async fn create_message(
        &self,
        channel: ChannelId,
        message: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<Sent, RestError> {
        let route = Route::channel_messages(channel);
        let body = with_files(&route, message, files)?;
        self.fetch(route, body).await
    }

    /// Changes a message of the bot.
    pub async fn edit_message(
        &self,
        channel: ChannelId,
        message: MessageId,
        edit: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<(), RestError> {
        let route = Route::channel_message(Verb::Patch, channel, message);
        let body = with_files(&route, edit, files)?;
        self.perform(route, body).await
    }

    /// Deletes a message.
    pub async fn delete_message(&self, channel: ChannelId, message: MessageId) -> Result<(), RestError> {
        self.perform(Route::channel_message(Verb::Delete, channel, message), Body::None).await
    }

    /// Shows the bot as typing, for 10 s or until it posts.
    pub async fn typing(&self, channel: ChannelId) -> Result<(), RestError> {
        self.perform(Route::typing(channel), Body::None).await
    }

    /// Starts a thread: on a message, or (`None`) on its own.
    pub async fn start_thread(
        &self,
        channel: ChannelId,
        message: Option<MessageId>,
        thread: &impl Serialize,
    ) -> Result<GuildChannel, RestError> {
        let route = Route::threads(channel, message);
        let body = json(&route, thread)?;
        self.fetch(route, body).await
    }
}

impl Rest {
    pub(super) async fn perform(&self, route: Route, body: Body) -> Result<(), RestError> {
        self.send(Call { route, body, deadline: self.deadline }).await.map(drop)
    }

    pub(super) async fn fetch<T: DeserializeOwned>(&self, route: Route, body: Body) -> Result<T, RestError> {
        let shown = name(&route);
        let bytes = self.send(Call { route, body, deadline: self.deadline }).await?;
        decode(&shown, &bytes)
    }
}

fn decode<T: DeserializeOwned>(route: &str, bytes: &[u8]) -> Result<T, RestError> {
    serde_json::from_slice(bytes)
        .map_err(|cause| RestError::Decode { route: route.to_owned(), cause: cause.to_string() })
}

fn encode(route: &Route, value: &impl Serialize) -> Result<Bytes, RestError> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(|cause| RestError::Encode { route: name(route), cause: cause.to_string() })
}

pub(super) fn json(route: &Route, value: &impl Serialize) -> Result<Body, RestError> {
    encode(route, value).map(Body::Json)
}

pub(super) fn with_files(
    route: &Route,
    value: &impl Serialize,
    files: Vec<Attachment>,
) -> Result<Body, RestError> {
    let json = encode(route, value)?;
    Ok(if files.is_empty() { Body::Json(json) } else { Body::Form { json, files } })
}
