//! Gateway connections, and what goes wrong with them on command.

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use super::error::Drive;
use super::remote::Remote;
use crate::clock::whole_ms;
use crate::control::names::Named;
use crate::control::setup::Done;
use crate::control::wire::{Close, Delay, Duplicate, Invalidate, Order, Reached, Whose};

/// The connections of a bot: of all its shards, or of one.
#[derive(Clone, Debug)]
pub struct Gateway {
    remote: Remote,
    app: Option<Named>,
    shard: Option<u64>,
}

impl Gateway {
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote, app: None, shard: None }
    }

    /// Only this application's.
    #[must_use]
    pub fn of_app(self, app: impl Into<Named>) -> Self {
        Self { app: Some(app.into()), ..self }
    }

    /// Only this shard's.
    #[must_use]
    pub fn shard(self, shard: u64) -> Self {
        Self { shard: Some(shard), ..self }
    }

    /// The sessions that are connected or may be resumed.
    pub async fn sessions(&self) -> Drive<Vec<Value>> {
        self.remote.get("/sessions", &()).await
    }

    /// Cuts connections off; how many.
    pub async fn drop(&self) -> Drive<usize> {
        self.reach("drop", &self.whose()).await
    }

    /// Closes connections with a code; how many.
    pub async fn close(&self, code: u16) -> Drive<usize> {
        self.reach("close", &Close { app: self.app.clone(), shard: self.shard, code }).await
    }

    /// Asks clients to connect again and resume; how many.
    pub async fn reconnect(&self) -> Drive<usize> {
        self.reach("reconnect", &self.whose()).await
    }

    /// Tells clients that their session is invalid; how many.
    pub async fn invalidate(&self, resumable: bool) -> Drive<usize> {
        self.reach("invalidate", &Invalidate { app: self.app.clone(), shard: self.shard, resumable }).await
    }

    /// Asks clients for a heartbeat now; how many.
    pub async fn heartbeat(&self) -> Drive<usize> {
        self.reach("heartbeat", &self.whose()).await
    }

    /// Leaves heartbeats without an answer, or answers them again.
    pub async fn zombie(&self, on: bool) -> Drive {
        self.order("zombie", &Order { app: self.app.clone(), shard: self.shard, on }).await
    }

    /// Refuses to resume sessions, or resumes them again.
    pub async fn refuse_resume(&self, on: bool) -> Drive {
        self.order("refuse-resume", &Order { app: self.app.clone(), shard: self.shard, on }).await
    }

    /// Sends the next `times` events of this name twice.
    pub async fn duplicate(&self, event: &str, times: u32) -> Drive {
        let (app, shard, event) = (self.app.clone(), self.shard, event.to_owned());
        self.order("duplicate", &Duplicate { app, shard, event, times }).await
    }

    /// Delays events of this name; zero takes it back.
    pub async fn delay(&self, event: &str, by: std::time::Duration) -> Drive {
        let (app, shard, event, ms) = (self.app.clone(), self.shard, event.to_owned(), whole_ms(by));
        self.order("delay", &Delay { app, shard, event, ms }).await
    }

    fn whose(&self) -> Whose {
        Whose { app: self.app.clone(), shard: self.shard }
    }

    async fn reach(&self, command: &str, body: &impl Serialize) -> Drive<usize> {
        let (path, what) = (format!("/gateway/{command}"), format!("the gateway's {command}"));
        Ok(self.remote.send::<Reached>(Method::POST, &path, &what, body).await?.reached)
    }

    async fn order(&self, command: &str, body: &impl Serialize) -> Drive {
        let (path, what) = (format!("/gateway/{command}"), format!("the gateway's {command}"));
        self.remote.send::<Done>(Method::POST, &path, &what, body).await.map(drop)
    }
}
