//! What a client is sent: control payloads first, then its session's events, in batches.

use std::time::{Duration, Instant};

use axum::extract::ws::Message;
use futures::{Sink, SinkExt as _};
use serde_json::Value;
use tokio::time::timeout;

use super::compress::{Encoder, Packing};
use super::frame::payload;
use super::hub::is_member;
use super::identify::TRACE;
use super::link::Control;
use super::log::Entry;
use super::session::Session;
use super::socket::Connection;
use crate::ids::Id;
use crate::rules::Rule;

/// Events taken from a session's log at a time.
const BATCH: usize = 64;
/// Bytes written between two flushes. Less than the socket's own buffer holds (128 KiB), so that
/// nothing leaves before its flush and an interaction's time is true.
const FLUSH_BYTES: usize = 64 * 1024;
/// How long a client may leave its socket full.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why writing failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the connection is gone: {0}")]
    Gone(#[from] axum::Error),
    #[error("the payload could not be compressed: {0}")]
    Compression(#[from] std::io::Error),
    #[error("the client did not read for {} seconds", PATIENCE.as_secs())]
    Stuck,
    #[error("the session fell too far behind")]
    Overflow,
}

/// What is to be done after a round of writing.
enum Next {
    /// There is more to write.
    Again,
    /// Nothing, until something comes in or a delayed event is due.
    Wait(Option<u64>),
    /// The goodbye was said.
    Closed,
}

/// Writes to one connection.
pub(super) struct Writer<'a, S> {
    connection: &'a Connection,
    sink: &'a mut S,
    encoder: Encoder,
    batch: Vec<(u64, Entry)>,
    unflushed: usize,
    interactions: Vec<Id>,
}

impl<'a, S> Writer<'a, S>
where
    S: Sink<Message, Error = axum::Error> + Unpin,
{
    pub(super) fn new(connection: &'a Connection, sink: &'a mut S) -> std::io::Result<Self> {
        let encoder = Encoder::new(connection.link.transport)?;
        Ok(Self { connection, sink, encoder, batch: Vec::new(), unflushed: 0, interactions: Vec::new() })
    }

    /// Writes whatever comes, until a goodbye was said.
    pub(super) async fn run(mut self) -> Result<(), Failure> {
        loop {
            let next = timeout(PATIENCE, self.round()).await.map_err(|_| Failure::Stuck)??;
            match next {
                Next::Closed => return Ok(()),
                // The reader shares this task: a busy writer lets it have its turn.
                Next::Again => tokio::task::yield_now().await,
                Next::Wait(due_ms) => {
                    let clock = &self.connection.sandbox.clock;
                    tokio::select! {
                        () = self.connection.link.wake.notified() => {}
                        () = clock.sleep_until(due_ms.unwrap_or_default()), if due_ms.is_some() => {}
                    }
                }
            }
        }
    }

    async fn round(&mut self) -> Result<Next, Failure> {
        for control in self.connection.link.take_controls() {
            match control {
                Control::Payload(payload) => self.feed(payload, Packing::Never).await?,
                Control::Ready { payload, packing } => self.feed(payload, packing).await?,
                Control::Close(close) => {
                    self.flush().await?;
                    self.sink.send(Message::Close(Some(close.frame()))).await?;
                    return Ok(Next::Closed);
                }
            }
        }
        let Some(session) = self.connection.link.session() else {
            self.flush().await?;
            return Ok(Next::Wait(None));
        };
        let mut batch = std::mem::take(&mut self.batch);
        let taken =
            session.take(&self.connection.link, BATCH, self.connection.sandbox.clock.now_ms(), &mut batch);
        let Ok(due_ms) = taken else {
            self.connection.sandbox.hub.lose(&session);
            return Err(Failure::Overflow);
        };
        let full = batch.len() == BATCH;
        for (seq, entry) in batch.drain(..) {
            self.event(&session, seq, &entry).await?;
        }
        self.batch = batch;
        self.flush().await?;
        Ok(if full { Next::Again } else { Next::Wait(due_ms) })
    }

    async fn event(&mut self, session: &Session, seq: u64, entry: &Entry) -> Result<(), Failure> {
        let sandbox = &self.connection.sandbox;
        let payload = match entry {
            Entry::Event(frame) => {
                self.interactions.extend(frame.interaction());
                if session.sees_content() || !sandbox.rules.on(Rule::MessageContent) {
                    frame.payload(seq)
                } else {
                    frame.payload_without_content(seq, session.app)
                }
            }
            Entry::Guild(guild) => match self.guild_create(session, *guild) {
                Some(data) => payload("GUILD_CREATE", seq, &data.to_string()),
                // The bot left it since; GUILD_DELETE follows.
                None => return Ok(()),
            },
            Entry::Resumed => payload("RESUMED", seq, &serde_json::json!({ "_trace": TRACE }).to_string()),
            Entry::Spent => return Ok(()),
        };
        self.feed(payload, session.packing()).await
    }

    fn guild_create(&self, session: &Session, guild: Id) -> Option<Value> {
        self.connection.sandbox.read(|world| {
            is_member(world, session.app, guild).then(|| world.guild_create(guild, session.app))
        })
    }

    async fn feed(&mut self, payload: String, packing: Packing) -> Result<(), Failure> {
        let message = self.encoder.encode(payload, packing)?;
        self.unflushed += match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) => bytes.len(),
            _ => 0,
        };
        self.sink.feed(message).await?;
        if self.unflushed >= FLUSH_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        if self.unflushed > 0 {
            // Noted before it leaves: the answer may be here before the flush returns.
            self.connection.sandbox.hub.recorder.note(&self.interactions, Instant::now());
            self.interactions.clear();
            self.sink.flush().await?;
            self.unflushed = 0;
        }
        Ok(())
    }
}
