//! What a client sends: payloads by opcode, heartbeats in time, not too many.

use axum::extract::ws::Message;
use futures::{Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::close::Close;
use super::frame::{control, op};
use super::identify::identify;
use super::link::Control;
use super::socket::Connection;
use super::{members, resume};
use crate::rules::Rule;

/// A client's payload may have this many bytes.
const PAYLOAD_BYTES: usize = 4096;

/// Payloads that a connection may send in [`WINDOW_MS`].
const ALLOWED: u32 = 120;
/// A minute, by the sandbox's clock.
const WINDOW_MS: u64 = 60_000;

/// Why reading ended.
pub(super) enum Ended {
    /// The client went, perhaps with a close code.
    ByPeer(Option<u16>),
    /// The writer has a goodbye to send.
    ByUs,
}

#[derive(Deserialize)]
struct Payload {
    op: u64,
    #[serde(default)]
    d: Value,
}

/// Reads until the connection ends.
pub(super) async fn read<S>(connection: &Connection, messages: &mut S) -> Ended
where
    S: Stream<Item = Result<Message, axum::Error>> + Unpin,
{
    let goodbye = |close| {
        connection.link.close(close);
        Ended::ByUs
    };
    // Real time, not the sandbox's clock: clients beat by theirs, which no test can push forward.
    let patience = connection.heartbeat * 3 / 2;
    let mut deadline = Instant::now() + patience;
    let mut allowance = Allowance { since_ms: connection.sandbox.clock.now_ms(), used: 0 };
    loop {
        let next = tokio::select! {
            next = timeout_at(deadline, messages.next()) => next,
            () = connection.sandbox.hub.stopping.cancelled() => return goodbye(Close::GOING_AWAY),
        };
        let bytes = match next {
            Err(_) => return goodbye(Close::SESSION_TIMED_OUT),
            Ok(Some(Ok(Message::Text(text)))) => text.into(),
            Ok(Some(Ok(Message::Binary(bytes)))) => bytes,
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Ok(Some(Ok(Message::Close(frame)))) => return Ended::ByPeer(frame.map(|frame| frame.code)),
            Ok(None | Some(Err(_))) => return Ended::ByPeer(None),
        };
        match allowance.spend(connection).and_then(|()| decode(&bytes)).and_then(|it| obey(connection, it)) {
            Ok(op) if op == op::HEARTBEAT => deadline = Instant::now() + patience,
            Ok(_) => {}
            Err(close) => return goodbye(close),
        }
    }
}

/// How many payloads were sent in the minute that runs.
struct Allowance {
    since_ms: u64,
    used: u32,
}

impl Allowance {
    fn spend(&mut self, connection: &Connection) -> Result<(), Close> {
        let sandbox = &connection.sandbox;
        let now_ms = sandbox.clock.now_ms();
        if now_ms >= self.since_ms + WINDOW_MS {
            *self = Self { since_ms: now_ms, used: 0 };
        }
        self.used = self.used.saturating_add(1);
        if self.used > ALLOWED && sandbox.rules.on(Rule::GatewayLimits) {
            return Err(Close::RATE_LIMITED);
        }
        Ok(())
    }
}

fn decode(bytes: &[u8]) -> Result<Payload, Close> {
    if bytes.len() > PAYLOAD_BYTES {
        return Err(Close::decode_error(format_args!("{} bytes are more than {PAYLOAD_BYTES}", bytes.len())));
    }
    serde_json::from_slice(bytes).map_err(Close::decode_error)
}

/// Does what a payload says; gives its opcode.
fn obey(connection: &Connection, Payload { op, d }: Payload) -> Result<u8, Close> {
    let op = u8::try_from(op).map_err(|_| Close::UNKNOWN_OPCODE)?;
    let session = connection.link.session();
    match (op, session) {
        (op::HEARTBEAT, _) => heartbeat(connection, &d)?,
        (op::IDENTIFY | op::RESUME, Some(_)) => return Err(Close::ALREADY_AUTHENTICATED),
        (op::IDENTIFY, None) => identify(connection, d)?,
        (op::RESUME, None) => resume::resume(connection, d)?,
        // Seen by nobody here: no member looks at a bot's status, and there is no voice.
        (op::PRESENCE_UPDATE | op::VOICE_STATE_UPDATE, Some(_)) if d.is_object() => {}
        (op::PRESENCE_UPDATE | op::VOICE_STATE_UPDATE, Some(_)) => {
            return Err(Close::decode_error("d is not an object"));
        }
        (op::REQUEST_GUILD_MEMBERS, Some(session)) => members::members(connection, &session, d)?,
        (op::REQUEST_SOUNDBOARD_SOUNDS, Some(session)) => members::soundboard(connection, &session, d)?,
        (op::REQUEST_CHANNEL_INFO, Some(session)) => members::channels(connection, &session, d)?,
        (
            op::PRESENCE_UPDATE
            | op::VOICE_STATE_UPDATE
            | op::REQUEST_GUILD_MEMBERS
            | op::REQUEST_SOUNDBOARD_SOUNDS
            | op::REQUEST_CHANNEL_INFO,
            None,
        ) => return Err(Close::NOT_AUTHENTICATED),
        _ => return Err(Close::UNKNOWN_OPCODE),
    }
    Ok(op)
}

/// Acknowledges a heartbeat, and lets go of the events that it says have arrived.
fn heartbeat(connection: &Connection, seq: &Value) -> Result<(), Close> {
    if !seq.is_null() && !seq.is_u64() {
        return Err(Close::decode_error("a heartbeat's d is a sequence number or null"));
    }
    let session = connection.link.session();
    if let (Some(session), Some(seq)) = (&session, seq.as_u64()) {
        session.received(seq);
    }
    if session.is_none_or(|session| !connection.sandbox.hub.is_zombie(&session)) {
        connection.link.send(Control::Payload(control(op::HEARTBEAT_ACK, &Value::Null)));
    }
    Ok(())
}
