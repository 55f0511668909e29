//! A WebSocket connection from upgrade to end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures::{Sink, SinkExt as _, Stream, StreamExt as _};
use serde_json::json;
use tokio::time::timeout;

use super::close::Close;
use super::compress::Transport;
use super::frame::{control, op};
use super::identify::TRACE;
use super::link::{Control, Link};
use super::reader::{Ended, read};
use super::writer::{Failure, Writer};
use crate::clock::whole_ms;
use crate::instance::Sandbox;
use crate::server;

/// A message beyond this is not even read; one over 4 KiB is answered with 4002.
const MESSAGE_BYTES: usize = 1024 * 1024;
/// How long the other side has to answer a goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Where a connection came in.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Where clients come back to resume, such as `ws://127.0.0.1:4000`: `READY`'s `resume_gateway_url`.
    pub url: String,
    /// Cuts the connection off; `None`: it can only be ended.
    pub connection: Option<server::Connection>,
}

/// One connection, as its reader and its writer share it.
pub(super) struct Connection {
    pub(super) sandbox: Sandbox,
    pub(super) link: Arc<Link>,
    pub(super) resume_url: String,
    pub(super) heartbeat: Duration,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(session) = self.link.leave() {
            session.detach(&self.link, self.sandbox.clock.now_ms());
        }
    }
}

/// Answers a WebSocket upgrade: the connection speaks Gateway v10 from here on.
///
/// `query` is the address's: `v` (10, or absent), `encoding` (`json`, or absent) and `compress`
/// (`zlib-stream`, `zstd-stream`, or absent). Another version is closed with 4012. ETF isn't spoken
/// here: another encoding, or compression, is closed with 4002 and a reason.
pub fn socket(sandbox: Sandbox, query: &str, origin: Origin, upgrade: WebSocketUpgrade) -> Response {
    if sandbox.hub.stopping.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let asked = parse(query);
    let connections = sandbox.hub.connections.clone();
    upgrade
        .max_message_size(MESSAGE_BYTES)
        .on_upgrade(move |socket| connections.track_future(run(sandbox, asked, origin, socket)))
}

/// The transport that a query asks for.
fn parse(query: &str) -> Result<Transport, Close> {
    let mut transport = Transport::None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "v" if value != "10" => return Err(Close::INVALID_VERSION),
            "encoding" if value != "json" => {
                return Err(Close::decode_error("only encoding=json is spoken here"));
            }
            "compress" => {
                transport = Transport::parse(&value)
                    .ok_or_else(|| Close::decode_error("compress is zlib-stream or zstd-stream"))?;
            }
            _ => {}
        }
    }
    Ok(transport)
}

async fn run(sandbox: Sandbox, asked: Result<Transport, Close>, origin: Origin, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let transport = match asked {
        Ok(transport) => transport,
        Err(close) => {
            let refusal = sink.send(Message::Close(Some(close.frame())));
            if matches!(timeout(GOODBYE, refusal).await, Ok(Ok(()))) {
                drain(&mut stream).await;
            }
            return;
        }
    };
    let link = Arc::new(Link::new(transport, origin.connection));
    let heartbeat = sandbox.hub.heartbeat_interval();
    let connection = Connection { sandbox, link, resume_url: origin.url, heartbeat };
    let hello = json!({ "heartbeat_interval": whole_ms(heartbeat), "_trace": TRACE });
    connection.link.send(Control::Payload(control(op::HELLO, &hello)));
    tokio::select! {
        // Both halves are dropped below, and the TCP connection with them.
        () = connection.link.aborted() => {}
        () = converse(&connection, &mut sink, &mut stream) => {}
    }
}

/// Reads and writes until one side ends it.
async fn converse<W, R>(connection: &Connection, sink: &mut W, stream: &mut R)
where
    W: Sink<Message, Error = axum::Error> + Unpin,
    R: Stream<Item = Result<Message, axum::Error>> + Unpin,
{
    match talk(connection, sink, stream).await {
        Ok(Ended::ByUs) => drain(stream).await,
        Ok(Ended::ByPeer(code)) => {
            if matches!(code, Some(1000 | 1001))
                && let Some(session) = connection.link.session()
            {
                connection.sandbox.hub.end(&session);
            }
            // The answer to its close frame, if it sent one and still listens.
            if let Ok(Err(error)) = timeout(GOODBYE, sink.close()).await {
                tracing::trace!(%error, "a gateway client went without waiting for an answer");
            }
        }
        Err(error) => tracing::debug!(%error, "a gateway connection broke"),
    }
}

/// Reads and writes until the client has gone or the goodbye to it was said.
async fn talk<W, R>(connection: &Connection, sink: &mut W, stream: &mut R) -> Result<Ended, Failure>
where
    W: Sink<Message, Error = axum::Error> + Unpin,
    R: Stream<Item = Result<Message, axum::Error>> + Unpin,
{
    let mut writing = pin!(Writer::new(connection, sink)?.run());
    let mut reading = pin!(read(connection, stream));
    tokio::select! {
        ended = &mut reading => {
            if let Ended::ByUs = ended {
                writing.await?;
            }
            Ok(ended)
        }
        written = &mut writing => written.map(|()| Ended::ByUs),
    }
}

/// Waits for the other side's goodbye: with something left unread, closing would be a reset, which
/// could overtake our own.
async fn drain<R>(stream: &mut R)
where
    R: Stream<Item = Result<Message, axum::Error>> + Unpin,
{
    let silence = async { while let Some(Ok(_)) = stream.next().await {} };
    if timeout(GOODBYE, silence).await.is_err() {
        tracing::debug!("a gateway client did not answer the close frame");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_asks_for_version_encoding_and_compression() {
        assert_eq!(parse(""), Ok(Transport::None));
        assert_eq!(parse("v=10&encoding=json"), Ok(Transport::None));
        assert_eq!(parse("v=10&encoding=json&compress=zlib-stream"), Ok(Transport::Zlib));
        assert_eq!(parse("compress=zstd-stream&v=10"), Ok(Transport::Zstd));
        assert_eq!(parse("v=9"), Err(Close::INVALID_VERSION));
        assert_eq!(parse("encoding=etf").expect_err("isn't spoken").code, 4002);
        assert_eq!(parse("compress=lz4").expect_err("isn't spoken").code, 4002);
    }
}
