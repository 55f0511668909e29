//! What was asked of the API and what it answered: counters that miss nothing, and the last requests.

mod entry;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::http::Method;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::{broadcast, watch};

pub use entry::{Entry, FileNote, Recorded};

pub(crate) use entry::MAX_BODY;

use crate::ids::Id;
use crate::inspect::TraceId;
use crate::rest::pattern::{Pattern, Route, without_prefix};

/// How many requests are kept.
const MAX_ENTRIES: usize = 10_000;
/// How many that were unknown or in violation are kept besides, out of reach of ordinary traffic.
const MAX_SUSPECTS: usize = 1000;
/// How much of all bodies together is kept, in bytes.
const MAX_TOTAL: usize = 64 * 1024 * 1024;
/// How far a live viewer may lag behind.
const LIVE_LAG: usize = 1024;

/// Which entries are wanted; everything that is set must fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// After this sequence number.
    pub since: u64,
    /// With this method.
    pub method: Option<Method>,
    /// Of these routes.
    pub route: Option<Pattern>,
    /// With this status.
    pub status: Option<u16>,
    /// About this interaction, or of this trace.
    pub about: Option<(Id, Option<TraceId>)>,
    /// Unknown ones only.
    pub unknown: bool,
    /// Violating ones only.
    pub violating: bool,
}

impl Filter {
    /// Requests of this method and route, such as `POST` and `/channels/{}/messages`.
    pub fn on(method: Method, route: &str) -> Self {
        Self { method: Some(method), route: Some(route.into()), ..Self::default() }
    }

    fn fits(&self, entry: &Entry) -> bool {
        let path = entry.path.split('?').next().unwrap_or_default();
        let route =
            Route { method: &entry.method, template: entry.template.as_deref(), path: without_prefix(path) };
        entry.seq > self.since
            && self.method.as_ref().is_none_or(|method| *method == entry.method)
            && self.status.is_none_or(|status| entry.status == Some(status))
            && self.about.is_none_or(|(interaction, trace)| {
                entry.interaction == Some(interaction) || trace.is_some() && entry.trace == trace
            })
            && (!self.unknown || entry.unknown)
            && (!self.violating || !entry.violations.is_empty())
            && self.route.as_ref().is_none_or(|pattern| pattern.matches(&route))
    }
}

/// Counts since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Requests.
    pub total: u64,
    /// Of routes that the sandbox doesn't know.
    pub unknown: u64,
    /// With a body that violates Discord's OpenAPI file.
    pub violating: u64,
    /// That got no answer: the client left, or a fault took it.
    pub unanswered: u64,
    /// By the answer's status.
    pub by_status: BTreeMap<u16, u64>,
}

impl Counts {
    /// Requests that were refused by a limit or a ban.
    pub fn rate_limited(&self) -> u64 {
        self.by_status.get(&429).copied().unwrap_or_default()
    }
}

/// The recorder. Counting always goes on; recording can be switched off.
#[derive(Debug)]
pub struct Journal {
    recording: AtomicBool,
    total: AtomicU64,
    unknown: AtomicU64,
    violating: AtomicU64,
    unanswered: AtomicU64,
    /// One for each status from 100 to 599.
    by_status: Box<[AtomicU64]>,
    kept: Mutex<Kept>,
    /// The last sequence number.
    ended: watch::Sender<u64>,
    live: broadcast::Sender<Arc<Entry>>,
}

#[derive(Debug, Default)]
struct Kept {
    seq: u64,
    weight: usize,
    entries: VecDeque<Arc<Entry>>,
    suspects: VecDeque<Arc<Entry>>,
}

const FIRST_STATUS: u16 = 100;
const STATUSES: usize = 500;

impl Default for Journal {
    fn default() -> Self {
        Self {
            recording: AtomicBool::new(true),
            total: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            violating: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
            by_status: (0..STATUSES).map(|_| AtomicU64::new(0)).collect(),
            kept: Mutex::default(),
            ended: watch::Sender::new(0),
            live: broadcast::Sender::new(LIVE_LAG),
        }
    }
}

impl Journal {
    /// Switches recording on or off; the counters go on.
    pub fn set_recording(&self, on: bool) {
        self.recording.store(on, Ordering::Relaxed);
    }

    /// Whether requests are recorded.
    pub fn is_recording(&self) -> bool {
        self.recording.load(Ordering::Relaxed)
    }

    /// The counters.
    pub fn counts(&self) -> Counts {
        let by_status = (FIRST_STATUS..)
            .zip(self.by_status.iter().map(|count| count.load(Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
            .collect();
        Counts {
            total: self.total.load(Ordering::Relaxed),
            unknown: self.unknown.load(Ordering::Relaxed),
            violating: self.violating.load(Ordering::Relaxed),
            unanswered: self.unanswered.load(Ordering::Relaxed),
            by_status,
        }
    }

    /// The entries that are still kept and fit, oldest first.
    pub fn entries(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        let kept = self.kept.lock();
        let list = if filter.unknown || filter.violating { &kept.suspects } else { &kept.entries };
        list.iter().filter(|entry| filter.fits(entry)).cloned().collect()
    }

    /// Requests of routes that the sandbox doesn't know. Assert that there are none.
    pub fn unknown(&self) -> Vec<Arc<Entry>> {
        self.entries(&Filter { unknown: true, ..Filter::default() })
    }

    /// Requests whose body violates Discord's OpenAPI file. Assert that there are none.
    pub fn violations(&self) -> Vec<Arc<Entry>> {
        self.entries(&Filter { violating: true, ..Filter::default() })
    }

    /// The first entry that fits, as soon as there is one. Bound it with a timeout.
    pub async fn wait_for(&self, filter: &Filter) -> Arc<Entry> {
        let mut ended = self.ended.subscribe();
        loop {
            ended.mark_unchanged();
            if let Some(entry) = self.entries(filter).into_iter().next() {
                return entry;
            }
            if ended.changed().await.is_err() {
                // The sender lives as long as `self`: this is never reached.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Entries as they come. A viewer that lags is told how many it missed.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Entry>> {
        self.live.subscribe()
    }

    /// Changes with each entry that is recorded.
    pub(crate) fn recorded(&self) -> watch::Receiver<u64> {
        self.ended.subscribe()
    }

    /// Forgets the entries; counters and sequence numbers go on.
    pub fn clear(&self) {
        let mut kept = self.kept.lock();
        *kept = Kept { seq: kept.seq, ..Kept::default() };
    }

    /// Counts a request that has ended.
    pub(crate) fn count(&self, status: Option<u16>, unknown: bool, violating: bool) {
        self.total.fetch_add(1, Ordering::Relaxed);
        if unknown {
            self.unknown.fetch_add(1, Ordering::Relaxed);
        }
        if violating {
            self.violating.fetch_add(1, Ordering::Relaxed);
        }
        let slot =
            status.and_then(|status| self.by_status.get(usize::from(status.checked_sub(FIRST_STATUS)?)));
        slot.unwrap_or(&self.unanswered).fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps a request that has ended; its `seq` is given here.
    pub(crate) fn record(&self, mut entry: Entry) {
        let mut kept = self.kept.lock();
        kept.seq += 1;
        entry.seq = kept.seq;
        let entry = Arc::new(entry);
        kept.keep(&entry);
        // Under the lock, so that viewers see the entries in their order; neither waits.
        self.ended.send_replace(entry.seq);
        if self.live.receiver_count() > 0 {
            // It fails only when the last viewer has just left.
            let _ = self.live.send(entry);
        }
    }
}

impl Kept {
    fn keep(&mut self, entry: &Arc<Entry>) {
        if entry.is_suspect() {
            if self.suspects.len() == MAX_SUSPECTS {
                self.suspects.pop_front();
            }
            self.suspects.push_back(Arc::clone(entry));
        }
        self.weight += entry.weight();
        self.entries.push_back(Arc::clone(entry));
        while self.entries.len() > MAX_ENTRIES || self.weight > MAX_TOTAL {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.weight -= oldest.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::rest::request::Caller;

    fn entry(path: &str, unknown: bool, body: &Bytes) -> Entry {
        Entry {
            seq: 0,
            at_ms: 0,
            method: Method::POST,
            path: path.into(),
            template: None,
            interaction: None,
            trace: None,
            parent: None,
            caller: Caller::Anonymous,
            status: Some(200),
            micros: 0,
            request: Recorded::new(body),
            files: Vec::new(),
            response: Recorded::default(),
            remaining: None,
            violations: Vec::new(),
            checked: false,
            unknown,
            faults: Vec::new(),
        }
    }

    #[test]
    fn traffic_is_bounded_and_pushes_out_no_suspect() {
        let journal = Journal::default();
        journal.record(entry("/api/v10/nowhere", true, &Bytes::new()));
        for _ in 0..MAX_ENTRIES {
            journal.record(entry("/api/v10/gateway", false, &Bytes::new()));
        }
        let entries = journal.entries(&Filter::default());
        assert_eq!((entries.len(), entries[0].seq), (MAX_ENTRIES, 2));
        assert_eq!(journal.unknown()[0].path, "/api/v10/nowhere");
        let long = Bytes::from(vec![b'a'; MAX_BODY]);
        for _ in 0..=MAX_TOTAL / MAX_BODY {
            journal.record(entry("/api/v10/gateway", false, &long));
        }
        assert_eq!(journal.entries(&Filter::default()).len(), MAX_TOTAL / MAX_BODY);
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_by_what_fits() {
        let journal = Arc::new(Journal::default());
        let mut live = journal.subscribe();
        let filter = Filter::on(Method::POST, "/channels/41/**");
        let waiting = tokio::spawn({
            let journal = Arc::clone(&journal);
            async move { journal.wait_for(&filter).await.seq }
        });
        tokio::task::yield_now().await;
        journal.record(entry("/api/v10/channels/40/messages", false, &Bytes::new()));
        journal.record(entry("/api/v10/channels/41/messages?wait=true", false, &Bytes::new()));
        let seq = tokio::time::timeout(Duration::from_secs(5), waiting).await.expect("wakes").expect("joins");
        assert_eq!(seq, 2);
        assert_eq!(live.recv().await.expect("an entry").seq, 1);
    }
}
