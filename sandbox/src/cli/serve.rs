//! `serve`: runs a sandbox until it is interrupted.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use troupe_sandbox::control::bitset::Intents;
use troupe_sandbox::drive::Discord;
use troupe_sandbox::model;
use troupe_sandbox::openapi::OpenApi;
use troupe_sandbox::rules::Rule;
use troupe_sandbox::seed::{self, Seed};
use troupe_sandbox::serve::Serving;
use troupe_sandbox::server::{self, Options};

use super::bot::Bot;
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
    no_rules: Vec<Rule>,
    /// Discord's published OpenAPI file, to check every request against. Without it, `DISCORD_OPENAPI`
    /// or shared/discord-openapi.json in a parent folder is used, if there is one.
    #[arg(long, value_name = "PATH")]
    openapi: Option<PathBuf>,
    /// Write the test certificate authority there, for clients that take this for discord.com.
    #[arg(long, value_name = "PATH")]
    ca_file: Option<PathBuf>,
    /// A JSON file with a list of control requests to make at start:
    /// [{"method": "POST", "path": "/users", "body": {"name": "Zoe"}}].
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Let the bot speak through the sandbox's model server too (sets OPENAI_BASE_URL, _API_KEY, _MODEL).
    #[arg(long, requires = "bot")]
    with_model: bool,
    /// A bot to start with the sandbox and stop with it, after `--`: it finds DISCORD_TOKEN and
    /// DISCORD_API_URL in its environment, and CLOCK_URL, at which it may follow the clock.
    #[arg(last = true, value_name = "BOT", conflicts_with = "empty")]
    bot: Vec<OsString>,
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
    let options = Options { port: serve.port, ..Options::default() };
    let serving =
        Serving::start_with(options, serve.openapi.as_deref()).await.map_err(|error| error.to_string())?;
    // From before the addresses are told: whoever reads them may stop it at once.
    let stopped = stopped()?;
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
    announce(&serve, &serving, token.as_deref());
    let bot = Bot::start(&serve.bot, &serving.url(), token.as_deref().unwrap_or_default(), serve.with_model)?;
    let outcome = match bot {
        None => {
            stopped.await;
            Ok(())
        }
        Some(mut bot) => tokio::select! {
            () = stopped => {
                bot.stop().await;
                Ok(())
            }
            ended = bot.ended() => ended,
        },
    };
    tell("stopping");
    serving.stop().await;
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

fn announce(serve: &Serve, serving: &Serving, token: Option<&str>) {
    let (url, host) = (serving.url(), &serving.sandbox.authority);
    tell("A local Discord is running; Ctrl-C stops it.\n");
    tell(&format!("  REST API   {url}/api/v10"));
    tell(&format!("  gateway    ws://{host}"));
    tell(&format!("  control    {url}/_sandbox"));
    tell(&format!("  model      {url}/v1"));
    if let Some(token) = token {
        tell(&format!("  bot token  {token}"));
    }
    if let Some(path) = &serve.ca_file {
        tell(&format!("  test CA    {}", path.display()));
    }
    let me = std::env::args().next().unwrap_or_else(|| "troupe-sandbox".into());
    tell(&format!("\nBe a member: {me} drive --url {url} commands   (what there is)"));
    tell(&format!("             {me} drive --url {url} slash NAME --as Max --in general"));
    let checked = match serve.openapi.clone().or_else(OpenApi::find) {
        Some(path) => format!("Requests are checked against {}.", path.display()),
        None => "Requests are not checked against Discord's OpenAPI file: there is none here.".into(),
    };
    let off: Vec<_> = serve.no_rules.iter().map(|rule| rule.name()).collect();
    tell(&format!(
        "\n  act as a member: troupe-sandbox drive --url {url} slash ping --as Max --in general\n"
    ));
    tell(&checked);
    if !off.is_empty() {
        tell(&format!("These rules are off: {}.", off.join(", ")));
    }
    // A bot that was given no part of the model server may well have a model.
    if serve.bot.is_empty() || serve.with_model {
        tell(model::NOTICE);
    }
}

/// Ends when the process is asked to stop.
fn stopped() -> Result<impl Future<Output = ()>, String> {
    let listen = |kind| signal(kind).map_err(|error| format!("can't listen for signals: {error}"));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
