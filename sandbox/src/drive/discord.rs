//! The sandbox as a play's stage: who is in it, and what is steered.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::error::{Drive, DriveError};
use super::gateway::Gateway;
use super::link::Link;
use super::member::Member;
use super::model::Model;
use super::remote::{Answered, Remote, segment};
use crate::clock::whole_ms;
use crate::control::links::LinkView;
use crate::control::load::{Load, Loaded};
use crate::control::look::StateView;
use crate::control::names::Named;
use crate::control::setup::{Done, Made, MadeApp, MadeGuild, NewApp, NewGuild, NewMember};
use crate::control::steer::{Advance, Switch, Time};
use crate::control::traffic::{Added, Report, RequestsWhere};
use crate::control::wire::{Ready, ReadyWhen};
use crate::faults::Fault;
use crate::ids::Id;
use crate::rules::Rule;

/// A sandbox, here or in another process; clones drive the same one.
#[derive(Clone, Debug)]
pub struct Discord {
    remote: Remote,
}

impl Discord {
    /// The sandbox at `http://127.0.0.1:7171`, or wherever it is.
    ///
    /// # Errors
    /// When nothing answers there.
    pub async fn at(url: &str) -> Drive<Self> {
        let discord = Self { remote: Remote::new(url)? };
        discord.clock_ms().await?;
        Ok(discord)
    }

    pub(crate) fn of(remote: Remote) -> Self {
        Self { remote }
    }

    /// `http://127.0.0.1:7171`.
    pub fn url(&self) -> &str {
        self.remote.url()
    }

    /// The base of the REST API, for a bot's client: `http://127.0.0.1:7171/api/v10`.
    pub fn api_url(&self) -> String {
        format!("{}/api/v10", self.url())
    }

    /// The base of the model server, for `OPENAI_BASE_URL`: `http://127.0.0.1:7171/v1`.
    pub fn model_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// The certificate authority under which the sandbox is discord.com, as PEM.
    pub async fn ca_pem(&self) -> Drive<String> {
        self.remote.text("/ca.pem").await
    }

    /// How long waits last.
    pub fn deadline(&self) -> Duration {
        self.remote.deadline()
    }

    /// Sets how long waits last, for this sandbox's whole cast.
    pub fn set_deadline(&self, deadline: Duration) {
        self.remote.set_deadline(deadline);
    }

    /// Somebody, by id or name, in the channel `general` until told otherwise.
    pub fn member(&self, user: impl Into<Named>) -> Member {
        Member::new(self.remote.clone(), user.into())
    }

    /// Gateway connections and their faults.
    pub fn gateway(&self) -> Gateway {
        Gateway::new(self.remote.clone())
    }

    /// The bot's way to a store of its own, by its name: `redis`.
    pub fn link(&self, name: &str) -> Link {
        Link::new(self.remote.clone(), name)
    }

    /// All of them.
    pub async fn links(&self) -> Drive<Vec<LinkView>> {
        self.remote.get("/links", &()).await
    }

    /// The model server.
    pub fn model(&self) -> Model {
        Model::new(self.remote.clone())
    }

    /// The world.
    pub async fn state(&self) -> Drive<StateView> {
        self.remote.get("/state", &()).await
    }

    /// Waits until the only application's bot is connected.
    pub async fn bot_ready(&self) -> Drive<Ready> {
        self.bot_ready_with(&[]).await
    }

    /// Waits until the only application's bot is connected and has registered these commands.
    pub async fn bot_ready_with(&self, commands: &[&str]) -> Drive<Ready> {
        let when = ReadyWhen {
            app: None,
            commands: Some(commands.join(",")),
            shards: None,
            timeout_ms: Some(self.remote.deadline_ms()),
        };
        match self.remote.get_and_wait("/ready", "waiting for the bot", &when).await? {
            Answered::Body(ready) => Ok(ready),
            Answered::TooLate(outcome) => Err(DriveError::Strange {
                what: "waiting for the bot".into(),
                reason: format!("an outcome: {outcome:?}"),
            }),
        }
    }

    /// Makes an application with its bot.
    pub async fn new_app(&self, app: &NewApp) -> Drive<MadeApp> {
        self.remote.send(Method::POST, "/apps", "making an application", app).await
    }

    /// Makes a guild.
    pub async fn new_guild(&self, guild: &NewGuild) -> Drive<MadeGuild> {
        self.remote.send(Method::POST, "/guilds", "making a guild", guild).await
    }

    /// Makes a channel.
    pub async fn new_channel(&self, guild: impl Into<Named>, name: &str) -> Drive<Id> {
        let path = format!("/guilds/{}/channels", segment(&guild.into().0));
        let made: Made =
            self.remote.send(Method::POST, &path, "making a channel", &json!({ "name": name })).await?;
        Ok(made.id)
    }

    /// Lets somebody new join a guild.
    pub async fn new_member(&self, guild: impl Into<Named>, name: &str) -> Drive<Member> {
        let path = format!("/guilds/{}/members", segment(&guild.into().0));
        let new = NewMember { name: Some(name.to_owned()), ..NewMember::default() };
        let made: Made = self.remote.send(Method::POST, &path, "letting somebody join", &new).await?;
        Ok(self.member(made.id))
    }

    /// Asks anything of the control API: `POST`, `/skus`, a body.
    pub async fn control(&self, method: &str, path: &str, body: &Value) -> Drive<Value> {
        let what = format!("{method} {path}");
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| DriveError::Unexpected { expected: "an HTTP method".into(), seen: method.into() })?;
        self.remote.send(method, path, &what, body).await
    }

    /// Switches one of Discord's rules on or off.
    pub async fn rule(&self, rule: Rule, on: bool) -> Drive {
        let path = format!("/rules/{rule}");
        self.remote.send::<Switch>(Method::PUT, &path, "switching a rule", &Switch { on }).await.map(drop)
    }

    /// The sandbox's time, in milliseconds since the Unix epoch.
    pub async fn clock_ms(&self) -> Drive<u64> {
        Ok(self.remote.get::<Time>("/clock", &()).await?.clock_ms)
    }

    /// Pushes the sandbox's clock forward.
    pub async fn advance(&self, by: Duration) -> Drive {
        let advance = Advance { advance_ms: whole_ms(by) };
        self.remote.send::<Time>(Method::POST, "/clock", "pushing the clock", &advance).await.map(drop)
    }

    /// Installs a fault; its id.
    pub async fn fault(&self, fault: Fault) -> Drive<u64> {
        let added: Added = self.remote.send(Method::POST, "/faults", "installing a fault", &fault).await?;
        Ok(added.id)
    }

    /// Removes all faults.
    pub async fn clear_faults(&self) -> Drive {
        self.remote.send::<Done>(Method::DELETE, "/faults", "removing faults", &json!({})).await.map(drop)
    }

    /// Faults with their hits.
    pub async fn faults(&self) -> Drive<Vec<Value>> {
        self.remote.get("/faults", &()).await
    }

    /// The newest 1,000 requests of this method and route, oldest first: `POST`,
    /// `/channels/{}/messages`.
    pub async fn requests(&self, method: &str, template: &str) -> Drive<Vec<Value>> {
        let of = RequestsWhere {
            method: Some(method.to_owned()),
            template: Some(template.to_owned()),
            ..RequestsWhere::default()
        };
        self.requests_where(&RequestsWhere { limit: Some(1_000), ..of }).await
    }

    /// Waits for so many requests of this method and route, and gives them, oldest first.
    pub async fn waits_for_requests(&self, count: usize, method: &str, template: &str) -> Drive<Vec<Value>> {
        let deadline = self.remote.deadline();
        let mut seen = Vec::new();
        let waited = tokio::time::timeout(deadline, async {
            loop {
                seen = self.requests(method, template).await?;
                if seen.len() >= count {
                    return Ok(());
                }
                tokio::time::sleep(super::POLL).await;
            }
        });
        if let Ok(done) = waited.await {
            return done.map(|()| seen);
        }
        let lines: Vec<String> = seen.iter().map(line).collect();
        let seen = format!("{}: {}", lines.len(), lines.join("; "));
        Err(DriveError::TimedOut {
            expected: format!("{count} requests {method} {template}"),
            waited: deadline,
            seen,
        })
    }

    /// The requests that fit, oldest first.
    pub async fn requests_where(&self, asked: &RequestsWhere) -> Drive<Vec<Value>> {
        self.remote.get("/requests", asked).await
    }

    /// Counts since the start.
    pub async fn report(&self) -> Drive<Report> {
        self.remote.get("/report", &()).await
    }

    /// Puts a load on the bot, and tells how fast it answered.
    pub async fn load(&self, load: &Load) -> Drive<Loaded> {
        self.remote.send_patiently("/load", "putting a load on the bot", load).await
    }

    /// Ends the play: an error lists what the bot called that Discord's API doesn't have, and what
    /// violated its OpenAPI file.
    pub async fn finish(&self) -> Drive {
        let unknown: Vec<Value> = self.remote.get("/requests/unknown", &()).await?;
        let violations: Vec<Value> = self.remote.get("/requests/violations", &()).await?;
        let mut lines = Vec::new();
        for entry in &unknown {
            lines.push(format!("unknown: {}", line(entry)));
        }
        for entry in &violations {
            let found = entry["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
            let found: Vec<_> = found.iter().filter_map(Value::as_str).collect();
            let body = super::remote::shortened(&entry["request"].to_string());
            lines.push(format!("violation: {}: {}; the body: {body}", line(entry), found.join("; ")));
        }
        if lines.is_empty() { Ok(()) } else { Err(DriveError::Unclean { list: lines.join("\n") }) }
    }
}

fn line(entry: &Value) -> String {
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    format!("{} {} → {}", text("method"), text("path"), entry["status"])
}
