//! One link: its port, its mode, its counts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection;
use super::mode::Mode;
use super::target::Target;

/// How many connections a link has at most. Further ones wait in the system's queue until one ends.
pub const MOST_CONNECTIONS: usize = 1_000;
/// How long to wait after the system refuses to accept (it is out of file descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A link; clones are the same one.
#[derive(Clone, Debug)]
pub struct Link(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    target: Target,
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    /// Cuts the connections of now. Another one takes its place when it is used, so that a link that goes off and up
    /// again at once has cut all the same. Its lock is held while the mode changes.
    cut: Mutex<CancellationToken>,
    stop: CancellationToken,
    traffic: Traffic,
}

/// Counters, as they run.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    connections: AtomicU64,
    open: AtomicU64,
    /// Towards the server, delivered.
    pub(super) bytes_in: AtomicU64,
    /// From the server, delivered.
    pub(super) bytes_out: AtomicU64,
}

/// What has gone through a link since its opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Connections that are open.
    pub open: u64,
    /// Connections that came, those that were reset at once included.
    pub connections: u64,
    /// Bytes that the server was given.
    pub bytes_in: u64,
    /// Bytes that clients were given.
    pub bytes_out: u64,
}

/// What a connection needs of its link.
pub(super) struct Passage {
    pub(super) link: Link,
    pub(super) mode: watch::Receiver<Mode>,
    pub(super) cut: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

/// Takes a free port.
pub(super) async fn bind() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Link {
    /// Forwards what comes to `listener` until `stop`.
    pub(super) fn start(
        name: &str,
        target: Target,
        (listener, address): (TcpListener, SocketAddr),
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let link = Self(Arc::new(Inner {
            name: name.to_owned(),
            target,
            address,
            mode: watch::Sender::default(),
            cut: Mutex::new(stop.child_token()),
            stop: stop.clone(),
            traffic: Traffic::default(),
        }));
        let accepting = link.clone().accept(listener, tasks.clone());
        tasks.spawn(stop.clone().run_until_cancelled_owned(accepting));
        link
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// Where it listens: a port of 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Its mode.
    pub fn mode(&self) -> Mode {
        *self.0.mode.borrow()
    }

    /// Switches it, open connections too.
    pub fn set(&self, mode: Mode) {
        let mut cut = self.0.cut.lock();
        self.0.mode.send_replace(mode);
        if mode == Mode::Off {
            std::mem::replace(&mut *cut, self.0.stop.child_token()).cancel();
        }
    }

    /// What has gone through.
    pub fn counts(&self) -> Counts {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Traffic { connections, open, bytes_in, bytes_out } = &self.0.traffic;
        Counts {
            open: count(open),
            connections: count(connections),
            bytes_in: count(bytes_in),
            bytes_out: count(bytes_out),
        }
    }

    pub(super) fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    async fn accept(self, listener: TcpListener, tasks: TaskTracker) {
        let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        loop {
            let permit = Arc::clone(&permits).acquire_owned().await.expect("the semaphore is never closed");
            match listener.accept().await {
                Ok((client, _)) => match self.admit(permit) {
                    Some(passage) => drop(tasks.spawn(connection::serve(client, passage))),
                    None => reset(&client),
                },
                Err(error) => {
                    tracing::warn!(%error, link = self.name(), "can't accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Counts a connection; `None` when the link is off.
    fn admit(&self, permit: OwnedSemaphorePermit) -> Option<Passage> {
        self.0.traffic.connections.fetch_add(1, Ordering::Relaxed);
        let cut = self.0.cut.lock();
        if self.mode() == Mode::Off {
            return None;
        }
        self.0.traffic.open.fetch_add(1, Ordering::Relaxed);
        let mode = self.0.mode.subscribe();
        Some(Passage { link: self.clone(), mode, cut: cut.clone(), _permit: permit })
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.link.0.traffic.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Makes the end of a connection a reset: its client gets an error, and no orderly end.
pub(super) fn reset(client: &TcpStream) {
    // It fails only when the client has closed already, and then there is nothing to reset.
    let _closed = client.set_zero_linger();
}
