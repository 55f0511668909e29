//! A bot's way to a store of its own, which can be cut.

use std::time::Duration;

use reqwest::Method;

use super::error::{Drive, DriveError};
use super::remote::{Remote, segment};
use crate::clock::whole_ms;
use crate::control::links::{LinkView, ModeName, SwitchLink};

/// A link by its name. Whether it exists is told when it is used.
#[derive(Clone, Debug)]
pub struct Link {
    remote: Remote,
    name: String,
}

impl Link {
    pub(crate) fn new(remote: Remote, name: &str) -> Self {
        Self { remote, name: name.to_owned() }
    }

    /// It forwards again. What a hang has held goes on.
    pub async fn up(&self) -> Drive<LinkView> {
        self.switch(ModeName::Up, None).await
    }

    /// Connections are reset, and new ones too, as if the store were stopped.
    pub async fn off(&self) -> Drive<LinkView> {
        self.switch(ModeName::Off, None).await
    }

    /// Nothing passes any more, and nobody is told, as if the store were frozen.
    pub async fn hang(&self) -> Drive<LinkView> {
        self.switch(ModeName::Hang, None).await
    }

    /// Everything is this much late, either way; a minute at most.
    pub async fn slow(&self, delay: Duration) -> Drive<LinkView> {
        self.switch(ModeName::Slow, Some(whole_ms(delay))).await
    }

    /// How it stands.
    pub async fn look(&self) -> Drive<LinkView> {
        let links: Vec<LinkView> = self.remote.get("/links", &()).await?;
        let names: Vec<_> = links.iter().map(|link| link.name.clone()).collect();
        links.into_iter().find(|link| link.name == self.name).ok_or_else(|| DriveError::Unexpected {
            expected: format!("a link {}", self.name),
            seen: format!("these: {}", names.join(", ")),
        })
    }

    async fn switch(&self, mode: ModeName, delay_ms: Option<u64>) -> Drive<LinkView> {
        let (path, what) =
            (format!("/links/{}", segment(&self.name)), format!("switching the link {}", self.name));
        self.remote.send(Method::PUT, &path, &what, &SwitchLink { mode, delay_ms }).await
    }
}
