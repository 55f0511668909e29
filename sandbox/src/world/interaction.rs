//! Interactions: from a member's act to the bot's acknowledgement and what follows it.
//!
//! Source: <https://docs.discord.com/developers/interactions/receiving-and-responding>.

use std::time::Instant;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::World;
use super::message::{Author, Message, flags};
use crate::error::{ApiError, ApiResult};
use crate::feed::Note;
use crate::gateway::Audience;
use crate::ids::Id;
use crate::rules::Rule;

/// How long a bot has to acknowledge, in milliseconds.
pub const ACKNOWLEDGE_MS: u64 = 3_000;
/// How long an interaction's token works, in milliseconds.
pub const TOKEN_MS: u64 = 15 * 60 * 1000;
/// How many interactions are remembered; past it the oldest are forgotten.
pub const INTERACTIONS_KEPT: usize = 50_000;
/// What a member's client shows when the bot was not in time.
pub const NOT_RESPONDED: &str = "The application did not respond";

/// Interaction types.
pub mod kind {
    /// A slash or context menu command.
    pub const COMMAND: u8 = 2;
    /// A button or select.
    pub const COMPONENT: u8 = 3;
    /// Autocompletion of an option.
    pub const AUTOCOMPLETE: u8 = 4;
    /// A modal that was sent off.
    pub const MODAL: u8 = 5;
}

/// Callback types.
pub mod callback {
    /// The answer to a ping.
    pub const PONG: u64 = 1;
    /// A message.
    pub const MESSAGE: u64 = 4;
    /// A message later.
    pub const DEFERRED_MESSAGE: u64 = 5;
    /// A change of the component's message later.
    pub const DEFERRED_UPDATE: u64 = 6;
    /// A change of the component's message.
    pub const UPDATE: u64 = 7;
    /// Choices.
    pub const AUTOCOMPLETE: u64 = 8;
    /// A modal.
    pub const MODAL: u64 = 9;
}

/// An interaction and what became of it.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Its id.
    pub id: Id,
    /// The application that it is for.
    pub app: Id,
    /// The secret that lets the application answer.
    pub token: String,
    /// One of [`kind`].
    pub kind: u8,
    /// Who acted.
    pub user: Id,
    /// Where.
    pub channel: Id,
    /// The guild, if any.
    pub guild: Option<Id>,
    /// Discord's `data`.
    pub data: Value,
    /// Whom the command is installed for: `{"0": guild, "1": user}`.
    pub owners: Value,
    /// The message that a component is on.
    pub source: Option<Id>,
    /// The interaction that opened a modal.
    pub opener: Option<Id>,
    /// The callback's type, and when it came, in milliseconds since the Unix epoch.
    pub acknowledged: Option<(u64, u64)>,
    /// The message that `@original` names.
    pub original: Option<Id>,
    /// Follow-ups, in order.
    pub followups: Vec<Id>,
    /// The modal that the bot opened.
    pub modal: Option<Value>,
    /// The choices that the bot gave.
    pub choices: Option<Value>,
}

impl Interaction {
    /// When it was made, in milliseconds since the Unix epoch.
    pub fn created_ms(&self) -> u64 {
        self.id.created_ms()
    }

    /// Whether the member's client has given up on the bot.
    pub fn failed(&self, now_ms: u64) -> bool {
        self.acknowledged.is_none() && now_ms > self.created_ms() + ACKNOWLEDGE_MS
    }
}

/// What it takes to open an interaction.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The application.
    pub app: Id,
    /// One of [`kind`].
    pub kind: u8,
    /// Who acts.
    pub user: Id,
    /// Where.
    pub channel: Id,
    /// Discord's `data`.
    pub data: Value,
    /// The message that a component or a modal's component is on.
    pub source: Option<Id>,
    /// The interaction that opened a modal.
    pub opener: Option<Id>,
}

impl World {
    /// Opens an interaction and tells its application.
    pub fn open(&mut self, opening: Opening) -> Id {
        let id = self.next_id();
        // Long and opaque, as Discord's are; it must not be guessable from the id alone in a page.
        let token = format!("aW50ZXJhY3Rpb246{id}{:x}", id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let guild = self.channels.get(&opening.channel).and_then(|channel| channel.guild);
        let interaction = Interaction {
            id,
            app: opening.app,
            token: token.clone(),
            kind: opening.kind,
            user: opening.user,
            channel: opening.channel,
            guild,
            data: opening.data,
            owners: self.integration_owners(opening.app, guild, opening.channel, opening.user),
            source: opening.source,
            opener: opening.opener,
            acknowledged: None,
            original: None,
            followups: Vec::new(),
            modal: None,
            choices: None,
        };
        let data = self.interaction_json(&interaction);
        self.interactions.insert(id, interaction);
        self.opened += 1;
        self.interaction_tokens.insert(token, id);
        self.interaction_order.push_back(id);
        if self.interaction_order.len() > INTERACTIONS_KEPT
            && let Some(oldest) = self.interaction_order.pop_front()
            && let Some(gone) = self.interactions.remove(&oldest)
        {
            self.interaction_tokens.remove(&gone.token);
        }
        let audience = Audience::App { app: opening.app, guild };
        self.emit_to(audience, 0, "INTERACTION_CREATE", data);
        self.feed.tell(Note::Opened(id));
        id
    }

    /// How many interactions were opened since the start.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// An interaction by id.
    pub fn interaction(&self, id: Id) -> Option<&Interaction> {
        self.interactions.get(&id)
    }

    /// An interaction by its token.
    pub fn interaction_by_token(&self, token: &str) -> Option<&Interaction> {
        self.interactions.get(self.interaction_tokens.get(token)?)
    }

    /// Changes an interaction.
    pub fn update_interaction(&mut self, id: Id, change: impl FnOnce(&mut Interaction)) {
        if let Some(interaction) = self.interactions.get_mut(&id) {
            let waited = interaction.acknowledged.is_none();
            change(interaction);
            if waited && interaction.acknowledged.is_some() {
                self.feed.tell(Note::Acknowledged { interaction: id, at: Instant::now() });
            }
        }
    }

    /// The interaction that may be acknowledged with this id, token and callback type, or why not.
    pub fn acknowledgeable(&self, id: Id, token: &str, callback: u64) -> ApiResult<Interaction> {
        let known = self.interactions.get(&id).filter(|interaction| interaction.token == token);
        let interaction = known.ok_or_else(unknown_interaction)?;
        if interaction.acknowledged.is_some() && self.rules.on(Rule::AcknowledgeOnce) {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                40060,
                "Interaction has already been acknowledged.",
            ));
        }
        if interaction.failed(self.now_ms()) && self.rules.on(Rule::AcknowledgeIn3s) {
            return Err(unknown_interaction());
        }
        let fits = match callback {
            callback::MESSAGE | callback::DEFERRED_MESSAGE => interaction.kind != kind::AUTOCOMPLETE,
            callback::DEFERRED_UPDATE | callback::UPDATE => interaction.source.is_some(),
            callback::AUTOCOMPLETE => interaction.kind == kind::AUTOCOMPLETE,
            callback::MODAL => matches!(interaction.kind, kind::COMMAND | kind::COMPONENT),
            // Meant for pings, which only endpoints get; it is taken, and shows the member nothing.
            callback::PONG => true,
            _ => false,
        };
        if fits {
            return Ok(interaction.clone());
        }
        Err(ApiError::invalid_form(json!({ "type": { "_errors": [{
            "code": "INTERACTION_RESPONSE_TYPE_INVALID",
            "message": format!("Response type {callback} does not answer an interaction of type {}.", interaction.kind),
        }] } })))
    }

    /// The interaction that this token may still be used for, or why not.
    pub fn answerable(&self, token: &str) -> ApiResult<Interaction> {
        // An interaction that was never acknowledged has no webhook yet.
        let known = self.interaction_by_token(token).filter(|interaction| interaction.acknowledged.is_some());
        let interaction = known.ok_or_else(|| ApiError::unknown(10015, "Webhook"))?;
        if self.now_ms() > interaction.created_ms() + TOKEN_MS && self.rules.on(Rule::Token15m) {
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token"));
        }
        Ok(interaction.clone())
    }

    /// An empty message that answers an interaction: by the bot, with the metadata that Discord adds.
    pub fn answer_to(&self, interaction: &Interaction, message_flags: u64) -> Message {
        let mut message = Message::new(self.next_id(), interaction.channel, Author::User(interaction.app));
        message.webhook = Some(interaction.app);
        message.application = Some(interaction.app);
        message.flags = message_flags;
        if message_flags & flags::EPHEMERAL != 0 && self.rules.on(Rule::Ephemeral) {
            message.visible_to = Some(interaction.user);
        }
        message.interaction = Some(self.metadata(interaction));
        message
    }

    /// What Discord tells of an interaction on the message that answers it.
    fn metadata(&self, interaction: &Interaction) -> Value {
        let mut metadata = json!({
            "id": interaction.id,
            "type": interaction.kind,
            "user": self.user_json(interaction.user),
            "authorizing_integration_owners": interaction.owners,
        });
        if interaction.kind == kind::COMMAND {
            metadata["name"] = interaction.data["name"].clone();
            metadata["command_type"] = interaction.data["type"].clone();
        }
        if let Some(opener) = interaction.opener.and_then(|id| self.interaction(id)) {
            metadata["triggering_interaction_metadata"] = self.metadata(opener);
        } else if let Some(source) = interaction.source {
            metadata["interacted_message_id"] = json!(source);
        }
        metadata
    }

    fn integration_owners(&self, app: Id, guild: Option<Id>, channel: Id, user: Id) -> Value {
        let mut owners = json!({});
        let Some(app) = self.apps.get(&app) else { return owners };
        let with_bot =
            self.channels.get(&channel).is_some_and(|channel| channel.recipients.contains(&app.id));
        match guild {
            Some(guild) if app.guilds.contains(&guild) => owners["0"] = json!(guild),
            None if with_bot => owners["0"] = json!("0"),
            _ => {}
        }
        if app.user_installs.contains(&user) {
            owners["1"] = json!(user);
        }
        owners
    }

    /// 0 in a guild, 1 in the bot's own direct message, 2 in another one.
    pub fn context(&self, app: Id, channel: Id) -> u64 {
        match self.channels.get(&channel) {
            Some(channel) if channel.guild.is_some() => 0,
            Some(channel) if channel.recipients.len() == 2 && channel.recipients.contains(&app) => 1,
            _ => 2,
        }
    }

    /// Discord's interaction object, as the gateway delivers it.
    fn interaction_json(&self, interaction: &Interaction) -> Value {
        let user = interaction.user;
        let locale = self.users.get(&user).map_or("en-US", |user| user.locale.as_str());
        let mut json = json!({
            "id": interaction.id,
            "application_id": interaction.app,
            "type": interaction.kind,
            "data": interaction.data,
            "channel_id": interaction.channel,
            "token": interaction.token,
            "version": 1,
            "locale": locale,
            "entitlements": self.entitlements_for(interaction.app, user, interaction.guild),
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": interaction.owners,
            "context": self.context(interaction.app, interaction.channel),
            "attachment_size_limit": 10 << 20,
        });
        if let Some(channel) = self.channels.get(&interaction.channel) {
            let mut place = self.channel_json(channel, Some(interaction.app));
            place["permissions"] = json!(self.permissions(channel, user).to_string());
            json["channel"] = place;
            json["app_permissions"] = json!(self.permissions(channel, interaction.app).to_string());
        }
        match interaction.guild.and_then(|guild| self.guilds.get(&guild)) {
            Some(guild) => {
                json["guild_id"] = json!(guild.id);
                json["guild"] = json!({ "id": guild.id, "locale": guild.preferred_locale, "features": [] });
                json["guild_locale"] = json!(guild.preferred_locale);
                json["member"] = self.acting_member_json(guild.id, user, interaction.channel);
            }
            None => json["user"] = self.user_json(user),
        }
        if let Some(source) = interaction.source.and_then(|id| self.message(interaction.channel, id)) {
            json["message"] = self.message_json(source, Some(interaction.app));
        }
        json
    }

    /// A member object with the permissions in a channel, as interactions carry it.
    pub fn acting_member_json(&self, guild: Id, user: Id, channel: Id) -> Value {
        let mut member = self.member_json(guild, user);
        if let Some(channel) = self.channels.get(&channel)
            && !member.is_null()
        {
            member["permissions"] = json!(self.permissions(channel, user).to_string());
        }
        member
    }
}

/// 404 10062.
pub fn unknown_interaction() -> ApiError {
    ApiError::unknown(10062, "interaction")
}
