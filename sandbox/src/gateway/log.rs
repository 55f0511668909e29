//! A session's events in order: those its connection has yet to write, and those a resume may need.

use std::collections::VecDeque;
use std::sync::Arc;

use super::frame::Frame;
use crate::ids::Id;

/// How many events may wait to be written, besides the guilds that a session begins with.
pub(super) const BACKLOG: usize = 32_768;

/// How many written events are kept for a resume, until a heartbeat says that they arrived.
pub(super) const REPLAY: u64 = 4096;

/// One place in a session's sequence.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// An event.
    Event(Arc<Frame>),
    /// `GUILD_CREATE` of a guild that the session begins with. Its data is made when it is written, so
    /// that ten thousand guilds need not be in memory at once.
    Guild(Id),
    /// `RESUMED`, after the events that it announces the end of.
    Resumed,
    /// A `RESUMED` whose connection is gone: nothing to write.
    Spent,
}

/// More events wait than the backlog holds.
#[derive(Debug)]
pub(super) struct Overflow;

/// Why a session can't go on after a sequence number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoReplay {
    /// The session has not come that far.
    Ahead,
    /// What came next is no longer kept.
    Forgotten,
}

/// Events by sequence number, without gaps.
#[derive(Debug)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    /// The sequence number of the first entry (or of the next one, if there is none).
    first: u64,
    /// The last sequence number handed to the connection.
    sent: u64,
    /// How many entries may wait.
    limit: u64,
}

impl Log {
    /// The log of a session that has `READY` (1) behind it and these guilds before it.
    pub(super) fn new(guilds: Vec<Id>) -> Self {
        let limit = (BACKLOG + guilds.len()) as u64;
        Self { entries: guilds.into_iter().map(Entry::Guild).collect(), first: 2, sent: 1, limit }
    }

    /// The newest sequence number.
    pub(super) fn last(&self) -> u64 {
        self.first + self.entries.len() as u64 - 1
    }

    /// Appends an event.
    pub(super) fn push(&mut self, entry: Entry) -> Result<(), Overflow> {
        if self.last() - self.sent >= self.limit {
            return Err(Overflow);
        }
        self.entries.push_back(entry);
        Ok(())
    }

    /// Moves up to `most` waiting entries on to the connection.
    pub(super) fn take(&mut self, most: usize, batch: &mut Vec<(u64, Entry)>) {
        let before = batch.len();
        let from = index(self.sent + 1 - self.first);
        batch.extend((self.sent + 1..).zip(self.entries.iter().skip(from).take(most).cloned()));
        self.sent += (batch.len() - before) as u64;
        self.forget(self.sent.saturating_sub(REPLAY));
    }

    /// Notes that the client has everything up to `seq`.
    pub(super) fn received(&mut self, seq: u64) {
        if seq <= self.sent {
            self.forget(seq);
        }
    }

    /// Goes back to what follows `seq`, for a client that resumes.
    pub(super) fn rewind(&mut self, seq: u64) -> Result<(), NoReplay> {
        if seq > self.last() {
            return Err(NoReplay::Ahead);
        }
        if seq + 1 < self.first {
            return Err(NoReplay::Forgotten);
        }
        self.forget(seq);
        self.sent = seq;
        for entry in &mut self.entries {
            if matches!(entry, Entry::Resumed) {
                *entry = Entry::Spent;
            }
        }
        Ok(())
    }

    fn forget(&mut self, up_to: u64) {
        let count = (up_to + 1).saturating_sub(self.first).min(self.entries.len() as u64);
        self.entries.drain(..index(count));
        self.first += count;
    }
}

/// A count of entries, which memory holds already.
fn index(count: u64) -> usize {
    usize::try_from(count).expect("no more than the entries in memory")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Entry {
        Entry::Event(Arc::new(Frame::new("TYPING_START", Arc::new(json!({})))))
    }

    fn numbers(log: &mut Log) -> Vec<u64> {
        let mut batch = Vec::new();
        log.take(usize::MAX, &mut batch);
        batch.into_iter().map(|(seq, _)| seq).collect()
    }

    #[test]
    fn events_are_numbered_from_ready_on() {
        let mut log = Log::new(vec![Id(5), Id(6)]);
        log.push(event()).expect("fits");
        let mut batch = Vec::new();
        log.take(2, &mut batch);
        assert!(matches!(batch[..], [(2, Entry::Guild(Id(5))), (3, Entry::Guild(Id(6)))]));
        assert_eq!(numbers(&mut log), [4]);
        assert_eq!(numbers(&mut log), [] as [u64; 0]);
    }

    #[test]
    fn a_resume_goes_back_to_what_was_not_received() {
        let mut log = Log::new(Vec::new());
        for _ in 0..5 {
            log.push(event()).expect("fits");
        }
        assert_eq!(numbers(&mut log), [2, 3, 4, 5, 6]);
        log.received(3);
        assert_eq!(log.rewind(2), Err(NoReplay::Forgotten));
        assert_eq!(log.rewind(7), Err(NoReplay::Ahead));
        log.rewind(4).expect("is kept");
        log.push(Entry::Resumed).expect("fits");
        assert_eq!(numbers(&mut log), [5, 6, 7]);
        log.rewind(6).expect("is kept");
        let mut batch = Vec::new();
        log.take(9, &mut batch);
        assert!(matches!(batch[..], [(7, Entry::Spent)]), "an old RESUMED says nothing new");
    }

    #[test]
    fn what_was_written_is_kept_up_to_a_bound() {
        let mut log = Log::new(Vec::new());
        for _ in 0..REPLAY + 10 {
            log.push(event()).expect("fits");
            numbers(&mut log);
        }
        assert_eq!(log.entries.len() as u64, REPLAY);
        assert_eq!(log.rewind(10), Err(NoReplay::Forgotten));
        assert_eq!(log.rewind(11), Ok(()));
    }

    #[test]
    fn a_backlog_is_bounded() {
        let mut log = Log::new(vec![Id(1)]);
        for _ in 0..BACKLOG {
            log.push(event()).expect("fits");
        }
        log.push(event()).expect_err("is full");
        let mut batch = Vec::new();
        log.take(1, &mut batch);
        log.push(event()).expect("fits again");
    }
}
