//! A request on its way through the pipeline: who calls what, what became of it, and its journal entry.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use axum::extract::MatchedPath;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};

use super::body::Received;
use super::pattern::{Route, without_prefix};
use super::pipeline::{MOUNT, VERSION};
use super::request::Caller;
use crate::faults::Hit;
use crate::ids::Id;
use crate::inspect::TraceId;
use crate::instance::Sandbox;
use crate::journal::{Entry, FileNote, Recorded};
use crate::limits::{Quota, Who};
use crate::server::Connection;
use crate::world::World;

/// A request on its way.
pub(super) struct Call {
    pub(super) sandbox: Sandbox,
    pub(super) started: Instant,
    pub(super) at_ms: u64,
    /// The request's head, until the handler takes it.
    pub(super) parts: Option<Parts>,
    pub(super) method: Method,
    /// Path and query as the client wrote them, without [`MOUNT`].
    pub(super) target: String,
    /// The same without the bot's token, if it was there.
    pub(super) masked: Option<String>,
    pub(super) template: Option<MatchedPath>,
    pub(super) caller: Caller,
    /// It is called with an interaction's token.
    pub(super) interaction: bool,
    /// The interaction whose token it is called with, as far as it is known.
    subject: Option<Id>,
    /// The trace that the client says it belongs to.
    trace: Option<TraceId>,
    /// The span there that made the request, in hex.
    parent: Option<String>,
    pub(super) connection: Option<Connection>,
    pub(super) received: Received,
    pub(super) hits: Vec<Hit>,
    pub(super) quota: Option<Quota>,
    pub(super) violations: Vec<String>,
    /// Whether it was checked for them.
    pub(super) checked: bool,
    /// What the handler, or the step that answered, said; kept for the journal.
    pub(super) response: Recorded,
    pub(super) status: Option<StatusCode>,
}

impl Call {
    pub(super) fn new(sandbox: Sandbox, parts: Parts) -> Self {
        let started = Instant::now();
        let template = parts.extensions.get::<MatchedPath>().cloned();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let path = parts.uri.path().strip_prefix(VERSION).unwrap_or_default();
        let route = route(&parts.method, template.as_ref(), path);
        let (caller, interaction) = identify(&sandbox, &parts.headers, &route);
        let subject = sandbox.read(|world| subject(world, &route));
        let context =
            parts.headers.get("traceparent").and_then(|header| TraceId::and_parent(header.to_str().ok()?));
        let (trace, parent) = context.map(|(trace, parent)| (trace, parent.to_owned())).unzip();
        if let (Some(subject), Some(trace)) = (subject, trace) {
            sandbox.inspector.link(trace, subject);
        }
        let connection = parts.extensions.get::<Connection>().cloned();
        Self {
            started,
            at_ms: sandbox.clock.now_ms(),
            method: parts.method.clone(),
            masked: masked(&target, &parts.headers),
            target,
            template,
            caller,
            interaction,
            subject,
            trace,
            parent,
            connection,
            received: Received::default(),
            hits: Vec::new(),
            quota: None,
            violations: Vec::new(),
            checked: false,
            response: Recorded::default(),
            status: None,
            parts: Some(parts),
            sandbox,
        }
    }

    pub(super) fn route(&self) -> Route<'_> {
        let path = self.target.split('?').next().unwrap_or_default();
        route(&self.method, self.template.as_ref(), path.strip_prefix(VERSION).unwrap_or(path))
    }

    pub(super) fn who(&self) -> Who {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Who::new(self.caller, self.connection.as_ref().map_or(local, |connection| connection.peer().ip()))
    }

    pub(super) fn header(&self, name: &header::HeaderName) -> Option<&str> {
        self.parts.as_ref()?.headers.get(name)?.to_str().ok()
    }
}

/// However a call ends, answered or left, it is counted and recorded.
impl Drop for Call {
    fn drop(&mut self) {
        let status = self.status.map(|status| status.as_u16());
        let refused = self.parts.is_none() && self.status == Some(StatusCode::METHOD_NOT_ALLOWED);
        let unknown = self.template.is_none() || refused;
        let journal = &self.sandbox.journal;
        journal.count(status, unknown, !self.violations.is_empty());
        if !journal.is_recording() {
            return;
        }
        journal.record(Entry {
            seq: 0,
            at_ms: self.at_ms,
            method: self.method.clone(),
            path: format!("{MOUNT}{}", self.masked.as_ref().unwrap_or(&self.target)),
            template: self.route().template.map(str::to_owned),
            interaction: self.subject,
            trace: self.trace,
            parent: self.parent.take(),
            caller: self.caller,
            status,
            micros: u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            request: Recorded::new(&self.received.text),
            files: self.received.body.files.iter().map(FileNote::from).collect(),
            response: std::mem::take(&mut self.response),
            remaining: self.quota.as_ref().map(|quota| quota.remaining),
            violations: std::mem::take(&mut self.violations),
            checked: self.checked,
            unknown,
            faults: self.hits.iter().map(|hit| hit.id).collect(),
        });
    }
}

fn route<'a>(method: &'a Method, template: Option<&'a MatchedPath>, path: &'a str) -> Route<'a> {
    Route { method, template: template.map(|template| without_prefix(template.as_str())), path }
}

/// Who calls, and whether with an interaction's token: those share their paths with webhooks, and
/// bear an application's id where the others bear a webhook's.
fn identify(sandbox: &Sandbox, headers: &HeaderMap, route: &Route<'_>) -> (Caller, bool) {
    let authorization = headers.get(header::AUTHORIZATION);
    let webhook = match route.segment(0) {
        Some("webhooks") if route.carries_token() => route.segment(1).and_then(|id| id.parse::<Id>().ok()),
        _ => None,
    };
    if authorization.is_none() && webhook.is_none() {
        return (Caller::Anonymous, false);
    }
    sandbox.read(|world| {
        let caller = match authorization {
            None => Caller::Anonymous,
            Some(header) => bot_token(header)
                .and_then(|token| world.app_by_token(token))
                .map_or(Caller::Unknown, Caller::Bot),
        };
        (caller, webhook.is_some_and(|id| world.apps.contains_key(&id)))
    })
}

/// The interaction that a route names by its token.
fn subject(world: &World, route: &Route<'_>) -> Option<Id> {
    let token = match route.segment(0)? {
        "interactions" | "webhooks" => route.segment(2)?,
        _ => return None,
    };
    world.interaction_by_token(token).map(|interaction| interaction.id)
}

fn bot_token(header: &HeaderValue) -> Option<&str> {
    header.to_str().ok()?.strip_prefix("Bot ").map(str::trim)
}

/// The target with the caller's token masked, should it have got there by mistake.
fn masked(target: &str, headers: &HeaderMap) -> Option<String> {
    let token = headers.get(header::AUTHORIZATION).and_then(bot_token)?;
    (!token.is_empty() && target.contains(token)).then(|| target.replace(token, "[bot token]"))
}
