//! A streamed reply: server-sent events at the reply's pace, with its faults.
//!
//! No task is spawned. The stream is the response's body, polled and owned by the connection: when
//! the client hangs up the connection drops the body, and all that waits in it ends there.

use std::io::Write;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;
use tokio::time::{Instant, sleep, sleep_until};

use super::chat::CutOff;
use super::record::{Outcome, Ticket};
use super::reply::{MAX_SILENCE, Reply};
use super::script::Fault;

/// Events that are due together travel together, up to about this many bytes.
const FRAME: usize = 16 * 1024;

/// The response that streams `reply`.
pub(crate) fn respond(reply: Reply, ticket: Ticket) -> Response {
    ticket.status(200);
    let run = Run::new(reply, ticket);
    let frames = futures::stream::unfold(run, async |mut run| run.next().await.map(|frame| (frame, run)));
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A stream under way.
struct Run {
    reply: Reply,
    ticket: Ticket,
    /// What stands before each chunk's delta.
    head: Vec<u8>,
    /// The headers' time: set when the body is first asked for.
    started: Option<Instant>,
    /// Before which token the fault comes; `None` when there is none, or it has come.
    fault_at: Option<usize>,
    /// Whether the chunk with the role is out.
    opened: bool,
    sent: usize,
    over: bool,
}

/// What keeps the next event from being written now.
enum Pause {
    Until(Instant),
    Silence,
    Cut,
}

impl Run {
    fn new(reply: Reply, ticket: Ticket) -> Self {
        let mut head = Vec::with_capacity(256);
        head.extend_from_slice(b"data: ");
        write_json(&mut head, &ChunkHead::of(&reply));
        head.pop(); // the brace: the choices follow
        let fault_at = reply.fault_at();
        Self { reply, ticket, head, started: None, fault_at, opened: false, sent: 0, over: false }
    }

    /// The next bytes: all that is due now.
    async fn next(&mut self) -> Option<Result<Bytes, CutOff>> {
        let mut frame = Vec::new();
        while !self.over && frame.len() < FRAME {
            match self.pause() {
                None => self.write(&mut frame),
                Some(_) if !frame.is_empty() => break,
                Some(Pause::Until(due)) => sleep_until(due).await,
                Some(Pause::Silence) => {
                    sleep(MAX_SILENCE).await;
                    return Some(self.cut());
                }
                Some(Pause::Cut) => {
                    // The connection writes out what it holds while it waits, and only then fails.
                    tokio::task::yield_now().await;
                    return Some(self.cut());
                }
            }
        }
        if frame.is_empty() {
            self.ticket.end(Outcome::Finished);
            return None;
        }
        Some(Ok(frame.into()))
    }

    fn cut(&mut self) -> Result<Bytes, CutOff> {
        self.over = true;
        self.ticket.end(Outcome::Cut);
        Err(CutOff)
    }

    fn pause(&mut self) -> Option<Pause> {
        if self.fault_at == Some(self.sent) {
            match self.reply.fault {
                Some(Fault::Hang | Fault::Stall { .. }) => return Some(Pause::Silence),
                Some(Fault::Cut { .. }) => return Some(Pause::Cut),
                _ => {}
            }
        }
        let timing = &self.reply.timing;
        if timing.at_once() || self.sent >= self.reply.total() {
            return None;
        }
        let due = *self.started.get_or_insert_with(Instant::now) + timing.due(self.sent);
        (due > Instant::now()).then_some(Pause::Until(due))
    }

    /// Writes the next event.
    fn write(&mut self, frame: &mut Vec<u8>) {
        if self.fault_at == Some(self.sent) {
            self.fault_at = None;
            return self.write_fault(frame);
        }
        if !self.opened {
            self.opened = true;
            return self.write_chunk(frame, br#"{"role":"assistant","content":"","refusal":null}"#, None);
        }
        if self.sent < self.reply.total() {
            let mut delta = br#"{"content":"#.to_vec();
            write_json(&mut delta, self.reply.token(self.sent));
            delta.push(b'}');
            self.write_chunk(frame, &delta, None);
            self.ticket.sent(self.reply.token(self.sent));
            self.sent += 1;
            return;
        }
        self.write_chunk(frame, b"{}", Some(self.reply.finish.name()));
        if let (true, Some(usage)) = (self.reply.include_usage, self.reply.usage) {
            frame.extend_from_slice(&self.head);
            frame.extend_from_slice(br#","choices":[],"usage":"#);
            write_json(frame, &usage);
            frame.extend_from_slice(b"}\n\n");
        }
        frame.extend_from_slice(b"data: [DONE]\n\n");
        self.over = true;
    }

    fn write_fault(&mut self, frame: &mut Vec<u8>) {
        match &self.reply.fault {
            Some(Fault::Malformed { .. }) => {
                frame.extend_from_slice(&self.head);
                frame.extend_from_slice(b",\"choices\":[{\"index\":0,\"delta\":{\"content\":\n\n");
            }
            Some(Fault::ErrorEvent { message, .. }) => {
                frame.extend_from_slice(b"data: ");
                write_json(frame, &super::chat::relayed_error(message));
                frame.extend_from_slice(b"\n\n");
                self.over = true;
            }
            _ => self.over = true,
        }
    }

    fn write_chunk(&self, frame: &mut Vec<u8>, delta: &[u8], finish: Option<&str>) {
        frame.extend_from_slice(&self.head);
        frame.extend_from_slice(br#","choices":[{"index":0,"delta":"#);
        frame.extend_from_slice(delta);
        frame.extend_from_slice(br#","logprobs":null,"finish_reason":"#);
        write_json(frame, &finish);
        frame.extend_from_slice(b"}]");
        // Where usage is asked for, every chunk has the field.
        if self.reply.include_usage && self.reply.usage.is_some() {
            frame.extend_from_slice(br#","usage":null"#);
        }
        frame.extend_from_slice(b"}\n\n");
    }
}

/// What every chunk of a stream begins with.
#[derive(Serialize)]
struct ChunkHead<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    service_tier: &'static str,
    system_fingerprint: &'static str,
}

impl<'a> ChunkHead<'a> {
    fn of(reply: &'a Reply) -> Self {
        Self {
            id: &reply.id,
            object: "chat.completion.chunk",
            created: reply.created,
            model: &reply.model,
            service_tier: "default",
            system_fingerprint: super::FINGERPRINT,
        }
    }
}

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(out.by_ref(), value).expect("strings and numbers always become JSON");
}
