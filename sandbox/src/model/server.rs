//! The server itself: its settings, its scripts, its record, and its routes.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use bytes::Bytes;
use parking_lot::{Mutex, RwLock};

use super::error::ModelError;
use super::queue::{Prepared, Queue};
use super::record::{Recorded, Recorder, Ticket};
use super::script::{Script, ScriptError, Times};
use super::wire::ChatRequest;
use super::{NOTICE, chat, control, embeddings, models};

/// The understudy's pace where none is set, in tokens a second.
const TOKENS_PER_SECOND: u32 = 30;
/// How many prompts are remembered, to answer differently when one is asked again.
const MAX_PROMPTS: usize = 1_024;

/// A local model server. Clones are the same server.
#[derive(Clone)]
pub struct ModelServer(Arc<Inner>);

struct Inner {
    recorder: Arc<Recorder>,
    queue: Mutex<Queue>,
    prompts: Mutex<Prompts>,
    /// A secret: never shown.
    key: RwLock<Option<String>>,
    tokens_per_second: AtomicU32,
    ids: AtomicU64,
}

/// How often each of the last prompts was asked.
#[derive(Default)]
struct Prompts {
    asked: HashMap<u64, u64>,
    order: VecDeque<u64>,
}

/// The model server was not seen in the awaited state in time.
#[derive(Debug, thiserror::Error)]
#[error("the model server's requests did not become as expected within {waited:?}; they are {last:#?}")]
pub struct TimedOut {
    /// How long was waited.
    pub waited: Duration,
    /// The requests at the end.
    pub last: Vec<Recorded>,
}

impl Default for ModelServer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ModelServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ModelServer").field(&self.state()).finish()
    }
}

impl ModelServer {
    /// A server with no scripts and no key, that records, and whose understudy speaks at 30 tokens a second.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            recorder: Recorder::new(),
            queue: Mutex::default(),
            prompts: Mutex::default(),
            key: RwLock::new(None),
            tokens_per_second: AtomicU32::new(TOKENS_PER_SECOND),
            ids: AtomicU64::new(1),
        }))
    }

    /// The routes under `/v1`. It has no fallback of its own, so it can be merged into another router.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/chat/completions", post(chat::complete).fallback(models::wrong_method))
            .route("/v1/embeddings", post(embeddings::embed).fallback(models::wrong_method))
            .route("/v1/models", get(models::list).fallback(models::wrong_method))
            .route("/v1/models/{*model}", get(models::get).fallback(models::wrong_method))
            .route("/v1/{*path}", axum::routing::any(models::no_route))
            .with_state(self.clone())
    }

    /// The control routes, to be nested (the sandbox does at `/_sandbox/model`): see [`super::State`],
    /// [`super::Settings`], [`super::Requests`] and [`Script`] for their JSON.
    pub fn control(&self) -> Router {
        Router::new()
            .route("/", get(control::state).patch(control::settings))
            .route("/requests", get(control::requests).delete(control::clear_requests))
            .route("/script", post(control::add_scripts).delete(control::clear_scripts))
            .with_state(self.clone())
    }

    /// Queues a script (or sets a standing one, if its times are [`Times::Always`]).
    pub fn script(&self, script: Script) -> Result<(), ScriptError> {
        self.0.queue.lock().add(script)
    }

    /// Queues scripts in this order: all of them, or none if one is refused.
    pub fn scripts(&self, scripts: impl IntoIterator<Item = Script>) -> Result<(), ScriptError> {
        self.0.queue.lock().add_all(scripts.into_iter().collect())
    }

    /// Sets the script that answers whatever no queued one does. One such script is kept for each
    /// `when`; the last set counts.
    pub fn always(&self, script: Script) -> Result<(), ScriptError> {
        self.script(Script { times: Times::Always, ..script })
    }

    /// Forgets every script, queued and standing: the understudy is back.
    pub fn clear_scripts(&self) {
        self.0.queue.lock().clear();
    }

    /// What was asked, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.0.recorder.requests()
    }

    /// What the model was asked by requests whose `traceparent` fits, oldest first.
    pub(crate) fn traced(&self, fits: impl Fn(&str) -> bool) -> Vec<Recorded> {
        self.0.recorder.traced(fits)
    }

    /// How many tokens were sent in answer to each request that bears a `traceparent`.
    pub(crate) fn tokens(&self, tell: impl FnMut(&str, u64)) {
        self.0.recorder.tokens(tell);
    }

    /// How many requests were dropped from the record to keep its bounds.
    pub fn dropped(&self) -> u64 {
        self.0.recorder.dropped()
    }

    /// Forgets what was asked.
    pub fn clear_requests(&self) {
        self.0.recorder.clear();
    }

    /// Forgets what was asked, and every script.
    pub fn clear(&self) {
        self.clear_scripts();
        self.clear_requests();
    }

    /// Waits until the recorded requests are as `so` wants them, and returns them.
    pub async fn wait_until(
        &self,
        within: Duration,
        so: impl Fn(&[Recorded]) -> bool,
    ) -> Result<Vec<Recorded>, TimedOut> {
        let waited = tokio::time::timeout(within, async {
            loop {
                let changed = self.0.recorder.changed();
                let requests = self.requests();
                if so(&requests) {
                    return requests;
                }
                changed.await;
            }
        });
        waited.await.map_err(|_| TimedOut { waited: within, last: self.requests() })
    }

    /// Switches the record on or off. Off, a request costs no copy and no lock of it.
    pub fn record(&self, on: bool) {
        self.0.recorder.set(on);
    }

    /// Sets the understudy's pace; 0 is at once.
    pub fn set_tokens_per_second(&self, pace: u32) {
        self.0.tokens_per_second.store(pace, Ordering::Release);
    }

    /// The understudy's pace.
    pub fn tokens_per_second(&self) -> u32 {
        self.0.tokens_per_second.load(Ordering::Acquire)
    }

    /// From now on requests need `Authorization: Bearer {key}`; with `None` they need no key.
    pub fn require_key(&self, key: Option<String>) {
        *self.0.key.write() = key;
    }

    /// How many requests are under way.
    pub fn open(&self) -> u64 {
        self.0.recorder.open()
    }

    /// Requests that ever came, recorded or not.
    pub(crate) fn asked(&self) -> u64 {
        self.0.recorder.asked()
    }

    /// The whole state, but for the record.
    pub fn state(&self) -> super::State {
        super::State {
            notice: NOTICE.into(),
            record: self.0.recorder.is_on(),
            tokens_per_second: self.tokens_per_second(),
            key_required: self.0.key.read().is_some(),
            open: self.open(),
            dropped: self.dropped(),
            scripts: self.0.queue.lock().list(),
        }
    }

    pub(super) fn begin(&self, path: &str, headers: &HeaderMap, body: &Bytes) -> Ticket {
        self.0.recorder.begin(path, headers, body)
    }

    pub(super) fn take_script(&self, raw: &[u8], request: &ChatRequest<'_>) -> Option<Arc<Prepared>> {
        self.0.queue.lock().take(raw, request)
    }

    /// An id that this server gives once.
    pub(super) fn next_id(&self, prefix: &str) -> String {
        let number = self.0.ids.fetch_add(1, Ordering::Relaxed);
        format!("{prefix}{:08x}{number:016x}", super::now_s())
    }

    /// How often this server was asked the same before.
    pub(super) fn times_asked(&self, request: &ChatRequest<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        for message in request.messages() {
            (message.role as u8, message.text()).hash(&mut hasher);
        }
        let prompt = hasher.finish();
        let mut prompts = self.0.prompts.lock();
        let Prompts { asked, order } = &mut *prompts;
        let times = asked.entry(prompt).or_insert_with(|| {
            order.push_back(prompt);
            0
        });
        let before = *times;
        *times += 1;
        if order.len() > MAX_PROMPTS
            && let Some(oldest) = order.pop_front()
        {
            asked.remove(&oldest);
        }
        before
    }

    /// 401 unless the request carries the key, where one is needed.
    pub(super) fn authorize(&self, headers: &HeaderMap) -> Result<(), ModelError> {
        let key = self.0.key.read();
        let Some(key) = key.as_deref() else { return Ok(()) };
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match given.and_then(|value| value.strip_prefix("Bearer ")) {
            Some(given) if given == key => Ok(()),
            Some(_) => Err(ModelError::new(StatusCode::UNAUTHORIZED, "Incorrect API key provided.")),
            None => {
                let message = "No API key provided: send it as 'Authorization: Bearer KEY'.";
                Err(ModelError::new(StatusCode::UNAUTHORIZED, message))
            }
        }
    }
}
