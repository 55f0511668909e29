//! The model gateway against model servers that fail in every way there is.

mod chain;
mod dialects;
mod streams;
mod strict;

use std::time::Duration;

use tokio::time::Instant;
use troupe::{
    ai::{Avoid, Ending, Finished, Gateway, Message, Request, Role, Stream, Terms, Unanswered},
    hot::{Clock, Hot},
};
use troupe_sandbox::model::{ModelServer, Recorded};

use crate::support::{PATIENCE, Server, loaded};

pub const KEY: &str = "sk-model-key-nobody-may-see";

/// A model server, and where it is.
pub struct Model {
    pub server: ModelServer,
    http: Server,
}

impl Model {
    pub async fn start() -> Self {
        let server = ModelServer::new();
        server.set_tokens_per_second(0);
        let http = Server::start(server.router()).await;
        Self { server, http }
    }

    pub fn url(&self) -> String {
        format!("{}/v1", self.http.url())
    }

    /// What it was asked, once nothing is under way any more.
    pub async fn asked(&self) -> Vec<Recorded> {
        let ended = |requests: &[Recorded]| requests.iter().all(|one| one.took_ms.is_some());
        let requests = self.server.wait_until(PATIENCE, ended).await.expect("all connections end");
        assert_eq!(self.server.open(), 0);
        requests
    }
}

pub fn alone() -> Hot {
    Hot::new(None, Clock::System)
}

/// A gateway to these addresses, whose waits are short.
pub fn gateway(urls: &[String], further: &[(&str, &str)], hot: Hot) -> Gateway {
    let mut pairs = vec![
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_MODEL", "first-model"),
        ("OPENAI_NAME", "first"),
        ("AI_CONNECT_TIMEOUT_MS", "1000"),
        ("AI_FIRST_TOKEN_TIMEOUT_MS", "500"),
        ("AI_SILENCE_TIMEOUT_MS", "300"),
    ];
    for (names, url) in [
        ["OPENAI_BASE_URL", "", ""],
        ["AI_FALLBACK_1_BASE_URL", "AI_FALLBACK_1_MODEL", "second-model"],
        ["AI_FALLBACK_2_BASE_URL", "AI_FALLBACK_2_MODEL", "third-model"],
    ]
    .iter()
    .zip(urls)
    {
        let [base_url, name, model] = *names;
        pairs.push((base_url, url));
        if !name.is_empty() {
            pairs.push((name, model));
        }
    }
    pairs.extend(further);
    Gateway::new(&loaded(&pairs).settings.ai, hot).expect("an HTTP client")
}

pub fn request() -> Request {
    let say = |role, content: &str| Message { role, content: content.to_owned() };
    Request {
        messages: vec![say(Role::System, "You are Ada."), say(Role::User, "Hello, \"Ada\"!\nHow are you?")],
        speaker: "Ada".to_owned(),
        others: vec!["Max".to_owned()],
        parts: Vec::new(),
    }
}

pub fn terms() -> Terms {
    Terms {
        max_tokens: 250,
        model: None,
        avoid: Avoid::default(),
        deadline: Instant::now() + Duration::from_secs(20),
    }
}

pub async fn open(gateway: &Gateway) -> Result<Stream, Unanswered> {
    gateway.open(&request(), &terms()).await
}

/// All that comes, and how it ends.
pub async fn read(mut stream: Stream) -> (String, Finished) {
    let mut text = String::new();
    while let Some(words) = tokio::time::timeout(PATIENCE, stream.next()).await.expect("no stream hangs") {
        assert!(words.anew || !words.text.is_empty());
        words.add_to(&mut text);
    }
    assert_eq!(stream.next().await, None, "the end stays the end");
    (text, stream.finish(None))
}

pub async fn said(gateway: &Gateway) -> (String, Ending, String) {
    let (text, finished) = read(open(gateway).await.expect("words")).await;
    (text, finished.ending, finished.provider)
}
