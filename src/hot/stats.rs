//! Counters of a place's day: counted here, claimed, and added up in PostgreSQL by [`crate::warm::stats`].
//!
//! Counting is not idempotent: a count whose answer did not come in time may stand in Redis and in this process as
//! well. These are statistics; what is billed or limited is counted elsewhere, by id. From the claim on, nothing is
//! lost or doubled: a claim is one rename, and its batch is the key under which PostgreSQL takes it once.

use std::{collections::BTreeMap, sync::LazyLock};

use redis::Script;
use uuid::Uuid;

use super::{
    HotError,
    key::{KeyFamily, Lifetime},
    keys::{self, StatsClaim, StatsDaily},
    local::LocalDb,
    operation::Operation,
    redis::Redis,
};
use crate::domain::{ids::Place, metric::Metric};

static COUNT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("stats_count.lua")));
static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("stats_claim.lua")));

const LIFE: std::time::Duration = match StatsDaily::FAMILY.lifetime {
    Lifetime::Fixed(life) => life,
    _ => panic!("the family has a fixed lifetime"),
};

/// A place's counters of one day (UTC), by metric's name: a newer process may count what this one does not know.
pub type Counters = BTreeMap<String, i64>;

/// Adds to a day's counters, all in one trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Where it happened.
    pub place: Place,
    /// The day, as `YYYYMMDD`, UTC.
    pub day: u32,
    /// What happened, and how often.
    pub counts: Vec<(Metric, u32)>,
}

/// Takes a day's counters out of counting, as a batch. Answers with them, or with nothing where none were; asked again,
/// with the same. A batch belongs to one claim for ever: counters claimed under the id of a batch that PostgreSQL has
/// would be dropped as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The place.
    pub place: Place,
    /// The day, as `YYYYMMDD`.
    pub day: u32,
    /// The claim's own id, fresh and of version 7: it says when it was made.
    pub batch: Uuid,
}

/// Reads what was claimed; empty once it is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadClaim(pub Claim);

/// Drops what was claimed: PostgreSQL has it. Answers whether it was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropClaim(pub Claim);

/// Finds all counters and claims, by a walk over the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindStats;

/// What waits to be added up, in the order of places and days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Counters: place and day.
    pub counters: Vec<(Place, u32)>,
    /// Claims: under way, or left by a process that crashed.
    pub claims: Vec<Claim>,
}

impl Operation for Count {
    type Answer = ();
    const NAME: &'static str = "stats.count";

    async fn on_redis(&self, redis: &Redis) -> Result<(), HotError> {
        let life = i64::try_from(LIFE.as_millis()).expect("some days");
        let mut call = redis.script(&COUNT).key(&StatsDaily::of(self.place, self.day)).arg(life);
        for (metric, by) in &self.counts {
            call = call.arg(metric.name()).arg(by);
        }
        call.ask().await
    }

    fn on_local(&self, db: &mut LocalDb) {
        let key = StatsDaily::of(self.place, self.day);
        for (metric, by) in &self.counts {
            db.hash_incr(&key, metric.name(), i64::from(*by));
        }
        db.expire(&key, LIFE);
    }
}

impl Operation for Claim {
    type Answer = Counters;
    const NAME: &'static str = "stats.claim";

    async fn on_redis(&self, redis: &Redis) -> Result<Counters, HotError> {
        redis.script(&CLAIM).key(&StatsDaily::of(self.place, self.day)).key(&self.key()).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> Counters {
        let claimed = self.key();
        if !db.exists(&claimed) {
            db.rename(&StatsDaily::of(self.place, self.day), &claimed);
        }
        counters(&db.hash_all(&claimed))
    }
}

impl Operation for ReadClaim {
    type Answer = Counters;
    const NAME: &'static str = "stats.read";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Counters, HotError> {
        redis.command("HGETALL").key(&self.0.key()).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> Counters {
        counters(&db.hash_all(&self.0.key()))
    }
}

impl Operation for DropClaim {
    type Answer = bool;
    const NAME: &'static str = "stats.drop";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        redis.command("DEL").key(&self.0.key()).ask().await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        db.delete(&self.0.key())
    }
}

impl Operation for FindStats {
    type Answer = Found;
    const NAME: &'static str = "stats.find";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Found, HotError> {
        let mut names = redis.scan(&StatsDaily::FAMILY.glob(&[])).await?;
        names.extend(redis.scan(&StatsClaim::FAMILY.glob(&[])).await?);
        Ok(Found::among(names.iter().map(String::as_str)))
    }

    fn on_local(&self, db: &mut LocalDb) -> Found {
        Found::among(db.names())
    }
}

impl Claim {
    fn key(&self) -> super::key::Key<StatsClaim> {
        keys::StatsClaim::of(self.place, self.day, self.batch)
    }
}

impl Found {
    fn among<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut found = Self::default();
        for name in names {
            if let Some(parts) = StatsDaily::FAMILY.parts(name) {
                found.counters.extend(place_and_day(&parts));
            } else if let Some(parts) = StatsClaim::FAMILY.parts(name) {
                let batch = parts.get("BATCH").and_then(|text| text.parse().ok());
                let claim = place_and_day(&parts).zip(batch);
                found.claims.extend(claim.map(|((place, day), batch)| Claim { place, day, batch }));
            }
        }
        found.counters.sort_unstable();
        // A walk may show a key twice.
        found.counters.dedup();
        found.claims.sort_unstable_by_key(|claim| (claim.batch, claim.place, claim.day));
        found.claims.dedup();
        found
    }
}

fn place_and_day(parts: &super::pattern::Parts<'_>) -> Option<(Place, u32)> {
    Some((parts.get("PLACE")?.parse().ok()?, parts.get("DAY")?.parse().ok()?))
}

fn counters(fields: &BTreeMap<String, String>) -> Counters {
    let number = |text: &String| text.parse().expect("counting wrote a number");
    fields.iter().map(|(name, text)| (name.clone(), number(text))).collect()
}
