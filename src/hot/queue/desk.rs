//! The operator's desk of the queue: count, list, retry, drop; and members whom no waiting write may bring back.

use std::{sync::LazyLock, time::Duration};

use redis::Script;

use super::{Here, Note, Rank, Spot, call, flow::script};
use crate::{
    domain::ids::UserId,
    hot::{
        HotError,
        key::{KeyFamily, Lifetime},
        keys,
        local::LocalDb,
        millis,
        operation::Operation,
        redis::{Call, Redis},
    },
};

/// Writes of each place that are looked at for the oldest: bounds the script's work.
const LOOKED_AT: usize = 100;

script!(REQUEUE "requeue.lua");
script!(DROP "drop.lua");
script!(STANDING "standing.lua");
script!(LIST "list.lua");
script!(MEASURE "measure.lua");
static FORGET: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("forget.lua")));

const fn fixed(lifetime: Lifetime) -> Duration {
    match lifetime {
        Lifetime::Fixed(life) => life,
        _ => panic!("the family has a fixed lifetime"),
    }
}

const DROPPED_LIFE: Duration = fixed(keys::QueueDropped::FAMILY.lifetime);
const FORGOTTEN_LIFE: Duration = fixed(keys::QueueForgotten::FAMILY.lifetime);

/// Makes a dead letter, or a write between two tries, due now. Answers whether it stood in either place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requeue(pub String);

impl Operation for Requeue {
    type Answer = bool;
    const NAME: &'static str = "queue_requeue";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        call(redis, &REQUEUE).now().arg(&self.0).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let Some(mut note) = Here(db).note(&self.0) else { return false };
        let was_dead = db.sorted_remove(&keys::QueueDead::key(), &self.0);
        if !(db.sorted_remove(&keys::QueueLater::key(), &self.0) || was_dead) {
            return false;
        }
        note.attempts = 0;
        note.by.clear();
        note.since_ms = db.now();
        Here(db).write_note(&self.0, &note);
        db.sorted_add(&keys::QueueWaiting::key(), &self.0, note.rank.score());
        true
    }
}

/// Drops a write for good, and remembers that for 30 days, so that no process's file brings it back. Answers whether it
/// stood here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drop(pub String);

impl Operation for Drop {
    type Answer = bool;
    const NAME: &'static str = "queue_drop";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        call(redis, &DROP).now().arg(&self.0).arg(millis(DROPPED_LIFE)).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let dropped = keys::QueueDropped::key();
        db.sorted_remove_up_to(&dropped, db.now() - millis(DROPPED_LIFE));
        db.sorted_add(&dropped, &self.0, db.now());
        db.expire(&dropped, DROPPED_LIFE);
        Here(db).remove(&self.0)
    }
}

/// Where writes stand; `None` for one that is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing(pub Vec<String>);

impl Operation for Standing {
    type Answer = Vec<Option<Spot>>;
    const NAME: &'static str = "queue_standing";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Option<Spot>>, HotError> {
        let letters: String = self.0.iter().fold(call(redis, &STANDING), Call::arg).ask().await?;
        Ok(letters.chars().map(Spot::of_letter).collect())
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Option<Spot>> {
        let places = [
            (keys::QueueDropped::key().into_raw(), Spot::Dropped),
            (keys::QueueWaiting::key().into_raw(), Spot::Waiting),
            (keys::QueueLater::key().into_raw(), Spot::Later),
            (keys::QueueTaken::key().into_raw(), Spot::Taken),
            (keys::QueueDead::key().into_raw(), Spot::Dead),
        ];
        let standing = |key: &String| {
            places.iter().find(|(place, _)| db.sorted_score(place, key).is_some()).map(|(_, spot)| *spot)
        };
        self.0.iter().map(standing).collect()
    }
}

/// A page of the writes in one place, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Waiting, later, taken or dead; nothing is listed as dropped.
    pub spot: Spot,
    /// How many to leave out.
    pub skip: usize,
    /// Most writes.
    pub most: usize,
    /// Whether to have the writes' own texts, which hold members' data.
    pub texts: bool,
}

/// A write in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// What it writes.
    pub kind: String,
    /// Its order.
    pub rank: Rank,
    /// How often it failed.
    pub attempts: u32,
    /// Since when it waits, or is dead, in milliseconds since 1970.
    pub since_ms: i64,
    /// Why it failed last; empty when it did not.
    pub reason: String,
    /// All of it, where that was asked for.
    pub text: String,
}

impl Operation for List {
    type Answer = Vec<Listed>;
    const NAME: &'static str = "queue_list";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Listed>, HotError> {
        if self.spot == Spot::Dropped {
            return Ok(Vec::new());
        }
        let page: Vec<(String, String, String)> = call(redis, &LIST)
            .arg(self.spot.letter().to_string())
            .arg(self.skip)
            .arg(self.most)
            .arg(i32::from(self.texts))
            .ask()
            .await?;
        Ok(page.into_iter().filter_map(|(key, note, text)| listed(key, &note, text)).collect())
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Listed> {
        let place = match self.spot {
            Spot::Waiting => keys::QueueWaiting::key().into_raw(),
            Spot::Later => keys::QueueLater::key().into_raw(),
            Spot::Taken => keys::QueueTaken::key().into_raw(),
            Spot::Dead => keys::QueueDead::key().into_raw(),
            Spot::Dropped => return Vec::new(),
        };
        let page = db.sorted_all(&place).into_iter().skip(self.skip).take(self.most);
        page.filter_map(|(key, _)| {
            let note = db.hash_get(&keys::QueueNotes::key(), &key)?.to_owned();
            let text = db.hash_get(&keys::QueueItems::key(), &key).filter(|_| self.texts);
            let text = text.unwrap_or_default().to_owned();
            listed(key, &note, text)
        })
        .collect()
    }
}

fn listed(key: String, note: &str, text: String) -> Option<Listed> {
    let Note { rank, attempts, kind, since_ms, reason, .. } = Note::parse(note)?;
    Some(Listed { key, kind, rank, attempts, since_ms, reason, text })
}

/// Counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure;

/// How many writes stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// Due.
    pub waiting: usize,
    /// Between two tries.
    pub later: usize,
    /// Being applied.
    pub taken: usize,
    /// Failed for good.
    pub dead: usize,
    /// Since when the oldest of all but the dead waits, in milliseconds since 1970; looks at 100 of each place.
    pub oldest_ms: Option<i64>,
}

impl Operation for Measure {
    type Answer = Measured;
    const NAME: &'static str = "queue_measure";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Measured, HotError> {
        let (waiting, later, taken, dead, oldest): (usize, usize, usize, usize, i64) =
            call(redis, &MEASURE).arg(LOOKED_AT).ask().await?;
        Ok(Measured { waiting, later, taken, dead, oldest_ms: (oldest != 0).then_some(oldest) })
    }

    fn on_local(&self, db: &mut LocalDb) -> Measured {
        let waiting = db.sorted_all(&keys::QueueWaiting::key());
        let later = db.sorted_all(&keys::QueueLater::key());
        let taken = db.sorted_all(&keys::QueueTaken::key());
        let dead = db.sorted_all(&keys::QueueDead::key()).len();
        let seen = [&waiting, &later, &taken].into_iter().flat_map(|place| place.iter().take(LOOKED_AT));
        let keys: Vec<_> = seen.map(|(key, _)| key.clone()).collect();
        let oldest_ms = keys.iter().filter_map(|key| Here(db).note(key)).map(|note| note.since_ms).min();
        Measured { waiting: waiting.len(), later: later.len(), taken: taken.len(), dead, oldest_ms }
    }
}

/// Remembers for 30 days that a member was erased, so that no write made before brings them back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forget(pub UserId);

impl Operation for Forget {
    type Answer = ();
    const NAME: &'static str = "queue_forget";

    async fn on_redis(&self, redis: &Redis) -> Result<(), HotError> {
        let call = redis.script(&FORGET).key(&keys::QueueForgotten::key()).now();
        let _ok: String = call.arg(self.0.to_i64()).arg(millis(FORGOTTEN_LIFE)).ask().await?;
        Ok(())
    }

    fn on_local(&self, db: &mut LocalDb) {
        let key = keys::QueueForgotten::key();
        db.sorted_remove_up_to(&key, db.now() - millis(FORGOTTEN_LIFE));
        db.sorted_add(&key, &self.0.to_string(), db.now());
        db.expire(&key, FORGOTTEN_LIFE);
    }
}

/// When members were erased, in milliseconds since 1970; `None` for one who was not. Asks about one at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten(pub Vec<UserId>);

impl Operation for Forgotten {
    type Answer = Vec<Option<i64>>;
    const NAME: &'static str = "queue_forgotten";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Option<i64>>, HotError> {
        let mut command = redis.command("ZMSCORE").key(&keys::QueueForgotten::key());
        for user in &self.0 {
            command = command.arg(user.to_i64());
        }
        let scores: Vec<Option<f64>> = command.ask().await?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole numbers below 2^53")]
        let whole = |score: f64| score as i64;
        Ok(scores.into_iter().map(|score| score.map(whole)).collect())
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Option<i64>> {
        let key = keys::QueueForgotten::key();
        self.0.iter().map(|user| db.sorted_score(&key, &user.to_string())).collect()
    }
}
