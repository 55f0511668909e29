//! Each of Discord's rules: kept while it is on, and gone when it is switched off by its name.

use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use troupe_sandbox::drive::{LocalDiscord, Units as _};
use troupe_sandbox::ids::Id;
use troupe_sandbox::limits::BanPolicy;
use troupe_sandbox::rules::Rule;

/// A local Discord, and a bot's bare hands.
struct Stage {
    discord: LocalDiscord,
    http: Client,
    guild: Id,
    general: Id,
    app: Id,
}

/// What Discord said: its status, and the JSON code (0 where there is none).
type Said = (u16, u64);

impl Stage {
    async fn set(rule: Rule, on: bool) -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        discord.rule(rule, on).await.expect("a rule by its name");
        let (guild, general, app) = discord.sandbox().read(|world| {
            let guild = world.guilds.values().next().expect("a guild");
            (guild.id, guild.channels[0], *world.apps.keys().next().expect("an application"))
        });
        discord
            .control("POST", "/act/say", &json!({ "user": "Max", "channel": "general", "content": "first" }))
            .await
            .expect("said");
        Self { discord, http: Client::new(), guild, general, app }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Response {
        let url = format!("{}/api/v10{path}", self.discord.url());
        let request =
            self.http.request(method, url).header("Authorization", format!("Bot {}", self.discord.token()));
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await.expect("an answer")
    }

    async fn said(&self, method: Method, path: &str, body: Value) -> Said {
        let response = self.ask(method, path, body).await;
        let status = response.status().as_u16();
        let json: Value = response.json().await.unwrap_or_default();
        (status, json["code"].as_u64().unwrap_or(0))
    }

    async fn post(&self, path: &str, body: Value) -> Said {
        self.said(Method::POST, path, body).await
    }

    fn messages(&self) -> String {
        format!("/channels/{}/messages", self.general)
    }

    /// A member's slash command, as the bot gets it: its id and token.
    async fn interaction(&self) -> (Id, String) {
        let commands = format!("/applications/{}/commands", self.app);
        let command = json!({ "name": "talk", "description": "Talk" });
        let put = self.ask(Method::POST, &commands, command).await;
        assert!(put.status().is_success(), "{put:?}");
        let max = self.discord.member("Max").in_channel("general");
        let reply = max.uses("/talk").send_only().await.expect("sent");
        let id = reply.interaction();
        let token = self.discord.sandbox().read(|world| world.interaction(id).expect("opened").token.clone());
        (id, token)
    }

    async fn acknowledge(&self, interaction: &(Id, String), flags: u64) -> Said {
        let (id, token) = interaction;
        let body = json!({ "type": 4, "data": { "content": "hello <@&1> @everyone", "flags": flags } });
        self.post(&format!("/interactions/{id}/{token}/callback"), body).await
    }
}

/// What is said on one transgression with the rule on, and with it off.
async fn transgress(rule: Rule, on: bool) -> Said {
    let stage = Stage::set(rule, on).await;
    match rule {
        Rule::AcknowledgeIn3s => {
            let interaction = stage.interaction().await;
            stage.discord.advance(Duration::from_millis(3_001)).await.expect("time passes");
            stage.acknowledge(&interaction, 0).await
        }
        Rule::AcknowledgeOnce => {
            let interaction = stage.interaction().await;
            assert_eq!(stage.acknowledge(&interaction, 0).await.0, 204);
            stage.acknowledge(&interaction, 0).await
        }
        Rule::Token15m => {
            let interaction = stage.interaction().await;
            assert_eq!(stage.acknowledge(&interaction, 0).await.0, 204);
            stage.discord.advance(15.minutes() + 1.seconds()).await.expect("time passes");
            let original = format!("/webhooks/{}/{}/messages/@original", stage.app, interaction.1);
            stage.said(Method::PATCH, &original, json!({ "content": "late" })).await
        }
        Rule::FormLimits => stage.post(&stage.messages(), json!({ "content": "x".repeat(2_001) })).await,
        Rule::Permissions => {
            let deny = json!({ "allow": [], "deny": ["send_messages"], "member": true });
            let path = format!("/channels/{}/overwrites/{}", stage.general, stage.app);
            stage.discord.control("PUT", &path, &deny).await.expect("denied");
            stage.post(&stage.messages(), json!({ "content": "may I?" })).await
        }
        Rule::WebhookNames => {
            let webhooks = format!("/channels/{}/webhooks", stage.general);
            stage.post(&webhooks, json!({ "name": "Clyde the Second" })).await
        }
        Rule::WebhooksPerChannel => {
            let webhooks = format!("/channels/{}/webhooks", stage.general);
            for n in 1..=15 {
                assert_eq!(stage.post(&webhooks, json!({ "name": format!("Persona {n}") })).await.0, 200);
            }
            stage.post(&webhooks, json!({ "name": "Persona 16" })).await
        }
        Rule::RouteLimits => {
            for n in 1..=5 {
                assert_eq!(stage.post(&stage.messages(), json!({ "content": n.to_string() })).await.0, 200);
            }
            stage.post(&stage.messages(), json!({ "content": "6" })).await
        }
        Rule::GlobalLimit => {
            stage.discord.rule(Rule::RouteLimits, false).await.expect("a rule");
            for _ in 1..=50 {
                assert_eq!(stage.said(Method::GET, "/users/@me", Value::Null).await.0, 200);
            }
            stage.said(Method::GET, "/users/@me", Value::Null).await
        }
        Rule::InvalidRequests => {
            let policy = BanPolicy { threshold: 3, window_ms: 600_000, ban_ms: 60_000 };
            stage.discord.sandbox().limits.set_ban(policy).expect("a policy that holds");
            let elsewhere = stage.discord.new_guild(&named("Elsewhere")).await.expect("a guild");
            for _ in 1..=3 {
                let path = format!("/channels/{}", elsewhere.channel_id);
                assert_eq!(stage.said(Method::GET, &path, Value::Null).await.0, 403);
            }
            stage.said(Method::GET, "/users/@me", Value::Null).await
        }
        Rule::GatewayLimits => {
            stage.said(Method::GET, &format!("/guilds/{}/members", stage.guild), Value::Null).await
        }
        Rule::Ephemeral | Rule::AllowedMentions | Rule::MessageContent | Rule::OpenApi => {
            unreachable!("{rule} refuses nothing; it has a test of its own")
        }
    }
}

fn named(name: &str) -> troupe_sandbox::control::setup::NewGuild {
    serde_json::from_value(json!({ "name": name, "install": false })).expect("a guild to make")
}

#[tokio::test]
async fn what_a_rule_refuses_goes_through_without_it() {
    for (rule, refused, without) in [
        (Rule::AcknowledgeIn3s, (404, 10062), 204),
        (Rule::AcknowledgeOnce, (400, 40060), 204),
        (Rule::Token15m, (401, 50027), 200),
        (Rule::FormLimits, (400, 50035), 200),
        (Rule::Permissions, (403, 50013), 200),
        (Rule::WebhookNames, (400, 50035), 200),
        (Rule::WebhooksPerChannel, (400, 30007), 200),
        (Rule::RouteLimits, (429, 0), 200),
        (Rule::GlobalLimit, (429, 0), 200),
        (Rule::InvalidRequests, (429, 0), 200),
        (Rule::GatewayLimits, (403, 50001), 200),
    ] {
        assert_eq!(transgress(rule, true).await, refused, "{rule} is on");
        assert_eq!(transgress(rule, false).await.0, without, "{rule} is off");
    }
}

#[tokio::test]
async fn an_ephemeral_answer_is_its_members_alone() {
    for on in [true, false] {
        let stage = Stage::set(Rule::Ephemeral, on).await;
        let interaction = stage.interaction().await;
        assert_eq!(stage.acknowledge(&interaction, 64).await.0, 204);
        let seen = async |name: &str| {
            let messages = stage.discord.member(name).in_channel("general").sees().await.expect("messages");
            messages.iter().any(|message| message.content().starts_with("hello"))
        };
        assert!(seen("Max").await);
        assert_eq!(seen("Ada").await, !on, "the rule is on: {on}");
        // For the bot's own REST calls it does not exist.
        let listed: Vec<Value> =
            stage.ask(Method::GET, &stage.messages(), Value::Null).await.json().await.expect("a list");
        assert!(listed.iter().all(|message| message["flags"] != 64), "{listed:?}");
    }
}

#[tokio::test]
async fn mentions_ping_only_whom_they_may() {
    for on in [true, false] {
        let stage = Stage::set(Rule::AllowedMentions, on).await;
        let max = stage
            .discord
            .sandbox()
            .read(|world| *world.users.iter().find(|(_, user)| user.username == "max").expect("Max").0);
        let body = json!({ "content": format!("<@{max}>"), "allowed_mentions": { "parse": [] } });
        let message: Value =
            stage.ask(Method::POST, &stage.messages(), body).await.json().await.expect("a message");
        let pinged = message["mentions"].as_array().expect("mentions").len();
        assert_eq!(pinged, usize::from(!on), "the rule is on: {on}: {message}");
    }
}

#[tokio::test]
async fn other_peoples_words_need_the_intent() {
    for on in [true, false] {
        let stage = Stage::set(Rule::MessageContent, on).await;
        let listed: Vec<Value> =
            stage.ask(Method::GET, &stage.messages(), Value::Null).await.json().await.expect("a list");
        let content = listed.last().expect("a message")["content"].as_str().expect("content");
        assert_eq!(content, if on { "" } else { "first" });
    }
}

#[tokio::test]
async fn a_body_that_breaks_the_published_file_is_told() {
    if troupe_sandbox::openapi::OpenApi::find().is_none() {
        eprintln!("skipped: Discord's OpenAPI file is not here");
        return;
    }
    for on in [true, false] {
        let stage = Stage::set(Rule::OpenApi, on).await;
        stage.discord.rule(Rule::FormLimits, false).await.expect("a rule");
        stage.post(&stage.messages(), json!({ "content": "hi", "tts": "yes" })).await;
        let report = stage.discord.report().await.expect("a report");
        assert_eq!(report.violations, u64::from(on), "the rule is on: {on}");
        assert_eq!(stage.discord.finish().await.is_err(), on, "a play with a violation fails");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_recorded() {
    let stage = Stage::set(Rule::OpenApi, true).await;
    assert_eq!(stage.said(Method::GET, "/no/such/route", Value::Null).await, (404, 0));
    assert_eq!(stage.discord.report().await.expect("a report").unknown, 1);
    let failed = stage.discord.finish().await.expect_err("an unknown route was called");
    assert!(failed.to_string().contains("/no/such/route"), "{failed}");
}
