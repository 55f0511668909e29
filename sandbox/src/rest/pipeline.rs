//! What happens to every API request, in one order: see `Call::steps` and `Call::finish`.

use std::convert::Infallible;
use std::ops::ControlFlow::{self, Break, Continue};

use axum::Router;
use axum::body::HttpBody;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use super::body;
use super::call::Call;
use super::check::Checked;
use super::request::Caller;
use crate::error::ApiError;
use crate::faults::{self, Effect};
use crate::instance::Sandbox;
use crate::journal::{MAX_BODY, Recorded};
use crate::limits::{Scope, TooMany, Traits};
use crate::rules::Rule;

/// Where the API is mounted; its version is a part of the routes within.
pub(super) const MOUNT: &str = "/api";
pub(super) const VERSION: &str = "/v10";

/// A step's outcome: go on, or this is the answer.
type Step = ControlFlow<Response>;

/// The API at `/api`, with the routes of version 10 behind the pipeline. Whatever else is asked for
/// under `/api` gets Discord's 404 or 405 and is recorded as unknown.
pub fn api(sandbox: &Sandbox, v10: Router<Sandbox>) -> Router<Sandbox> {
    let v10 = v10.method_not_allowed_fallback(async || {
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed")
    });
    let inner = Router::new()
        .nest(VERSION, v10)
        .fallback(async || ApiError::no_route())
        .layer(middleware::from_fn_with_state(sandbox.clone(), run));
    Router::new().nest(MOUNT, inner)
}

async fn run(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response {
    let (parts, incoming) = request.into_parts();
    let mut call = Call::new(sandbox, parts);
    let answer = match call.steps(incoming, next).await {
        Break(answer) => answer,
        Continue(never) => match never {},
    };
    call.finish(answer).await
}

impl Call {
    /// The order in which a request is judged; the first step that answers ends it. The body comes
    /// before the faults, for a client that is still sending may not see an early answer. It is parsed
    /// there too, but a malformed one is refused after the limits, as Discord does.
    async fn steps(&mut self, incoming: axum::body::Body, next: Next) -> ControlFlow<Response, Infallible> {
        self.receive(incoming).await?;
        self.inject_faults().await?;
        self.refuse_banned()?;
        self.authenticate()?;
        self.limit_globally()?;
        self.limit_route()?;
        self.refuse_malformed()?;
        self.check_openapi()?;
        Break(self.handle(next).await)
    }

    /// What every answer goes through, whichever step gave it.
    async fn finish(mut self, mut answer: Response) -> Response {
        self.write_headers(&mut answer);
        self.count_invalid(&answer);
        answer = self.note_answer(answer).await;
        let distorted = self.distort(answer).await;
        // What ends the call, here or when the client leaves: `Drop` writes the journal's entry.
        self.status = Some(distorted.status());
        distorted
    }

    async fn receive(&mut self, incoming: axum::body::Body) -> Step {
        if incoming.is_end_stream() {
            return Continue(());
        }
        let bytes = match body::read(incoming).await {
            Ok(bytes) => bytes,
            Err(refusal) => return Break(refusal.into_response()),
        };
        self.received = body::parse(self.header(&header::CONTENT_TYPE), bytes).await;
        Continue(())
    }

    async fn inject_faults(&mut self) -> Step {
        self.hits = self.sandbox.faults.meet(&self.route());
        let clock = self.sandbox.clock.clone();
        for hit in self.hits.clone() {
            match &hit.effect {
                Effect::Latency { ms, jitter_ms } => {
                    let wait = ms.saturating_add(part(*jitter_ms, hit.luck));
                    clock.sleep_until(clock.now_ms().saturating_add(wait)).await;
                }
                Effect::RateLimit { retry_after_ms, scope } => {
                    return self.limit_on_command(*retry_after_ms, *scope);
                }
                Effect::Status { status, body } => return Break(faults::status_answer(*status, *body)),
                Effect::Reset => return self.reset().await,
                Effect::Hang { max_ms } => {
                    clock.sleep_until(clock.now_ms().saturating_add(*max_ms)).await;
                    return self.reset().await;
                }
                // These concern the answer.
                Effect::ResetAfter
                | Effect::Truncate { .. }
                | Effect::SlowBody { .. }
                | Effect::ContentType { .. } => {}
            }
        }
        Continue(())
    }

    fn refuse_banned(&mut self) -> Step {
        self.sandbox.limits.ban(self.who()).map_or(Continue(()), Break)
    }

    /// A wrong token is refused, but where another in the path counts, or none is needed.
    fn authenticate(&mut self) -> Step {
        let route = self.route();
        let needless = route.template.is_none_or(|template| template == "/gateway") || route.carries_token();
        if self.caller == Caller::Unknown && !needless && self.method != Method::OPTIONS {
            return Break(ApiError::unauthorized().into_response());
        }
        Continue(())
    }

    fn limit_globally(&mut self) -> Step {
        let Caller::Bot(bot) = self.caller else { return Continue(()) };
        if self.interaction || self.route().segment(0) == Some("interactions") {
            return Continue(());
        }
        match self.sandbox.limits.take_global(bot) {
            Ok(()) => Continue(()),
            Err(refusal) => Break(refusal.into_response()),
        }
    }

    fn limit_route(&mut self) -> Step {
        self.take_route().map_or(Continue(()), |refusal| Break(refusal.into_response()))
    }

    /// Takes one of the route's bucket, whose headers the answer will have; a refusal if none was left.
    fn take_route(&mut self) -> Option<TooMany> {
        let json = &self.received.body.json;
        let renames = json.get("name").is_some() || json.get("topic").is_some();
        let traits = Traits { interaction: self.interaction, renames };
        let (quota, refusal) = self.sandbox.limits.take_route(&self.route(), self.caller, traits)?;
        self.quota = Some(quota);
        refusal
    }

    /// A fault's 429, with its bucket's headers where Discord has them: a user's bucket is empty then,
    /// while a shared limit has nothing to do with it.
    fn limit_on_command(&mut self, retry_after_ms: u64, scope: Scope) -> Step {
        if scope != Scope::Global {
            self.take_route();
        }
        if let (Scope::User, Some(quota)) = (scope, &mut self.quota) {
            quota.remaining = 0;
            quota.reset_after_ms = retry_after_ms;
            quota.reset_ms = self.sandbox.clock.now_ms().saturating_add(retry_after_ms);
        }
        Break(TooMany { scope, retry_after_ms }.into_response())
    }

    fn refuse_malformed(&mut self) -> Step {
        match self.received.refusal.take() {
            Some(refusal) if self.template.is_some() => Break(refusal.into_response()),
            _ => Continue(()),
        }
    }

    fn check_openapi(&mut self) -> Step {
        if self.template.is_none() || !self.sandbox.rules.on(Rule::OpenApi) {
            return Continue(());
        }
        let query = self.target.split_once('?').map(|(_, query)| query);
        // Clients name a type even where they send nothing: aiohttp's is application/octet-stream.
        let is_form = self.header(&header::CONTENT_TYPE).is_some_and(|value| value.contains("form"));
        let checked = Checked { route: self.route(), query, body: &self.received.body, is_form };
        let violations = self.sandbox.checks.violations(&checked);
        self.checked = violations.is_some();
        self.violations = violations.unwrap_or_default();
        match self.sandbox.checks.refusal(&self.violations) {
            Some(refusal) => Break(refusal.into_response()),
            None => Continue(()),
        }
    }

    async fn handle(&mut self, next: Next) -> Response {
        let mut parts = self.parts.take().expect("a request is handled once");
        parts.extensions.insert(self.caller);
        parts.extensions.insert(self.received.body.clone());
        let response = next.run(Request::from_parts(parts, axum::body::Body::empty())).await;
        if self.method == Method::OPTIONS && response.status() == StatusCode::METHOD_NOT_ALLOWED {
            // The router adds which methods there are, in `Allow`.
            return StatusCode::NO_CONTENT.into_response();
        }
        response
    }

    fn write_headers(&self, answer: &mut Response) {
        let headers = answer.headers_mut();
        if let Some(quota) = &self.quota {
            quota.write(headers);
        }
        // discord.py takes a 429 without it for a ban, which comes from further out.
        if !headers.contains_key(header::SERVER) {
            headers.insert(header::VIA, HeaderValue::from_static("1.1 google"));
        }
    }

    fn count_invalid(&self, answer: &Response) {
        self.sandbox.limits.count_if_invalid(self.who(), answer.status(), answer.headers());
    }

    /// Keeps a copy of the answer's body for the journal, if it is in memory and not long.
    async fn note_answer(&mut self, answer: Response) -> Response {
        if !self.sandbox.journal.is_recording() {
            return answer;
        }
        let length = answer.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
        match length {
            Some(length) if length <= MAX_BODY => {
                let (head, body) = answer.into_parts();
                match axum::body::to_bytes(body, MAX_BODY).await {
                    Ok(bytes) => {
                        self.response = Recorded::new(&bytes);
                        Response::from_parts(head, bytes.into())
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a handler's answer broke off");
                        StatusCode::INTERNAL_SERVER_ERROR.into_response()
                    }
                }
            }
            Some(length) => {
                self.response = Recorded::only_length(length);
                answer
            }
            None => answer,
        }
    }

    async fn distort(&self, answer: Response) -> Response {
        if self.hits.is_empty() {
            return answer;
        }
        let answer = faults::distort(answer, &self.hits, &self.sandbox.clock).await;
        if self.hits.iter().any(|hit| hit.effect == Effect::ResetAfter) {
            return match self.reset().await {
                Break(no_connection) => no_connection,
                Continue(()) => answer,
            };
        }
        answer
    }

    /// Resets the connection, which drops this call. Only a router that is called without a server has
    /// no connection; it answers so.
    async fn reset(&self) -> Step {
        match &self.connection {
            Some(connection) => {
                connection.reset();
                std::future::pending().await
            }
            None => Break(
                (StatusCode::BAD_GATEWAY, "a fault resets the connection, and this router has none")
                    .into_response(),
            ),
        }
    }
}

/// A random part of `whole`, from nothing to all of it.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn part(whole: u64, luck: f64) -> u64 {
    (whole as f64 * luck).round() as u64
}
