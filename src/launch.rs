//! Puts the bot on Discord: its settings become a connection, its gateway's state becomes health.

use std::future::pending;

use secrecy::SecretString;
use url::Url;

use crate::app::App;
use crate::commands;
use crate::config::{Settings, Shards};
use crate::discord::{Bot, Connect, GatewayState, Links, ModelNames, Report, RunError, Services};
use crate::ops::health::Component;

/// Runs the bot with these parts until its stages close.
///
/// # Errors
/// When Discord can't be reached, refuses the bot, or ends its connection for good.
pub async fn run(app: App) -> Result<(), RunError> {
    let token = app.settings.discord.token.clone().expect("the app checks for a token before it runs a bot");
    let bot = Bot::new(connect(&app.settings, token), commands::all())?;
    let mut gateway = bot.gateway();
    let health = app.health.gateway.clone();
    let report = async move {
        loop {
            tell(&health, &gateway.borrow_and_update());
            if gateway.changed().await.is_err() {
                // The bot has ended, and with it this report.
                return pending().await;
            }
        }
    };
    let (providers, models) = app.ai.providers().into_iter().map(|one| (one.provider, one.model)).unzip();
    let names = ModelNames { providers, models };
    let services = Services {
        switches: app.switches,
        live: app.live,
        names,
        gates: app.gates,
        talk: app.talk,
        characters: app.characters,
        collection: app.collection,
        policies: app.policies,
        clock: app.hot.clock().clone(),
    };
    tokio::select! {
        ended = bot.run(app.stages, services) => ended,
        never = report => never,
    }
}

/// Tells Discord the commands where they changed; `dry_run` only says what would.
///
/// # Errors
/// When Discord can't be reached or refuses.
pub async fn register(settings: &Settings, token: SecretString, dry_run: bool) -> Result<Report, RunError> {
    Bot::new(connect(settings, token), commands::all())?.register(dry_run).await
}

fn tell(health: &Component, gateway: &GatewayState) {
    if gateway.is_connected() {
        health.ready();
    } else {
        health.down("not every shard is connected");
    }
}

fn connect(settings: &Settings, token: SecretString) -> Connect {
    let discord = &settings.discord;
    Connect {
        token,
        api_url: discord
            .api
            .is_custom()
            .then(|| Url::parse(discord.api.origin()).expect("a setting that was parsed before")),
        ca_file: discord.ca_file.clone(),
        shards: match discord.shards {
            Shards::Auto => None,
            Shards::Count(count) => Some(count.get().into()),
        },
        requests_per_second: discord.requests_per_second,
        owners: discord.owner_ids.clone(),
        links: Links {
            source: settings.links.source.clone(),
            support: settings.links.support.clone(),
            privacy: settings.links.privacy.clone(),
        },
    }
}
