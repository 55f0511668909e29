//! The model server: what it answers, and what it was asked.

use reqwest::Method;
use serde_json::json;

use super::error::Drive;
use super::remote::Remote;
use crate::model::{Recorded, Requests, Script, Settings, State};

/// A sandbox's model server.
#[derive(Clone, Debug)]
pub struct Model {
    remote: Remote,
}

impl Model {
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// Queues a script: what it answers next, how fast, and how it fails.
    pub async fn script(&self, script: Script) -> Drive {
        self.scripts(&[script]).await
    }

    /// Queues scripts in this order: all of them, or none if one is refused.
    pub async fn scripts(&self, scripts: &[Script]) -> Drive {
        let what = "scripting the model";
        self.remote.send::<State>(Method::POST, "/model/script", what, &scripts).await.map(drop)
    }

    /// What it was asked, oldest first.
    pub async fn requests(&self) -> Drive<Vec<Recorded>> {
        Ok(self.remote.get::<Requests>("/model/requests", &()).await?.requests)
    }

    /// Changes its settings.
    pub async fn set(&self, settings: &Settings) -> Drive<State> {
        self.remote.send(Method::PATCH, "/model", "setting the model", settings).await
    }

    /// Forgets every script and what it was asked.
    pub async fn clear(&self) -> Drive {
        for path in ["/model/script", "/model/requests"] {
            self.remote.send::<()>(Method::DELETE, path, "clearing the model", &json!({})).await?;
        }
        Ok(())
    }
}
