//! What a connection speaks: HTTP/1.1, TLS with HTTP/1.1 inside, or CONNECT with either inside.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::certificate;
use super::connection::{Connection, Stream};

/// The first byte of a TLS handshake's record.
const TLS_HANDSHAKE: u8 = 0x16;
/// How long a client may take to shake hands.
const HANDSHAKE_BOUND: Duration = Duration::from_secs(10);
/// How long a connection may be silent between requests, and a request's head may take. Longer than
/// HTTP clients keep an idle connection (90 s is usual), so that it is the client who lets go of it.
const HEAD_BOUND: Duration = Duration::from_secs(120);
/// The longest head of a request, in bytes; a longer one is answered with 431.
const HEAD_MAX: usize = 64 * 1024;

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) router: Router,
    pub(super) tasks: TaskTracker,
    pub(super) closing: CancellationToken,
}

/// A stream of either kind of TLS or tunnel: their number doesn't multiply hyper's code.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// Serves a connection that was just accepted until it ends.
pub(super) async fn accepted(server: Server, stream: Stream, connection: Connection) {
    let peer = connection.peer();
    let work = async {
        stream.set_nodelay()?;
        match first_byte(&server, stream.peek()).await? {
            Some(TLS_HANDSHAKE) => tls(&server, stream, &connection).await,
            Some(_) => http(&server, stream, connection.clone(), Proxy::Yes).await,
            None => Ok(()),
        }
    };
    if let Err(error) = until_cut(&connection, work).await {
        tracing::debug!(%peer, %error, "a connection failed");
    }
}

/// `work`, dropped as soon as the connection is cut.
async fn until_cut(connection: &Connection, work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::select! {
        done = work => done,
        () = connection.cut() => Ok(()),
    }
}

/// What `peek` sees first; nothing when the server closes before it sees anything.
async fn first_byte(
    server: &Server,
    peek: impl Future<Output = io::Result<Option<u8>>>,
) -> io::Result<Option<u8>> {
    tokio::select! {
        first = tokio::time::timeout(HEAD_BOUND, peek) => first?,
        () = server.closing.cancelled() => Ok(None),
    }
}

async fn tls(server: &Server, stream: impl Io + 'static, connection: &Connection) -> io::Result<()> {
    let acceptor = TlsAcceptor::from(certificate::config());
    let stream = tokio::time::timeout(HANDSHAKE_BOUND, acceptor.accept(stream)).await??;
    http(server, Box::new(stream) as Box<dyn Io>, connection.over_tls(), Proxy::No).await
}

/// Whether CONNECT is understood: once, not within itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proxy {
    Yes,
    No,
}

async fn http(
    server: &Server,
    stream: impl Io + 'static,
    connection: Connection,
    proxy: Proxy,
) -> io::Result<()> {
    let service = service_fn(|request| {
        let (server, connection) = (server.clone(), connection.clone());
        async move { Ok::<_, Infallible>(answer(server, connection, proxy, request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_BOUND)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    tokio::select! {
        done = &mut serving => return done.map_err(io::Error::other),
        () = server.closing.cancelled() => {}
    }
    serving.as_mut().graceful_shutdown();
    serving.await.map_err(io::Error::other)
}

async fn answer(
    server: Server,
    connection: Connection,
    proxy: Proxy,
    mut request: Request<Incoming>,
) -> Response<Body> {
    if request.method() == Method::CONNECT {
        return connect(server, connection, proxy, request);
    }
    if let Some(host) = request.uri().host()
        && !certificate::stands_for(host)
    {
        return elsewhere(host);
    }
    plain_at(request.uri_mut());
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(connection.peer()));
    extensions.insert(connection);
    match server.router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Writes a path's `%40` as `@`: discord.js encodes `/members/@me`, and routes match what is written.
fn plain_at(uri: &mut Uri) {
    let (path, query) = (uri.path(), uri.query().map(|query| format!("?{query}")).unwrap_or_default());
    if !path.contains("%40") {
        return;
    }
    let plain = format!("{}{query}", path.replace("%40", "@"));
    let mut parts = std::mem::take(uri).into_parts();
    parts.path_and_query = Some(plain.parse().expect("an @ is as good in a path as what encoded it"));
    *uri = Uri::from_parts(parts).expect("the parts were a URI before");
}

/// Opens a tunnel that ends here.
fn connect(
    server: Server,
    connection: Connection,
    proxy: Proxy,
    request: Request<Incoming>,
) -> Response<Body> {
    let Some(host) = request.uri().host().map(str::to_owned) else {
        return text(
            StatusCode::BAD_REQUEST,
            "CONNECT needs a host and a port, such as discord.com:443\n".into(),
        );
    };
    if proxy == Proxy::No {
        return text(
            StatusCode::METHOD_NOT_ALLOWED,
            "CONNECT within TLS or a tunnel is not supported\n".into(),
        );
    }
    if !certificate::stands_for(&host) {
        return elsewhere(&host);
    }
    let tasks = server.tasks.clone();
    tasks.spawn(tunnel(server, connection, request));
    Response::new(Body::empty())
}

/// Serves what comes through a tunnel. Boxed, for a tunnel's type would contain itself.
fn tunnel(
    server: Server,
    connection: Connection,
    request: Request<Incoming>,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let work = async {
            let upgraded = hyper::upgrade::on(request).await.map_err(io::Error::other)?;
            let mut stream = BufReader::new(TokioIo::new(upgraded));
            let peek = async { Ok(stream.fill_buf().await?.first().copied()) };
            match first_byte(&server, peek).await? {
                Some(TLS_HANDSHAKE) => tls(&server, stream, &connection).await,
                Some(_) => {
                    http(&server, Box::new(stream) as Box<dyn Io>, connection.clone(), Proxy::No).await
                }
                None => Ok(()),
            }
        };
        if let Err(error) = until_cut(&connection, work).await {
            tracing::debug!(peer = %connection.peer(), %error, "a tunnel failed");
        }
    })
}

fn elsewhere(host: &str) -> Response<Body> {
    let names = certificate::names();
    text(
        StatusCode::FORBIDDEN,
        format!("The sandbox is no proxy to the world: it answers for {names}, and not for {host}.\n"),
    )
}

fn text(status: StatusCode, body: String) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_at_is_written_plainly_in_the_path_alone() {
        let plain = |uri: &str| {
            let mut uri: Uri = uri.parse().expect("is a URI");
            plain_at(&mut uri);
            uri.to_string()
        };
        assert_eq!(plain("/guilds/1/members/%40me?q=%40&n=1"), "/guilds/1/members/@me?q=%40&n=1");
        assert_eq!(plain("http://localhost:1/a/%40me"), "http://localhost:1/a/@me");
        assert_eq!(plain("/a%2Fb?q=%40"), "/a%2Fb?q=%40");
    }
}
