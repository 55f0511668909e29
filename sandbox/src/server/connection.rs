//! One TCP connection: its socket, which is tracked until it closes, and a handle that can cut it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::task_tracker::TaskTrackerToken;

/// The connection that a request came by. Handlers find it in the request's extensions.
#[derive(Clone, Debug)]
pub struct Connection {
    link: Arc<Link>,
    tls: bool,
}

#[derive(Debug)]
struct Link {
    peer: SocketAddr,
    killed: CancellationToken,
    reset: AtomicBool,
}

impl Connection {
    /// Who is at the other end.
    pub fn peer(&self) -> SocketAddr {
        self.link.peer
    }

    /// Whether the client speaks TLS, and so takes this for discord.com.
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Cuts the connection with a TCP reset: the client gets an error in place of an answer, and what
    /// was sent but not delivered is lost. The handler that calls it is dropped at its next await.
    pub fn reset(&self) {
        self.link.reset.store(true, Ordering::Release);
        self.link.killed.cancel();
    }

    /// Done when the connection is cut, by a reset or by the server's end.
    pub(super) async fn cut(&self) {
        self.link.killed.cancelled().await;
    }

    pub(super) fn over_tls(&self) -> Self {
        Self { link: Arc::clone(&self.link), tls: true }
    }
}

/// The socket. It counts as open until it is dropped, wherever an upgrade has taken it, and fails as
/// soon as its connection is cut.
pub(super) struct Stream {
    tcp: TcpStream,
    link: Arc<Link>,
    killed: Pin<Box<WaitForCancellationFutureOwned>>,
    _open: TaskTrackerToken,
}

impl Stream {
    pub(super) fn new(
        tcp: TcpStream,
        peer: SocketAddr,
        killed: CancellationToken,
        open: TaskTrackerToken,
    ) -> (Self, Connection) {
        let wait = Box::pin(killed.clone().cancelled_owned());
        let link = Arc::new(Link { peer, killed, reset: AtomicBool::new(false) });
        let connection = Connection { link: Arc::clone(&link), tls: false };
        (Self { tcp, link, killed: wait, _open: open }, connection)
    }

    /// The first byte, left where it is; none when the client closed.
    pub(super) async fn peek(&self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let read = self.tcp.peek(&mut first).await?;
        Ok((read == 1).then_some(first[0]))
    }

    /// Sends what is written at once; a chat's small packets gain nothing by waiting.
    pub(super) fn set_nodelay(&self) -> io::Result<()> {
        self.tcp.set_nodelay(true)
    }

    fn alive(&self) -> io::Result<()> {
        if self.link.killed.is_cancelled() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.link.reset.load(Ordering::Acquire) {
            // It fails only when the client has closed already, and then there is nothing to reset.
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.killed.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.alive()?;
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.alive()?;
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.link.reset.load(Ordering::Acquire) {
            // An orderly end would tell the client that nothing went wrong.
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut self.tcp).poll_shutdown(cx))?;
        Poll::Ready(Ok(()))
    }
}
