//! A sandbox in the test's own process.

use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::discord::Discord;
use super::error::{Drive, DriveError};
use super::remote::Remote;
use crate::control::bitset::Intents;
use crate::gateway::intents;
use crate::instance::Sandbox;
use crate::links::StoreUrl;
use crate::rules::Rule;
use crate::seed::{self, Seed};
use crate::serve::Serving;
use crate::server::Options;

/// A sandbox on a free port of this process, and its driver. Dropping it stops everything.
pub struct LocalDiscord {
    discord: Discord,
    token: String,
    serving: Serving,
}

impl std::fmt::Debug for LocalDiscord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LocalDiscord").field(&self.discord.url()).finish()
    }
}

impl std::ops::Deref for LocalDiscord {
    type Target = Discord;

    fn deref(&self) -> &Discord {
        &self.discord
    }
}

impl LocalDiscord {
    /// Starts one with the usual world: "The Playhouse", its people, and the application "Troupe".
    pub async fn start() -> Drive<Self> {
        Self::builder().start().await
    }

    /// Says what to start.
    pub fn builder() -> Builder {
        Builder { port: 0, seed: Some(Seed::default()), rules_off: Vec::new(), openapi: None }
    }

    /// The bot's token; empty in an empty world.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its parts, for what the control API doesn't show.
    pub fn sandbox(&self) -> &Sandbox {
        &self.serving.sandbox
    }

    /// Opens a link to a store, and gives the store's address by way of it, for a bot: `redis`,
    /// `redis://127.0.0.1:6379`.
    ///
    /// # Errors
    /// When no link can be made for the address, or there is one of that name.
    pub async fn open_link(&self, name: &str, address: &str) -> Drive<String> {
        let refused = |reason: String| DriveError::Refused {
            what: format!("opening the link {name}"),
            status: 400,
            reason,
        };
        let store = StoreUrl::parse(address).map_err(|error| refused(error.to_string()))?;
        let link = self.sandbox().links.open(name, store.target().clone()).await;
        let link = link.map_err(|error| refused(error.to_string()))?;
        Ok(store.at(link.address()).expose_secret().to_owned())
    }

    /// Ends the play as [`Discord::finish`] does, and stops the sandbox, in any case.
    pub async fn finish(self) -> Drive {
        let clean = self.discord.finish().await;
        self.serving.stop().await;
        clean
    }
}

/// What to start.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `start`"]
pub struct Builder {
    port: u16,
    seed: Option<Seed>,
    rules_off: Vec<Rule>,
    openapi: Option<PathBuf>,
}

impl Builder {
    /// An empty world: no application, no guild, nobody.
    pub fn empty(mut self) -> Self {
        self.seed = None;
        self
    }

    /// Switches a rule off.
    pub fn rule_off(mut self, rule: Rule) -> Self {
        self.rules_off.push(rule);
        self
    }

    /// Gives the bot this token.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        if let Some(seed) = &mut self.seed {
            seed.token = Some(token.into());
        }
        self
    }

    /// Grants the bot these privileged intents.
    pub fn intents(mut self, granted: Intents) -> Self {
        if let Some(seed) = &mut self.seed {
            seed.intents = granted.0 & intents::PRIVILEGED;
        }
        self
    }

    /// Takes this port in place of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Checks requests against this OpenAPI file in place of the one that is found.
    pub fn openapi(mut self, path: impl Into<PathBuf>) -> Self {
        self.openapi = Some(path.into());
        self
    }

    /// Starts it.
    pub async fn start(self) -> Drive<LocalDiscord> {
        let Self { port, seed, rules_off, openapi } = self;
        let options = Options { port, ..Options::default() };
        let serving = Serving::start_with(options, openapi.as_deref()).await;
        let serving = serving.map_err(|error| DriveError::Start(error.to_string()))?;
        for rule in rules_off {
            serving.sandbox.rules.set(rule, false);
        }
        let seeded = seed.map(|seed| serving.sandbox.change(|world| seed::playhouse(world, seed)));
        let token = seeded.map(|seeded| seeded.token).unwrap_or_default();
        let discord = Discord::of(Remote::new(&serving.url())?);
        Ok(LocalDiscord { discord, token, serving })
    }
}
