//! `GET /events`: what happens, as it happens, as server-sent events of JSON.
//!
//! Each is `{"kind": "message" | "typing" | "arranged" | "interaction" | "request" | "lost", …}`. A reader who is too slow
//! loses the oldest, and is told how many.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::feed::Note;
use crate::instance::Sandbox;
use crate::journal::Entry;

struct Reader {
    sandbox: Sandbox,
    notes: Receiver<Note>,
    requests: Receiver<Arc<Entry>>,
}

/// `GET /events`
pub(super) async fn events(
    State(sandbox): State<Sandbox>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (notes, requests) = (sandbox.read(|world| world.feed.watch()), sandbox.journal.subscribe());
    let reader = Reader { sandbox, notes, requests };
    let stream = futures::stream::unfold(reader, |mut reader| async {
        let item = reader.next().await?;
        Some((Ok(Event::default().data(item.to_string())), reader))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

impl Reader {
    /// The next item; none when the sandbox has ended.
    async fn next(&mut self) -> Option<Value> {
        let lost = |count: u64| Some(json!({ "kind": "lost", "count": count }));
        tokio::select! {
            note = self.notes.recv() => match note {
                Ok(note) => Some(self.note(note)),
                Err(RecvError::Lagged(count)) => lost(count),
                Err(RecvError::Closed) => None,
            },
            entry = self.requests.recv() => match entry {
                Ok(entry) => Some(request(&entry)),
                Err(RecvError::Lagged(count)) => lost(count),
                Err(RecvError::Closed) => None,
            },
        }
    }

    fn note(&self, note: Note) -> Value {
        let message = |change: &str, channel, id| json!({ "kind": "message", "change": change, "channel": channel, "message": id });
        match note {
            Note::Posted { channel, message: id } => message("posted", channel, id),
            Note::Edited { channel, message: id } => message("edited", channel, id),
            Note::Deleted { channel, message: id } => message("deleted", channel, id),
            Note::Reacted { channel, message: id } => message("reacted", channel, id),
            Note::Typing { channel, user } => json!({ "kind": "typing", "channel": channel, "user": user }),
            Note::Arranged => json!({ "kind": "arranged" }),
            Note::Opened(id) => self.interaction("opened", id),
            Note::Acknowledged { interaction, .. } => self.interaction("acknowledged", interaction),
        }
    }

    fn interaction(&self, change: &str, id: crate::ids::Id) -> Value {
        let mut json = json!({ "kind": "interaction", "change": change, "interaction": id });
        self.sandbox.read(|world| {
            if let Some(interaction) = world.interaction(id) {
                json["type"] = json!(interaction.kind);
                json["user"] = json!(interaction.user);
                json["channel"] = json!(interaction.channel);
                json["callback_type"] = json!(interaction.acknowledged.map(|(kind, _)| kind));
            }
        });
        json
    }
}

fn request(entry: &Entry) -> Value {
    json!({
        "kind": "request",
        "seq": entry.seq,
        "method": entry.method.as_str(),
        "path": entry.path,
        "template": entry.template,
        "status": entry.status,
        "micros": entry.micros,
        "unknown": entry.unknown,
        "violations": entry.violations,
    })
}
