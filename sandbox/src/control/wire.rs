//! The gateway's sessions, and what goes wrong with them on command.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::input::{Asked, Given};
use super::names::{Named, Names};
use super::refusal::{Answer, Refusal};
use super::setup::{Done, done};
use crate::gateway::{SessionInfo, Target};
use crate::ids::Id;
use crate::instance::Sandbox;

/// How often `ready` looks, in milliseconds.
const LOOK_MS: u64 = 10;

/// Whose sessions, and nothing more.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// The application; the only one if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// One shard; all if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<u64>,
}

impl Whose {
    fn target(&self, sandbox: &Sandbox) -> Result<Target, Refusal> {
        let app = sandbox.read(|world| Names(world).app(self.app.as_ref()))?;
        Ok(Target { app, shard: self.shard })
    }
}

/// Declares the body of a command: whose sessions, and further fields.
macro_rules! order {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $kind:ty),* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The application; the only one if left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub app: Option<Named>,
            /// One shard; all if left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub shard: Option<u64>,
            $($(#[$field_about])* pub $field: $kind,)*
        }

        impl $name {
            fn target(&self, sandbox: &Sandbox) -> Result<Target, Refusal> {
                Whose { app: self.app.clone(), shard: self.shard }.target(sandbox)
            }
        }
    };
}

order!(
    /// A close with a code.
    Close {
        /// 1000 to 4999.
        code: u16
    }
);
order!(
    /// An invalid session.
    Invalidate {
        /// Whether it may be resumed.
        #[serde(default)]
        resumable: bool
    }
);
order!(
    /// A standing order, on or off.
    Order {
        /// On or off.
        on: bool
    }
);
order!(
    /// Events that come twice.
    Duplicate {
        /// Their name, such as `INTERACTION_CREATE`.
        event: String,
        /// How many of them; 0 takes it back.
        times: u32
    }
);
order!(
    /// Events that come late.
    Delay {
        /// Their name.
        event: String,
        /// By how many milliseconds; 0 takes it back.
        ms: u64
    }
);
order!(
    /// How many shards may identify in 5 seconds.
    Concurrency {
        /// At least 1.
        shards: u64
    }
);

/// How many connections a command reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Reached {
    /// So many.
    pub reached: usize,
}

/// `GET /sessions`
pub(super) async fn sessions(State(sandbox): State<Sandbox>) -> Json<Vec<SessionInfo>> {
    Json(sandbox.hub.sessions())
}

/// `POST /gateway/drop`
pub(super) async fn cut(State(sandbox): State<Sandbox>, Given(whose): Given<Whose>) -> Answer<Reached> {
    Ok(Json(Reached { reached: sandbox.hub.drop_connections(whose.target(&sandbox)?) }))
}

/// `POST /gateway/close`
pub(super) async fn close(State(sandbox): State<Sandbox>, Given(close): Given<Close>) -> Answer<Reached> {
    if !(1000..=4999).contains(&close.code) || matches!(close.code, 1004..=1006 | 1015) {
        return Err(Refusal::bad(format!("{} is no code that a close frame carries", close.code)));
    }
    Ok(Json(Reached { reached: sandbox.hub.close(close.target(&sandbox)?, close.code) }))
}

/// `POST /gateway/reconnect`
pub(super) async fn reconnect(State(sandbox): State<Sandbox>, Given(whose): Given<Whose>) -> Answer<Reached> {
    Ok(Json(Reached { reached: sandbox.hub.reconnect(whose.target(&sandbox)?) }))
}

/// `POST /gateway/invalidate`
pub(super) async fn invalidate(
    State(sandbox): State<Sandbox>,
    Given(order): Given<Invalidate>,
) -> Answer<Reached> {
    Ok(Json(Reached { reached: sandbox.hub.invalidate(order.target(&sandbox)?, order.resumable) }))
}

/// `POST /gateway/heartbeat`
pub(super) async fn heartbeat(State(sandbox): State<Sandbox>, Given(whose): Given<Whose>) -> Answer<Reached> {
    Ok(Json(Reached { reached: sandbox.hub.heartbeat_now(whose.target(&sandbox)?) }))
}

/// `POST /gateway/zombie`
pub(super) async fn zombie(State(sandbox): State<Sandbox>, Given(order): Given<Order>) -> Answer<Done> {
    sandbox.hub.zombie(order.target(&sandbox)?, order.on);
    Ok(done())
}

/// `POST /gateway/refuse-resume`
pub(super) async fn refuse_resume(
    State(sandbox): State<Sandbox>,
    Given(order): Given<Order>,
) -> Answer<Done> {
    sandbox.hub.refuse_resume(order.target(&sandbox)?, order.on);
    Ok(done())
}

/// `POST /gateway/duplicate`
pub(super) async fn duplicate(
    State(sandbox): State<Sandbox>,
    Given(order): Given<Duplicate>,
) -> Answer<Done> {
    check_event(&order.event)?;
    sandbox.hub.duplicate(order.target(&sandbox)?, &order.event, order.times);
    Ok(done())
}

/// `POST /gateway/delay`
pub(super) async fn delay(State(sandbox): State<Sandbox>, Given(order): Given<Delay>) -> Answer<Done> {
    check_event(&order.event)?;
    if order.ms > super::outcome::MAX_TIMEOUT_MS {
        return Err(Refusal::bad("an event is ten minutes late at most"));
    }
    sandbox.hub.delay(order.target(&sandbox)?, &order.event, Duration::from_millis(order.ms));
    Ok(done())
}

/// `POST /gateway/concurrency`
pub(super) async fn concurrency(
    State(sandbox): State<Sandbox>,
    Given(order): Given<Concurrency>,
) -> Answer<Done> {
    if order.shards == 0 || order.shard.is_some() {
        return Err(Refusal::bad("say shards: 1 or more; it holds for all of the application"));
    }
    sandbox.hub.set_max_concurrency(order.target(&sandbox)?.app, order.shards);
    Ok(done())
}

/// How often clients are to send a heartbeat.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// In milliseconds, for connections from now on.
    pub ms: u64,
}

/// `POST /gateway/interval`
pub(super) async fn interval(
    State(sandbox): State<Sandbox>,
    Given(interval): Given<Interval>,
) -> Answer<Done> {
    if !(10..=3_600_000).contains(&interval.ms) {
        return Err(Refusal::bad("a heartbeat interval is 10 ms to an hour"));
    }
    sandbox.hub.set_heartbeat_interval(Duration::from_millis(interval.ms));
    Ok(done())
}

fn check_event(name: &str) -> Result<(), Refusal> {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
        return Ok(());
    }
    Err(Refusal::bad(format!("{name:?} is no event; they are written as INTERACTION_CREATE")))
}

/// What a bot must have done to be ready.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyWhen {
    /// Which bot; the only application's if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<Named>,
    /// Commands that it must have registered, with commas between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<String>,
    /// How many shards must be connected: 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<usize>,
    /// How long to wait at most, in milliseconds; 5,000 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// A bot that is ready.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Ready {
    /// Its application.
    pub app: Id,
    /// How many shards are connected.
    pub shards: usize,
    /// The names of the commands that it has registered.
    pub commands: Vec<String>,
}

/// `GET /ready`
pub(super) async fn ready(State(sandbox): State<Sandbox>, Asked(when): Asked<ReadyWhen>) -> Answer<Ready> {
    let app = sandbox.read(|world| Names(world).app(when.app.as_ref()))?;
    let timeout_ms = when.timeout_ms.unwrap_or(super::outcome::TIMEOUT_MS);
    if timeout_ms > super::outcome::MAX_TIMEOUT_MS {
        return Err(Refusal::bad("a wait has ten minutes at most"));
    }
    let wanted: Vec<&str> = when.commands.as_deref().unwrap_or_default().split(',').collect();
    let wanted: Vec<&str> = wanted.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect();
    let shards = when.shards.unwrap_or(1).max(1);
    let waited = tokio::time::timeout(Duration::from_millis(timeout_ms), async {
        loop {
            let now = standing(&sandbox, app);
            let registered = wanted.iter().all(|name| now.commands.iter().any(|known| known == name));
            if now.shards >= shards && registered {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        }
    });
    let Ok(ready) = waited.await else {
        let now = standing(&sandbox, app);
        let known = if now.commands.is_empty() { "none".into() } else { now.commands.join(", ") };
        let error = format!(
            "the bot was not ready within {timeout_ms} ms: {} of {shards} shards connected; commands: {known}",
            now.shards
        );
        return Err(Refusal::new(axum::http::StatusCode::REQUEST_TIMEOUT, error));
    };
    Ok(Json(ready))
}

fn standing(sandbox: &Sandbox, app: Id) -> Ready {
    let sessions = sandbox.hub.sessions();
    let shards = sessions.iter().filter(|session| session.app == app && session.connected).count();
    let mut commands = sandbox.read(|world| world.command_names(app));
    commands.sort_unstable();
    commands.dedup();
    Ready { app, shards, commands }
}
