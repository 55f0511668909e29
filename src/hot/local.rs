//! The in-process store: what Redis keeps, kept by this process alone, for when there is no Redis.
//!
//! Values, lifetimes and answers are Redis's; an operation runs on it at once, under one lock, and never waits.
//! Memory is bounded: when it is full, short memory leaves first, then whatever is closest to its end; what never
//! ends stays. A change costs as much as what it changes, and not as much as the value that it changes.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::watch;

use super::{
    entries::Entries,
    key::RawKey,
    millis, touched,
    value::{Value, set_field},
};

/// The store, at one moment: an operation gets it with the time already set.
#[derive(Debug)]
pub struct LocalDb {
    now: i64,
    entries: Entries,
    /// How often those who wait for a slot were told to try again.
    freed: watch::Sender<u64>,
}

impl LocalDb {
    /// An empty store of `most_bytes` at most.
    pub fn new(most_bytes: usize) -> Self {
        Self { now: 0, entries: Entries::new(most_bytes), freed: watch::Sender::new(0) }
    }

    /// Moves to that moment, in milliseconds since 1970; whatever has ended by then is gone. A clock that was set back
    /// moves nothing.
    pub fn set_now(&mut self, now: i64) {
        self.now = self.now.max(now);
        self.entries.forget_ended(self.now);
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
        self.entries.len() == 0
    }

    /// Memory in use, by estimate.
    pub fn bytes(&self) -> usize {
        self.entries.bytes()
    }

    /// Names of the keys held, in no order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.names()
    }

    /// EXISTS.
    pub fn exists(&self, key: &RawKey) -> bool {
        self.entries.contains(named(key))
    }

    /// DEL: whether there was one.
    pub fn delete(&mut self, key: &RawKey) -> bool {
        self.delete_named(named(key))
    }

    /// DEL by a name of [`LocalDb::names`].
    pub fn delete_named(&mut self, name: &str) -> bool {
        self.entries.forget(name).is_some()
    }

    /// RENAME, over whatever is there, lifetime and all: whether there was something to rename.
    pub fn rename(&mut self, from: &RawKey, to: &RawKey) -> bool {
        let Some((value, ends_at)) = self.entries.forget(named(from)) else { return false };
        self.entries.put(noted(to), value, ends_at);
        true
    }

    /// PEXPIRE: whether there was one. A lifetime of nothing deletes.
    pub fn expire(&mut self, key: &RawKey, life: Duration) -> bool {
        let ends_at = self.now.saturating_add(millis(life));
        if ends_at <= self.now {
            return self.delete(key);
        }
        self.entries.set_end(named(key), ends_at)
    }

    /// Milliseconds left: `None` without such a key, `Some(None)` for one that never ends.
    pub fn left_ms(&self, key: &RawKey) -> Option<Option<i64>> {
        self.exists(key).then(|| self.entries.end(key.name()).map(|end| end - self.now))
    }

    /// GET.
    pub fn get(&self, key: &RawKey) -> Option<&str> {
        match self.entries.value(named(key)) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// SET, with PX where it ends.
    pub fn set(&mut self, key: &RawKey, text: &str, life: Option<Duration>) {
        let ends_at = life.map(|life| self.now.saturating_add(millis(life)));
        self.entries.put(noted(key), Value::Text(text.to_owned()), ends_at);
    }

    /// INCRBY: the new number. A text that is no number counts as 0.
    pub fn incr(&mut self, key: &RawKey, by: i64) -> i64 {
        self.entries.change(noted(key), |value, change| {
            let Value::Text(text) = value else { return 0 };
            let number = text.parse::<i64>().unwrap_or(0).saturating_add(by);
            let before = std::mem::replace(text, number.to_string());
            change.replace(before.len(), text.len());
            number
        })
    }

    /// HGET.
    pub fn hash_get(&self, key: &RawKey, field: &str) -> Option<&str> {
        match self.entries.value(named(key)) {
            Some(Value::Hash(fields)) => fields.get(field).map(String::as_str),
            _ => None,
        }
    }

    /// HGETALL, by field.
    pub fn hash_all(&self, key: &RawKey) -> BTreeMap<String, String> {
        match self.entries.value(named(key)) {
            Some(Value::Hash(fields)) => fields.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// HSET of one field.
    pub fn hash_set(&mut self, key: &RawKey, field: &str, text: &str) {
        self.entries.change(noted(key), |value, change| {
            if let Value::Hash(fields) = value {
                set_field(fields, field, text.to_owned(), change);
            }
        });
    }

    /// HINCRBY: the new number.
    pub fn hash_incr(&mut self, key: &RawKey, field: &str, by: i64) -> i64 {
        self.entries.change(noted(key), |value, change| {
            let Value::Hash(fields) = value else { return 0 };
            let number =
                fields.get(field).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0).saturating_add(by);
            set_field(fields, field, number.to_string(), change);
            number
        })
    }

    /// HDEL: whether there was such a field.
    pub fn hash_delete(&mut self, key: &RawKey, field: &str) -> bool {
        self.exists(key)
            && self.entries.change(noted(key), |value, change| match value {
                Value::Hash(fields) => {
                    let removed = fields.remove(field);
                    removed.inspect(|text| change.remove_part(field.len() + text.len())).is_some()
                }
                _ => false,
            })
    }

    /// RPUSH.
    pub fn push(&mut self, key: &RawKey, line: &str) {
        self.entries.change(noted(key), |value, change| {
            if let Value::List(lines) = value {
                lines.push_back(line.to_owned());
                change.add_part(line.len());
            }
        });
    }

    /// LPOP.
    pub fn pop_oldest(&mut self, key: &RawKey) -> Option<String> {
        if !self.exists(key) {
            return None;
        }
        self.entries.change(noted(key), |value, change| match value {
            Value::List(lines) => lines.pop_front().inspect(|line| change.remove_part(line.len())),
            _ => None,
        })
    }

    /// LSET: whether there was a line at that place, counted from the oldest.
    pub fn list_set(&mut self, key: &RawKey, at: usize, line: &str) -> bool {
        self.exists(key)
            && self.entries.change(noted(key), |value, change| match value {
                Value::List(lines) => lines.get_mut(at).is_some_and(|held| {
                    change.replace(held.len(), line.len());
                    line.clone_into(held);
                    true
                }),
                _ => false,
            })
    }

    /// LREM of the line at that place, counted from the oldest: whether there was one.
    pub fn list_remove(&mut self, key: &RawKey, at: usize) -> bool {
        self.exists(key)
            && self.entries.change(noted(key), |value, change| match value {
                Value::List(lines) => {
                    lines.remove(at).inspect(|line| change.remove_part(line.len())).is_some()
                }
                _ => false,
            })
    }

    /// LRANGE 0 -1: oldest first.
    pub fn list(&self, key: &RawKey) -> Vec<String> {
        match self.entries.value(named(key)) {
            Some(Value::List(lines)) => lines.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// ZADD: whether the member is new. Scores are whole numbers.
    pub fn sorted_add(&mut self, key: &RawKey, member: &str, score: i64) -> bool {
        self.entries.change(noted(key), |value, change| match value {
            Value::SortedSet(members) => {
                let is_new = members.insert(member.to_owned(), score).is_none();
                if is_new {
                    change.add_part(member.len());
                }
                is_new
            }
            _ => false,
        })
    }

    /// ZREM: whether there was such a member.
    pub fn sorted_remove(&mut self, key: &RawKey, member: &str) -> bool {
        self.exists(key)
            && self.entries.change(noted(key), |value, change| match value {
                Value::SortedSet(members) => {
                    members.remove(member).inspect(|_| change.remove_part(member.len())).is_some()
                }
                _ => false,
            })
    }

    /// ZREMRANGEBYSCORE -inf `score`: how many went.
    pub fn sorted_remove_up_to(&mut self, key: &RawKey, score: i64) -> usize {
        self.sorted_remove_between(key, i64::MIN, score)
    }

    /// ZREMRANGEBYSCORE `least` `most`: how many went.
    pub fn sorted_remove_between(&mut self, key: &RawKey, least: i64, most: i64) -> usize {
        if !self.exists(key) {
            return 0;
        }
        self.entries.change(noted(key), |value, change| match value {
            Value::SortedSet(members) => {
                let before = members.len();
                members.retain(|member, held| {
                    let stays = !(least..=most).contains(held);
                    if !stays {
                        change.remove_part(member.len());
                    }
                    stays
                });
                before - members.len()
            }
            _ => 0,
        })
    }

    /// Tells those who wait for a slot to try again.
    pub(super) fn tell_freed(&mut self) {
        self.freed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Changes when they are told.
    pub(super) fn freed(&self) -> watch::Receiver<u64> {
        self.freed.subscribe()
    }

    /// ZSCORE.
    pub fn sorted_score(&self, key: &RawKey, member: &str) -> Option<i64> {
        match self.entries.value(named(key)) {
            Some(Value::SortedSet(members)) => members.get(member).copied(),
            _ => None,
        }
    }

    /// ZRANGE 0 -1 WITHSCORES: by score, then by member.
    pub fn sorted_all(&self, key: &RawKey) -> Vec<(String, i64)> {
        let Some(Value::SortedSet(members)) = self.entries.value(named(key)) else { return Vec::new() };
        let mut all: Vec<_> = members.iter().map(|(member, score)| (member.clone(), *score)).collect();
        all.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        all
    }
}

/// The key, noted for whoever traces the operation.
fn noted(key: &RawKey) -> &RawKey {
    touched::note(key);
    key
}

/// The same by its name.
fn named(key: &RawKey) -> &str {
    noted(key).name()
}
