//! The bot's links to its stores: how they stand, and switching them.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::input::{Given, Of};
use super::refusal::{Answer, Refusal};
use crate::clock::whole_ms;
use crate::instance::Sandbox;
use crate::links::{Link, MAX_DELAY, Mode};

/// What a link does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeName {
    /// It forwards.
    Up,
    /// As if the server were stopped.
    Off,
    /// As if the server were frozen.
    Hang,
    /// It forwards late.
    Slow,
}

/// What a link is to do.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchLink {
    /// What.
    pub mode: ModeName,
    /// With `slow`: how late each chunk is, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

/// A link, as it is shown. No part of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LinkView {
    /// Its name.
    pub name: String,
    /// Where it leads: `host:port` or `unix:/path`.
    pub target: String,
    /// Where it listens: `127.0.0.1:41234`.
    pub address: String,
    /// What it does.
    pub mode: ModeName,
    /// With `slow`: how late each chunk is, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Connections that are open.
    pub open: u64,
    /// Connections that came since the start, those that were reset at once included.
    pub connections: u64,
    /// Bytes that the server was given.
    pub bytes_in: u64,
    /// Bytes that clients were given.
    pub bytes_out: u64,
}

impl From<&Link> for LinkView {
    fn from(link: &Link) -> Self {
        let (mode, counts) = (link.mode(), link.counts());
        let (mode, delay_ms) = match mode {
            Mode::Up => (ModeName::Up, None),
            Mode::Off => (ModeName::Off, None),
            Mode::Hang => (ModeName::Hang, None),
            Mode::Slow(delay) => (ModeName::Slow, Some(whole_ms(delay))),
        };
        Self {
            name: link.name().to_owned(),
            target: link.target().to_string(),
            address: link.address().to_string(),
            mode,
            delay_ms,
            open: counts.open,
            connections: counts.connections,
            bytes_in: counts.bytes_in,
            bytes_out: counts.bytes_out,
        }
    }
}

impl SwitchLink {
    fn mode(self) -> Result<Mode, Refusal> {
        let most = whole_ms(MAX_DELAY);
        match (self.mode, self.delay_ms) {
            (ModeName::Up, None) => Ok(Mode::Up),
            (ModeName::Off, None) => Ok(Mode::Off),
            (ModeName::Hang, None) => Ok(Mode::Hang),
            (ModeName::Slow, Some(ms)) if (1..=most).contains(&ms) => {
                Ok(Mode::Slow(Duration::from_millis(ms)))
            }
            (ModeName::Slow, _) => {
                Err(Refusal::bad(format!("slow takes a delay: delay_ms from 1 to {most}")))
            }
            (_, Some(_)) => Err(Refusal::bad("only slow takes a delay")),
        }
    }
}

/// `GET /links`, in the order of their opening
pub(super) async fn links(State(sandbox): State<Sandbox>) -> Json<Vec<LinkView>> {
    Json(sandbox.links.list().iter().map(LinkView::from).collect())
}

/// `PUT /links/{name}`
pub(super) async fn switch(
    State(sandbox): State<Sandbox>,
    Of(name): Of<String>,
    Given(order): Given<SwitchLink>,
) -> Answer<LinkView> {
    let link = sandbox.links.get(&name).ok_or_else(|| missing(&name, &sandbox.links.list()))?;
    link.set(order.mode()?);
    Ok(Json(LinkView::from(&link)))
}

fn missing(name: &str, links: &[Link]) -> Refusal {
    let names: Vec<_> = links.iter().map(Link::name).collect();
    let known = if names.is_empty() {
        "there is none at all; serve --link opens one".to_owned()
    } else {
        format!("there are: {}", names.join(", "))
    };
    Refusal::missing(format!("there is no link {name:?}; {known}"))
}
