//! The ops server: `/healthz`, `/readyz`, `/metrics` and pictures, with limits on everything a client can stretch.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures::future::BoxFuture;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{health::Health, metrics::Metrics};

/// Connections served at once; the next waits in the listen queue.
const CONNECTIONS: usize = 64;
/// Time for a client to send its headers, which also ends an idle connection.
const HEADER_DEADLINE: Duration = Duration::from_secs(5);
/// Time for an answer to be made.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// Longest life of a connection, so that a client that never reads its answer can't keep one for ever.
const CONNECTION_LIFE: Duration = Duration::from_secs(60);
/// Room for a request's head, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// Time for answers under way when the server stops.
const STOP_DEADLINE: Duration = Duration::from_secs(2);
/// Pause after a failed accept: it fails for want of file handles, which trying harder does not mend.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the ops server can't listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another process has the port.
    #[error(
        "HTTP_ADDR: {0} is in use by another process; stop that process, choose another port, or set HTTP_ADDR=off"
    )]
    InUse(SocketAddr),
    /// The address is not this machine's, or the port needs more rights.
    #[error("HTTP_ADDR: can't listen on {0}: {1}; choose an address of this machine and a port above 1023")]
    Refused(SocketAddr, #[source] io::Error),
}

/// Takes the port, so that a conflict shows before anything else has started.
///
/// # Errors
/// A [`ListenError`] that names the variable to change.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        _ => ListenError::Refused(address, error),
    })
}

/// Pictures that are served below `/avatars`, PNG by file name.
pub type Pictures = Arc<BTreeMap<String, &'static [u8]>>;

/// Whoever keeps the picture is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away;

/// Finds the picture of a character that a member made, of that version at least.
pub type CustomPictures =
    Arc<dyn Fn(Uuid, u64) -> BoxFuture<'static, Result<Option<Bytes>, Away>> + Send + Sync>;

/// All pictures that are served.
#[derive(Clone)]
pub struct Gallery {
    /// Those that are built in.
    pub shipped: Pictures,
    /// The others.
    pub custom: CustomPictures,
}

impl std::fmt::Debug for Gallery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gallery").field("shipped", &self.shipped.len()).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Shown {
    health: Health,
    metrics: Metrics,
    gallery: Gallery,
}

fn routes(health: Health, metrics: Metrics, gallery: Gallery) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(render_metrics))
        .route("/avatars/{file}", get(picture))
        .route("/avatars/custom/{file}", get(custom_picture))
        .with_state(Shown { health, metrics, gallery })
        .layer(middleware::from_fn(guard))
}

async fn healthz() -> &'static str {
    "alive\n"
}

async fn readyz(State(shown): State<Shown>) -> Response {
    let readiness = shown.health.readiness();
    let status = if readiness.status.may_serve() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

async fn render_metrics(State(shown): State<Shown>) -> Response {
    let text = shown.metrics.render(&shown.health);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// One of the known pictures, and nothing else: no folder is looked at. Its address changes with it, so it may be kept.
async fn picture(State(shown): State<Shown>, Path(file): Path<String>) -> Response {
    match shown.gallery.shipped.get(&file) {
        Some(picture) => (PICTURE, *picture).into_response(),
        None => no_picture(),
    }
}

/// A picture that a member gave a character: `UUID.png?v=VERSION`.
async fn custom_picture(State(shown): State<Shown>, Path(file): Path<String>, uri: Uri) -> Response {
    let id = file.strip_suffix(".png").and_then(|id| Uuid::try_parse(id).ok());
    let Some(id) = id else { return no_picture() };
    let version = uri.query().and_then(|query| query.strip_prefix("v=")?.parse().ok()).unwrap_or_default();
    match (shown.gallery.custom)(id, version).await {
        Ok(Some(picture)) => (PICTURE, picture).into_response(),
        Ok(None) => no_picture(),
        Err(Away) => (StatusCode::SERVICE_UNAVAILABLE, "pictures can't be read now\n").into_response(),
    }
}

const PICTURE: [(header::HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "image/png"),
    (header::CACHE_CONTROL, "public, max-age=604800"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

fn no_picture() -> Response {
    (StatusCode::NOT_FOUND, "no such picture\n").into_response()
}

/// Refuses bodies, which nothing here reads, and bounds the time an answer may take.
async fn guard(request: Request, next: Next) -> Response {
    let no_body = HeaderValue::from_static("0");
    let headers = request.headers();
    if headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| *length != no_body)
    {
        // Closing is the only way not to read what was announced.
        return (StatusCode::PAYLOAD_TOO_LARGE, [(header::CONNECTION, "close")], "no body is taken here\n")
            .into_response();
    }
    match tokio::time::timeout(ANSWER_DEADLINE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the answer took too long\n").into_response(),
    }
}

/// Serves until `stop`, then lets answers under way end within a short bound.
pub async fn serve(
    listener: TcpListener,
    health: Health,
    metrics: Metrics,
    gallery: Gallery,
    stop: CancellationToken,
) {
    let service = TowerToHyperService::new(routes(health, metrics, gallery));
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let accept = async {
        loop {
            let (stream, permit) = accept(&listener, &room).await;
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEADER_DEADLINE).max_buf_size(HEAD_LIMIT);
            let connection = builder.serve_connection(TokioIo::new(stream), service.clone());
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                let _held = permit;
                match tokio::time::timeout(CONNECTION_LIFE, connection).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::debug!(%error, "ops connection ended badly"),
                    Err(_) => tracing::debug!("ops connection cut at its longest life"),
                }
            });
        }
    };
    stop.run_until_cancelled(accept).await;
    drop(listener);
    if tokio::time::timeout(STOP_DEADLINE, graceful.shutdown()).await.is_err() {
        tracing::warn!("ops server stopped with answers under way");
    }
}

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, OwnedSemaphorePermit) {
    let permit = Arc::clone(room).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!(%error, "ops server can't accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Where a server that listens on `address` is reached from this machine: the unspecified address is no goal.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
