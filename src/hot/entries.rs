//! The in-process store's entries: values with their ends, within a bound of memory.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    key::{RawKey, Shape},
    value::{Change, Value},
};

/// What an entry costs beside its texts: the maps' own places, roughly.
const ENTRY_BYTES: usize = 220;

#[derive(Debug)]
struct Entry {
    /// The same text in all maps.
    name: Arc<str>,
    value: Value,
    /// Milliseconds since 1970; gone from that moment on.
    ends_at: Option<i64>,
    /// 0 leaves first when memory is full.
    rank: u8,
    bytes: usize,
}

impl Entry {
    fn new(key: &RawKey, value: Value) -> Self {
        let bytes = key.name().len() + value.bytes() + ENTRY_BYTES;
        let rank = u8::from(key.family().shape != Shape::List);
        Self { name: key.name().into(), value, ends_at: None, rank, bytes }
    }
}

/// All entries, and the orders in which they leave.
#[derive(Debug)]
pub(super) struct Entries {
    by_name: HashMap<Arc<str>, Entry>,
    by_end: BTreeSet<(i64, Arc<str>)>,
    /// What may leave when memory is full, in that order.
    by_rank: BTreeSet<(u8, i64, Arc<str>)>,
    bytes: usize,
    most_bytes: usize,
}

impl Entries {
    pub(super) fn new(most_bytes: usize) -> Self {
        let (by_name, by_end, by_rank) = (HashMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { by_name, by_end, by_rank, bytes: 0, most_bytes }
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.by_name.get(name).map(|entry| &entry.value)
    }

    /// When it ends; `None` for an entry that never does, and for one that is not there.
    pub(super) fn end(&self, name: &str) -> Option<i64> {
        self.by_name.get(name).and_then(|entry| entry.ends_at)
    }

    /// Gives an entry another end: whether there is one.
    pub(super) fn set_end(&mut self, name: &str, ends_at: i64) -> bool {
        let Some(entry) = self.by_name.get_mut(name) else { return false };
        if entry.ends_at != Some(ends_at) {
            let (name, rank) = (Arc::clone(&entry.name), entry.rank);
            let before = entry.ends_at.replace(ends_at);
            self.unlist(&name, rank, before);
            self.list(&name, rank, ends_at);
        }
        true
    }

    /// Changes a value in place, made empty where there was none; it keeps its end. `how` notes what it adds and
    /// removes.
    pub(super) fn change<R>(&mut self, key: &RawKey, how: impl FnOnce(&mut Value, &mut Change) -> R) -> R {
        let name = key.name();
        if !self.by_name.contains_key(name) {
            self.put(key, Value::empty(key.family().shape), None);
        }
        let entry = self.by_name.get_mut(name).expect("just put; what never ends does not leave");
        let mut change = Change::default();
        let answer = how(&mut entry.value, &mut change);
        entry.bytes = entry.bytes + change.added - change.removed;
        self.bytes = self.bytes + change.added - change.removed;
        if entry.value.is_gone() {
            self.forget(name);
        }
        self.make_room();
        answer
    }

    /// Puts a value in place of whatever is there.
    pub(super) fn put(&mut self, key: &RawKey, value: Value, ends_at: Option<i64>) {
        self.forget(key.name());
        let mut entry = Entry::new(key, value);
        entry.ends_at = ends_at;
        self.bytes += entry.bytes;
        let (name, rank) = (Arc::clone(&entry.name), entry.rank);
        self.by_name.insert(Arc::clone(&name), entry);
        if let Some(end) = ends_at {
            self.list(&name, rank, end);
        }
        self.make_room();
    }

    /// Takes an entry out: its value and its end.
    pub(super) fn forget(&mut self, name: &str) -> Option<(Value, Option<i64>)> {
        let entry = self.by_name.remove(name)?;
        self.bytes -= entry.bytes;
        self.unlist(&entry.name, entry.rank, entry.ends_at);
        Some((entry.value, entry.ends_at))
    }

    fn list(&mut self, name: &Arc<str>, rank: u8, end: i64) {
        self.by_end.insert((end, Arc::clone(name)));
        self.by_rank.insert((rank, end, Arc::clone(name)));
    }

    fn unlist(&mut self, name: &Arc<str>, rank: u8, end: Option<i64>) {
        if let Some(end) = end {
            self.by_end.remove(&(end, Arc::clone(name)));
            self.by_rank.remove(&(rank, end, Arc::clone(name)));
        }
    }

    fn make_room(&mut self) {
        while self.bytes > self.most_bytes {
            let Some((_, _, name)) = self.by_rank.first() else { return };
            let name = Arc::clone(name);
            self.forget(&name);
        }
    }

    pub(super) fn forget_ended(&mut self, now: i64) {
        while let Some((_, name)) = self.by_end.first().filter(|(end, _)| *end <= now) {
            let name = Arc::clone(name);
            self.forget(&name);
        }
    }
}
