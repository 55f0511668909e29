//! The in-process store: what Redis keeps, kept by this process alone, for when there is no Redis.
//!
//! Values, lifetimes and answers are Redis's; an operation runs on it at once, under one lock, and never waits.
//! Memory is bounded: when it is full, short memory leaves first, then whatever is closest to its end.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};

use super::key::{RawKey, Shape};

/// What an entry costs beside its texts: the maps' own places, roughly.
const ENTRY_BYTES: usize = 160;
/// What a field, a line or a member costs beside its text.
const PART_BYTES: usize = 48;

/// A value in one of Redis's shapes.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Hash(BTreeMap<String, String>),
    List(VecDeque<String>),
    SortedSet(BTreeMap<String, i64>),
}

impl Value {
    fn empty(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(String::new()),
            Shape::Hash => Self::Hash(BTreeMap::new()),
            Shape::List => Self::List(VecDeque::new()),
            Shape::SortedSet => Self::SortedSet(BTreeMap::new()),
        }
    }

    /// Redis drops a key when its last part goes.
    fn is_gone(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Hash(fields) => fields.is_empty(),
            Self::List(lines) => lines.is_empty(),
            Self::SortedSet(members) => members.is_empty(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Hash(fields) => {
                fields.iter().map(|(name, text)| name.len() + text.len() + PART_BYTES).sum()
            }
            Self::List(lines) => lines.iter().map(|line| line.len() + PART_BYTES).sum(),
            Self::SortedSet(members) => members.keys().map(|member| member.len() + PART_BYTES).sum(),
        }
    }
}

#[derive(Debug)]
struct Entry {
    value: Value,
    /// Milliseconds since 1970; gone from that moment on.
    ends_at: Option<i64>,
    /// 0 leaves first when memory is full.
    rank: u8,
    bytes: usize,
}

/// The store, at one moment: an operation gets it with the time already set.
#[derive(Debug)]
pub struct LocalDb {
    now: i64,
    entries: HashMap<String, Entry>,
    by_end: BTreeSet<(i64, String)>,
    /// What may leave when memory is full, in that order.
    by_rank: BTreeSet<(u8, i64, String)>,
    bytes: usize,
    most_bytes: usize,
}

impl LocalDb {
    /// An empty store of `most_bytes` at most.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            now: 0,
            entries: HashMap::new(),
            by_end: BTreeSet::new(),
            by_rank: BTreeSet::new(),
            bytes: 0,
            most_bytes,
        }
    }

    /// Moves to that moment, in milliseconds since 1970; whatever has ended by then is gone. A clock that was set back
    /// moves nothing.
    pub fn set_now(&mut self, now: i64) {
        self.now = self.now.max(now);
        while let Some((_, name)) = self.by_end.first().filter(|(end, _)| *end <= self.now) {
            let name = name.clone();
            self.forget(&name);
        }
    }

    /// The moment, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// Keys held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Memory in use, by estimate.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Names of the keys held, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// EXISTS.
    pub fn exists(&self, key: &RawKey) -> bool {
        self.entries.contains_key(key.name())
    }

    /// DEL: whether there was one.
    pub fn delete(&mut self, key: &RawKey) -> bool {
        self.delete_named(key.name())
    }

    /// DEL by a name of [`LocalDb::names`].
    pub fn delete_named(&mut self, name: &str) -> bool {
        self.forget(name)
    }

    /// RENAME, over whatever is there, lifetime and all: whether there was something to rename.
    pub fn rename(&mut self, from: &RawKey, to: &RawKey) -> bool {
        let Some(entry) = self.entries.get(from.name()) else { return false };
        let (value, ends_at) = (entry.value.clone(), entry.ends_at);
        self.forget(from.name());
        self.put(to, value, ends_at);
        true
    }

    /// PEXPIRE: whether there was one. A lifetime of nothing deletes.
    pub fn expire(&mut self, key: &RawKey, life: Duration) -> bool {
        let ends_at = self.now.saturating_add(millis(life));
        let Some(entry) = self.entries.get(key.name()) else { return false };
        let value = entry.value.clone();
        self.forget(key.name());
        if ends_at > self.now {
            self.put(key, value, Some(ends_at));
        }
        true
    }

    /// Milliseconds left: `None` without such a key, `Some(None)` for one that never ends.
    pub fn left_ms(&self, key: &RawKey) -> Option<Option<i64>> {
        let entry = self.entries.get(key.name())?;
        Some(entry.ends_at.map(|end| end - self.now))
    }

    /// GET.
    pub fn get(&self, key: &RawKey) -> Option<&str> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// SET, with PX where it ends.
    pub fn set(&mut self, key: &RawKey, text: &str, life: Option<Duration>) {
        self.forget(key.name());
        let ends_at = life.map(|life| self.now.saturating_add(millis(life)));
        self.put(key, Value::Text(text.to_owned()), ends_at);
    }

    /// INCRBY: the new number. A text that is no number counts as 0.
    pub fn incr(&mut self, key: &RawKey, by: i64) -> i64 {
        self.change(key, |value| {
            let Value::Text(text) = value else { return 0 };
            let number = text.parse::<i64>().unwrap_or(0).saturating_add(by);
            *text = number.to_string();
            number
        })
    }

    /// HGET.
    pub fn hash_get(&self, key: &RawKey, field: &str) -> Option<&str> {
        match self.value(key) {
            Some(Value::Hash(fields)) => fields.get(field).map(String::as_str),
            _ => None,
        }
    }

    /// HGETALL, by field.
    pub fn hash_all(&self, key: &RawKey) -> BTreeMap<String, String> {
        match self.value(key) {
            Some(Value::Hash(fields)) => fields.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// HSET of one field.
    pub fn hash_set(&mut self, key: &RawKey, field: &str, text: &str) {
        self.change(key, |value| {
            if let Value::Hash(fields) = value {
                fields.insert(field.to_owned(), text.to_owned());
            }
        });
    }

    /// HINCRBY: the new number.
    pub fn hash_incr(&mut self, key: &RawKey, field: &str, by: i64) -> i64 {
        self.change(key, |value| {
            let Value::Hash(fields) = value else { return 0 };
            let number =
                fields.get(field).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).saturating_add(by);
            fields.insert(field.to_owned(), number.to_string());
            number
        })
    }

    /// HDEL: whether there was such a field.
    pub fn hash_delete(&mut self, key: &RawKey, field: &str) -> bool {
        self.exists(key)
            && self.change(key, |value| match value {
                Value::Hash(fields) => fields.remove(field).is_some(),
                _ => false,
            })
    }

    /// RPUSH.
    pub fn push(&mut self, key: &RawKey, line: &str) {
        self.change(key, |value| {
            if let Value::List(lines) = value {
                lines.push_back(line.to_owned());
            }
        });
    }

    /// LPOP.
    pub fn pop_oldest(&mut self, key: &RawKey) -> Option<String> {
        if !self.exists(key) {
            return None;
        }
        self.change(key, |value| match value {
            Value::List(lines) => lines.pop_front(),
            _ => None,
        })
    }

    /// LRANGE 0 -1: oldest first.
    pub fn list(&self, key: &RawKey) -> Vec<String> {
        match self.value(key) {
            Some(Value::List(lines)) => lines.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// ZADD: whether the member is new. Scores are whole numbers.
    pub fn sorted_add(&mut self, key: &RawKey, member: &str, score: i64) -> bool {
        self.change(key, |value| match value {
            Value::SortedSet(members) => members.insert(member.to_owned(), score).is_none(),
            _ => false,
        })
    }

    /// ZREM: whether there was such a member.
    pub fn sorted_remove(&mut self, key: &RawKey, member: &str) -> bool {
        self.exists(key)
            && self.change(key, |value| match value {
                Value::SortedSet(members) => members.remove(member).is_some(),
                _ => false,
            })
    }

    /// ZREMRANGEBYSCORE -inf `score`: how many went.
    pub fn sorted_remove_up_to(&mut self, key: &RawKey, score: i64) -> usize {
        if !self.exists(key) {
            return 0;
        }
        self.change(key, |value| match value {
            Value::SortedSet(members) => {
                let before = members.len();
                members.retain(|_, held| *held > score);
                before - members.len()
            }
            _ => 0,
        })
    }

    /// ZSCORE.
    pub fn sorted_score(&self, key: &RawKey, member: &str) -> Option<i64> {
        match self.value(key) {
            Some(Value::SortedSet(members)) => members.get(member).copied(),
            _ => None,
        }
    }

    /// ZRANGE 0 -1 WITHSCORES: by score, then by member.
    pub fn sorted_all(&self, key: &RawKey) -> Vec<(String, i64)> {
        let Some(Value::SortedSet(members)) = self.value(key) else { return Vec::new() };
        let mut all: Vec<_> = members.iter().map(|(member, score)| (member.clone(), *score)).collect();
        all.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        all
    }

    fn value(&self, key: &RawKey) -> Option<&Value> {
        self.entries.get(key.name()).map(|entry| &entry.value)
    }

    /// Changes a value in place, made empty where there was none; it keeps its end.
    fn change<R>(&mut self, key: &RawKey, how: impl FnOnce(&mut Value) -> R) -> R {
        let name = key.name();
        if !self.entries.contains_key(name) {
            self.put(key, Value::empty(key.family().shape), None);
        }
        let entry = self.entries.get_mut(name).expect("just put");
        let answer = how(&mut entry.value);
        let (before, gone) = (entry.bytes, entry.value.is_gone());
        entry.bytes = cost(name, &entry.value);
        self.bytes = self.bytes - before + entry.bytes;
        if gone {
            self.forget(name);
        }
        self.make_room();
        answer
    }

    fn put(&mut self, key: &RawKey, value: Value, ends_at: Option<i64>) {
        let name = key.name().to_owned();
        let rank = u8::from(key.family().shape != Shape::List);
        let bytes = cost(&name, &value);
        self.bytes += bytes;
        if let Some(end) = ends_at {
            self.by_end.insert((end, name.clone()));
            self.by_rank.insert((rank, end, name.clone()));
        }
        self.entries.insert(name, Entry { value, ends_at, rank, bytes });
        self.make_room();
    }

    fn forget(&mut self, name: &str) -> bool {
        let Some(entry) = self.entries.remove(name) else { return false };
        self.bytes -= entry.bytes;
        if let Some(end) = entry.ends_at {
            self.by_end.remove(&(end, name.to_owned()));
            self.by_rank.remove(&(entry.rank, end, name.to_owned()));
        }
        true
    }

    fn make_room(&mut self) {
        while self.bytes > self.most_bytes {
            let Some((_, _, name)) = self.by_rank.first() else { return };
            let name = name.clone();
            self.forget(&name);
        }
    }
}

fn cost(name: &str, value: &Value) -> usize {
    // The name stands in the map and, with an end, in both orders.
    3 * name.len() + value.bytes() + ENTRY_BYTES
}

fn millis(life: Duration) -> i64 {
    i64::try_from(life.as_millis()).unwrap_or(i64::MAX)
}
