//! The frame from gateway event to answer, on a Discord of one room, with commands that misbehave.

#![expect(clippy::unused_async, reason = "commands are async")]

mod fake;
#[expect(unreachable_pub, reason = "shared with tests/it, where it is public")]
#[path = "../../../tests/it/support/services.rs"]
mod services;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::*;
use crate::error::{Error, Refusal, Result};
use crate::ops::shutdown::Stages;
use fake::{Discord, TOKEN};

#[poise::command(slash_command)]
async fn panics(_ctx: super::Context<'_>) -> Result<()> {
    panic!("a bug")
}

#[poise::command(slash_command)]
async fn fails(ctx: super::Context<'_>) -> Result<()> {
    // After the member was shown that the bot is thinking.
    Invocation::from(ctx).defer(false).await?;
    Err(Error::failed(std::io::Error::other("postgres://user:secret@host is away")))
}

#[poise::command(slash_command)]
async fn refuses(_ctx: super::Context<'_>) -> Result<()> {
    Err(Refusal::Cooldown(30).into())
}

#[poise::command(slash_command, guild_only)]
async fn guild(_ctx: super::Context<'_>) -> Result<()> {
    Ok(())
}

#[poise::command(slash_command, owners_only)]
async fn owner(ctx: super::Context<'_>) -> Result<()> {
    Ok(Invocation::from(ctx).reply(Reply::text("yes, owner")).await?)
}

#[poise::command(slash_command)]
async fn number(ctx: super::Context<'_>, value: u8) -> Result<()> {
    Ok(Invocation::from(ctx).reply(Reply::text(value.to_string())).await?)
}

#[poise::command(slash_command)]
async fn slow(ctx: super::Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    invocation.defer(true).await?;
    tokio::time::sleep(Duration::from_millis(400)).await;
    Ok(invocation.edit(Reply::text("done after all")).await?)
}

fn commands() -> Vec<Command> {
    let mut commands = crate::commands::all();
    commands.extend([panics(), fails(), refuses(), guild(), owner(), number(), slow()]);
    commands
}

fn connect(discord: &Discord) -> Connect {
    Connect {
        token: SecretString::from(TOKEN),
        api_url: Some(discord.url()),
        ca_file: None,
        shards: None,
        requests_per_second: Rest::REQUESTS_PER_SECOND,
        owners: vec![43],
        links: Links { support: Some("https://help.test/".parse().unwrap()), ..Links::default() },
    }
}

struct Running {
    discord: Arc<Discord>,
    stages: Stages,
    task: JoinHandle<Result<(), RunError>>,
}

/// A bot that is connected.
async fn running() -> Running {
    let discord = Discord::start().await;
    let bot = Bot::new(connect(&discord), commands()).unwrap();
    let mut gateway = bot.gateway();
    let stages = Stages::default();
    let task = tokio::spawn(bot.run(stages.clone(), services::services()));
    let connected = gateway.wait_for(GatewayState::is_connected);
    tokio::time::timeout(Duration::from_secs(10), connected).await.expect("connects").unwrap();
    Running { discord, stages, task }
}

/// The text of an ephemeral first answer.
fn ephemeral(call: &fake::Call) -> &str {
    assert!(call.route.ends_with("/callback"), "{call:?}");
    assert_eq!(call.body["type"], 4);
    assert_eq!(call.body["data"]["flags"], 64);
    assert_eq!(call.body["data"]["allowed_mentions"], json!({"parse": []}));
    call.body["data"]["content"].as_str().unwrap()
}

#[tokio::test]
async fn about_and_help_answer_in_the_members_language() {
    let running = running().await;
    running.discord.invoke("about", &json!([]), "de");
    let calls = running.discord.wait_for(1).await;
    let embed = &calls[0].body["data"]["embeds"][0];
    assert!(embed["description"].as_str().unwrap().contains("Ensemble"), "{embed}");
    let buttons = calls[0].body["data"]["components"][0]["components"].as_array().unwrap();
    assert_eq!(buttons.len(), 2);
    assert!(buttons[0]["url"].as_str().unwrap().contains("client_id=7"));

    running.discord.invoke("help", &json!([]), "en-US");
    let calls = running.discord.wait_for(2).await;
    assert_eq!(calls[1].body["data"]["flags"], 64);
    let list = calls[1].body["data"]["embeds"][0]["description"].as_str().unwrap();
    assert!(
        list.contains("</about:507>") & list.contains("</help:506>") & list.contains("</talk:500>"),
        "{list}"
    );
    assert!(!list.contains("owner"), "{list}");

    let option = |value: &str| json!([{"name": "command", "type": 3, "value": value}]);
    running.discord.invoke("help", &option("hilfe"), "de");
    let calls = running.discord.wait_for(3).await;
    assert_eq!(calls[2].body["data"]["embeds"][0]["title"], "/hilfe");
    running.discord.invoke("help", &option("@everyone"), "en-GB");
    let calls = running.discord.wait_for(4).await;
    assert!(!ephemeral(&calls[3]).contains("@everyone"));
}

#[tokio::test]
async fn autocompletion_goes_through_our_own_rest() {
    let running = running().await;
    let focused = |name: &str| {
        json!({"id": "1", "name": name, "type": 1,
        "options": [{"name": "command", "type": 3, "value": "üb", "focused": true}]})
    };
    running.discord.interact(4, &focused("help"), "de");
    let calls = running.discord.wait_for(1).await;
    assert_eq!(calls[0].body["type"], 8);
    assert_eq!(calls[0].body["data"]["choices"][0]["value"], "about");
    running.discord.interact(4, &focused("nonsense"), "de");
    let calls = running.discord.wait_for(2).await;
    assert_eq!(calls[1].body["data"]["choices"], json!([]));
}

#[tokio::test]
async fn whatever_goes_wrong_the_member_is_told() {
    let running = running().await;
    let number = |value: Value| json!([{"name": "value", "type": 4, "value": value}]);
    for (name, options, expected) in [
        ("refuses", json!([]), "30 seconds"),
        ("guild", json!([]), "in servers only"),
        ("owner", json!([]), "people who run this bot"),
        ("number", number(json!(999)), "in that form"),
        ("number", json!([]), "in that form"),
        ("number", json!([{"name": "value", "type": 3, "value": "text"}]), "in that form"),
        ("from-an-old-version", json!([]), "in that form"),
        ("panics", json!([]), "Something went wrong"),
    ] {
        let before = running.discord.calls().len();
        running.discord.invoke(name, &options, "en-US");
        let calls = running.discord.wait_for(before + 1).await;
        assert!(ephemeral(&calls[before]).contains(expected), "{name}: {calls:?}");
    }
    let before = running.discord.calls().len();
    running.discord.invoke("number", &number(json!(7)), "en-US");
    assert_eq!(running.discord.wait_for(before + 1).await[before].body["data"]["content"], "7");
}

#[tokio::test]
async fn a_failure_after_the_first_answer_is_told_in_a_further_message() {
    let running = running().await;
    running.discord.invoke("fails", &json!([]), "de");
    let calls = running.discord.wait_for(2).await;
    assert_eq!(calls[0].body, json!({"type": 5}));
    assert!(calls[1].route.starts_with("POST /webhooks/7/token-"), "{calls:?}");
    let text = calls[1].body["content"].as_str().unwrap();
    assert!(text.contains("Kennung") & !text.contains("secret"), "{text}");
    assert_eq!(calls[1].body["flags"], 64);
}

#[tokio::test]
async fn old_buttons_and_forms_get_an_answer() {
    let running = running().await;
    running.discord.interact(3, &json!({"custom_id": "old:1", "component_type": 2}), "en-US");
    let calls = running.discord.wait_for(1).await;
    assert!(ephemeral(&calls[0]).contains("too old"));
    running.discord.interact(5, &json!({"custom_id": "old:2", "components": []}), "de");
    let calls = running.discord.wait_for(2).await;
    assert!(ephemeral(&calls[1]).contains("so alt"));
}

#[tokio::test]
async fn an_interaction_is_answered_once() {
    let running = running().await;
    let interaction = running.discord.invoke("about", &json!([]), "en-US");
    running.discord.emit(&interaction);
    // Too late, and answered elsewhere: nothing more can be said.
    for (status, code) in [(404, 10_062), (400, 40_060)] {
        *running.discord.refuse.lock().unwrap() = None;
        let before = running.discord.wait_for(1).await.len();
        *running.discord.refuse.lock().unwrap() = Some((status, json!({"code": code, "message": "No"})));
        running.discord.invoke("about", &json!([]), "en-US");
        running.discord.wait_for(before + 1).await;
    }
    running.discord.invoke("refuses", &json!([]), "en-US");
    let calls = running.discord.wait_for(4).await;
    assert_eq!(calls.len(), 4, "{calls:#?}");
    assert!(ephemeral(&calls[3]).contains("30 seconds"));
}

#[tokio::test]
async fn a_stop_lets_commands_end_and_refuses_new_ones() {
    let running = running().await;
    running.discord.invoke("slow", &json!([]), "en-US");
    running.discord.wait_for(1).await;
    let draining = tokio::spawn({
        let stages = running.stages.clone();
        async move { stages.drain(Duration::from_secs(5)).await }
    });
    running.stages.draining.cancelled().await;
    running.discord.invoke("about", &json!([]), "en-US");
    let calls = running.discord.wait_for(3).await;
    assert!(ephemeral(&calls[1]).contains("restarting"), "{calls:?}");
    assert_eq!(calls[2].body["content"], "done after all");
    assert_eq!(draining.await.unwrap(), 0);
    running.stages.closing.cancel();
    tokio::time::timeout(Duration::from_secs(10), running.task).await.expect("stops").unwrap().unwrap();
}

#[tokio::test]
async fn commands_are_registered_once() {
    let discord = Discord::start().await;
    let dry = register(connect(&discord), commands(), true).await.unwrap();
    assert_eq!((dry.created.len(), discord.puts()), (commands().len(), 0));
    let first = register(connect(&discord), commands(), false).await.unwrap();
    assert_eq!((first.created.len(), discord.puts()), (commands().len(), 1));
    let second = register(connect(&discord), commands(), false).await.unwrap();
    assert!(second.is_current());
    assert_eq!((second.unchanged.len(), discord.puts()), (commands().len(), 1));
    let third = register(connect(&discord), crate::commands::all(), false).await.unwrap();
    assert_eq!((third.deleted.len(), discord.puts()), (7, 2));
}

#[tokio::test]
async fn a_rejected_session_is_a_clear_error() {
    for (code, expected) in [(4004, "DISCORD_TOKEN"), (4014, "intents"), (4013, "intents")] {
        let discord = Discord::start().await;
        *discord.reject.lock().unwrap() = Some(code);
        let bot = Bot::new(connect(&discord), commands()).unwrap();
        let run =
            tokio::time::timeout(Duration::from_secs(10), bot.run(Stages::default(), services::services()));
        let error = run.await.expect("ends").unwrap_err();
        assert!(error.to_string().contains(expected), "{code}: {error}");
        assert!(!format!("{error:?}").contains("s3cret"));
    }
}

#[test]
fn settings_show_no_token() {
    let connect = Connect {
        token: SecretString::from(TOKEN),
        api_url: None,
        ca_file: None,
        shards: None,
        requests_per_second: Rest::REQUESTS_PER_SECOND,
        owners: Vec::new(),
        links: Links::default(),
    };
    let bot = Bot::new(connect.clone(), Vec::new()).unwrap();
    assert!(!format!("{connect:?} {bot:?}").contains("s3cret"));
    let missing = Connect { ca_file: Some("/nowhere/ca.pem".into()), ..connect.clone() };
    assert!(Bot::new(missing, Vec::new()).unwrap_err().to_string().contains("/nowhere/ca.pem"));
    let broken = Connect { token: SecretString::from("a\nb"), ..connect };
    assert!(Bot::new(broken, Vec::new()).unwrap_err().to_string().contains("Developer Portal"));
}
