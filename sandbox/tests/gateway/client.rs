//! A raw gateway client, as patient as a test may be.

use std::io::Write as _;
use std::time::Duration;

use flate2::write::ZlibDecoder;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::Server;

/// How long anything may take.
pub(crate) const WITHIN: Duration = Duration::from_secs(20);

/// How a client reads binary messages.
enum Decoder {
    /// Each is a zlib stream of its own.
    Each,
    Zlib(ZlibDecoder<Vec<u8>>),
    Zstd(zstd::stream::write::Decoder<'static, Vec<u8>>),
}

/// A WebSocket client of the gateway.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    decoder: Decoder,
    pub(crate) heartbeat_interval: u64,
    /// The last sequence number received.
    pub(crate) seq: u64,
    /// Whether the last payload came in a binary message.
    pub(crate) was_binary: bool,
}

impl Client {
    /// Connects, without waiting for a hello.
    pub(crate) async fn open(server: &Server, query: &str) -> Self {
        let decoder = match query.split("compress=").nth(1) {
            Some("zlib-stream") => Decoder::Zlib(ZlibDecoder::new(Vec::new())),
            Some("zstd-stream") => {
                Decoder::Zstd(zstd::stream::write::Decoder::new(Vec::new()).expect("a decoder"))
            }
            _ => Decoder::Each,
        };
        let url = format!("ws://{}/?{query}", server.address);
        let (socket, _) = timeout(WITHIN, connect_async(url)).await.expect("in time").expect("connects");
        Self { socket, decoder, heartbeat_interval: 0, seq: 0, was_binary: false }
    }

    /// Connects, and reads the hello.
    pub(crate) async fn connect(server: &Server, query: &str) -> Self {
        let mut client = Self::open(server, query).await;
        let hello = client.next().await;
        assert_eq!(hello["op"], 10);
        client.heartbeat_interval = hello["d"]["heartbeat_interval"].as_u64().expect("an interval");
        client
    }

    pub(crate) async fn send(&mut self, payload: Value) {
        self.send_text(payload.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        let sent = timeout(WITHIN, self.socket.send(Message::text(text))).await;
        sent.expect("in time").expect("sends");
    }

    /// Identifies with the server's token and what else `more` says.
    pub(crate) async fn identify(&mut self, server: &Server, more: Value) {
        let mut data = json!({
            "token": server.token, "intents": 0,
            "properties": { "os": "linux", "browser": "test", "device": "test" },
        });
        let more = more.as_object().expect("an object").clone();
        data.as_object_mut().expect("an object").extend(more);
        self.send(json!({ "op": 2, "d": data })).await;
    }

    pub(crate) async fn resume(&mut self, server: &Server, session: &Value, seq: u64) {
        let data = json!({ "token": server.token, "session_id": session, "seq": seq });
        self.send(json!({ "op": 6, "d": data })).await;
    }

    /// The next payload.
    pub(crate) async fn next(&mut self) -> Value {
        let bytes = match self.message().await {
            Ok(Message::Text(text)) => {
                self.was_binary = false;
                text.as_bytes().to_vec()
            }
            Ok(Message::Binary(bytes)) => {
                self.was_binary = true;
                self.decoder.decode(&bytes)
            }
            other => panic!("no payload: {other:?}"),
        };
        let payload: Value = serde_json::from_slice(&bytes).expect("JSON");
        if let Some(seq) = payload["s"].as_u64() {
            assert!(self.seq == 0 || seq == self.seq + 1, "{seq} follows {}", self.seq);
            self.seq = seq;
        }
        payload
    }

    /// The next payload, which is this event; gives its data.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let mut payload = self.next().await;
        assert_eq!(payload["t"], name, "{payload}");
        assert_eq!(payload["op"], 0);
        payload["d"].take()
    }

    /// The code that the server closes the connection with, whatever comes before.
    pub(crate) async fn closed(&mut self) -> CloseFrame {
        loop {
            match self.message().await {
                Ok(Message::Close(Some(frame))) => return frame,
                Ok(_) => {}
                Err(error) => panic!("no close frame: {error}"),
            }
        }
    }

    /// How the connection breaks, whatever comes before.
    pub(crate) async fn broken(&mut self) -> Error {
        loop {
            match self.message().await {
                Ok(Message::Close(frame)) => panic!("a close frame: {frame:?}"),
                Ok(_) => {}
                Err(error) => return error,
            }
        }
    }

    /// Closes the connection with a code.
    pub(crate) async fn leave(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        let closing = async {
            self.socket.close(Some(frame)).await.expect("closes");
            while let Some(Ok(_)) = self.socket.next().await {}
        };
        timeout(WITHIN, closing).await.expect("in time");
    }

    async fn message(&mut self) -> Result<Message, Error> {
        let next = timeout(WITHIN, self.socket.next()).await.expect("in time");
        next.unwrap_or(Err(Error::ConnectionClosed))
    }
}

impl Decoder {
    fn decode(&mut self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Each => {
                let mut zlib = ZlibDecoder::new(Vec::new());
                zlib.write_all(bytes).expect("inflates");
                zlib.finish().expect("is whole")
            }
            Self::Zlib(stream) => {
                assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]), "a sync flush");
                stream.write_all(bytes).expect("inflates");
                stream.flush().expect("flushes");
                std::mem::take(stream.get_mut())
            }
            Self::Zstd(stream) => {
                stream.write_all(bytes).expect("decodes");
                stream.flush().expect("flushes");
                std::mem::take(stream.get_mut())
            }
        }
    }
}
