//! One connection, as the rest of the gateway sees it: a mailbox, and ways to end it.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::close::Close;
use super::compress::{Packing, Transport};
use super::session::Session;
use crate::server::Connection;

/// How many control payloads may wait; a connection that lets more pile up is cut off.
const WAITING: usize = 256;

/// What goes out before events.
#[derive(Debug)]
pub(super) enum Control {
    /// A payload.
    Payload(String),
    /// `READY`, compressed if the client asked for that.
    Ready { payload: String, packing: Packing },
    /// A goodbye; nothing follows it.
    Close(Close),
}

/// A connection's mailbox. Its writer empties it, and then the log of its session.
pub(super) struct Link {
    controls: Mutex<Vec<Control>>,
    session: Mutex<Option<Arc<Session>>>,
    pub(super) wake: Notify,
    aborted: CancellationToken,
    connection: Option<Connection>,
    pub(super) transport: Transport,
}

impl Link {
    pub(super) fn new(transport: Transport, connection: Option<Connection>) -> Self {
        Self {
            controls: Mutex::default(),
            session: Mutex::default(),
            wake: Notify::new(),
            aborted: CancellationToken::new(),
            connection,
            transport,
        }
    }

    /// Puts something out. Never waits.
    pub(super) fn send(&self, control: Control) {
        let mut controls = self.controls.lock();
        if controls.len() >= WAITING {
            drop(controls);
            tracing::debug!("a gateway client doesn't read: cut off");
            self.abort();
            return;
        }
        controls.push(control);
        drop(controls);
        self.wake.notify_one();
    }

    /// Says goodbye with a close frame.
    pub(super) fn close(&self, close: Close) {
        self.send(Control::Close(close));
    }

    /// Cuts the connection off without a word.
    pub(super) fn abort(&self) {
        if let Some(connection) = &self.connection {
            connection.reset();
        }
        self.aborted.cancel();
    }

    /// Waits until the connection is cut off.
    pub(super) async fn aborted(&self) {
        self.aborted.cancelled().await;
    }

    pub(super) fn take_controls(&self) -> Vec<Control> {
        std::mem::take(&mut self.controls.lock())
    }

    pub(super) fn session(&self) -> Option<Arc<Session>> {
        self.session.lock().clone()
    }

    /// Ties the connection to a session, whose log is written from now on.
    pub(super) fn enter(&self, session: Arc<Session>) {
        *self.session.lock() = Some(session);
        self.wake.notify_one();
    }

    /// Unties the connection from its session.
    pub(super) fn leave(&self) -> Option<Arc<Session>> {
        self.session.lock().take()
    }
}
