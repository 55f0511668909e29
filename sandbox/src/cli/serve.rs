//! `serve`: runs a sandbox until it is interrupted.

use std::ffi::OsString;
use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use serde::Deserialize;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use troupe_sandbox::control::bitset::Intents;
use troupe_sandbox::drive::Discord;
use troupe_sandbox::rules::Rule;
use troupe_sandbox::seed::{self, Seed};
use troupe_sandbox::serve::Serving;
use troupe_sandbox::server::{self, Options};

use super::announce;
use super::bot::Bot;
use super::stores::{Started, Stores};
use super::tell;

/// What to run.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The port of 127.0.0.1; 0 picks a free one.
    #[arg(long, default_value_t = 7171)]
    port: u16,
    /// Start with an empty world: no application, no server, nobody.
    #[arg(long, conflicts_with_all = ["token", "intents"])]
    empty: bool,
    /// The bot's token; one is made up if you give none.
    #[arg(long, value_parser = token)]
    token: Option<String>,
    /// Grant the bot a privileged intent: message_content, guild_members, guild_presences. May be
    /// repeated.
    #[arg(long = "intent", value_name = "NAME", value_parser = Intents::bit)]
    intents: Vec<u64>,
    /// Switch one of Discord's rules off, such as route-limits. May be repeated.
    #[arg(long = "no-rule", value_name = "NAME")]
    pub(super) no_rules: Vec<Rule>,
    /// Discord's published OpenAPI file, to check every request against. Without it, `DISCORD_OPENAPI`
    /// or shared/discord-openapi.json in a parent folder is used, if there is one.
    #[arg(long, value_name = "PATH")]
    pub(super) openapi: Option<PathBuf>,
    /// Write the test certificate authority there, for clients that take this for discord.com.
    #[arg(long, value_name = "PATH")]
    pub(super) ca_file: Option<PathBuf>,
    /// A JSON file with a list of control requests to make at start:
    /// [{"method": "POST", "path": "/users", "body": {"name": "Zoe"}}].
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Let the bot speak through the sandbox's model server too (sets OPENAI_BASE_URL, _API_KEY, _MODEL).
    #[arg(long, requires = "bot")]
    pub(super) with_model: bool,
    #[command(flatten)]
    stores: Stores,
    /// A bot to start with the sandbox and stop with it, after `--`: it finds DISCORD_TOKEN and
    /// DISCORD_API_URL in its environment, and CLOCK_URL, at which it may follow the clock.
    #[arg(last = true, value_name = "BOT", conflicts_with = "empty")]
    pub(super) bot: Vec<OsString>,
}

fn token(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err("a token is not empty and has no spaces".into());
    }
    Ok(text.to_owned())
}

/// One request of a seed file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    method: String,
    path: String,
    #[serde(default)]
    body: Value,
}

/// Runs it.
pub(super) async fn run(serve: Serve) -> Result<(), String> {
    log();
    let steps = serve.seed.as_ref().map(steps).transpose()?;
    let stores = serve.stores.plan()?;
    let options = Options { port: serve.port, ..Options::default() };
    let serving =
        Serving::start_with(options, serve.openapi.as_deref()).await.map_err(|error| error.to_string())?;
    // From before the addresses are told: whoever reads them may stop it at once.
    let mut stopped = pin!(stopped()?);
    for rule in &serve.no_rules {
        serving.sandbox.rules.set(*rule, false);
    }
    let token = (!serve.empty).then(|| {
        let intents = serve.intents.iter().fold(0, |all, one| all | one);
        let seed = Seed { token: serve.token.clone(), intents };
        serving.sandbox.change(|world| seed::playhouse(world, seed)).token
    });
    if let Some(path) = &serve.ca_file {
        let written = tokio::fs::write(path, server::ca_pem()).await;
        written.map_err(|error| format!("can't write {}: {error}", path.display()))?;
    }
    if let Some(steps) = steps {
        play(&serving.url(), steps).await?;
    }
    announce::started(&serve, &serving, token.as_deref());
    let mut started = Started::default();
    let outcome = async {
        tokio::select! {
            done = started.start(stores, &serving.sandbox.links) => done?,
            () = &mut stopped => return Ok(()),
        }
        let (url, token) = (serving.url(), token.as_deref().unwrap_or_default());
        let bot = Bot::start(&serve.bot, &url, token, serve.with_model, started.environment())?;
        tokio::select! {
            ended = until_ended(bot, &mut started, stopped) => ended,
            never = announce::when_ready(&serving.sandbox, &url), if !serve.bot.is_empty() => match never {},
        }
    };
    let outcome = outcome.await;
    tell("stopping");
    started.stop().await;
    serving.stop().await;
    outcome
}

/// Waits for a signal, the bot's end or a service's; the bot has stopped then, and services have not.
async fn until_ended(
    bot: Option<Bot>,
    services: &mut Started,
    stopped: impl Future<Output = ()>,
) -> Result<(), String> {
    let Some(mut bot) = bot else {
        stopped.await;
        return Ok(());
    };
    let outcome = tokio::select! {
        () = stopped => Ok(()),
        ended = bot.ended() => return ended,
        said = services.ended() => Err(said),
    };
    bot.stop().await;
    outcome
}

fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

fn steps(path: &PathBuf) -> Result<Vec<Step>, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("can't read {name}: {error}"))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("{name} is no list of control requests ({{method, path, body}}): {error}"))
}

async fn play(url: &str, steps: Vec<Step>) -> Result<(), String> {
    let discord = Discord::at(url).await.map_err(|error| error.to_string())?;
    for (number, Step { method, path, body }) in steps.into_iter().enumerate() {
        let body = if body.is_null() { Value::Object(serde_json::Map::new()) } else { body };
        let made = discord.control(&method, &path, &body).await;
        made.map_err(|error| format!("step {} of the seed: {error}", number + 1))?;
    }
    Ok(())
}

/// Ends when the process is asked to stop, or its terminal is closed: what it started would go on without it.
fn stopped() -> Result<impl Future<Output = ()>, String> {
    let listen = |kind| signal(kind).map_err(|error| format!("can't listen for signals: {error}"));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let mut hangup = if outlives_terminal() { None } else { Some(listen(SignalKind::hangup())?) };
    let hung_up = async move {
        match &mut hangup {
            Some(hangup) => drop(hangup.recv().await),
            None => std::future::pending().await,
        }
    };
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = hung_up => {}
        }
    })
}

/// Whether it was started to ignore that its terminal is closed, as `nohup` does.
fn outlives_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The lowest bit is signal 1, SIGHUP.
    ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).is_some_and(|bits| bits & 1 == 1)
}
