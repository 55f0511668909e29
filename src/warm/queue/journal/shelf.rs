//! All journals that this process holds, and the index of what waits in them. Blocks on files: it lives on a thread.

mod rewrite;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    io,
    path::{Path, PathBuf},
};

use super::{
    super::write::Write,
    JournalError,
    record::{Again, Contents, Death, Record, first},
    segment::{Held, Segment, journals},
};
use crate::hot::queue::{Item, Rank};

/// A write in a journal.
#[derive(Debug, Clone)]
struct Entry {
    segment: u32,
    at: u64,
    length: usize,
    kind: String,
    attempts: u32,
    /// Not before that, in milliseconds since 1970.
    due_ms: i64,
    since_ms: i64,
    /// Why it failed for good, if it did.
    dead: Option<String>,
}

/// A write as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The write.
    pub item: Item,
    /// How often it failed since this process took it over.
    pub attempts: u32,
    /// Since when it waits, or is dead, in milliseconds since 1970.
    pub since_ms: i64,
    /// Why it failed for good, if it did.
    pub dead: Option<String>,
}

/// What becomes of a write when a member is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It stays.
    None,
    /// It goes.
    Gone,
    /// This text takes its place.
    Text(String),
}

/// How many writes stand in the journals held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shelved {
    /// Not dead.
    pub waiting: usize,
    /// Failed for good.
    pub dead: usize,
    /// Since when the oldest of those that wait does, in milliseconds since 1970.
    pub oldest_ms: Option<i64>,
}

/// What taking over the files of dead processes came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenOver {
    /// Files that held something.
    pub files: usize,
    /// Files of running processes.
    pub theirs: Vec<PathBuf>,
}

/// The journals of a folder that this process holds: its own, which it appends to, and those of processes that died.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    most_bytes: u64,
    own: Option<u32>,
    next: u32,
    segments: BTreeMap<u32, Segment>,
    entries: BTreeMap<(Rank, String), Entry>,
    ranks: HashMap<String, Rank>,
    /// Journals with writes that this build can't read: kept as they are, for one that can.
    untouched: BTreeSet<u32>,
}

impl Shelf {
    /// An empty one. No file is made before there is something to keep.
    pub fn new(folder: &Path, most_bytes: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            most_bytes,
            own: None,
            next: 0,
            segments: BTreeMap::new(),
            entries: BTreeMap::new(),
            ranks: HashMap::new(),
            untouched: BTreeSet::new(),
        }
    }

    /// Keeps writes, all with one wait for the disk; one that is kept already stays as it is. An answer each, in order.
    pub fn keep(&mut self, items: &[Item]) -> Vec<Result<(), JournalError>> {
        if items.len() > 1 && self.append(items).is_ok() {
            return items.iter().map(|_| Ok(())).collect();
        }
        // Together they did not fit: some may by themselves.
        items.iter().map(|item| self.append(std::slice::from_ref(item))).collect()
    }

    fn append(&mut self, items: &[Item]) -> Result<(), JournalError> {
        let mut seen = HashSet::new();
        let fresh: Vec<_> = items
            .iter()
            .filter(|item| !self.ranks.contains_key(&item.key) && seen.insert(item.key.as_str()))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for item in &fresh {
            let begin = bytes.len();
            Record::Put(item.text.clone()).write_to(&mut bytes);
            places.push((begin, bytes.len() - begin));
        }
        let own = self.room_for(bytes.len() as u64)?;
        let segment = self.segments.get_mut(&own).expect("just made");
        let base = match segment.append(&bytes, true) {
            Ok(base) => base,
            Err(broken) => {
                let failed = JournalError::file(segment.path(), &broken.error);
                if broken.for_good {
                    self.own = None;
                }
                return Err(failed);
            }
        };
        for (item, (begin, length)) in fresh.into_iter().zip(places) {
            self.index(item, own, base + begin as u64, length);
        }
        Ok(())
    }

    fn index(&mut self, item: &Item, segment: u32, at: u64, length: usize) {
        let since_ms = item.rank.made_at_ms();
        let entry = Entry {
            segment,
            at,
            length,
            kind: item.kind.clone(),
            attempts: 0,
            due_ms: 0,
            since_ms,
            dead: None,
        };
        self.ranks.insert(item.key.clone(), item.rank);
        self.entries.insert((item.rank, item.key.clone()), entry);
    }

    /// This process's own journal, with room for that many bytes.
    fn room_for(&mut self, bytes: u64) -> Result<u32, JournalError> {
        let Some(own) = self.own else {
            let segment =
                Segment::create(&self.folder).map_err(|error| JournalError::file(&self.folder, &error))?;
            let own = self.hold(segment);
            self.own = Some(own);
            return self.room_for(bytes);
        };
        if self.segments[&own].len() + bytes > self.most_bytes {
            self.rewrite_if_worth_it(own, 1);
        }
        if self.segments[&own].len() + bytes > self.most_bytes {
            return Err(JournalError::Full { most_bytes: self.most_bytes });
        }
        Ok(own)
    }

    fn hold(&mut self, segment: Segment) -> u32 {
        let number = self.next;
        self.next += 1;
        self.segments.insert(number, segment);
        number
    }

    /// Takes over the journals of processes that are gone.
    pub fn take_over(&mut self) -> Result<TakenOver, JournalError> {
        let mut taken = TakenOver::default();
        let paths = journals(&self.folder).map_err(|error| JournalError::file(&self.folder, &error))?;
        for path in paths {
            if self.segments.values().any(|segment| segment.path() == path) {
                continue;
            }
            match Segment::take_over(path.clone()) {
                Ok(Held::Theirs) => taken.theirs.push(path),
                Ok(Held::Ours(segment, contents)) => {
                    taken.files += usize::from(self.shelve(segment, contents));
                }
                // Its process ended well and removed it meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(JournalError::file(&path, &error)),
            }
        }
        Ok(taken)
    }

    /// Answers whether it held anything; an empty one is removed.
    fn shelve(&mut self, segment: Segment, contents: Contents) -> bool {
        let number = self.hold(segment);
        for (at, length, record) in contents.records {
            match record {
                Record::Put(text) => match Write::parse(&text) {
                    Ok(write) if !self.ranks.contains_key(write.key()) => {
                        self.index(&write.item(), number, at, length);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        self.untouched.insert(number);
                        tracing::error!(%error, "a write in a queue file can't be read, and stays there");
                    }
                },
                Record::Done(key) => drop(self.forget(&key)),
                Record::Dead(Death { key, attempts, at_ms, reason }) => {
                    self.change(&key, |entry| {
                        (entry.attempts, entry.since_ms, entry.dead) = (attempts, at_ms, Some(reason));
                    });
                }
                Record::Again(Again { key, at_ms }) => {
                    self.change(&key, |entry| {
                        (entry.attempts, entry.since_ms, entry.dead) = (0, at_ms, None);
                    });
                }
            }
        }
        let holds = self.holds_anything(number);
        self.tidy(number);
        holds
    }

    /// The most urgent that are due, up to `most`, and up to `most_bytes` but for the first.
    pub fn due(&self, now_ms: i64, most: usize, most_bytes: usize) -> Vec<Stored> {
        let due = self.entries.iter().filter(|(_, entry)| entry.dead.is_none() && entry.due_ms <= now_ms);
        let mut bytes = 0;
        due.take(most)
            .take_while(|(_, entry)| {
                let first = bytes == 0;
                bytes += entry.length;
                first || bytes <= most_bytes
            })
            .filter_map(|(key, entry)| self.stored(key, entry))
            .collect()
    }

    /// The dead letters, up to `most`.
    pub fn dead(&self, most: usize) -> Vec<Stored> {
        let dead = self.entries.iter().filter(|(_, entry)| entry.dead.is_some());
        dead.take(most).filter_map(|(key, entry)| self.stored(key, entry)).collect()
    }

    /// Everything, dead or not, up to `most`.
    pub fn all(&self, most: usize) -> Vec<Stored> {
        self.entries.iter().take(most).filter_map(|(key, entry)| self.stored(key, entry)).collect()
    }

    /// Keys of those that are not dead, up to `most`.
    pub fn waiting_keys(&self, most: usize) -> Vec<String> {
        let waiting = self.entries.iter().filter(|(_, entry)| entry.dead.is_none());
        waiting.take(most).map(|((_, key), _)| key.clone()).collect()
    }

    /// That one.
    pub fn find(&self, key: &str) -> Option<Stored> {
        let place = (*self.ranks.get(key)?, key.to_owned());
        self.stored(&place, self.entries.get(&place)?)
    }

    fn stored(&self, (rank, key): &(Rank, String), entry: &Entry) -> Option<Stored> {
        let segment = &self.segments[&entry.segment];
        let file = segment.path().display();
        let bytes = segment.bytes(entry.at, entry.length);
        let bytes = bytes
            .inspect_err(|error| tracing::error!(key, %error, %file, "a queued write can't be read"))
            .ok()?;
        let Some((Record::Put(text), _)) = first(&bytes) else {
            tracing::error!(key, %file, "a queued write has been damaged on disk");
            return None;
        };
        let item = Item { key: key.clone(), rank: *rank, kind: entry.kind.clone(), text };
        let Entry { attempts, since_ms, dead, .. } = entry.clone();
        Some(Stored { item, attempts, since_ms, dead })
    }

    /// Those need no care any more. Answers how many there were.
    pub fn done(&mut self, keys: &[String]) -> usize {
        let done = keys.iter().filter_map(|key| Some((self.forget(key)?, Record::Done(key.clone()))));
        let done: Vec<_> = done.collect();
        let count = done.len();
        for segment in self.note(done) {
            self.tidy(segment);
        }
        count
    }

    /// That one failed for good. Answers whether it was there.
    pub fn bury(&mut self, key: &str, attempts: u32, reason: &str, at_ms: i64) -> bool {
        let segment = self.change(key, |entry| {
            (entry.attempts, entry.since_ms, entry.dead) = (attempts, at_ms, Some(reason.to_owned()));
        });
        let death = Death { key: key.to_owned(), attempts, at_ms, reason: reason.to_owned() };
        self.note(segment.map(|segment| (segment, Record::Dead(death))));
        segment.is_some()
    }

    /// An operator lets that one wait again. Answers whether it was there, and dead.
    pub fn revive(&mut self, key: &str, at_ms: i64) -> bool {
        let dead =
            self.ranks.get(key).is_some_and(|rank| self.entries[&(*rank, key.to_owned())].dead.is_some());
        if !dead {
            return false;
        }
        let segment = self.change(key, |entry| {
            (entry.attempts, entry.since_ms, entry.dead, entry.due_ms) = (0, at_ms, None, 0);
        });
        self.note(segment.map(|segment| (segment, Record::Again(Again { key: key.to_owned(), at_ms }))));
        true
    }

    /// That one failed, and is tried again at `due_ms`. Remembered in memory alone: after a restart it is due at once.
    pub fn postpone(&mut self, key: &str, attempts: u32, due_ms: i64) {
        self.change(key, |entry| (entry.attempts, entry.due_ms) = (attempts, due_ms));
    }

    /// Counts.
    pub fn measure(&self) -> Shelved {
        let waiting = self.entries.values().filter(|entry| entry.dead.is_none());
        let oldest_ms = waiting.clone().map(|entry| entry.since_ms).min();
        let waiting = waiting.count();
        Shelved { waiting, dead: self.entries.len() - waiting, oldest_ms }
    }

    fn change(&mut self, key: &str, how: impl FnOnce(&mut Entry)) -> Option<u32> {
        let rank = *self.ranks.get(key)?;
        let entry = self.entries.get_mut(&(rank, key.to_owned()))?;
        how(entry);
        Some(entry.segment)
    }

    fn forget(&mut self, key: &str) -> Option<u32> {
        let rank = self.ranks.remove(key)?;
        self.entries.remove(&(rank, key.to_owned())).map(|entry| entry.segment)
    }

    /// Writes facts into the journals that they belong to, without waiting for the disk: one that gets lost is found
    /// out again, for its write lands once. Answers which journals there were.
    fn note(&mut self, facts: impl IntoIterator<Item = (u32, Record)>) -> Vec<u32> {
        let mut bytes: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        for (segment, record) in facts {
            record.write_to(bytes.entry(segment).or_default());
        }
        for (number, bytes) in &bytes {
            let segment = self.segments.get_mut(number).expect("held while anything stands in it");
            if let Err(broken) = segment.append(bytes, false) {
                tracing::warn!(file = %segment.path().display(), error = %broken.error, "a queue file takes no notes: what has landed will be tried once more after a restart");
            }
        }
        bytes.into_keys().collect()
    }

    fn holds_anything(&self, number: u32) -> bool {
        self.entries.values().any(|entry| entry.segment == number)
    }
}

impl Drop for Shelf {
    /// Leaves no empty file behind.
    fn drop(&mut self) {
        for (number, segment) in std::mem::take(&mut self.segments) {
            if !self.untouched.contains(&number)
                && !self.holds_anything(number)
                && let Err(error) = segment.remove()
            {
                tracing::warn!(%error, "an empty queue file can't be removed");
            }
        }
    }
}
