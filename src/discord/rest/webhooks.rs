//! The calls that concern webhooks, typed: a channel's, and speaking through one.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serenity::all::{ApplicationId, ChannelId, MessageId, WebhookId};

use super::calls::{Sent, json, with_files};
use super::route::{Route, Verb};
use super::transport::{Attachment, Body};
use super::{Rest, RestError};

/// A channel's webhook.
#[derive(Debug, Clone, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its token, where the bot may know it.
    #[serde(default, deserialize_with = "secret")]
    pub token: Option<SecretString>,
    /// The application that made it, if one did.
    #[serde(default)]
    pub application_id: Option<ApplicationId>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
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
    ) -> Result<Sent, RestError> {
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

    /// How long an edit of a message of a webhook would wait for its turn now.
    pub fn webhook_edit_wait(&self, webhook: WebhookTarget<'_>, message: MessageId) -> Duration {
        self.wait(&self.webhook_route(Verb::Patch, webhook, message))
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
