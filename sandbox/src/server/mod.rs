//! One port of 127.0.0.1 for everything: plain HTTP, TLS as discord.com, and a CONNECT proxy.
//!
//! What a connection speaks is told by its first byte. A TLS handshake is answered with a
//! certificate for Discord's names, signed by the sandbox's own authority ([`ca_pem`]). `CONNECT` to
//! one of those names ends here too, so a client with `HTTPS_PROXY=http://127.0.0.1:PORT` that trusts
//! the authority reaches `https://discord.com` without any other change.
//!
//! Every connection has an owner: [`Running`] stops them all, and dropping it does too.

mod certificate;
mod connection;
mod serve;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use certificate::ca_pem;
pub use connection::Connection;

use connection::Stream;

/// How long to wait after the system refuses to accept (it is out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long sockets may take to close once they were told to.
const CLOSE_BOUND: Duration = Duration::from_secs(1);

/// Where to listen, and how to stop.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The port of 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// How long a shutdown lets requests under way finish.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, grace: Duration::from_secs(2) }
    }
}

/// A port that is taken, and not served yet: its address is known before the router is built.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    addr: SocketAddr,
    options: Options,
}

/// Takes the port.
///
/// # Errors
/// When it can't be had; the message names it and says what to do.
pub async fn bind(options: Options) -> io::Result<Bound> {
    let port = options.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "it is in use: stop what holds it, or choose another (0 picks a free one)".to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not listen there: choose a port above 1023 (0 picks a free one)".to_owned()
            }
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("can't listen on port {port} of 127.0.0.1: {advice}"))
    })?;
    let addr = listener.local_addr()?;
    Ok(Bound { listener, addr, options })
}

impl Bound {
    /// The address, with the port that was picked.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Starts to serve `router`. Must be called within a Tokio runtime.
    pub fn serve(self, router: Router) -> Running {
        let running = Running {
            addr: self.addr,
            grace: self.options.grace,
            closing: CancellationToken::new(),
            kill: CancellationToken::new(),
            tasks: TaskTracker::new(),
            streams: TaskTracker::new(),
        };
        let server = serve::Server { router, tasks: running.tasks.clone(), closing: running.closing.clone() };
        let accept = accept(self.listener, server, running.kill.clone(), running.streams.clone());
        let (closing, kill) = (running.closing.clone(), running.kill.clone());
        running.tasks.spawn(async move {
            tokio::select! {
                () = accept => {}
                () = closing.cancelled() => {}
                () = kill.cancelled() => {}
            }
        });
        running
    }
}

/// Accepts until it is dropped; each connection becomes a tracked task.
async fn accept(listener: TcpListener, server: serve::Server, kill: CancellationToken, streams: TaskTracker) {
    loop {
        match listener.accept().await {
            Ok((tcp, peer)) => {
                let (stream, connection) = Stream::new(tcp, peer, kill.child_token(), streams.token());
                server.tasks.spawn(serve::accepted(server.clone(), stream, connection));
            }
            Err(error) => {
                tracing::warn!(%error, "can't accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A server that runs; dropping it closes every connection at once.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    grace: Duration,
    /// Stop accepting, finish what runs.
    closing: CancellationToken,
    /// Close every socket, finished or not.
    kill: CancellationToken,
    tasks: TaskTracker,
    /// Open sockets, those that became WebSockets included.
    streams: TaskTracker,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The certificate authority that clients must trust to speak TLS with it, as PEM.
    pub fn ca_pem(&self) -> &'static str {
        ca_pem()
    }

    /// How many sockets are open.
    pub fn open_connections(&self) -> usize {
        self.streams.len()
    }

    /// Stops: no new connection, requests under way may finish within the grace, then every socket is
    /// closed (WebSockets at once, for they have no end of their own).
    pub async fn shutdown(self) {
        self.closing.cancel();
        self.tasks.close();
        if tokio::time::timeout(self.grace, self.tasks.wait()).await.is_err() {
            tracing::debug!(open = self.streams.len(), "cutting requests that outlast the shutdown's grace");
        }
        self.kill.cancel();
        self.streams.close();
        let closed = async {
            self.tasks.wait().await;
            self.streams.wait().await;
        };
        if tokio::time::timeout(CLOSE_BOUND, closed).await.is_err() {
            tracing::warn!(open = self.streams.len(), "sockets are still held after a shutdown");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.closing.cancel();
        self.kill.cancel();
    }
}
