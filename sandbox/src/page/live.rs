//! What happens, as one member's client hears of it: a WebSocket, because a browser keeps only six other
//! connections to one address, and every tab may be another member.
//!
//! Each text frame is a JSON list of items, in order:
//!
//! - `{"kind": "view", …}`: the lists (see [`super::view`]), at first and when they changed;
//! - `{"kind": "message", "change": "posted" | "edited" | "reacted", "message": {…}}`, as that member sees it;
//! - `{"kind": "deleted", "channel", "message"}`;
//! - `{"kind": "typing", "channel", "user": {…}}`;
//! - `{"kind": "interaction", "id", "status", …}` of that member's own;
//! - `{"kind": "inspect"}`: the inspector has something new to read;
//! - `{"kind": "lost"}`: too slow; read everything anew.
//!
//! Frames are at least [`PACE`] apart and tell a message's newest state only, so that a slow reader is
//! never behind for long, and many streams at once cost a client no more than one.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::view::{self, ViewOf};
use crate::control::input::Asked;
use crate::control::names::Names;
use crate::control::outcome::{message_json, outcome};
use crate::feed::Note;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::interaction::ACKNOWLEDGE_MS;

/// The shortest time between two frames.
const PACE: Duration = Duration::from_millis(40);
/// How often to look at what tells nobody that it changed: connections and the clock's offset.
const LOOK: Duration = Duration::from_millis(250);
/// How long a client may take to read a frame.
const WRITE: Duration = Duration::from_secs(20);
/// The most notes that one frame is made of.
const BATCH: usize = 4_096;

/// `GET /live`
pub(crate) async fn get(
    State(sandbox): State<Sandbox>,
    Asked(asked): Asked<ViewOf>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let viewer = sandbox.read(|world| view::viewer(world, &asked.r#as));
    match viewer {
        Ok(viewer) => upgrade.on_upgrade(move |socket| run(sandbox, viewer, socket)),
        Err(refusal) => refusal.into_response(),
    }
}

async fn run(sandbox: Sandbox, viewer: Id, mut socket: WebSocket) {
    let mut live = Live::new(sandbox.clone(), viewer);
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut spans, mut requests) = (sandbox.inspector.changes(), sandbox.journal.recorded());
    let mut next = Instant::now();
    loop {
        if live.has_news() && Instant::now() >= next {
            let items = live.items();
            let text = Value::Array(items).to_string();
            match timeout(WRITE, socket.send(Frame::Text(text.into()))).await {
                Ok(Ok(())) => next = Instant::now() + PACE,
                _ => return,
            }
        }
        let (has_news, waits, due_ms) = (live.has_news(), live.waits(), live.due_ms());
        tokio::select! {
            () = sleep_until(next), if has_news => {}
            note = live.notes.recv() => live.hear(&note),
            _ = look.tick() => live.look(),
            Ok(()) = spans.changed() => live.inspect = true,
            Ok(()) = requests.changed() => live.inspect = true,
            () = sandbox.clock.sleep_until(due_ms), if waits => live.expire(),
            frame = socket.recv() => match frame {
                // A client has nothing to say here; its pings are answered below this.
                Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
            () = sandbox.hub.stopping() => {
                let _ = timeout(Duration::from_secs(1), socket.send(Frame::Close(None))).await;
                return;
            }
        }
    }
}

/// What a message's news are, the newest state being told.
#[derive(Clone, Copy)]
enum News {
    Changed(&'static str),
    Deleted,
}

struct Live {
    sandbox: Sandbox,
    viewer: Id,
    notes: Receiver<Note>,
    lost: bool,
    arranged: bool,
    inspect: bool,
    /// Messages with news, in the order they first had some.
    order: Vec<(Id, Id)>,
    messages: HashMap<(Id, Id), News>,
    typing: Vec<(Id, Id)>,
    interactions: Vec<Id>,
    /// The viewer's unanswered interactions, and when each fails.
    open: BTreeMap<Id, u64>,
    seen: (usize, u64),
    /// How many requests the model had under way, and how many it ever had, at the last look.
    asked: (u64, u64),
}

impl Live {
    fn new(sandbox: Sandbox, viewer: Id) -> Self {
        let notes = sandbox.read(|world| world.feed.watch());
        Self {
            sandbox,
            viewer,
            notes,
            lost: false,
            arranged: true,
            inspect: true,
            order: Vec::new(),
            messages: HashMap::new(),
            typing: Vec::new(),
            interactions: Vec::new(),
            open: BTreeMap::new(),
            seen: (0, 0),
            asked: (0, 0),
        }
    }

    fn has_news(&self) -> bool {
        self.lost
            || self.arranged
            || self.inspect
            || !(self.order.is_empty() && self.typing.is_empty() && self.interactions.is_empty())
    }

    /// Takes in a note, and those that wait behind it.
    fn hear(&mut self, note: &Result<Note, RecvError>) {
        match note {
            Ok(note) => self.take(*note),
            Err(RecvError::Lagged(_)) => self.lose(),
            // The world lives as long as this socket's sandbox.
            Err(RecvError::Closed) => self.lost = true,
        }
        for _ in 0..BATCH {
            match self.notes.try_recv() {
                Ok(note) => self.take(note),
                Err(TryRecvError::Lagged(_)) => self.lose(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    fn lose(&mut self) {
        self.lost = true;
        self.arranged = true;
        self.order.clear();
        self.messages.clear();
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Posted { channel, message } => self.news((channel, message), News::Changed("posted")),
            Note::Edited { channel, message } => self.news((channel, message), News::Changed("edited")),
            Note::Reacted { channel, message } => self.news((channel, message), News::Changed("reacted")),
            Note::Deleted { channel, message } => self.news((channel, message), News::Deleted),
            Note::Typing { channel, user } => {
                if user != self.viewer && !self.typing.contains(&(channel, user)) {
                    self.typing.push((channel, user));
                }
            }
            Note::Arranged => self.arranged = true,
            Note::Opened(id) => {
                let own = self.sandbox.read(|world| {
                    let interaction = world.interaction(id)?;
                    (interaction.user == self.viewer).then(|| interaction.created_ms())
                });
                self.inspect = true;
                if let Some(created_ms) = own {
                    self.open.insert(id, created_ms + ACKNOWLEDGE_MS + 1);
                    self.interactions.push(id);
                }
            }
            Note::Acknowledged { interaction, .. } => {
                if self.open.remove(&interaction).is_some() {
                    self.interactions.push(interaction);
                }
            }
        }
    }

    fn news(&mut self, key: (Id, Id), news: News) {
        match self.messages.get_mut(&key) {
            None => {
                self.order.push(key);
                self.messages.insert(key, news);
            }
            // One that is new stays new until it is told.
            Some(News::Changed("posted")) if matches!(news, News::Changed(_)) => {}
            Some(known) => *known = news,
        }
    }

    /// Looks at what tells nobody that it changed.
    fn look(&mut self) {
        let seen = (self.sandbox.hub.sessions().len(), self.sandbox.clock.offset_ms());
        if std::mem::replace(&mut self.seen, seen) != seen {
            self.arranged = true;
        }
        // A model's words come without a note.
        let asked = (self.sandbox.model.open(), self.sandbox.model.asked());
        self.inspect |= asked.0 > 0 || asked != self.asked;
        self.asked = asked;
    }

    fn waits(&self) -> bool {
        !self.open.is_empty()
    }

    /// When the first open interaction fails.
    fn due_ms(&self) -> u64 {
        self.open.values().min().copied().unwrap_or(u64::MAX)
    }

    /// Tells of those that were not answered in time.
    fn expire(&mut self) {
        let now = self.sandbox.clock.now_ms();
        let due: Vec<Id> = self.open.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.open.remove(&id);
            self.interactions.push(id);
        }
    }

    /// Everything that is new, and forgets that it was.
    fn items(&mut self) -> Vec<Value> {
        let mut items = Vec::new();
        let (lost, arranged, inspect) = (
            std::mem::take(&mut self.lost),
            std::mem::take(&mut self.arranged),
            std::mem::take(&mut self.inspect),
        );
        let order = std::mem::take(&mut self.order);
        let news = std::mem::take(&mut self.messages);
        let (typing, interactions) =
            (std::mem::take(&mut self.typing), std::mem::take(&mut self.interactions));
        self.sandbox.read(|world| {
            if lost {
                items.push(json!({ "kind": "lost" }));
            }
            if arranged {
                let mut view = view::view(&self.sandbox, world, self.viewer);
                view["kind"] = json!("view");
                items.push(view);
            }
            let mut sees = HashMap::new();
            let mut seen =
                |channel: Id| *sees.entry(channel).or_insert_with(|| Names(world).sees(self.viewer, channel));
            for key @ (channel, message) in order {
                if let Some(news) = news.get(&key).filter(|_| seen(channel)) {
                    items.extend(self.message(world, channel, message, *news));
                }
            }
            for (channel, user) in typing.into_iter().filter(|(channel, _)| seen(*channel)) {
                items.push(json!({ "kind": "typing", "channel": channel, "user": world.user_json(user) }));
            }
            for id in interactions {
                items.extend(interaction(world, id));
            }
        });
        if inspect {
            items.push(json!({ "kind": "inspect" }));
        }
        items
    }

    fn message(&self, world: &World, channel: Id, id: Id, news: News) -> Option<Value> {
        match news {
            News::Deleted => Some(json!({ "kind": "deleted", "channel": channel, "message": id })),
            News::Changed(change) => {
                let message = world.message(channel, id).filter(|message| message.shown_to(self.viewer))?;
                let shown = message_json(world, message, self.viewer);
                Some(json!({ "kind": "message", "change": change, "message": shown }))
            }
        }
    }
}

/// One of the viewer's interactions; its messages come as messages.
fn interaction(world: &World, id: Id) -> Option<Value> {
    let interaction = world.interaction(id)?;
    let outcome = outcome(world, interaction);
    Some(json!({
        "kind": "interaction",
        "id": outcome.id,
        "application": interaction.app,
        "type": outcome.r#type,
        "channel": outcome.channel,
        "status": outcome.status,
        "shown": outcome.shown,
        "callback_type": outcome.callback_type,
        "original": outcome.original.as_ref().map(|message| &message["id"]),
        "modal": outcome.modal,
        "choices": outcome.choices,
    }))
}
