//! What the model server was asked, and how each request ended.
//!
//! Two bounds hold: [`MAX_REQUESTS`] requests and [`MAX_BYTES`] of bodies; the oldest go first, and
//! how many went is told. Bodies are kept as they came and parsed when they are looked at.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use crate::clock::whole_ms;

/// The most requests that are kept.
pub const MAX_REQUESTS: usize = 1_000;
/// The most bytes of request bodies that are kept.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How much of a reply's text is kept, in bytes.
const MAX_SAID: usize = 64 * 1024;

/// The headers that are kept. The key is none of them; [`Recorded::has_key`] says whether there was one.
const HEADERS: [&str; 10] = [
    "accept",
    "content-type",
    "http-referer",
    "idempotency-key",
    "openai-organization",
    "openai-project",
    "traceparent",
    "user-agent",
    "x-request-id",
    "x-title",
];

/// A request that the model server got.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Recorded {
    /// Counts every recorded request of this server, from 1.
    pub number: u64,
    /// The path, such as `/v1/chat/completions`.
    pub path: String,
    /// When it came, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Whether it carried a bearer key. The key itself is not kept.
    pub has_key: bool,
    /// Its headers of interest, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The whole body; a string where it was not JSON, null where there was none.
    pub body: Value,
    /// The HTTP status of the answer; `None` as long as there is none.
    pub status: Option<u16>,
    /// Completion tokens that were handed to the connection.
    pub tokens_sent: u64,
    /// How long it took to the first of them, in milliseconds.
    #[serde(default)]
    pub first_token_ms: Option<u64>,
    /// The text of the reply so far: its first 64 KiB.
    #[serde(default)]
    pub said: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took until it ended, in milliseconds.
    pub took_ms: Option<u64>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has not ended yet.
    UnderWay,
    /// The answer was sent to its end (an error is an answer too).
    Finished,
    /// The client hung up before the answer's end.
    ClientLeft,
    /// A scripted fault cut the connection.
    Cut,
}

impl Outcome {
    fn from_u8(value: u8) -> Self {
        match value {
            0 => Self::UnderWay,
            1 => Self::Finished,
            2 => Self::ClientLeft,
            _ => Self::Cut,
        }
    }
}

#[derive(Debug)]
struct Entry {
    number: u64,
    path: String,
    at_ms: u64,
    started: Instant,
    has_key: bool,
    headers: BTreeMap<String, String>,
    body: Bytes,
    status: AtomicU16,
    tokens_sent: AtomicU64,
    first_token_ms: OnceLock<u64>,
    said: Mutex<String>,
    outcome: AtomicU8,
    took_ms: AtomicU64,
}

impl Entry {
    fn show(&self) -> Recorded {
        let outcome = Outcome::from_u8(self.outcome.load(Ordering::Acquire));
        let status = self.status.load(Ordering::Acquire);
        let took_ms = self.took_ms.load(Ordering::Acquire);
        Recorded {
            number: self.number,
            path: self.path.clone(),
            at_ms: self.at_ms,
            has_key: self.has_key,
            headers: self.headers.clone(),
            body: match self.body.as_ref() {
                [] => Value::Null,
                body => serde_json::from_slice(body)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned())),
            },
            status: (status != 0).then_some(status),
            tokens_sent: self.tokens_sent.load(Ordering::Acquire),
            first_token_ms: self.first_token_ms.get().copied(),
            said: self.said.lock().clone(),
            outcome,
            took_ms: (outcome != Outcome::UnderWay).then_some(took_ms),
        }
    }
}

#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    dropped: u64,
}

/// The record of one server.
#[derive(Debug)]
pub(crate) struct Recorder {
    on: AtomicBool,
    log: Mutex<Log>,
    numbers: AtomicU64,
    open: AtomicU64,
    asked: AtomicU64,
    changed: Notify,
}

impl Recorder {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            on: AtomicBool::new(true),
            log: Mutex::default(),
            numbers: AtomicU64::new(0),
            open: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            changed: Notify::new(),
        })
    }

    pub(crate) fn set(&self, on: bool) {
        self.on.store(on, Ordering::Release);
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on.load(Ordering::Acquire)
    }

    /// Requests under way, recorded or not.
    pub(crate) fn open(&self) -> u64 {
        self.open.load(Ordering::Acquire)
    }

    /// Requests that ever came, recorded or not.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Acquire)
    }

    /// How many requests were dropped to keep the bounds.
    pub(crate) fn dropped(&self) -> u64 {
        self.log.lock().dropped
    }

    /// The kept requests, oldest first.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        let entries: Vec<_> = self.log.lock().entries.iter().cloned().collect();
        entries.iter().map(|entry| entry.show()).collect()
    }

    /// The kept requests whose `traceparent` fits, oldest first.
    pub(crate) fn traced(&self, fits: impl Fn(&str) -> bool) -> Vec<Recorded> {
        let entries: Vec<_> = self.log.lock().entries.iter().cloned().collect();
        let traced =
            entries.iter().filter(|entry| entry.headers.get("traceparent").is_some_and(|it| fits(it)));
        traced.map(|entry| entry.show()).collect()
    }

    /// How many tokens were sent in answer to each request that bears a `traceparent`.
    pub(crate) fn tokens(&self, mut tell: impl FnMut(&str, u64)) {
        for entry in &self.log.lock().entries {
            if let Some(header) = entry.headers.get("traceparent") {
                tell(header, entry.tokens_sent.load(Ordering::Acquire));
            }
        }
    }

    pub(crate) fn clear(&self) {
        *self.log.lock() = Log::default();
        self.changed.notify_waiters();
    }

    /// Wakes when a request begins or ends, after this was called.
    pub(crate) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.changed.notified()
    }

    /// Notes a request's begin; the ticket notes the rest.
    pub(crate) fn begin(self: &Arc<Self>, path: &str, headers: &HeaderMap, body: &Bytes) -> Ticket {
        self.open.fetch_add(1, Ordering::AcqRel);
        self.asked.fetch_add(1, Ordering::AcqRel);
        let entry = self.is_on().then(|| self.keep(path, headers, body.clone()));
        self.changed.notify_waiters();
        Ticket { recorder: Arc::clone(self), entry, ended: false }
    }

    fn keep(&self, path: &str, headers: &HeaderMap, body: Bytes) -> Arc<Entry> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let kept = HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), text(name)?)));
        let entry = Arc::new(Entry {
            number: self.numbers.fetch_add(1, Ordering::AcqRel) + 1,
            path: path.to_owned(),
            at_ms: whole_ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            started: Instant::now(),
            has_key: headers.contains_key(header::AUTHORIZATION),
            headers: kept.collect(),
            body,
            status: AtomicU16::new(0),
            tokens_sent: AtomicU64::new(0),
            first_token_ms: OnceLock::new(),
            said: Mutex::default(),
            outcome: AtomicU8::new(Outcome::UnderWay as u8),
            took_ms: AtomicU64::new(0),
        });
        let mut log = self.log.lock();
        log.bytes += entry.body.len();
        log.entries.push_back(Arc::clone(&entry));
        while log.entries.len() > MAX_REQUESTS || log.bytes > MAX_BYTES {
            let Some(oldest) = log.entries.pop_front() else { break };
            log.bytes -= oldest.body.len();
            log.dropped += 1;
        }
        entry
    }
}

/// Accompanies a request to its end. Dropped before [`Ticket::end`], it notes that the client left.
#[derive(Debug)]
pub(crate) struct Ticket {
    recorder: Arc<Recorder>,
    entry: Option<Arc<Entry>>,
    ended: bool,
}

impl Ticket {
    pub(crate) fn status(&self, status: u16) {
        if let Some(entry) = &self.entry {
            entry.status.store(status, Ordering::Release);
        }
    }

    /// Notes a token that was handed to the connection.
    pub(crate) fn sent(&self, token: &str) {
        if let Some(entry) = &self.entry {
            entry.first_token_ms.get_or_init(|| whole_ms(entry.started.elapsed()));
            entry.tokens_sent.fetch_add(1, Ordering::AcqRel);
            let mut said = entry.said.lock();
            if said.len() + token.len() <= MAX_SAID {
                said.push_str(token);
            }
        }
    }

    pub(crate) fn end(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.recorder.open.fetch_sub(1, Ordering::AcqRel);
        if let Some(entry) = &self.entry {
            entry.took_ms.store(whole_ms(entry.started.elapsed()), Ordering::Release);
            entry.outcome.store(outcome as u8, Ordering::Release);
        }
        self.recorder.changed.notify_waiters();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end(Outcome::ClientLeft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_are_counted() {
        let recorder = Recorder::new();
        for number in 0..MAX_REQUESTS + 3 {
            let body = Bytes::from(number.to_string());
            recorder.begin("/v1/x", &HeaderMap::new(), &body).end(Outcome::Finished);
        }
        let kept = recorder.requests();
        assert_eq!((kept.len(), recorder.dropped()), (MAX_REQUESTS, 3));
        assert_eq!((kept[0].number, kept[0].body.as_u64()), (4, Some(3)));

        let large = Bytes::from(vec![b'x'; MAX_BYTES / 2 + 1]);
        for _ in 0..2 {
            recorder.begin("/v1/x", &HeaderMap::new(), &large).end(Outcome::Finished);
        }
        assert_eq!(recorder.requests().len(), 1, "two do not fit");
    }

    #[test]
    fn the_key_is_not_kept() {
        let recorder = Recorder::new();
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, "Bearer sk-secret".parse().unwrap());
        headers.insert(header::USER_AGENT, "test".parse().unwrap());
        drop(recorder.begin("/v1/x", &headers, &Bytes::new()));
        let kept = &recorder.requests()[0];
        assert!(kept.has_key);
        assert_eq!(kept.headers["user-agent"], "test");
        assert_eq!(kept.outcome, Outcome::ClientLeft);
        assert!(!format!("{recorder:?}{kept:?}").contains("sk-secret"));
    }
}
