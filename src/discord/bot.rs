//! The bot's life on Discord: check, register, connect, serve, stop.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serenity::all::{CreateAllowedMentions, GatewayError, HttpBuilder, ShardManager};
use tokio::sync::watch;

use secrecy::ExposeSecret;

use super::framework::{Frame, INTENTS, Parts};
use super::gateway::{GatewayState, Reporter};
use super::localise::localise;
use super::register::{self, Report};
use super::rest::{Application, Gateway, Rest, RestError, TransportError};
use super::{Command, Connect, Data, Services, character, show, talk};
use crate::error::Chain;
use crate::i18n::Catalog;
use crate::ops::shutdown::Stages;

/// How long all shards together may take to say goodbye: less than the process gives the bot to close.
const GOODBYE: Duration = Duration::from_secs(4);

/// Why the bot can't run on Discord, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The connection's settings are wrong.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A call that is needed to start failed.
    #[error("can't start on Discord: {0}")]
    Rest(#[from] RestError),
    /// The gateway's address is none.
    #[error("can't connect to Discord's gateway: {0}")]
    Address(String),
    /// Discord allows no further session for now.
    #[error("Discord allows no further gateway session for another {0:?}: the bot was started too often")]
    NoSessions(Duration),
    /// Discord rejected the intents.
    #[error(
        "Discord rejected the gateway intents; the bot needs no privileged one, so this is either a stand-in's mistake or \
         the application is disabled: look at the Developer Portal, Bot"
    )]
    Intents,
    /// The gateway gave up.
    #[error("the connection to Discord's gateway ended: {0}")]
    Gateway(String),
}

/// The bot on Discord, ready to run.
pub struct Bot {
    connect: Connect,
    rest: Rest,
    catalog: Arc<Catalog>,
    commands: Vec<Command>,
    gateway: Arc<Reporter>,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Bot").field("connect", &self.connect).finish_non_exhaustive()
    }
}

impl Bot {
    /// Prepares it; nothing is sent yet. `commands` get their texts here.
    pub fn new(connect: Connect, mut commands: Vec<Command>) -> Result<Self, RunError> {
        let rest = Rest::new(
            &connect.token,
            connect.api_url.as_ref(),
            connect.ca_file.as_deref(),
            connect.requests_per_second,
        )?;
        let catalog = Arc::new(Catalog::new());
        localise(&catalog, &mut commands);
        Ok(Self { connect, rest, catalog, commands, gateway: Arc::new(Reporter::new()) })
    }

    /// The REST API, for whatever speaks to Discord outside of commands.
    pub fn rest(&self) -> Rest {
        self.rest.clone()
    }

    /// The gateway's state, from now on.
    pub fn gateway(&self) -> watch::Receiver<GatewayState> {
        self.gateway.subscribe()
    }

    /// Registers the commands where Discord has others; `dry_run` only says which.
    pub async fn register(&self, dry_run: bool) -> Result<Report, RunError> {
        let application = self.rest.current_application().await?;
        let (report, _) = register::sync(&self.rest, application.id, &self.commands, dry_run).await?;
        Ok(report)
    }

    /// Runs until `stages.closing`, then closes the shards. From `stages.draining` on no new command is taken; those
    /// that run are counted in `stages.work`.
    pub async fn run(self, stages: Stages, services: Services) -> Result<(), RunError> {
        let user = self.rest.current_user().await?;
        let application = match self.rest.current_application().await {
            // A stand-in for Discord may know the bot's user alone; Discord gives both the same id.
            Err(error) if error.status() == Some(404) => {
                Application { id: user.id.get().into(), name: user.username.clone(), flags: None }
            }
            result => result?,
        };
        let gateway = self.rest.gateway().await?;
        check_sessions(&gateway)?;
        let shards = self.connect.shards.unwrap_or(gateway.shards).max(1);
        let data = Arc::new(Data {
            rest: self.rest.clone(),
            catalog: Arc::clone(&self.catalog),
            application: application.id,
            links: self.connect.links.clone(),
            stage: show::Stage::new(self.rest.clone(), application.id, services.clock.clone()),
            doors: talk::Doors::default(),
            switches: services.switches,
            live: services.live,
            names: services.names,
            gates: services.gates,
            talk: services.talk,
            characters: services.characters,
            collection: services.collection,
            policies: services.policies,
            clock: services.clock,
            intake: character::Intake::new(&self.connect)?,
            command_ids: OnceLock::new(),
        });
        self.register_at_start(&application, &data).await?;
        let parts = Parts {
            data,
            bot: user.id,
            owners: self.connect.owners.clone(),
            gateway: Arc::clone(&self.gateway),
            stopping: stages.draining,
            running: stages.work,
        };
        let mut client =
            connect(&self.connect, &self.rest, &gateway, Frame::new(self.commands, parts)).await?;
        tracing::info!(user = %user.id, name = user.username, application = %application.id, shards, "starting on Discord");
        self.gateway.starting(shards);
        let manager = Arc::clone(&client.shard_manager);
        tokio::select! {
            ended = client.start_shards(shards) => Err(gateway_error(ended)),
            never = self.gateway.poll(&manager) => match never {},
            () = stages.closing.cancelled() => {
                close(&manager).await;
                Ok(())
            }
        }
    }

    /// A bot whose commands can't be registered now still serves those that are.
    async fn register_at_start(&self, application: &Application, data: &Data) -> Result<(), RunError> {
        match register::sync(&self.rest, application.id, &self.commands, false).await {
            Ok((report, ids)) => {
                tracing::info!(
                    created = report.created.len(),
                    changed = report.changed.len(),
                    deleted = report.deleted.len(),
                    unchanged = report.unchanged.len(),
                    "commands registered"
                );
                data.command_ids.set(ids).expect("set once, here");
                Ok(())
            }
            Err(error @ RestError::TokenRejected) => Err(error.into()),
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the commands could not be registered; those Discord has are served");
                Ok(())
            }
        }
    }
}

/// Registers `commands` where Discord has others, and ends; `dry_run` only says which.
pub async fn register(connect: Connect, commands: Vec<Command>, dry_run: bool) -> Result<Report, RunError> {
    Bot::new(connect, commands)?.register(dry_run).await
}

/// serenity's client: gateway only, without cache, without its own rate limiter.
async fn connect(
    connect: &Connect,
    rest: &Rest,
    gateway: &Gateway,
    frame: Frame,
) -> Result<serenity::Client, RunError> {
    let mut http = HttpBuilder::new(super::rest::bare_token(connect.token.expose_secret()))
        .client(rest.client().clone())
        // It would pace by the wrong keys, leak, and ignore the address below.
        .ratelimiter_disabled(true)
        .default_allowed_mentions(CreateAllowedMentions::new());
    if let Some(url) = &connect.api_url {
        http = http.proxy(url.as_str().trim_end_matches('/'));
    }
    let client = serenity::client::ClientBuilder::new_with_http(http.build(), INTENTS);
    let client = client.framework(frame).await.map_err(|error| RunError::Gateway(error.to_string()))?;
    // serenity asked for the address too, and falls back to Discord's own where it got none.
    url::Url::parse(&gateway.url).map_err(|error| RunError::Address(format!("{error}: {}", gateway.url)))?;
    (*client.ws_url.lock().await).clone_from(&gateway.url);
    Ok(client)
}

fn check_sessions(gateway: &Gateway) -> Result<(), RunError> {
    if let Some(limit) = gateway.session_start_limit
        && limit.remaining == 0
    {
        return Err(RunError::NoSessions(Duration::from_millis(limit.reset_after)));
    }
    Ok(())
}

async fn close(manager: &ShardManager) {
    if tokio::time::timeout(GOODBYE, manager.shutdown_all()).await.is_err() {
        tracing::warn!("the shards did not close in time");
    }
}

fn gateway_error(ended: serenity::Result<()>) -> RunError {
    match ended {
        Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => RestError::TokenRejected.into(),
        Err(serenity::Error::Gateway(
            GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
        )) => RunError::Intents,
        Err(error) => RunError::Gateway(Chain(&error).to_string()),
        Ok(()) => RunError::Gateway("it was closed".to_owned()),
    }
}
