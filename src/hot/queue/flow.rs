//! A write's way through the queue: put, taken, and then done, tried again or buried.

use std::{sync::LazyLock, time::Duration};

use redis::Script;

use super::{Here, Item, Note, call};
use crate::hot::{
    HotError, keys,
    local::LocalDb,
    millis,
    operation::Operation,
    redis::{Call, Redis},
};

/// Writes that go back to waiting in one taking: bounds the script's work.
const BROUGHT_BACK: usize = 100;

macro_rules! script {
    ($name:ident $file:literal) => {
        static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(concat!(include_str!("prelude.lua"), include_str!($file))));
    };
}
pub(super) use script;

script!(PUT "put.lua");
script!(TAKE "take.lua");
script!(REMOVE "remove.lua");
script!(RETRY "retry.lua");
script!(BURY "bury.lua");

/// Takes a write in; the first of two with the same key stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The write.
    pub item: Item,
    /// Most writes that the queue may hold.
    pub most: usize,
}

/// What became of a [`Put`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutAnswer {
    /// It is in the queue now.
    Kept,
    /// It was already.
    Present,
    /// The queue is full.
    Full,
}

impl Operation for Put {
    type Answer = PutAnswer;
    const NAME: &'static str = "queue_put";

    async fn on_redis(&self, redis: &Redis) -> Result<PutAnswer, HotError> {
        let Self { item, most } = self;
        let answer: String = call(redis, &PUT)
            .arg(&item.key)
            .arg(&item.text)
            .arg(item.rank.score())
            .arg(&item.kind)
            .arg(item.rank.made_at_ms())
            .arg(*most)
            .ask()
            .await?;
        match answer.as_str() {
            "kept" => Ok(PutAnswer::Kept),
            "present" => Ok(PutAnswer::Present),
            "full" => Ok(PutAnswer::Full),
            _ => Err(HotError::Unexpected("queue_put answered with an unknown word")),
        }
    }

    fn on_local(&self, db: &mut LocalDb) -> PutAnswer {
        let Item { key, rank, kind, text } = &self.item;
        let items = keys::QueueItems::key();
        db.sorted_remove(&keys::QueueDropped::key(), key);
        if db.hash_get(&items, key).is_some() {
            return PutAnswer::Present;
        }
        if db.hash_all(&items).len() >= self.most {
            return PutAnswer::Full;
        }
        db.hash_set(&items, key, text);
        db.sorted_add(&keys::QueueWaiting::key(), key, rank.score());
        let note = Note {
            rank: *rank,
            attempts: 0,
            by: String::new(),
            kind: kind.clone(),
            since_ms: rank.made_at_ms(),
            reason: String::new(),
        };
        Here(db).write_note(key, &note);
        PutAnswer::Kept
    }
}

/// Takes the most urgent writes that are due. What a taker did not finish in its time waits again, and counts as tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Who takes.
    pub by: String,
    /// Most writes.
    pub most: usize,
    /// Most bytes of writes, but for the first.
    pub most_bytes: usize,
    /// How long they are the taker's.
    pub visibility: Duration,
}

/// A write that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its key.
    pub key: String,
    /// All of it.
    pub text: String,
    /// How often it failed.
    pub attempts: u32,
    /// Since when it waits, in milliseconds since 1970.
    pub since_ms: i64,
}

impl Operation for Take {
    type Answer = Vec<Taken>;
    const NAME: &'static str = "queue_take";

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Taken>, HotError> {
        let taken: Vec<(String, String, u32, i64)> = call(redis, &TAKE)
            .now()
            .arg(&self.by)
            .arg(self.most)
            .arg(self.most_bytes)
            .arg(millis(self.visibility))
            .arg(BROUGHT_BACK)
            .ask()
            .await?;
        let taken = taken.into_iter();
        Ok(taken.map(|(key, text, attempts, since_ms)| Taken { key, text, attempts, since_ms }).collect())
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Taken> {
        bring_back(db, true);
        bring_back(db, false);
        let (waiting, until) = (keys::QueueWaiting::key(), db.now() + millis(self.visibility));
        let (mut all, mut bytes) = (Vec::new(), 0);
        for (key, _) in db.sorted_all(&waiting).into_iter().take(self.most) {
            let text = db.hash_get(&keys::QueueItems::key(), &key).map(str::to_owned);
            let (Some(text), Some(mut note)) = (text, Here(db).note(&key)) else {
                Here(db).remove(&key);
                continue;
            };
            bytes += text.len();
            if !all.is_empty() && bytes > self.most_bytes {
                break;
            }
            db.sorted_remove(&waiting, &key);
            db.sorted_add(&keys::QueueTaken::key(), &key, until);
            note.by.clone_from(&self.by);
            Here(db).write_note(&key, &note);
            all.push(Taken { key, text, attempts: note.attempts, since_ms: note.since_ms });
        }
        all
    }
}

/// Lets those wait again whose taker's time is over (`failed`), or whose next try is due.
fn bring_back(db: &mut LocalDb, failed: bool) {
    let place = if failed { keys::QueueTaken::key().into_raw() } else { keys::QueueLater::key().into_raw() };
    let now = db.now();
    let over: Vec<_> = db.sorted_all(&place).into_iter().take_while(|(_, at)| *at <= now).collect();
    for (key, _) in over.into_iter().take(BROUGHT_BACK) {
        db.sorted_remove(&place, &key);
        let Some(mut note) = Here(db).note(&key) else { continue };
        if failed {
            note.attempts += 1;
            "its process ended in the middle".clone_into(&mut note.reason);
        }
        note.by.clear();
        Here(db).write_note(&key, &note);
        db.sorted_add(&keys::QueueWaiting::key(), &key, note.rank.score());
    }
}

/// Removes writes, wherever they stand: PostgreSQL has them. Answers how many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove(pub Vec<String>);

impl Operation for Remove {
    type Answer = usize;
    const NAME: &'static str = "queue_remove";

    async fn on_redis(&self, redis: &Redis) -> Result<usize, HotError> {
        self.0.iter().fold(call(redis, &REMOVE), Call::arg).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> usize {
        self.0.iter().filter(|key| Here(db).remove(key)).count()
    }
}

/// Gives a taken write back for another try. Answers whether it was still this taker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Its key.
    pub key: String,
    /// Who took it.
    pub by: String,
    /// Time until the next try.
    pub after: Duration,
    /// How often it has failed by now.
    pub attempts: u32,
    /// Why, for an operator.
    pub reason: String,
}

impl Operation for Retry {
    type Answer = bool;
    const NAME: &'static str = "queue_retry";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        call(redis, &RETRY)
            .now()
            .arg(&self.key)
            .arg(&self.by)
            .arg(millis(self.after))
            .arg(self.attempts)
            .arg(&self.reason)
            .ask()
            .await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let Some(mut note) = Here(db).note(&self.key).filter(|note| note.by == self.by) else { return false };
        if !db.sorted_remove(&keys::QueueTaken::key(), &self.key) {
            return false;
        }
        note.by.clear();
        note.attempts = self.attempts;
        note.reason.clone_from(&self.reason);
        Here(db).write_note(&self.key, &note);
        let due = db.now() + millis(self.after);
        db.sorted_add(&keys::QueueLater::key(), &self.key, due);
        true
    }
}

/// Makes a write a dead letter, whether it stood in the queue or not. Answers whether it did; not when an operator
/// has dropped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bury {
    /// The write.
    pub item: Item,
    /// How often it has failed.
    pub attempts: u32,
    /// Why, for an operator.
    pub reason: String,
}

impl Operation for Bury {
    type Answer = bool;
    const NAME: &'static str = "queue_bury";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let Item { key, rank, kind, text } = &self.item;
        call(redis, &BURY)
            .now()
            .arg(key)
            .arg(text)
            .arg(rank.score())
            .arg(kind)
            .arg(self.attempts)
            .arg(&self.reason)
            .ask()
            .await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let Item { key, rank, kind, text } = &self.item;
        if Here(db).is_dropped(key) {
            Here(db).remove(key);
            return false;
        }
        let now = db.now();
        Here(db).leave_place(key);
        db.hash_set(&keys::QueueItems::key(), key, text);
        db.sorted_add(&keys::QueueDead::key(), key, now);
        let note = Note {
            rank: *rank,
            attempts: self.attempts,
            by: String::new(),
            kind: kind.clone(),
            since_ms: now,
            reason: self.reason.clone(),
        };
        Here(db).write_note(key, &note);
        true
    }
}
