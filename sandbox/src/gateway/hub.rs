//! The hub: every session, and which of them receives an event.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::event::{Audience, Event};
use super::faults::Faults;
use super::frame::Frame;
use super::limits::{Denied, StartLimit, Starts};
use super::log::Overflow;
use super::recorder::Recorder;
use super::session::Session;
use crate::clock::{Clock, whole_ms};
use crate::ids::Id;
use crate::rules::{Rule, Rules};
use crate::world::World;

/// How often Discord asks for heartbeats.
const HEARTBEAT_MS: u64 = 41_250;

/// How long the connections have to say goodbye when the sandbox stops.
const STOP: Duration = Duration::from_secs(5);

/// The gateway's sessions.
pub struct Hub {
    pub(super) clock: Clock,
    pub(super) rules: Rules,
    pub(super) recorder: Recorder,
    pub(super) stopping: CancellationToken,
    pub(super) connections: TaskTracker,
    heartbeat_ms: AtomicU64,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// Sessions by application, in the order they began.
    pub(super) sessions: BTreeMap<Id, Vec<Arc<Session>>>,
    pub(super) faults: Faults,
    starts: HashMap<Id, Starts>,
}

impl Hub {
    /// A hub without sessions.
    pub fn new(clock: Clock, rules: Rules) -> Self {
        Self {
            clock,
            rules,
            recorder: Recorder::default(),
            stopping: CancellationToken::new(),
            connections: TaskTracker::new(),
            heartbeat_ms: AtomicU64::new(HEARTBEAT_MS),
            state: Mutex::default(),
        }
    }

    /// Hands `event` to every session that may receive it.
    ///
    /// Call it under the world's lock: that is what keeps a session's events in order. It never waits.
    pub fn dispatch(&self, event: &Event) {
        let mut state = self.state.lock();
        let State { sessions, faults, .. } = &mut *state;
        let mut delivery = Delivery { event, faults, clock: &self.clock, frame: None, lost: Vec::new() };
        match event.audience {
            Audience::App { app, guild } => {
                let sessions = sessions.get(&app).into_iter().flatten();
                for session in sessions.filter(|session| session.has_shard(guild)) {
                    match (event.name, guild) {
                        ("GUILD_CREATE", Some(guild)) => session.join(guild),
                        ("GUILD_DELETE", Some(guild)) => session.part(guild),
                        _ => {}
                    }
                    delivery.hand_to(session);
                }
            }
            Audience::Guild(guild) => {
                let sessions = sessions.values().flatten();
                sessions.filter(|session| session.is_in(guild)).for_each(|session| delivery.hand_to(session));
            }
        }
        for session in delivery.lost {
            state.lose(&session);
        }
    }

    /// What `GET /gateway/bot` says of an application's session starts.
    pub fn start_limit(&self, app: Id) -> StartLimit {
        self.state.lock().starts.entry(app).or_default().left(self.clock.now_ms())
    }

    /// Sets how many shards of an application may identify in 5 seconds (1 until it is set; at least 1).
    pub fn set_max_concurrency(&self, app: Id, shards: u64) {
        self.state.lock().starts.entry(app).or_default().max_concurrency = shards.max(1);
    }

    /// How often connections are asked for a heartbeat.
    pub fn heartbeat_interval(&self) -> Duration {
        Duration::from_millis(self.heartbeat_ms.load(Ordering::Relaxed))
    }

    /// Sets how often connections made from now on are asked for a heartbeat (41.25 s until it is set;
    /// at least 1 ms). One that is silent for one and a half intervals is closed with 4009.
    pub fn set_heartbeat_interval(&self, interval: Duration) {
        self.heartbeat_ms.store(whole_ms(interval).max(1), Ordering::Relaxed);
    }

    /// When an interaction was first written to a socket; `None` if it was not, or too long ago (65,536
    /// are remembered).
    pub fn sent_at(&self, interaction: Id) -> Option<Instant> {
        self.recorder.at(interaction)
    }

    /// Closes every connection with 1001, takes no more, and waits until they have ended (5 seconds at
    /// most).
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.connections.close();
        if tokio::time::timeout(STOP, self.connections.wait()).await.is_err() {
            tracing::warn!(left = self.connections.len(), "gateway connections did not end in time");
        }
    }

    /// Ends when the sandbox stops.
    pub(crate) fn stopping(&self) -> impl Future<Output = ()> {
        self.stopping.clone().cancelled_owned()
    }

    /// Counts a start of `app`'s `shard`, if limits are in force.
    pub(super) fn start(&self, app: Id, shard: u64) -> Result<(), Denied> {
        if !self.rules.on(Rule::GatewayLimits) {
            return Ok(());
        }
        self.state.lock().starts.entry(app).or_default().start(shard, self.clock.now_ms())
    }

    /// Adds a session, and drops those that can't be resumed any more.
    pub(super) fn add(&self, session: Arc<Session>) {
        let mut state = self.state.lock();
        state.expire(self.clock.now_ms());
        state.sessions.entry(session.app).or_default().push(session);
    }

    /// The session of this application with this id, unless it has expired.
    pub(super) fn session(&self, app: Id, id: &str) -> Option<Arc<Session>> {
        let mut state = self.state.lock();
        state.expire(self.clock.now_ms());
        state.sessions.get(&app)?.iter().find(|session| session.id == id).cloned()
    }

    /// Ends a session. Its connection, if it has one, stays without a session.
    pub(super) fn end(&self, session: &Arc<Session>) {
        self.state.lock().remove(session);
        if let Some(link) = session.link() {
            link.leave();
            session.detach(&link, self.clock.now_ms());
        }
    }

    /// Whether heartbeats of this session stay unanswered.
    pub(super) fn is_zombie(&self, session: &Session) -> bool {
        self.state.lock().faults.any(session.app, session.shard[0], |fault| fault.zombie)
    }

    /// Whether this session may not be resumed.
    pub(super) fn refuses_resume(&self, session: &Session) -> bool {
        self.state.lock().faults.any(session.app, session.shard[0], |fault| fault.refuse_resume)
    }

    /// Ends a session whose backlog is full, and cuts its connection off.
    pub(super) fn lose(&self, session: &Arc<Session>) {
        self.state.lock().lose(session);
    }
}

impl State {
    fn remove(&mut self, session: &Arc<Session>) {
        if let Some(sessions) = self.sessions.get_mut(&session.app) {
            sessions.retain(|other| !Arc::ptr_eq(other, session));
            if sessions.is_empty() {
                self.sessions.remove(&session.app);
            }
        }
    }

    fn lose(&mut self, session: &Arc<Session>) {
        tracing::warn!(app = %session.app, shard = session.shard[0], "a gateway session fell too far behind: lost");
        self.remove(session);
        if let Some(link) = session.link() {
            link.abort();
        }
    }

    pub(super) fn expire(&mut self, now_ms: u64) {
        self.sessions.retain(|_, sessions| {
            sessions.retain(|session| !session.expired(now_ms));
            !sessions.is_empty()
        });
    }
}

/// One event's way to its sessions.
struct Delivery<'a> {
    event: &'a Event,
    faults: &'a mut Faults,
    clock: &'a Clock,
    /// Made for the first session that wants it.
    frame: Option<Arc<Frame>>,
    /// Sessions with no room left.
    lost: Vec<Arc<Session>>,
}

impl Delivery<'_> {
    /// Appends the event to a session's log, if it has the intents.
    fn hand_to(&mut self, session: &Arc<Session>) {
        if !session.wants(self.event.intents) {
            return;
        }
        let frame = self.frame.get_or_insert_with(|| Arc::new(Frame::of(self.event)));
        let (app, shard, name) = (session.app, session.shard[0], self.event.name);
        let delay_ms = self.faults.delay_ms(app, shard, name);
        for _ in 0..self.faults.copies(app, shard, name) {
            let frame = Arc::clone(frame);
            let handed = match delay_ms {
                0 => session.push(frame),
                delay_ms => session.push_later(frame, self.clock.now_ms().saturating_add(delay_ms)),
            };
            if let Err(Overflow) = handed {
                self.lost.push(Arc::clone(session));
                return;
            }
        }
    }
}

/// Whether an application's bot is a member of a guild.
pub(super) fn is_member(world: &World, app: Id, guild: Id) -> bool {
    world.guilds.get(&guild).is_some_and(|guild| guild.members.contains_key(&app))
}
