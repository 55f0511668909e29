//! The control API as a client sees it: one request, one answer, one deadline.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{Drive, DriveError};
use crate::control::outcome::Outcome;

/// How long waits last unless told otherwise.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long the sandbox itself may take beyond a wait.
const SLACK: Duration = Duration::from_secs(15);

/// How long what takes its time may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// A connection to a sandbox's control API; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Remote(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    /// `http://127.0.0.1:7171`, without a slash at the end.
    url: String,
    deadline: RwLock<Duration>,
}

/// An answer: a body, or a refusal that carries an outcome.
pub(crate) enum Answered<T> {
    /// As asked.
    Body(T),
    /// The wait was over; this is how far it came.
    TooLate(Box<Outcome>),
}

impl Remote {
    pub(crate) fn new(url: &str) -> Drive<Self> {
        let http = reqwest::Client::builder().no_proxy().connect_timeout(DEADLINE).build();
        let http = http.map_err(|source| DriveError::Unreachable {
            what: "make an HTTP client".into(),
            url: url.to_owned(),
            source,
        })?;
        let url = url.trim_end_matches('/').to_owned();
        Ok(Self(Arc::new(Inner { http, url, deadline: RwLock::new(DEADLINE) })))
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// How long waits last.
    pub(crate) fn deadline(&self) -> Duration {
        *self.0.deadline.read()
    }

    pub(crate) fn set_deadline(&self, deadline: Duration) {
        *self.0.deadline.write() = deadline;
    }

    /// The deadline, in milliseconds.
    pub(crate) fn deadline_ms(&self) -> u64 {
        crate::clock::whole_ms(self.deadline())
    }

    /// `GET /_sandbox{path}`
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Drive<T> {
        let request = self.request(Method::GET, path).query(query);
        body(self.answer(&format!("look at {path}"), request).await?)
    }

    /// A request with a JSON body; `what` says in a few words what for.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        what: &str,
        body_of: &impl Serialize,
    ) -> Drive<T> {
        let request = self.request(method, path).json(body_of);
        body(self.answer(what, request).await?)
    }

    /// `POST` of something that takes as long as it takes, ten minutes at most.
    pub(crate) async fn send_patiently<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
        body_of: &impl Serialize,
    ) -> Drive<T> {
        let request = self.request(Method::POST, path).json(body_of).timeout(PATIENCE);
        body(self.answer(what, request).await?)
    }

    /// `POST`, where a 408 brings an outcome.
    pub(crate) async fn post_and_wait<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
        body_of: &impl Serialize,
    ) -> Drive<Answered<T>> {
        self.answer(what, self.request(Method::POST, path).json(body_of)).await
    }

    /// `GET`, where a 408 brings an outcome.
    pub(crate) async fn get_and_wait<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
        query: &impl Serialize,
    ) -> Drive<Answered<T>> {
        self.answer(what, self.request(Method::GET, path).query(query)).await
    }

    /// `GET` of a text.
    pub(crate) async fn text(&self, path: &str) -> Drive<String> {
        let what = format!("look at {path}");
        let unreachable = |source| self.unreachable(&what, source);
        let response = self.request(Method::GET, path).send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let text = response.text().await.map_err(unreachable)?;
        if status == 200 { Ok(text) } else { Err(DriveError::Refused { what, status, reason: text }) }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{}{path}", self.0.url, crate::control::MOUNT);
        self.0.http.request(method, url).timeout(self.deadline() + SLACK)
    }

    fn unreachable(&self, what: &str, source: reqwest::Error) -> DriveError {
        DriveError::Unreachable { what: what.to_owned(), url: self.0.url.clone(), source }
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        what: &str,
        request: reqwest::RequestBuilder,
    ) -> Drive<Answered<T>> {
        let response = request.send().await.map_err(|source| self.unreachable(what, source))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|source| self.unreachable(what, source))?;
        let strange = |error: serde_json::Error| DriveError::Strange {
            what: what.to_owned(),
            reason: format!("{status}: {error}: {}", shortened(&String::from_utf8_lossy(&bytes))),
        };
        if status.is_success() {
            let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
            return serde_json::from_slice(text).map(Answered::Body).map_err(strange);
        }
        let refusal: Value = serde_json::from_slice(&bytes).map_err(strange)?;
        if status.as_u16() == 408
            && let Ok(outcome) = serde_json::from_value(refusal["outcome"].clone())
        {
            return Ok(Answered::TooLate(Box::new(outcome)));
        }
        // The model server's own part has OpenAI's shape of errors.
        let sentence = refusal["error"].as_str().or_else(|| refusal["error"]["message"].as_str());
        let reason = sentence.map_or_else(|| refusal.to_string(), str::to_owned);
        Err(DriveError::Refused { what: what.to_owned(), status: status.as_u16(), reason })
    }
}

fn body<T>(answered: Answered<T>) -> Drive<T> {
    match answered {
        Answered::Body(body) => Ok(body),
        Answered::TooLate(outcome) => Err(DriveError::Strange {
            what: "a request that does not wait".into(),
            reason: format!("an outcome: {outcome:?}"),
        }),
    }
}

/// The start of a text, for a message.
pub(crate) fn shortened(text: &str) -> String {
    const SHOWN: usize = 400;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// One segment of a path, with what must be escaped in it.
pub(crate) fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("writing to a string never fails");
        }
    }
    escaped
}
