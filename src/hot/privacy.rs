//! A member's traces in the hot store: found by the registry, exported, erased.
//!
//! Every family that names a member in its keys ([`Personal::InKey`], and [`Personal::InPlace`] in direct messages)
//! takes part by being declared so. One walk finds what may be theirs; the family's own pattern decides. Both sides
//! are looked at: what this process counted while Redis was away is theirs as well. Other processes' own memory is not
//! reached: it is limits, gone by themselves, and short memory, gone when Redis is back and the process ends.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    HotError,
    key::{Family, KeyFamily, Personal, RawKey, Shape},
    keys::{FAMILIES, Memory},
    local::LocalDb,
    operation::Operation,
    redis::Redis,
    store::Hot,
};
use crate::domain::ids::{Place, UserId};

/// One key of a member's, for them to read.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Kept {
    /// The family's name.
    pub family: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The key, without the prefix.
    pub key: String,
    /// A text, an object of fields or of members with their numbers, or a list.
    pub value: Value,
}

/// Everything about a member, on every side, in the order of the keys.
///
/// # Errors
/// A [`HotError`] when Redis is configured and can't be asked: half of an export is none.
pub async fn export(hot: &Hot, user: UserId) -> Result<Vec<Kept>, HotError> {
    let mut kept = Vec::new();
    for side in hot.sides() {
        kept.extend(hot.walk(side, &ExportMember(user)).await?);
    }
    kept.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(kept)
}

/// Erases everything about a member, on every side, and returns how many keys that were. Safe to repeat.
///
/// # Errors
/// A [`HotError`] when Redis is configured and can't be asked: to be repeated when it can.
pub async fn erase(hot: &Hot, user: UserId) -> Result<usize, HotError> {
    delete(hot, Whose { user, memories_at: None }).await
}

/// Makes all characters at a place forget a member, and returns how many did. Safe to repeat.
///
/// # Errors
/// As [`erase`].
pub async fn forget_memories(hot: &Hot, place: Place, user: UserId) -> Result<usize, HotError> {
    delete(hot, Whose { user, memories_at: Some(place) }).await
}

async fn delete(hot: &Hot, whose: Whose) -> Result<usize, HotError> {
    let mut deleted = 0;
    for side in hot.sides() {
        deleted += hot.walk(side, &EraseMember(whose)).await?;
    }
    Ok(deleted)
}

/// Which keys are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// The member.
    pub user: UserId,
    /// Only their memories at that place.
    pub memories_at: Option<Place>,
}

/// Reads all keys of a member, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportMember(pub UserId);

/// Deletes keys of a member: how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EraseMember(pub Whose);

impl Operation for ExportMember {
    type Answer = Vec<Kept>;
    const NAME: &'static str = "privacy.export";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Kept>, HotError> {
        let whose = Whose { user: self.0, memories_at: None };
        let mut kept = Vec::new();
        for key in whose.on_redis(redis).await? {
            kept.extend(read(redis, &key).await?.map(|value| Kept::of(&key, value)));
        }
        Ok(kept)
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Kept> {
        let whose = Whose { user: self.0, memories_at: None };
        let keys = whose.among(db.names());
        keys.iter().filter_map(|key| read_local(db, key).map(|value| Kept::of(key, value))).collect()
    }
}

impl Operation for EraseMember {
    type Answer = usize;
    const NAME: &'static str = "privacy.erase";

    async fn on_redis(&self, redis: &Redis) -> Result<usize, HotError> {
        let mut deleted = 0;
        for key in self.0.on_redis(redis).await? {
            // One by one: in a cluster they lie in several slots.
            deleted += redis.command("DEL").key(&key).ask::<usize>().await?;
        }
        Ok(deleted)
    }

    fn on_local(&self, db: &mut LocalDb) -> usize {
        let keys = self.0.among(db.names());
        keys.iter().filter(|key| db.delete(key)).count()
    }
}

impl Whose {
    async fn on_redis(self, redis: &Redis) -> Result<Vec<RawKey>, HotError> {
        let names = redis.scan(&self.glob()).await?;
        Ok(self.among(names.iter().map(String::as_str)))
    }

    /// One glob for all families, so that one walk is enough.
    fn glob(self) -> String {
        match self.memories_at {
            Some(place) => {
                Memory::FAMILY.glob(&[("PLACE", &place.to_string()), ("USER", &self.user.to_string())])
            }
            None => format!("*{}*", self.user),
        }
    }

    /// The keys that are meant, in the order of their names.
    fn among<'n>(self, names: impl Iterator<Item = &'n str>) -> Vec<RawKey> {
        let mut keys: Vec<_> = names.filter_map(|name| self.meant(name)).collect();
        keys.sort_by(|a, b| a.name().cmp(b.name()));
        keys
    }

    fn meant(self, name: &str) -> Option<RawKey> {
        let families = FAMILIES.iter().filter(|family| self.takes(family));
        let mut theirs = families.filter_map(|family| {
            let parts = family.parts(name)?;
            let is_at = |place: Place| parts.get("PLACE") == Some(&place.to_string());
            let is_theirs = parts.get("USER") == Some(&self.user.to_string())
                || (in_place(family) && is_at(Place::Direct(self.user)));
            (is_theirs && self.memories_at.is_none_or(is_at)).then(|| RawKey::found(family, name))
        });
        theirs.next()
    }

    fn takes(self, family: &'static Family) -> bool {
        match self.memories_at {
            Some(_) => family == Memory::FAMILY,
            None => family.personal == Personal::InKey || in_place(family),
        }
    }
}

fn in_place(family: &Family) -> bool {
    matches!(family.personal, Personal::InPlace | Personal::InPlaceAndPassing(_))
}

impl Kept {
    fn of(key: &RawKey, value: Value) -> Self {
        let family = key.family();
        Self { family: family.name, purpose: family.purpose, key: key.name().to_owned(), value }
    }
}

/// `None` for a key that ended meanwhile.
async fn read(redis: &Redis, key: &RawKey) -> Result<Option<Value>, HotError> {
    Ok(match key.family().shape {
        Shape::Text => redis.command("GET").key(key).ask::<Option<String>>().await?.map(Value::from),
        Shape::Hash => fields(&redis.command("HGETALL").key(key).ask().await?),
        Shape::List => lines(&redis.command("LRANGE").key(key).arg(0).arg(-1).ask::<Vec<String>>().await?),
        Shape::SortedSet => {
            let command = redis.command("ZRANGE").key(key).arg(0).arg(-1).arg("WITHSCORES");
            members(command.ask().await?)
        }
    })
}

fn read_local(db: &LocalDb, key: &RawKey) -> Option<Value> {
    match key.family().shape {
        Shape::Text => db.get(key).map(Value::from),
        Shape::Hash => fields(&db.hash_all(key)),
        Shape::List => lines(&db.list(key)),
        Shape::SortedSet => members(db.sorted_all(key)),
    }
}

fn fields(fields: &BTreeMap<String, String>) -> Option<Value> {
    (!fields.is_empty()).then(|| json!(fields))
}

fn members(members: Vec<(String, i64)>) -> Option<Value> {
    (!members.is_empty()).then(|| json!(members.into_iter().collect::<BTreeMap<_, _>>()))
}

/// A line that is JSON is shown as what it says.
fn lines(lines: &[String]) -> Option<Value> {
    let line = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
    (!lines.is_empty()).then(|| lines.iter().map(line).collect())
}
