//! Users, and applications with their bots.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::World;
use crate::feed::Note;
use crate::ids::Id;

/// A person or a bot.
#[derive(Clone, Debug)]
pub struct User {
    /// Their id.
    pub id: Id,
    /// The unique name.
    pub username: String,
    /// The name shown.
    pub global_name: Option<String>,
    /// Whether this is a bot.
    pub bot: bool,
    /// The client's language, such as `en-US`.
    pub locale: String,
}

/// A bot's application.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id, and its bot user's.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it says about itself.
    pub description: String,
    /// Whose it is.
    pub owner: Id,
    /// Privileged gateway intents that it was granted.
    pub granted_intents: u64,
    /// The guilds that its bot is in, in the order it joined.
    pub guilds: Vec<Id>,
    /// Who installed it for themselves.
    pub user_installs: Vec<Id>,
}

/// Application flags that tell which privileged intents are granted (the "limited" ones, for bots in
/// fewer than 100 guilds).
fn intent_flags(granted: u64) -> u64 {
    use crate::gateway::intents::{GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT};
    [(GUILD_PRESENCES, 1 << 13), (GUILD_MEMBERS, 1 << 15), (MESSAGE_CONTENT, 1 << 19)]
        .into_iter()
        .filter(|(intent, _)| granted & intent != 0)
        .fold(0, |flags, (_, flag)| flags | flag)
}

impl World {
    /// Adds a person.
    pub fn add_user(&mut self, username: impl Into<String>, locale: impl Into<String>) -> Id {
        let id = self.next_id();
        let username = username.into();
        let global_name = Some(username.clone());
        let user =
            User { id, username: username.to_lowercase(), global_name, bot: false, locale: locale.into() };
        self.users.insert(id, user);
        self.feed.tell(Note::Arranged);
        id
    }

    /// Sets the language of somebody's client.
    pub fn set_locale(&mut self, id: Id, locale: String) {
        if let Some(user) = self.users.get_mut(&id) {
            user.locale = locale;
            self.feed.tell(Note::Arranged);
        }
    }

    /// Adds an application with its bot, and gives its token.
    pub fn add_app(&mut self, name: impl Into<String>, owner: Id, granted_intents: u64) -> (Id, String) {
        let id = self.next_id();
        let name = name.into();
        // The shape of Discord's: the id, a time, a signature. Some clients read the id out of it.
        let secret = URL_SAFE_NO_PAD.encode(format!("sandbox-bot-{id}-secret"));
        let token = format!("{}.sandbx.{secret}", URL_SAFE_NO_PAD.encode(id.to_string()));
        self.users.insert(
            id,
            User { id, username: name.clone(), global_name: None, bot: true, locale: "en-US".into() },
        );
        let app = App {
            id,
            name,
            description: String::new(),
            owner,
            granted_intents,
            guilds: Vec::new(),
            user_installs: Vec::new(),
        };
        self.apps.insert(id, app);
        self.feed.tell(Note::Arranged);
        self.tokens.insert(token.clone(), id);
        (id, token)
    }

    /// Lets `token` stand for an application's bot, besides those it has.
    pub fn accept_token(&mut self, app: Id, token: impl Into<String>) {
        self.tokens.insert(token.into(), app);
    }

    /// A token of an application's bot: one that was chosen before the one that was made up.
    pub fn token_of(&self, app: Id) -> Option<&str> {
        let own = self.tokens.iter().filter(|(_, id)| **id == app).map(|(token, _)| token.as_str());
        own.min_by_key(|token| (token.contains(".sandbx."), *token))
    }

    /// The application whose bot token this is.
    pub fn app_by_token(&self, token: &str) -> Option<Id> {
        self.tokens.get(token).copied()
    }

    /// Discord's user object; for an unknown id a deleted user's.
    pub fn user_json(&self, id: Id) -> Value {
        let Some(user) = self.users.get(&id) else {
            return json!({ "id": id, "username": "deleted_user", "discriminator": "0", "avatar": null, "global_name": null, "public_flags": 0 });
        };
        let mut json = json!({
            "id": id,
            "username": user.username,
            "discriminator": if user.bot { "0001" } else { "0" },
            "global_name": user.global_name,
            "avatar": null,
            "avatar_decoration_data": null,
            "banner": null,
            "accent_color": null,
            "public_flags": 0,
            "flags": 0,
            "collectibles": null,
            "primary_guild": null,
        });
        if user.bot {
            json["bot"] = json!(true);
        }
        json
    }

    /// The bot's own user, as in `READY` and `GET /users/@me`.
    pub fn current_user(&self, app: Id) -> Value {
        let mut json = self.user_json(app);
        super::merge(
            &mut json,
            json!({ "bot": true, "mfa_enabled": false, "locale": "en-US", "verified": true, "email": null, "premium_type": 0 }),
        );
        json
    }

    /// Discord's application object.
    pub fn app_json(&self, app: Id) -> Value {
        let Some(app) = self.apps.get(&app) else { return Value::Null };
        let install =
            json!({ "oauth2_install_params": { "scopes": ["applications.commands"], "permissions": "0" } });
        json!({
            "id": app.id,
            "name": app.name,
            "icon": null,
            "description": app.description,
            "type": null,
            "bot_public": true,
            "bot_require_code_grant": false,
            "bot": self.user_json(app.id),
            "owner": self.user_json(app.owner),
            "team": null,
            "summary": "",
            "verify_key": "0".repeat(64),
            "flags": intent_flags(app.granted_intents),
            "hook": true,
            "is_monetized": false,
            "approximate_guild_count": app.guilds.len(),
            "approximate_user_install_count": app.user_installs.len(),
            "approximate_user_authorization_count": 0,
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "role_connections_verification_url": null,
            "event_webhooks_url": null,
            "event_webhooks_status": 1,
            "tags": [],
            "integration_types_config": { "0": install, "1": install },
        })
    }
}
