//! One provider: where it is, how it wants to be asked, and how fast.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Response, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout_at};

use super::{
    fault::{Fault, Kind},
    pace::Pace,
    tokens::{Counter, Tokenizer, has_tokenizer},
    types::Message,
    wire::{Form, Quirks, Said, body, retry_after},
};
use crate::{
    config::{AiSettings, AiTimes, Prices, ProviderSettings},
    trace,
};

/// Most bytes of an error that are read.
const ERROR_BYTES: usize = 64 * 1024;
/// Longest wait for the body of an error.
const ERROR_TIME: Duration = Duration::from_secs(2);
/// Connections that are kept for the next calls, to each provider.
const IDLE: usize = 64;
/// Between two lines of the log about requests that a provider rejects: it rejects all or none.
const LOGGED_EVERY: Duration = Duration::from_secs(10);

/// One provider of the chain.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) name: String,
    pub(super) model: String,
    pub(super) prices: Option<Prices>,
    pub(super) pace: Pace,
    pub(super) quirks: Quirks,
    pub(super) counter: Counter,
    pub(super) times: AiTimes,
    client: Client,
    url: String,
    key: Option<SecretString>,
    logged: Mutex<Option<Instant>>,
}

impl Provider {
    /// The whole chain.
    pub(super) fn chain(settings: &AiSettings, tokenizer: &Tokenizer) -> reqwest::Result<Vec<Arc<Self>>> {
        let builder = || {
            Client::builder()
                .connect_timeout(settings.times.connect)
                // A redirect would carry words, and perhaps the key, to where nobody sent them.
                .redirect(reqwest::redirect::Policy::none())
                .pool_max_idle_per_host(IDLE)
                .tcp_nodelay(true)
                .user_agent(concat!("troupe/", env!("CARGO_PKG_VERSION")))
        };
        let is_local = |provider: &ProviderSettings| provider.base_url.is_loopback();
        // Each client has its own copy of the trusted authorities: none is made in vain.
        let remote = if settings.chain.iter().all(is_local) { None } else { Some(builder().build()?) };
        let local =
            if settings.chain.iter().any(is_local) { Some(builder().no_proxy().build()?) } else { None };
        let client =
            |provider: &ProviderSettings| if is_local(provider) { local.clone() } else { remote.clone() };
        let provider = |one: &ProviderSettings| {
            Arc::new(Self {
                name: one.name.clone(),
                model: one.model.clone(),
                prices: one.prices,
                pace: Pace::new(one.requests_per_minute, one.tokens_per_minute),
                quirks: Quirks::of(one.base_url.host()),
                counter: Counter::new(has_tokenizer(&one.model).then(|| Arc::clone(tokenizer))),
                times: settings.times,
                client: client(one).expect("made above for each kind there is"),
                url: format!("{}/chat/completions", one.base_url),
                key: one.api_key.clone(),
                logged: Mutex::new(None),
            })
        };
        Ok(settings.chain.iter().map(provider).collect())
    }

    /// Sends a request and waits for the answer's headers. Complaints about the form are taken to heart at once.
    pub(super) async fn send(
        &self,
        model: &str,
        messages: &[Message],
        max_tokens: u32,
        until: Instant,
    ) -> Result<(Response, Form), Fault> {
        // One for each thing that can be said in another way, roles in two, and one more.
        for _ in 0..5 {
            let form = self.quirks.form();
            let mut request = self
                .client
                .post(&self.url)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ACCEPT, "text/event-stream, application/json")
                .body(body(model, messages, max_tokens, form));
            // Gateways and model servers that trace too go on from there.
            if let Some(parent) = trace::parent() {
                request = request.header("traceparent", parent);
            }
            if let Some(key) = &self.key {
                request = request.bearer_auth(key.expose_secret());
            }
            let answer = match timeout_at(until, request.send()).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => return Err(Fault::of_wire(error)),
                Err(_) => return Err(Fault::new(Kind::Slow, "no answer in time")),
            };
            let status = answer.status();
            if status == StatusCode::OK {
                return Ok((check_type(answer)?, form));
            }
            let after = retry_after(answer.headers());
            let said = timeout_at(until.min(Instant::now() + ERROR_TIME), read_error(answer)).await;
            let said = said.unwrap_or_default();
            let has_learned = match status.as_u16() {
                400 | 404 | 422 => self.quirks.learn(form, &said),
                // What a chat template complains of is this to llama.cpp.
                500 => self.quirks.learn_roles(form, &said),
                _ => false,
            };
            if has_learned {
                self.log_form();
                continue;
            }
            if let Some(after) = after {
                self.pace.rest(after);
            }
            return Err(Fault::of_status(status, &said, after));
        }
        Err(Fault::new(Kind::Rejected, "it takes the request in no form"))
    }

    /// Writes a fault into the log, without any words of a prompt or an answer.
    pub(super) fn log(&self, model: &str, fault: &Fault) {
        let provider = &self.name;
        match fault.kind {
            Kind::NotAsked => {
                tracing::debug!(provider, model, fault = fault.what, "a provider was not asked");
            }
            Kind::Rejected if self.may_log() => {
                tracing::error!(
                    provider,
                    model,
                    fault = fault.what,
                    "a provider rejects requests: check its key, model and address"
                );
            }
            Kind::Rejected => {}
            _ => tracing::warn!(provider, model, fault = fault.what, "a provider did not answer"),
        }
    }

    /// Writes into the log that a provider is asked in another form from now on.
    pub(super) fn log_form(&self) {
        let (provider, form) = (&self.name, self.quirks.form());
        tracing::info!(provider, ?form, "a provider wants requests in another form");
    }

    fn may_log(&self) -> bool {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = logged.is_none_or(|at| at.elapsed() >= LOGGED_EVERY);
        if is_due {
            *logged = Some(Instant::now());
        }
        is_due
    }
}

/// A page of a proxy is no answer.
fn check_type(answer: Response) -> Result<Response, Fault> {
    let kind =
        answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("text/html") {
        return Err(Fault::new(Kind::Broken, "it answers with a page of HTML"));
    }
    Ok(answer)
}

async fn read_error(mut answer: Response) -> Said {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = answer.chunk().await {
        if body.len() + bytes.len() > ERROR_BYTES {
            break;
        }
        body.extend_from_slice(&bytes);
    }
    Said::in_body(&body)
}
