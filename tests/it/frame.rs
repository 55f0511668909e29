//! The bot's frame on the local Discord: commands in the member's language, and streams that no limit stops.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use troupe::commands;
use troupe::discord::rest::Rest;
use troupe::discord::{Bot, Command, Connect, Context, GatewayState, Invocation, Links, Reply, RunError};
use troupe::error::{Error, Result};
use troupe::ops::shutdown::Stages;
use troupe_sandbox::seed::{self, Seed};
use troupe_sandbox::serve::Serving;
use troupe_sandbox::server::Options;

use crate::support::PATIENCE;
use crate::support::services::services;

/// Streams by edits, like a character that speaks.
#[poise::command(slash_command)]
async fn stream(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    invocation.defer(false).await?;
    for word in 1..=10 {
        invocation.edit(Reply::text(format!("word {word}"))).await?;
    }
    Ok(())
}

/// Fails after the member saw the bot think.
#[poise::command(slash_command)]
async fn fail(ctx: Context<'_>) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    Err(Error::failed(std::io::Error::other("a cause that nobody may see")))
}

struct Stage {
    discord: Serving,
    stages: Stages,
    bot: JoinHandle<Result<(), RunError>>,
    http: Client,
}

impl Stage {
    async fn set(more: Vec<Command>) -> Self {
        let discord = Serving::start(Options::default()).await.expect("a port");
        let seeded = discord.sandbox.change(|world| seed::playhouse(world, Seed::default()));
        let connect = Connect {
            token: seeded.token.into(),
            api_url: Some(format!("http://{}", discord.sandbox.authority).parse().expect("an address")),
            ca_file: None,
            shards: None,
            requests_per_second: Rest::REQUESTS_PER_SECOND,
            owners: Vec::new(),
            links: Links::default(),
        };
        let mut commands = commands::all();
        commands.extend(more);
        let bot = Bot::new(connect, commands).expect("good settings");
        let mut gateway = bot.gateway();
        let stages = Stages::default();
        let bot = tokio::spawn(bot.run(stages.clone(), services()));
        let connected = tokio::time::timeout(PATIENCE, gateway.wait_for(GatewayState::is_connected)).await;
        assert!(matches!(connected, Ok(Ok(_))), "the bot does not connect");
        drop(connected);
        Self { discord, stages, bot, http: Client::new() }
    }

    /// What becomes of a member's command.
    async fn uses(&self, user: &str, command: &str, options: Value) -> Value {
        let act = json!({"user": user, "channel": "stage", "command": command, "options": options,
                         "wait": "finished", "timeout_ms": 60_000, "quiet_ms": 6_000});
        self.act("slash", &act).await
    }

    async fn act(&self, kind: &str, act: &Value) -> Value {
        let url = format!("http://{}/_sandbox/act/{kind}", self.discord.sandbox.authority);
        let answer = self.http.post(url).json(act).send().await.expect("the sandbox answers");
        let outcome: Value = answer.json().await.expect("an outcome");
        assert_eq!(outcome["status"], "answered", "{outcome}");
        outcome
    }

    /// Stops the bot, and looks at what it asked of Discord.
    async fn end(self) {
        assert_eq!(self.stages.drain(Duration::from_secs(5)).await, 0);
        self.stages.closing.cancel();
        let ended =
            tokio::time::timeout(PATIENCE, self.bot).await.expect("the bot closes").expect("no panic");
        ended.expect("an orderly end");
        let journal = &self.discord.sandbox.journal;
        assert_eq!(journal.counts().rate_limited(), 0, "the bot caused a 429");
        assert!(journal.unknown().is_empty(), "{:?}", journal.unknown());
        assert!(journal.violations().is_empty(), "{:?}", journal.violations());
        self.discord.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_get_answers_in_their_language() {
    let stage = Stage::set(vec![fail()]).await;
    let about = stage.uses("Max", "about", json!({})).await;
    assert!(
        about["original"]["embeds"][0]["description"].as_str().expect("a text").contains("AI characters")
    );
    let help = stage.uses("Mia", "help", json!({})).await;
    assert_eq!(help["original"]["ephemeral"], true);
    let list = help["original"]["embeds"][0]["description"].as_str().expect("a text");
    assert!(list.contains("</about:") && list.contains("Befehl"), "{list}");
    let typing = json!({"user": "Mia", "channel": "stage", "command": "help", "options": {"command": "hil"},
                        "focused": "command", "wait": "answered"});
    let choices = stage.act("autocomplete", &typing).await;
    assert_eq!(choices["choices"][0]["value"], "help", "{choices}");
    let failed = stage.uses("Max", "fail", json!({})).await;
    let told = failed.to_string();
    assert!(told.contains("Something went wrong") && !told.contains("nobody may see"), "{told}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_streams_of_ten_edits_cause_no_429() {
    let stage = Stage::set(vec![stream()]).await;
    let outcomes = join_all((0..64).map(|_| stage.uses("Max", "stream", json!({})))).await;
    for outcome in outcomes {
        assert_eq!(outcome["original"]["content"], "word 10", "{outcome}");
    }
    stage.end().await;
}
