//! One session: what it may see, its log, and the connection that it has at present.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::compress::{Packing, Transport};
use super::event::intents;
use super::frame::Frame;
use super::link::Link;
use super::log::{BACKLOG, Entry, Log, NoReplay, Overflow};
use crate::ids::Id;

/// How long a session without a connection can be resumed. Discord speaks of a few minutes.
pub(super) const RESUMABLE_MS: u64 = 180_000;

/// A session of one shard.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) app: Id,
    /// The shard's number, and how many shards there are.
    pub(super) shard: [u64; 2],
    pub(super) intents: u64,
    /// Whether the client asked for payload compression.
    pub(super) packs: bool,
    /// When it began, in milliseconds since the Unix epoch.
    pub(super) since_ms: u64,
    state: Mutex<State>,
}

struct State {
    log: Log,
    /// The guilds whose events it receives.
    guilds: HashSet<Id>,
    link: Option<Arc<Link>>,
    transport: Transport,
    /// When the last connection ended.
    detached_ms: u64,
    resumed: u32,
    /// Events held back on command, by when they are due and a number that keeps their order.
    delayed: BTreeMap<(u64, u64), Arc<Frame>>,
    delays: u64,
}

/// What changes about a session.
pub(super) struct Standing {
    pub(super) transport: Transport,
    pub(super) connected: bool,
    pub(super) seq: u64,
    pub(super) resumed: u32,
}

impl Session {
    /// A session on its first connection, which serves these guilds.
    pub(super) fn new(
        id: String,
        app: Id,
        shard: [u64; 2],
        (wants, packs): (u64, bool),
        since_ms: u64,
        guilds: Vec<Id>,
        link: &Arc<Link>,
    ) -> Self {
        let served = guilds.iter().copied().collect();
        // Without the intent, guilds are served and not announced.
        let announced = if wants & intents::GUILDS == 0 { Vec::new() } else { guilds };
        let state = State {
            log: Log::new(announced),
            guilds: served,
            link: Some(Arc::clone(link)),
            transport: link.transport,
            detached_ms: 0,
            resumed: 0,
            delayed: BTreeMap::new(),
            delays: 0,
        };
        Self { id, app, shard, intents: wants, packs, since_ms, state: Mutex::new(state) }
    }

    /// Whether this session's intents let it see an event that needs one of these (0: none is needed).
    pub(super) fn wants(&self, intents: u64) -> bool {
        intents == 0 || intents & self.intents != 0
    }

    /// Whether events of `guild` (`None`: of no guild) are this shard's.
    pub(super) fn has_shard(&self, guild: Option<Id>) -> bool {
        let [shard, shards] = self.shard;
        guild.map_or(0, |guild| guild.shard(shards)) == shard
    }

    /// Whether it serves this guild: it was told of it, and not that it is gone.
    pub(super) fn is_in(&self, guild: Id) -> bool {
        self.has_shard(Some(guild)) && self.state.lock().guilds.contains(&guild)
    }

    /// The bot joined a guild.
    pub(super) fn join(&self, guild: Id) {
        self.state.lock().guilds.insert(guild);
    }

    /// The bot left a guild, or it became unavailable.
    pub(super) fn part(&self, guild: Id) {
        self.state.lock().guilds.remove(&guild);
    }

    /// Whether messages come with their content.
    pub(super) fn sees_content(&self) -> bool {
        self.intents & intents::MESSAGE_CONTENT != 0
    }

    /// How this session's events are packed.
    pub(super) fn packing(&self) -> Packing {
        if self.packs { Packing::IfLarge } else { Packing::Never }
    }

    /// How its `READY` is packed.
    pub(super) fn ready_packing(&self) -> Packing {
        if self.packs { Packing::Always } else { Packing::Never }
    }

    /// Appends an event, and wakes the connection.
    pub(super) fn push(&self, frame: Arc<Frame>) -> Result<(), Overflow> {
        let mut state = self.state.lock();
        state.log.push(Entry::Event(frame))?;
        state.wake();
        Ok(())
    }

    /// Keeps an event back until `due_ms`.
    pub(super) fn push_later(&self, frame: Arc<Frame>, due_ms: u64) -> Result<(), Overflow> {
        let mut state = self.state.lock();
        if state.delayed.len() >= BACKLOG {
            return Err(Overflow);
        }
        state.delays += 1;
        let place = (due_ms, state.delays);
        state.delayed.insert(place, frame);
        state.wake();
        Ok(())
    }

    /// Takes the next entries for `link` to write, and says when the next delayed event is due. A
    /// connection that the session has left gets nothing: its successor has to have it all.
    pub(super) fn take(
        &self,
        link: &Arc<Link>,
        most: usize,
        now_ms: u64,
        batch: &mut Vec<(u64, Entry)>,
    ) -> Result<Option<u64>, Overflow> {
        let mut state = self.state.lock();
        if !state.has(link) {
            return Ok(None);
        }
        while let Some(next) = state.delayed.first_entry()
            && next.key().0 <= now_ms
        {
            let frame = next.remove();
            state.log.push(Entry::Event(frame))?;
        }
        state.log.take(most, batch);
        Ok(state.delayed.first_key_value().map(|((due_ms, _), _)| *due_ms))
    }

    /// Notes that the client has everything up to `seq`.
    pub(super) fn received(&self, seq: u64) {
        self.state.lock().log.received(seq);
    }

    /// Goes on after `seq` on another connection; gives the one it had, if that still stood.
    pub(super) fn resume(&self, seq: u64, link: &Arc<Link>) -> Result<Option<Arc<Link>>, NoReplay> {
        let mut state = self.state.lock();
        state.log.rewind(seq)?;
        // With the backlog full of missed events, one more is one too many.
        state.log.push(Entry::Resumed).map_err(|Overflow| NoReplay::Forgotten)?;
        state.resumed += 1;
        state.transport = link.transport;
        Ok(state.link.replace(Arc::clone(link)))
    }

    /// Ends the session's tie to `link`, if it is still the one it has.
    pub(super) fn detach(&self, link: &Arc<Link>, now_ms: u64) {
        let mut state = self.state.lock();
        if state.has(link) {
            state.link = None;
            state.detached_ms = now_ms;
        }
    }

    /// The connection it has.
    pub(super) fn link(&self) -> Option<Arc<Link>> {
        self.state.lock().link.clone()
    }

    /// Whether it has been without a connection for too long.
    pub(super) fn expired(&self, now_ms: u64) -> bool {
        let state = self.state.lock();
        state.link.is_none() && now_ms >= state.detached_ms + RESUMABLE_MS
    }

    pub(super) fn standing(&self) -> Standing {
        let state = self.state.lock();
        Standing {
            transport: state.transport,
            connected: state.link.is_some(),
            seq: state.log.last(),
            resumed: state.resumed,
        }
    }
}

impl State {
    fn has(&self, link: &Arc<Link>) -> bool {
        self.link.as_ref().is_some_and(|present| Arc::ptr_eq(present, link))
    }

    fn wake(&self) {
        if let Some(link) = &self.link {
            link.wake.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_connection_that_was_replaced_takes_nothing_from_its_successor() {
        let [old, new] = [(); 2].map(|()| Arc::new(Link::new(Transport::None, None)));
        let session = Session::new("s".into(), Id(1), [0, 1], (0, false), 0, Vec::new(), &old);
        let frame = Arc::new(Frame::new("TYPING_START", Arc::new(json!({}))));
        session.push(Arc::clone(&frame)).expect("fits");
        session.push_later(frame, 5).expect("fits");
        assert!(session.resume(1, &new).is_ok());

        let mut batch = Vec::new();
        assert!(matches!(session.take(&old, 9, 5, &mut batch), Ok(None)));
        assert!(batch.is_empty());
        assert!(matches!(session.take(&new, 9, 4, &mut batch), Ok(Some(5))), "one is not due yet");
        assert!(matches!(session.take(&new, 9, 5, &mut batch), Ok(None)));
        assert!(matches!(batch[..], [(2, Entry::Event(_)), (3, Entry::Resumed), (4, Entry::Event(_))]));
    }
}
