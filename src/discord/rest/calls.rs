//! The calls that the bot makes, typed. Bodies are serenity's builders or anything else that serialises to Discord's JSON.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serenity::all::{
    ApplicationId, ChannelId, GuildChannel, GuildId, InteractionId, Message, MessageId, UserId, Webhook,
    WebhookId,
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

/// A webhook to speak through, and the thread to speak in.
#[derive(Clone, Copy)]
pub struct WebhookTarget<'a> {
    /// The webhook.
    pub id: WebhookId,
    /// Its token: a secret.
    pub token: &'a str,
    /// A thread of the webhook's channel.
    pub thread: Option<ChannelId>,
}

impl std::fmt::Debug for WebhookTarget<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("WebhookTarget")
            .field("id", &self.id)
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

impl WebhookTarget<'_> {
    fn query(&self, wait: bool) -> String {
        let mut query = String::from("?with_components=true");
        if wait {
            query.push_str("&wait=true");
        }
        if let Some(thread) = self.thread {
            query.push_str("&thread_id=");
            query.push_str(&thread.to_string());
        }
        query
    }
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
    ) -> Result<Message, RestError> {
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

    /// Deletes a message of an interaction.
    pub async fn delete_interaction_message(
        &self,
        application: ApplicationId,
        token: &str,
        message: Option<MessageId>,
    ) -> Result<(), RestError> {
        self.perform(self.interaction_route(Verb::Delete, application, token, message), Body::None).await
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

/// Channels.
impl Rest {
    /// Posts a message.
    pub async fn create_message(
        &self,
        channel: ChannelId,
        message: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<Message, RestError> {
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

/// Webhooks.
impl Rest {
    /// The webhooks of a channel.
    pub async fn webhooks(&self, channel: ChannelId) -> Result<Vec<Webhook>, RestError> {
        self.fetch(Route::channel_webhooks(Verb::Get, channel), Body::None).await
    }

    /// Makes a webhook that belongs to the bot.
    pub async fn create_webhook(
        &self,
        channel: ChannelId,
        webhook: &impl Serialize,
    ) -> Result<Webhook, RestError> {
        let route = Route::channel_webhooks(Verb::Post, channel);
        let body = json(&route, webhook)?;
        self.fetch(route, body).await
    }

    /// Speaks through a webhook, and waits for the message.
    pub async fn execute_webhook(
        &self,
        webhook: WebhookTarget<'_>,
        message: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<Message, RestError> {
        let digest = self.inner.digester.digest(webhook.token);
        let route = Route::webhook(webhook.id, webhook.token, digest, &webhook.query(true));
        let body = with_files(&route, message, files)?;
        self.fetch(route, body).await
    }

    /// Changes a message of a webhook.
    pub async fn edit_webhook_message(
        &self,
        webhook: WebhookTarget<'_>,
        message: MessageId,
        edit: &impl Serialize,
        files: Vec<Attachment>,
    ) -> Result<(), RestError> {
        let route = self.webhook_route(Verb::Patch, webhook, message);
        let body = with_files(&route, edit, files)?;
        self.perform(route, body).await
    }

    /// Deletes a message of a webhook.
    pub async fn delete_webhook_message(
        &self,
        webhook: WebhookTarget<'_>,
        message: MessageId,
    ) -> Result<(), RestError> {
        self.perform(self.webhook_route(Verb::Delete, webhook, message), Body::None).await
    }

    fn webhook_route(&self, method: Verb, webhook: WebhookTarget<'_>, message: MessageId) -> Route {
        let digest = self.inner.digester.digest(webhook.token);
        let query = match (method, webhook.thread) {
            (Verb::Patch, _) => webhook.query(false),
            (_, Some(thread)) => format!("?thread_id={thread}"),
            (_, None) => String::new(),
        };
        Route::webhook_message(method, webhook.id, webhook.token, digest, message, &query)
    }
}

impl Rest {
    async fn perform(&self, route: Route, body: Body) -> Result<(), RestError> {
        self.send(Call { route, body, deadline: self.deadline }).await.map(drop)
    }

    async fn fetch<T: DeserializeOwned>(&self, route: Route, body: Body) -> Result<T, RestError> {
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

fn json(route: &Route, value: &impl Serialize) -> Result<Body, RestError> {
    encode(route, value).map(Body::Json)
}

fn with_files(route: &Route, value: &impl Serialize, files: Vec<Attachment>) -> Result<Body, RestError> {
    let json = encode(route, value)?;
    Ok(if files.is_empty() { Body::Json(json) } else { Body::Form { json, files } })
}
