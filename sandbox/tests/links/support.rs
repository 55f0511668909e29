//! Servers that echo, and clients that wait.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio_util::sync::{CancellationToken, DropGuard};
use troupe_sandbox::links::{Link, Target};

/// How long anything here may take at most.
pub(crate) const BOUND: Duration = Duration::from_secs(20);
/// How long something is watched that must not happen.
pub(crate) const MOMENT: Duration = Duration::from_millis(300);

/// A server that says again what it hears, and tells how many connections it had.
pub(crate) struct Echo {
    pub(crate) target: Target,
    taken: Arc<AtomicUsize>,
    _stop: DropGuard,
}

impl Echo {
    pub(crate) async fn tcp() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener.local_addr().unwrap(), listener)
    }

    /// At an address of the test's choice.
    pub(crate) fn at(address: SocketAddr, listener: TcpListener) -> Self {
        let (taken, stop) = (Arc::<AtomicUsize>::default(), CancellationToken::new());
        let (count, ending) = (Arc::clone(&taken), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (reader, writer) = client.into_split();
                tokio::spawn(ending.clone().run_until_cancelled_owned(say_again(reader, writer)));
            }
        }));
        let target = Target::Tcp(address.ip().to_string(), address.port());
        Self { target, taken, _stop: stop.drop_guard() }
    }

    pub(crate) fn unix(path: &Path) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let (taken, stop) = (Arc::<AtomicUsize>::default(), CancellationToken::new());
        let (count, ending) = (Arc::clone(&taken), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            while let Ok((client, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (reader, writer) = client.into_split();
                tokio::spawn(ending.clone().run_until_cancelled_owned(say_again(reader, writer)));
            }
        }));
        Self { target: Target::Unix(path.to_owned()), taken, _stop: stop.drop_guard() }
    }

    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

/// Until its client has said all; then it says `bye`.
async fn say_again(
    mut reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    tokio::io::copy(&mut reader, &mut writer).await?;
    writer.write_all(b"bye").await?;
    writer.shutdown().await
}

pub(crate) async fn client(link: &Link) -> TcpStream {
    within(TcpStream::connect(link.address())).await.unwrap()
}

pub(crate) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, work).await.expect("it happens in time")
}

/// Says something, and hears it again.
pub(crate) async fn echoes(client: &mut TcpStream, text: &str) {
    client.write_all(text.as_bytes()).await.unwrap();
    hears(client, text).await;
}

pub(crate) async fn hears(client: &mut TcpStream, text: &str) {
    let mut heard = vec![0; text.len()];
    within(client.read_exact(&mut heard)).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&heard), text);
}

/// Nothing comes, and the connection stays.
pub(crate) async fn hears_nothing(client: &mut TcpStream) {
    let mut heard = [0; 16];
    let read = tokio::time::timeout(MOMENT, client.read(&mut heard)).await;
    assert!(read.is_err(), "{read:?}");
}

/// The connection ends with a reset, not in order.
pub(crate) async fn is_reset(client: &mut TcpStream) {
    let mut rest = Vec::new();
    let error = within(client.read_to_end(&mut rest)).await.expect_err("no orderly end");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
}

pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let looking = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(BOUND, looking).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}
