//! Checks of Discord: token, application, intents, install contexts, gateway, and this machine's clock.

use chrono::{DateTime, Utc};
use reqwest::{Client, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{Finding, client};
use crate::config::{ApiUrl, DiscordSettings};

/// Difference of clocks above which to warn, in seconds. Answers are due within 3 s of the time in Discord's ids.
const SKEW_S: i64 = 3;
/// Share of session starts left below which to warn.
const FEW_STARTS: u64 = 10;

/// Flags of an application that say which privileged intents it was granted, in two steps of size each.
const PRIVILEGED: [(&str, u64); 3] = [
    ("Presence", 1 << 12 | 1 << 13),
    ("Server Members", 1 << 14 | 1 << 15),
    ("Message Content", 1 << 18 | 1 << 19),
];

pub(super) async fn check(settings: &DiscordSettings) -> Vec<Finding> {
    let Some(token) = &settings.token else {
        return vec![Finding::fail(
            "discord token",
            "DISCORD_TOKEN is not set; copy it from the *Bot* page of your application, or use script/run for a local \
             Discord",
        )];
    };
    let mut certificates = Vec::new();
    if let Some(path) = &settings.ca_file {
        match client::certificates(path).await {
            Ok(found) => certificates = found,
            Err(fault) => {
                return vec![Finding::fail("DISCORD_CA_FILE", format!("{} {fault}", path.display()))];
            }
        }
    }
    let client = match client::remote(settings.api.is_loopback(), certificates) {
        Ok(client) => client,
        Err(error) => return vec![Finding::fail("discord", client::explain(error))],
    };
    let api = Api { client, url: &settings.api, token };
    let (user, application, gateway) =
        futures::join!(api.get("/users/@me"), api.get("/applications/@me"), api.get("/gateway/bot"));
    let mut findings = match user {
        Ok(answer) => user_findings(&answer),
        // One cause, one line: the other two answers would say the same.
        Err(trouble) => return vec![trouble.finding("discord token", &settings.api)],
    };
    findings.extend(match application {
        Ok(answer) => application_findings(&answer.body),
        Err(trouble) => vec![trouble.finding("application", &settings.api)],
    });
    findings.push(match gateway {
        Ok(answer) => gateway_finding(&answer.body),
        Err(trouble) => trouble.finding("gateway", &settings.api),
    });
    findings
}

struct Api<'a> {
    client: Client,
    url: &'a ApiUrl,
    token: &'a SecretString,
}

struct Answer {
    body: Value,
    /// Server's clock minus ours, in seconds, where the server told its time.
    skew_s: Option<i64>,
}

enum Trouble {
    Unauthorized,
    Banned,
    RateLimited,
    Status(StatusCode),
    Unreachable(String),
}

impl Api<'_> {
    async fn get(&self, path: &str) -> Result<Answer, Trouble> {
        let request = self
            .client
            .get(format!("{}{path}", self.url.base()))
            .header(header::AUTHORIZATION, format!("Bot {}", self.token.expose_secret()));
        let answer = request.send().await.map_err(|error| Trouble::Unreachable(client::explain(error)))?;
        let status = answer.status();
        let date = answer.headers().get(header::DATE).and_then(|value| value.to_str().ok());
        let skew_s = date
            .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
            .map(|date| (date.to_utc() - Utc::now()).num_seconds());
        let body = client::read_json(answer).await;
        match (status, body) {
            (StatusCode::OK, Ok(body)) => Ok(Answer { body, skew_s }),
            (StatusCode::OK, Err(fault)) => Err(Trouble::Unreachable(fault)),
            (StatusCode::UNAUTHORIZED, _) => Err(Trouble::Unauthorized),
            // Limits of the API come as JSON. A page comes from what stands before it, which blocks the address.
            (StatusCode::TOO_MANY_REQUESTS, Ok(_)) => Err(Trouble::RateLimited),
            (StatusCode::TOO_MANY_REQUESTS, Err(_)) => Err(Trouble::Banned),
            (status, _) => Err(Trouble::Status(status)),
        }
    }
}

impl Trouble {
    fn finding(self, check: &'static str, api: &ApiUrl) -> Finding {
        let origin = api.origin();
        let message = match self {
            Self::Unauthorized => {
                "Discord refuses DISCORD_TOKEN; reset it on the *Bot* page of your application and set the new one".to_owned()
            }
            Self::Banned => {
                "Discord blocks this machine's address after too many bad requests; stop the bot, wait an hour, mend \
                 the cause (often a wrong token retried in a loop), then start again"
                    .to_owned()
            }
            Self::RateLimited => "Discord limits requests just now; wait a minute and run doctor again".to_owned(),
            Self::Status(StatusCode::NOT_FOUND) => {
                format!("{origin} does not know this path; is DISCORD_API_URL the address of a Discord API?")
            }
            Self::Status(status) if status.is_server_error() => {
                format!("{origin} answers {status}; see discordstatus.com and try again")
            }
            Self::Status(status) => {
                format!("{origin} answers {status}; is a proxy or firewall in the way, or DISCORD_API_URL wrong?")
            }
            Self::Unreachable(reason) if reason.contains("UnknownIssuer") => format!(
                "{origin} shows a certificate of an unknown authority; put that authority's PEM file in DISCORD_CA_FILE"
            ),
            Self::Unreachable(reason) => {
                format!("{origin} can't be reached ({reason}); check the network, DNS, and DISCORD_API_URL")
            }
        };
        Finding::fail(check, message)
    }
}

fn user_findings(answer: &Answer) -> Vec<Finding> {
    let name = printable(answer.body["username"].as_str().unwrap_or("?"));
    let mut findings = vec![if answer.body["bot"].as_bool() == Some(true) {
        Finding::ok("discord token", format!("works; the bot is called {name}"))
    } else {
        Finding::fail(
            "discord token",
            "belongs to something that is not a bot; use the token of the *Bot* page",
        )
    }];
    findings.push(match answer.skew_s {
        Some(skew) if skew.abs() > SKEW_S => Finding::warn(
            "clock",
            format!(
                "this machine's clock is {} s off Discord's; turn on time synchronisation (NTP)",
                skew.abs()
            ),
        ),
        Some(_) => Finding::ok("clock", "agrees with Discord's"),
        None => Finding::warn("clock", "can't be compared: the server did not tell its time"),
    });
    findings
}

fn application_findings(application: &Value) -> Vec<Finding> {
    let flags = application["flags"].as_u64().unwrap_or_default();
    let granted: Vec<_> =
        PRIVILEGED.iter().filter(|(_, bits)| flags & bits != 0).map(|(name, _)| *name).collect();
    let intents = if granted.is_empty() {
        "no privileged intent is granted, and Troupe needs none: Message Content neither".to_owned()
    } else {
        format!(
            "granted: {}; Troupe needs none of them, so they can be switched off on the *Bot* page",
            granted.join(", ")
        )
    };
    let contexts = &application["integration_types_config"];
    let mut findings = vec![Finding::ok("intents", intents)];
    let installable = |kind: &str| contexts.get(kind).is_some();
    findings.push(match (installable("0"), installable("1")) {
        (true, true) => Finding::ok("install contexts", "servers and users can install the bot"),
        (true, false) => Finding::warn(
            "install contexts",
            "only servers can install the bot; tick *User Install* on the *Installation* page for use in DMs and anywhere",
        ),
        (false, true) => Finding::fail(
            "install contexts",
            "servers can't install the bot; tick *Guild Install* on the *Installation* page",
        ),
        (false, false) => Finding::warn(
            "install contexts",
            "the application names none; tick *Guild Install* and *User Install* on the *Installation* page",
        ),
    });
    findings
}

fn gateway_finding(gateway: &Value) -> Finding {
    const CHECK: &str = "gateway";
    let limit = &gateway["session_start_limit"];
    let (Some(remaining), Some(total)) = (limit["remaining"].as_u64(), limit["total"].as_u64()) else {
        return Finding::fail(
            CHECK,
            "the answer names no session limit; is DISCORD_API_URL the address of a Discord API?",
        );
    };
    let shards = gateway["shards"].as_u64().unwrap_or(1);
    let minutes = limit["reset_after"].as_u64().unwrap_or_default().div_ceil(60_000);
    let seen = format!("{remaining} of {total} session starts left, {shards} shard(s) recommended");
    if remaining < shards {
        Finding::fail(
            CHECK,
            format!("{seen}: too few to start; wait {minutes} min and find out what restarts the bot"),
        )
    } else if remaining * FEW_STARTS < total {
        Finding::warn(CHECK, format!("{seen}: few; find out what restarts the bot (reset in {minutes} min)"))
    } else {
        Finding::ok(CHECK, seen)
    }
}

/// A name from outside, fit for a terminal.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
