//! Every request to Discord goes through here: paced so that we cause no 429, bounded in time, counted, retried where
//! that is safe.
//!
//! A call goes: circuit (too many invalid requests, token rejected) → its bucket's queue → the global gate → the wire →
//! what the answer teaches → done, or once more. Interactions' first answers skip the queue and the gate; an
//! interaction's later messages skip the gate: Discord exempts both.

mod bucket;
mod calls;
mod complaint;
mod error;
mod global;
mod headers;
mod index;
mod invalid;
mod pacer;
mod route;
#[cfg(test)]
mod tests;
mod traced;
mod transport;
mod webhooks;

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use metrics::{counter, gauge, histogram};
use secrecy::SecretString;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};
use url::Url;

pub use calls::{Application, BotUser, Gateway, Place, Sent, SessionStarts};
pub use error::{RestError, code};
pub use transport::{Attachment, TransportError};
pub(super) use transport::{bare_token, certificate, is_local};
pub use webhooks::{Webhook, WebhookTarget};

use complaint::{TooManyRequests, api_error};
use global::GlobalGate;
use headers::Scope;
use invalid::InvalidRequests;
use pacer::{Pacer, Permit, Refused};
use route::{Digester, Pace, Route};
use transport::{Answer, Body, Broken, Transport};

use crate::trace;

/// Tries of one call, first included.
const MAX_TRIES: u32 = 5;
/// Time for one try, wait excluded.
const TRY_TIME: Duration = Duration::from_secs(10);
/// First backoff; doubles with each try.
const BACKOFF: Duration = Duration::from_millis(250);
/// A call's deadline where none is given, waits and retries included.
const DEADLINE: Duration = Duration::from_secs(30);
/// The same for an interaction's first answer: Discord forgets the interaction after 3 s.
const CALLBACK_DEADLINE: Duration = Duration::from_millis(2_800);
/// When to look again, where others wait at the global gate.
const GATE_WAIT: Duration = Duration::from_millis(100);
/// Waits below this are no waits.
const NOTED_WAIT: Duration = Duration::from_millis(1);

/// Discord's REST API, as one bot. Cheap to clone; all clones share one pace.
#[derive(Clone)]
pub struct Rest {
    inner: Arc<Inner>,
    deadline: Duration,
}

struct Inner {
    transport: Transport,
    pacer: Pacer,
    global: GlobalGate,
    invalid: InvalidRequests,
    token_rejected: AtomicBool,
    digester: Digester,
}

/// One call, ready to send.
struct Call {
    route: Route,
    body: Body,
    deadline: Duration,
}

/// What to do after a try.
enum Next {
    Done(Answer),
    Fail(RestError),
    /// Again, after this time, if the call's deadline allows it; else this error.
    Again(Duration, RestError),
}

impl std::fmt::Debug for Rest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rest").field("buckets", &self.inner.pacer.len()).finish_non_exhaustive()
    }
}

impl Rest {
    /// Requests a second that Discord allows a bot, unless it has raised the limit.
    pub const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("not zero");

    /// Prepares the connection; sends nothing yet.
    ///
    /// `api_url` is the origin of a Discord stand-in (`None`: Discord), `ca_file` a PEM file with a CA to trust beside
    /// the usual ones. Reads that file, so it blocks for a moment. `per_second` is what Discord allows over all of its API.
    pub fn new(
        token: &SecretString,
        api_url: Option<&Url>,
        ca_file: Option<&Path>,
        per_second: NonZeroU32,
    ) -> Result<Self, TransportError> {
        let inner = Arc::new(Inner {
            transport: Transport::new(token, api_url, ca_file)?,
            pacer: Pacer::default(),
            global: GlobalGate::new(per_second),
            invalid: InvalidRequests::new(Instant::now()),
            token_rejected: AtomicBool::new(false),
            digester: Digester::default(),
        });
        Ok(Self { inner, deadline: DEADLINE })
    }

    /// The same API for calls that end within `deadline`, waits and retries included, instead of 30 s. An interaction's
    /// first answer keeps its own, of just under 3 s.
    #[must_use]
    pub fn within(&self, deadline: Duration) -> Self {
        Self { inner: Arc::clone(&self.inner), deadline }
    }

    /// The HTTP client below, for serenity's own few requests.
    pub(crate) fn client(&self) -> &reqwest::Client {
        self.inner.transport.client()
    }

    /// Rate limit buckets alive.
    pub fn buckets(&self) -> usize {
        self.inner.pacer.len()
    }

    /// How long a call of this route would wait, as far as that is known now: for whoever would rather say something
    /// newer later than queue up with what is old by then. Nothing is reserved, so a call may wait all the same.
    fn wait(&self, route: &Route) -> Duration {
        let now = Instant::now();
        let bucket = self.inner.pacer.wait(route, now);
        if route.pace != Pace::Full {
            return bucket;
        }
        let gate = if self.inner.global.has_queue() { GATE_WAIT } else { Duration::ZERO };
        bucket.max(gate).max(self.inner.global.blocked_for(now))
    }

    /// Sends a call, as often as it takes and its deadline allows.
    async fn send(&self, call: Call) -> Result<Bytes, RestError> {
        let deadline = Instant::now() + call.deadline;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_once(&call, deadline, tries).await {
                Next::Done(answer) => return Ok(answer.body),
                Next::Fail(error) => return Err(error),
                Next::Again(after, error) => {
                    if tries >= MAX_TRIES || Instant::now() + after >= deadline {
                        return Err(error);
                    }
                    tokio::time::sleep(after).await;
                }
            }
        }
    }

    async fn try_once(&self, call: &Call, deadline: Instant, tries: u32) -> Next {
        let span = traced::request(&call.route, tries);
        self.try_in(&span, call, deadline, tries).instrument(span.clone()).await
    }

    async fn try_in(&self, span: &Span, call: &Call, deadline: Instant, tries: u32) -> Next {
        let begun = Instant::now();
        let permit = self.wait_for_turn(&call.route, deadline).await;
        let asked = Instant::now();
        trace::note(span, "troupe.rest.wait_ms", trace::millis(asked - begun));
        let permit = match permit {
            Ok(permit) => permit,
            Err(error) => {
                trace::fail(span, "not_sent");
                return Next::Fail(error);
            }
        };
        let time = deadline.saturating_duration_since(Instant::now()).min(TRY_TIME);
        let result = self.inner.transport.send(&call.route, &call.body, time).await;
        trace::note(span, "troupe.rest.wire_ms", trace::millis(asked.elapsed()));
        match result {
            Ok(answer) => {
                trace::note(span, "http.response.status_code", i64::from(answer.status));
                if answer.status >= 400 {
                    trace::fail(span, "refused");
                }
                count(&call.route, answer.status);
                self.judge(&call.route, permit, answer, tries)
            }
            Err(broken) => {
                trace::fail(span, broken.name());
                count(&call.route, 0);
                judge_broken(&call.route, permit, broken, tries)
            }
        }
    }

    /// Passes the circuit, the bucket's queue and the global gate.
    async fn wait_for_turn(&self, route: &Route, deadline: Instant) -> Result<Option<Permit<'_>>, RestError> {
        let started = Instant::now();
        self.check_circuit(started)?;
        if route.pace == Pace::None {
            return Ok(None);
        }
        let permit = self.inner.pacer.acquire(route, deadline).await.map_err(|refused| match refused {
            Refused::QueueFull => RestError::QueueFull { route: name(route) },
            Refused::TooLate(after) => RestError::RateLimited { route: name(route), after },
        })?;
        if route.pace == Pace::Full
            && let Err(shut) = self.inner.global.pass(deadline).await
        {
            permit.unused();
            return Err(RestError::RateLimited { route: name(route), after: shut.after });
        }
        let waited = started.elapsed();
        if waited >= NOTED_WAIT {
            histogram!("discord_rest_wait_seconds", "route" => route.id.template)
                .record(waited.as_secs_f64());
        }
        gauge!("discord_rest_buckets").set(as_f64(self.inner.pacer.len()));
        // The world may have changed while this one waited.
        if let Err(error) = self.check_circuit(Instant::now()) {
            permit.unused();
            return Err(error);
        }
        Ok(Some(permit))
    }

    fn check_circuit(&self, now: Instant) -> Result<(), RestError> {
        if self.inner.token_rejected.load(Ordering::Relaxed) {
            return Err(RestError::TokenRejected);
        }
        let stopped = |stopped: invalid::Stopped| RestError::TooManyInvalid {
            count: stopped.count,
            after: stopped.after,
        };
        self.inner.invalid.check(now).map_err(stopped)
    }

    /// Takes in what an answer teaches, and decides what it means for the call.
    fn judge(&self, route: &Route, permit: Option<Permit<'_>>, answer: Answer, tries: u32) -> Next {
        if answer.status == 429 {
            return self.judge_429(route, permit, &answer);
        }
        if let Some(permit) = permit {
            match (headers::bucket(&answer.headers), headers::observed(&answer.headers)) {
                (Some(hash), Some(seen)) => permit.observed(hash, &seen),
                _ if answer.status < 300 => permit.unlimited(),
                _ => permit.unused(),
            }
        }
        match answer.status {
            200..300 => Next::Done(answer),
            401 | 403 => {
                self.count_invalid();
                if answer.status == 401 && route.is_authorised_by_bot() {
                    self.inner.token_rejected.store(true, Ordering::Relaxed);
                    return Next::Fail(RestError::TokenRejected);
                }
                Next::Fail(api_error(route, &answer))
            }
            500.. if route.id.method.is_repeatable() => {
                Next::Again(backoff(tries), api_error(route, &answer))
            }
            _ => Next::Fail(api_error(route, &answer)),
        }
    }

    fn judge_429(&self, route: &Route, permit: Option<Permit<'_>>, answer: &Answer) -> Next {
        let body: TooManyRequests = serde_json::from_slice(&answer.body).unwrap_or_default();
        let scope = headers::scope(&answer.headers, body.global);
        let after = headers::retry_after(&answer.headers)
            .max(body.retry_after.and_then(headers::duration))
            .unwrap_or(Duration::from_secs(1));
        counter!("discord_rest_429_total", "scope" => scope.as_str()).increment(1);
        tracing::warn!(
            route = %name(route), scope = scope.as_str(), retry_after_ms = as_millis(after),
            "Discord refused a request: rate limit"
        );
        if scope != Scope::Shared {
            self.count_invalid();
        }
        let until = Instant::now() + after;
        if scope == Scope::Global {
            self.inner.global.block(until);
        }
        let error = RestError::RateLimited { route: name(route), after };
        match permit {
            Some(permit) => {
                if scope == Scope::Global && route.pace == Pace::Full {
                    permit.unused();
                } else {
                    let seen = headers::observed(&answer.headers);
                    permit.blocked(headers::bucket(&answer.headers), seen.as_ref(), until);
                }
                // The bucket or the gate keeps the call waiting for as long as it takes.
                Next::Again(Duration::ZERO, error)
            }
            None => Next::Again(after, error),
        }
    }

    fn count_invalid(&self) {
        let total = self.inner.invalid.record(Instant::now());
        counter!("discord_rest_invalid_total").increment(1);
        gauge!("discord_rest_invalid_10m").set(total);
    }
}

fn judge_broken(route: &Route, permit: Option<Permit<'_>>, broken: Broken, tries: u32) -> Next {
    match broken {
        Broken::Unsent(cause) => {
            if let Some(permit) = permit {
                permit.unused();
            }
            Next::Again(backoff(tries), RestError::Transport { route: name(route), cause, unsent: true })
        }
        // The permit is dropped: the request may have counted.
        Broken::Lost(cause) => {
            let error = RestError::Transport { route: name(route), cause, unsent: false };
            if route.id.method.is_repeatable() {
                Next::Again(backoff(tries), error)
            } else {
                Next::Fail(error)
            }
        }
        Broken::TimedOut => {
            let error = RestError::Deadline { route: name(route) };
            if route.id.method.is_repeatable() {
                Next::Again(backoff(tries), error)
            } else {
                Next::Fail(error)
            }
        }
    }
}

/// Method and template.
fn name(route: &Route) -> String {
    format!("{} {}", route.id.method.as_str(), route.id.template)
}

/// Twice as long with each try, and never twice the same.
fn backoff(tries: u32) -> Duration {
    let longest = BACKOFF * 2_u32.saturating_pow(tries.min(6));
    let share = RandomState::new().hash_one(tries) % 1_000;
    longest / 2 + longest / 2 * u32::try_from(share).unwrap_or(0) / 1_000
}

fn count(route: &Route, status: u16) {
    let status = match status {
        0 => "none",
        200..300 => "2xx",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        429 => "429",
        300..500 => "4xx",
        _ => "5xx",
    };
    counter!(
        "discord_rest_requests_total",
        "method" => route.id.method.as_str(), "route" => route.id.template, "status" => status
    )
    .increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of at most 100,000")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

fn as_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
