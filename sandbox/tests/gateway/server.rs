//! A server with one application on it, on a free port of this machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use troupe_sandbox::gateway::{Audience, Event, SessionInfo, Target, intents};
use troupe_sandbox::ids::Id;
use troupe_sandbox::instance::Sandbox;
use troupe_sandbox::serve::Serving;
use troupe_sandbox::server::Options;

use crate::client::{Client, WITHIN};

/// A sandbox that is served, with an application.
pub(crate) struct Server {
    pub(crate) sandbox: Sandbox,
    pub(crate) app: Id,
    pub(crate) token: String,
    pub(crate) address: SocketAddr,
    /// Stops when it is dropped.
    _serving: Serving,
}

impl Server {
    /// Serves a sandbox with an application that was granted every privileged intent.
    pub(crate) async fn start() -> Self {
        Self::granting(intents::PRIVILEGED).await
    }

    /// The same, with these privileged intents alone.
    pub(crate) async fn granting(intents: u64) -> Self {
        let serving = Serving::start(Options::default()).await.expect("a free port");
        let sandbox = serving.sandbox.clone();
        let address = sandbox.authority.parse().expect("an address");
        let (app, token) = sandbox.change(|world| {
            let owner = world.add_user("Ada", "en-US");
            world.add_app("Troupe", owner, intents)
        });
        Self { sandbox, app, token, address, _serving: serving }
    }

    /// Its application, on every shard.
    pub(crate) fn everywhere(&self) -> Target {
        Target::app(self.app)
    }

    /// Adds guilds with the application's bot in them, with ids of these shards of `shards`.
    pub(crate) fn add_guilds(&self, shards: u64, of: &[u64]) -> Vec<Id> {
        self.sandbox.change(|world| {
            let owner = world.add_user("Bea", "en-US");
            let add = |(n, shard): (u64, &u64)| {
                let id = Id(((n + 1) * shards + shard) << 22);
                world.add_guild(id, format!("Guild {n}"), owner);
                world.install(self.app, id, 0);
                id
            };
            (0..).zip(of).map(add).collect()
        })
    }

    /// Sends an event of the application's own, on shard 0.
    pub(crate) fn tell(&self, name: &'static str, data: Value) {
        self.emit(Audience::App { app: self.app, guild: None }, 0, name, data);
    }

    pub(crate) fn emit(&self, audience: Audience, intents: u64, name: &'static str, data: Value) {
        let event = Event { name, data: Arc::new(data), audience, intents };
        self.sandbox.change(|world| world.emit(event));
    }

    /// The only session there is.
    pub(crate) fn session(&self) -> SessionInfo {
        let mut sessions = self.sandbox.hub.sessions();
        assert_eq!(sessions.len(), 1, "one session: {sessions:?}");
        sessions.remove(0)
    }

    /// Waits until the sessions look as they should.
    pub(crate) async fn sessions(&self, ready: impl Fn(&[SessionInfo]) -> bool) {
        let look = async {
            while !ready(&self.sandbox.hub.sessions()) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let found = tokio::time::timeout(WITHIN, look).await;
        assert!(found.is_ok(), "sessions: {:?}", self.sandbox.hub.sessions());
    }

    /// A raw client that got its hello.
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self, "v=10&encoding=json").await
    }

    /// A raw client with a session: after `READY`, which it returns too.
    pub(crate) async fn identified(&self, intents: u64) -> (Client, Value) {
        let mut client = self.connect().await;
        client.identify(self, json!({ "intents": intents })).await;
        let ready = client.event("READY").await;
        (client, ready)
    }
}
