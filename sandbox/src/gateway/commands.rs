//! What a test or an operator may do to sessions, and what there is to see of them.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::close::Close;
use super::faults::Fault;
use super::frame::{control, op};
use super::hub::Hub;
use super::link::{Control, Link};
use super::session::Session;
use crate::clock::whole_ms;
use crate::ids::Id;

/// Whose sessions a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The application.
    pub app: Id,
    /// One shard's number; `None`: every shard.
    #[serde(default)]
    pub shard: Option<u64>,
}

impl Target {
    /// Every session of an application.
    pub fn app(app: Id) -> Self {
        Self { app, shard: None }
    }

    /// The same for one shard alone.
    #[must_use]
    pub fn shard(self, shard: u64) -> Self {
        Self { shard: Some(shard), ..self }
    }
}

/// What there is to see of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionInfo {
    /// The application.
    pub app: Id,
    /// The shard's number, and how many shards there are.
    pub shard: [u64; 2],
    /// Its id, as in `READY`.
    pub session_id: String,
    /// Its intents.
    pub intents: u64,
    /// `none`, `payload`, `zlib-stream` or `zstd-stream`.
    pub compress: &'static str,
    /// The last sequence number given out.
    pub seq: u64,
    /// Whether it has a connection.
    pub connected: bool,
    /// How often it was resumed.
    pub resumed: u32,
    /// When it began, in milliseconds since the Unix epoch.
    pub since_ms: u64,
}

/// Commands. Those that act at once return how many connections they reached; standing orders hold for
/// later sessions too, until they are taken back.
impl Hub {
    /// Cuts connections off without a close frame: a TCP reset where the
    /// connection's handle is known, else an end of stream. The sessions can be resumed.
    pub fn drop_connections(&self, target: Target) -> usize {
        self.reach(target, |_, link| link.abort())
    }

    /// Closes connections with a code. 1000, 1001, 4004, 4007 and 4010 to 4014 end the session too.
    pub fn close(&self, target: Target, code: u16) -> usize {
        self.reach(target, |session, link| {
            if Close::ends_session(code) {
                self.end(session);
            }
            link.close(Close::on_command(code));
        })
    }

    /// Asks clients to connect again and resume (op 7).
    pub fn reconnect(&self, target: Target) -> usize {
        self.reach(target, |_, link| link.send(Control::Payload(control(op::RECONNECT, &Value::Null))))
    }

    /// Tells clients that their session is invalid (op 9); unless it is `resumable`, it ends.
    pub fn invalidate(&self, target: Target, resumable: bool) -> usize {
        self.reach(target, |session, link| {
            if resumable {
                link.leave();
                session.detach(link, self.clock.now_ms());
            } else {
                self.end(session);
            }
            link.send(Control::Payload(control(op::INVALID_SESSION, &json!(resumable))));
        })
    }

    /// Asks clients for a heartbeat now (op 1).
    pub fn heartbeat_now(&self, target: Target) -> usize {
        self.reach(target, |_, link| link.send(Control::Payload(control(op::HEARTBEAT, &Value::Null))))
    }

    /// Withholds the acknowledgement of heartbeats, or gives it again.
    pub fn zombie(&self, target: Target, on: bool) {
        self.order(target, |fault| fault.zombie = on);
    }

    /// Refuses to resume sessions (op 9, `false`), or resumes them again.
    pub fn refuse_resume(&self, target: Target, on: bool) {
        self.order(target, |fault| fault.refuse_resume = on);
    }

    /// Sends each of the next `times` events of this name twice: the same data, each with a sequence
    /// number of its own. 0 takes it back.
    pub fn duplicate(&self, target: Target, event: impl Into<String>, times: u32) {
        self.order(target, |fault| match times {
            0 => _ = fault.duplicate.remove(&event.into()),
            times => _ = fault.duplicate.insert(event.into(), times),
        });
    }

    /// Delays events of this name, while others overtake them. Zero takes it back for events to come.
    pub fn delay(&self, target: Target, event: impl Into<String>, by: Duration) {
        self.order(target, |fault| match whole_ms(by) {
            0 => _ = fault.delay.remove(&event.into()),
            ms => _ = fault.delay.insert(event.into(), ms),
        });
    }

    /// The sessions that have a connection or may be resumed, by application.
    pub fn sessions(&self) -> Vec<SessionInfo> {
        let mut state = self.state.lock();
        state.expire(self.clock.now_ms());
        state.sessions.values().flatten().map(|session| info(session)).collect()
    }

    fn order(&self, target: Target, change: impl FnOnce(&mut Fault)) {
        self.state.lock().faults.set(target, change);
    }

    /// Does something to each connected session of `target`.
    fn reach(&self, target: Target, act: impl Fn(&Arc<Session>, &Arc<Link>)) -> usize {
        let sessions = self.state.lock().sessions.get(&target.app).cloned().unwrap_or_default();
        let meant = |session: &&Arc<Session>| target.shard.is_none_or(|shard| shard == session.shard[0]);
        let connected = sessions.iter().filter(meant).filter_map(|session| Some((session, session.link()?)));
        connected.map(|(session, link)| act(session, &link)).count()
    }
}

fn info(session: &Session) -> SessionInfo {
    let standing = session.standing();
    SessionInfo {
        app: session.app,
        shard: session.shard,
        session_id: session.id.clone(),
        intents: session.intents,
        compress: match standing.transport.name() {
            "none" if session.packs => "payload",
            name => name,
        },
        seq: standing.seq,
        connected: standing.connected,
        resumed: standing.resumed,
        since_ms: session.since_ms,
    }
}
