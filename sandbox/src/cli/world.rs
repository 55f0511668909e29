//! Making things: applications, people, servers, channels, roles, purchases.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::call::{Call, body, segment};
use super::drive::duration_ms;

/// Whom or what an installation or a purchase is for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct For {
    /// A guild.
    #[arg(long)]
    guild: Option<String>,
    /// A user.
    #[arg(long)]
    user: Option<String>,
}

/// What to make, or to undo.
#[derive(Debug, Subcommand)]
pub(super) enum Make {
    /// Make an application with its bot; prints its token.
    App {
        /// Its name.
        name: String,
        /// Its bot's token; one is made up if left out.
        #[arg(long)]
        token: Option<String>,
        /// A privileged intent that it is granted. May be repeated.
        #[arg(long = "intent", value_name = "NAME")]
        intents: Vec<String>,
        /// Whose it is.
        #[arg(long)]
        owner: Option<String>,
    },
    /// Make a person.
    User {
        /// Their name.
        name: String,
        /// Their client's language, such as de.
        #[arg(long)]
        locale: Option<String>,
    },
    /// Make a server, and install the bot in it.
    Guild {
        /// Its name.
        name: String,
        /// Its owner.
        #[arg(long)]
        owner: Option<String>,
        /// Don't install the bot.
        #[arg(long)]
        no_install: bool,
        /// How many bytes its GUILD_CREATE has at least.
        #[arg(long, value_name = "BYTES", default_value_t = 0)]
        weight: usize,
    },
    /// Make many servers at once.
    Crowd {
        /// How many.
        guilds: usize,
        /// How many bytes each one's GUILD_CREATE has at least.
        #[arg(long, default_value_t = 0)]
        bytes: usize,
    },
    /// Make a channel.
    Channel {
        /// Its name.
        name: String,
        /// text, voice, category, announcement or forum.
        #[arg(long = "type", value_name = "TYPE", default_value = "text")]
        kind: String,
        /// Its category.
        #[arg(long)]
        parent: Option<String>,
        /// Its server.
        #[arg(long, default_value = "The Playhouse")]
        guild: String,
    },
    /// Make a role.
    Role {
        /// Its name.
        name: String,
        /// A permission that it gives, such as MANAGE_GUILD. May be repeated.
        #[arg(long = "permission", value_name = "NAME")]
        permissions: Vec<String>,
        /// Anyone may ping it.
        #[arg(long)]
        mentionable: bool,
        /// Its server.
        #[arg(long, default_value = "The Playhouse")]
        guild: String,
    },
    /// Let somebody join a server: a user there is, or with --new somebody of this name.
    Join {
        /// Who.
        user: String,
        /// They don't exist yet.
        #[arg(long)]
        new: bool,
        /// A role that they get. May be repeated.
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// The server.
        #[arg(long, default_value = "The Playhouse")]
        guild: String,
    },
    /// Let a member leave a server.
    Leave {
        /// Who.
        user: String,
        /// The server.
        #[arg(long, default_value = "The Playhouse")]
        guild: String,
    },
    /// Open the direct message of some people; a bot may be one.
    Direct {
        /// Two or more.
        #[arg(num_args = 2..=10)]
        users: Vec<String>,
    },
    /// Install an application in a server, or for a user.
    Install {
        /// Which, if there are several.
        #[arg(long)]
        app: Option<String>,
        #[command(flatten)]
        whose: For,
    },
    /// Undo an installation.
    Uninstall {
        /// Which application, if there are several.
        #[arg(long)]
        app: Option<String>,
        #[command(flatten)]
        whose: For,
    },
    /// Make a product.
    Sku {
        /// Its name.
        name: String,
        /// durable, consumable, subscription or subscription_group.
        #[arg(long = "type", value_name = "TYPE", default_value = "subscription")]
        kind: String,
    },
    /// Give a user or a server an entitlement to a product.
    Entitle {
        /// The product: its name or id.
        sku: String,
        #[command(flatten)]
        whose: For,
        /// When it ends, from now: 7d.
        #[arg(long, value_name = "DURATION", value_parser = duration_ms)]
        ends_in: Option<u64>,
    },
}

impl Make {
    /// The request for it.
    pub(super) fn call(self) -> Call {
        let text = |value: Option<String>| value.map(Value::from);
        match self {
            Self::App { name, token, intents, owner } => {
                let fields = [
                    ("name", Some(json!(name))),
                    ("token", text(token)),
                    ("intents", Some(json!(intents))),
                    ("owner", text(owner)),
                ];
                Call::post("/apps", body(fields))
            }
            Self::User { name, locale } => {
                Call::post("/users", body([("name", Some(json!(name))), ("locale", text(locale))]))
            }
            Self::Guild { name, owner, no_install, weight } => {
                let fields = [
                    ("name", Some(json!(name))),
                    ("owner", text(owner)),
                    ("install", Some(json!(!no_install))),
                    ("weight", Some(json!(weight))),
                ];
                Call::post("/guilds", body(fields))
            }
            Self::Crowd { guilds, bytes } => {
                Call::post("/crowd", json!({ "guilds": guilds, "bytes": bytes }))
            }
            Self::Channel { name, kind, parent, guild } => {
                let fields =
                    [("name", Some(json!(name))), ("type", Some(json!(kind))), ("parent", text(parent))];
                Call::post(format!("/guilds/{}/channels", segment(&guild)), body(fields))
            }
            Self::Role { name, permissions, mentionable, guild } => {
                let role = json!({ "name": name, "permissions": permissions, "mentionable": mentionable });
                Call::post(format!("/guilds/{}/roles", segment(&guild)), role)
            }
            Self::Join { user, new, roles, guild } => {
                let who = if new { "name" } else { "user" };
                let fields = [(who, Some(json!(user))), ("roles", Some(json!(roles)))];
                Call::post(format!("/guilds/{}/members", segment(&guild)), body(fields))
            }
            Self::Leave { user, guild } => {
                Call::delete(format!("/guilds/{}/members/{}", segment(&guild), segment(&user)))
            }
            Self::Direct { users } => Call::post("/direct", json!({ "users": users })),
            Self::Install { app, whose } => {
                Call::post("/installs", body(whose.fields().into_iter().chain([("app", text(app))])))
            }
            Self::Uninstall { app, whose } => {
                let fields = whose.fields().into_iter().chain([("app", text(app))]);
                Call::with_body(Method::DELETE, "/installs", body(fields))
            }
            Self::Sku { name, kind } => Call::post("/skus", json!({ "name": name, "type": kind })),
            Self::Entitle { sku, whose, ends_in } => {
                let fields = [("sku", Some(json!(sku))), ("ends_in_ms", ends_in.map(Value::from))];
                Call::post("/entitlements", body(fields.into_iter().chain(whose.fields())))
            }
        }
    }
}

impl For {
    fn fields(self) -> [(&'static str, Option<Value>); 2] {
        [("guild", self.guild.map(Value::from)), ("user", self.user.map(Value::from))]
    }
}
