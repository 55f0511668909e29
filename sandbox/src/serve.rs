//! A whole sandbox on one port: the parts put together.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio_util::sync::DropGuard;

use crate::gateway::{self, Origin};
use crate::instance::Sandbox;
use crate::openapi::{Checked as Outcome, Mismatch, OpenApi, OpenApiError, multipart_body};
use crate::rest::check::{Check, Checked};
use crate::server::{self, Connection, Options, Running};
use crate::{control, inspect, page, rest};

/// What a program sees that comes by.
const GREETING: &str = "A local Discord is here. Bots: REST below /api/v10, the gateway at any WebSocket path. \
People: open this address in a browser. Programs: GET /_sandbox tells how to drive it.\n";

/// Why a sandbox can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port can't be had.
    #[error(transparent)]
    Port(#[from] io::Error),
    /// `DISCORD_OPENAPI` names no OpenAPI file.
    #[error(transparent)]
    OpenApi(#[from] OpenApiError),
}

/// A sandbox that is served; dropping it stops it.
pub struct Serving {
    /// The sandbox.
    pub sandbox: Sandbox,
    running: Running,
    _links: DropGuard,
}

impl Serving {
    /// Takes a port of 127.0.0.1 and serves a new sandbox there, with an empty world.
    ///
    /// # Errors
    /// When the port can't be had, or `DISCORD_OPENAPI` is set and wrong.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        Self::start_with(options, None).await
    }

    /// The same with Discord's OpenAPI file at `openapi`, in place of the one that is found.
    ///
    /// # Errors
    /// When the port can't be had, or the file can't be used.
    pub async fn start_with(options: Options, openapi: Option<&Path>) -> Result<Self, StartError> {
        let openapi = match openapi {
            Some(path) => Some(Arc::new(OpenApi::load(path)?)),
            None => located()?,
        };
        let bound = server::bind(options).await?;
        let sandbox = Sandbox::new(bound.addr().to_string());
        if let Some(openapi) = openapi {
            sandbox.checks.install(check(openapi));
        }
        let running = bound.serve(router(&sandbox));
        Ok(Self { _links: sandbox.links.guard(), sandbox, running })
    }

    /// Where it is reached: `http://127.0.0.1:7171`.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.addr())
    }

    /// Closes the gateway's sessions, the links and every connection.
    pub async fn stop(self) {
        self.sandbox.hub.stop().await;
        self.sandbox.links.stop().await;
        self.running.shutdown().await;
    }
}

/// Everything that the port answers.
fn router(sandbox: &Sandbox) -> Router {
    Router::new()
        .merge(rest::pipeline::api(sandbox, rest::routes()))
        .merge(rest::file_routes())
        .merge(control::routes(sandbox.model.control()))
        .merge(inspect::receiver())
        .merge(page::routes())
        .fallback(elsewhere)
        .with_state(sandbox.clone())
        .merge(sandbox.model.router())
}

/// Clients append what they like to the gateway's address, so any other path takes WebSockets.
async fn elsewhere(State(sandbox): State<Sandbox>, request: Request<Body>) -> Response {
    let (mut parts, _) = request.into_parts();
    if !parts.headers.contains_key(header::UPGRADE) {
        if parts.uri.path() != "/" {
            return (StatusCode::NOT_FOUND, GREETING).into_response();
        }
        let accepted = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        if accepted.is_some_and(|accepted| accepted.contains("text/html")) {
            return page::assets::index(parts.headers).await;
        }
        return GREETING.into_response();
    }
    let connection = parts.extensions.get::<Connection>().cloned();
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => {
            let scheme = if connection.as_ref().is_some_and(Connection::is_tls) { "wss" } else { "ws" };
            let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let url = format!("{scheme}://{}", host.unwrap_or(&sandbox.authority));
            let query = parts.uri.query().unwrap_or_default().to_owned();
            gateway::socket(sandbox, &query, Origin { url, connection }, upgrade)
        }
        Err(rejection) => rejection.into_response(),
    }
}

/// Discord's OpenAPI file; `None` where there is no such file.
///
/// It is read once a process, for it takes 14 MB and never changes while one runs.
fn located() -> Result<Option<Arc<OpenApi>>, OpenApiError> {
    static LOADED: OnceLock<Option<Arc<OpenApi>>> = OnceLock::new();
    if LOADED.get().is_none() {
        let found = OpenApi::locate()?.map(Arc::new);
        LOADED.get_or_init(|| found);
    }
    Ok(LOADED.get().cloned().flatten())
}

/// The check against Discord's OpenAPI file.
fn check(openapi: Arc<OpenApi>) -> Arc<Check> {
    Arc::new(move |checked: &Checked<'_>| violations(&openapi, checked))
}

fn violations(openapi: &OpenApi, checked: &Checked<'_>) -> Vec<String> {
    let (method, path) = (checked.route.method.as_str(), checked.route.path);
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(checked.query.unwrap_or_default().as_bytes()).into_owned().collect();
    let body = &checked.body;
    let outcome = if checked.is_form {
        let names: Vec<String> = body.files.iter().map(|file| format!("files[{}]", file.index)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let whole = multipart_body(Some(&body.json), &[], &names);
        openapi.check_body(method, path, "multipart/form-data", Some(&whole))
    } else {
        let given = Some(&body.json).filter(|json| !json.is_null());
        openapi.check_body(method, path, "application/json", given)
    };
    let mut found = told(outcome);
    if !query.is_empty() {
        found.extend(told(openapi.check_query(method, path, &query)));
    }
    found
}

fn told(outcome: Result<Outcome, Mismatch>) -> Vec<String> {
    match outcome {
        Ok(checked) => checked.violations.iter().map(ToString::to_string).collect(),
        Err(mismatch) => vec![mismatch.to_string()],
    }
}
