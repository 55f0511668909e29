//! Webhooks of channels: a name and a face to speak with.

use serde_json::{Value, json};

use super::World;
use crate::gateway::{Audience, intents};
use crate::ids::Id;

/// A channel's incoming webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: Id,
    /// The secret that lets anyone speak through it.
    pub token: String,
    /// Its channel.
    pub channel: Id,
    /// Its guild.
    pub guild: Option<Id>,
    /// Its name, unless a message brings its own.
    pub name: String,
    /// Its avatar, as given.
    pub avatar: Option<String>,
    /// Who made it.
    pub creator: Id,
    /// The application that made it: only that one is told its token later.
    pub application: Option<Id>,
}

impl World {
    /// Discord's webhook object for `viewer`; with the token only for the application that owns it
    /// (any caller that already knows the token passes the owner).
    pub fn webhook_json(&self, webhook: &Webhook, viewer: Option<Id>) -> Value {
        let mut json = json!({
            "id": webhook.id,
            "type": 1,
            "guild_id": webhook.guild,
            "channel_id": webhook.channel,
            "name": webhook.name,
            "avatar": webhook.avatar,
            "application_id": webhook.application,
            "user": self.user_json(webhook.creator),
        });
        if webhook.application.is_none() || viewer == webhook.application {
            json["token"] = json!(webhook.token);
            let (id, token) = (webhook.id, &webhook.token);
            json["url"] = json!(format!("http://{}/api/webhooks/{id}/{token}", self.authority));
        }
        json
    }

    /// The webhooks of a channel, oldest first.
    pub fn webhooks_in(&self, channel: Id) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values().filter(move |webhook| webhook.channel == channel)
    }

    /// Adds or replaces a webhook.
    pub fn put_webhook(&mut self, webhook: Webhook) {
        let (guild, channel) = (webhook.guild, webhook.channel);
        self.webhooks.insert(webhook.id, webhook);
        self.emit_webhooks(guild, channel);
    }

    /// Takes a webhook away. `false` when there is none.
    pub fn delete_webhook(&mut self, id: Id) -> bool {
        let Some(webhook) = self.webhooks.remove(&id) else { return false };
        self.emit_webhooks(webhook.guild, webhook.channel);
        true
    }

    fn emit_webhooks(&mut self, guild: Option<Id>, channel: Id) {
        if let Some(guild) = guild {
            let data = json!({ "guild_id": guild, "channel_id": channel });
            self.emit_to(Audience::Guild(guild), intents::GUILD_WEBHOOKS, "WEBHOOKS_UPDATE", data);
        }
    }
}
