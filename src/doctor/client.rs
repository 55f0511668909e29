//! HTTP for checks: clients with deadlines, bounded bodies, and errors without addresses.

use std::{error::Error, path::Path};

use reqwest::{Certificate, Client, ClientBuilder, Response};
use serde_json::Value;

use super::DEADLINE;

/// Longest body that a check reads, in bytes. Lists of models can be long.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

fn builder() -> ClientBuilder {
    // Discord asks bots to name themselves in this form.
    let agent = concat!("DiscordBot (troupe, ", env!("CARGO_PKG_VERSION"), ")");
    Client::builder()
        .timeout(DEADLINE)
        .connect_timeout(DEADLINE)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(agent)
}

/// A client for this machine, which no proxy may answer for.
pub(crate) fn local() -> reqwest::Result<Client> {
    builder().no_proxy().build()
}

/// A client for a service: past any proxy when it is on this machine.
pub(super) fn remote(loopback: bool, extra: Vec<Certificate>) -> reqwest::Result<Client> {
    let builder = extra.into_iter().fold(builder(), ClientBuilder::add_root_certificate);
    if loopback { builder.no_proxy().build() } else { builder.build() }
}

/// Reads the certificates of a PEM file.
pub(super) async fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    let pem = tokio::fs::read(path).await.map_err(|error| format!("can't be read: {error}"))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if certificates.is_empty() => {
            Err("has no certificate in it; it must be PEM text".to_owned())
        }
        Ok(certificates) => Ok(certificates),
        Err(_) => Err("is not a PEM file with certificates".to_owned()),
    }
}

/// Why a request got no answer: the innermost cause, without the address.
pub(crate) fn explain(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", DEADLINE.as_secs());
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text
}

/// Reads a JSON body, up to a limit.
pub(crate) async fn read_json(mut answer: Response) -> Result<Value, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(explain)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err("the answer is too long".to_owned());
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| "the answer is not JSON".to_owned())
}
