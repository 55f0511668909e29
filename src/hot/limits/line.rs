//! The line for a free slot: who waits, in which order, and how they leave.
//!
//! A line lies in the sorted set of its slots, below 0, where the leases are above: in a cluster both are then in one
//! slot. A waiter is `ENDS PLACE LEASE HOLDER`, scored by when it came. Who waits for a place's slot is served in the
//! order of coming; for the slots of all places, the first of each place comes before any place's second. Who waits
//! for a later slot of a list stays in the earlier lines, so that nobody of the same place overtakes.

use std::{fmt, sync::LazyLock};

use redis::Script;
use uuid::Uuid;

use super::LeaseId;
use crate::{
    domain::ids::Place,
    hot::{
        HotError,
        key::{KeyFamily, RawKey},
        keys,
        local::LocalDb,
        operation::Operation,
        redis::{Call, Redis},
    },
};

static LEAVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("clock.lua"), include_str!("line.lua"), include_str!("leave.lua")))
});

/// Scores below 0 are a line's: when the waiter came, less this.
pub(super) const LINE: i64 = 1_000_000_000_000_000;

/// No wait is longer.
pub(super) const LONGEST: i64 = 60 * 60 * 1_000;

/// No line is longer.
pub(super) const MOST: u32 = 1_000;

/// Someone who would rather wait than be refused when slots are all that refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// When the waiter gives up, in milliseconds since 1970: its place in line ends then by itself. Fixed by the
    /// first of its tries, and an hour away at most.
    pub until_ms: i64,
    /// Most who wait, in each line: one of the place, one of all places together. A thousand at most.
    pub most: u32,
}

/// Leaves the lines. Answers whether there was anything to leave.
#[derive(Debug, Clone)]
pub struct Leave {
    /// The call that waits.
    pub lease: LeaseId,
    /// Where.
    pub place: Place,
    /// Who asked for it.
    pub holder: Uuid,
}

impl Leave {
    /// As a cluster is asked.
    pub(super) async fn in_parts(&self, redis: &Redis) -> Result<bool, HotError> {
        let mut left = false;
        for slots in &self.slots() {
            left |= leave(redis, self.lease, self.holder, [slots].into_iter()).await?;
        }
        Ok(left)
    }

    fn slots(&self) -> [RawKey; 2] {
        [keys::ConcurrencyGuild::of(self.place).into_raw(), keys::ConcurrencyGlobal::key().into_raw()]
    }
}

impl Operation for Leave {
    type Answer = bool;
    const NAME: &'static str = "limits_leave";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        if redis.is_cluster() {
            return self.in_parts(redis).await;
        }
        leave(redis, self.lease, self.holder, self.slots().iter()).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let left = self.slots().iter().filter(|slots| remove(db, slots, self.lease, self.holder)).count() > 0;
        if left {
            tell(db, &self.slots());
        }
        left
    }
}

/// One trip, over slots that lie together.
pub(super) async fn leave<'k>(
    redis: &Redis,
    lease: LeaseId,
    holder: Uuid,
    slots: impl Iterator<Item = &'k RawKey>,
) -> Result<bool, HotError> {
    let call = redis.script(&LEAVE).now().arg(redis.prefix()).arg(lease.to_string()).arg(holder.to_string());
    Ok(slots.fold(call, Call::key).ask::<i64>().await? > 0)
}

/// Whether those slots are of all places together: then the line goes round the places.
pub(super) fn is_fair(slots: &RawKey) -> bool {
    slots.family() == keys::ConcurrencyGlobal::FAMILY
}

/// One who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiter {
    pub(super) ends: i64,
    pub(super) place: String,
    pub(super) lease: String,
    pub(super) holder: String,
    pub(super) arrived: i64,
}

impl fmt::Display for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.ends, self.place, self.lease, self.holder)
    }
}

impl Waiter {
    fn read(member: &str, score: i64) -> Option<Self> {
        let mut parts = member.split(' ');
        let ends = parts.next()?.parse().ok()?;
        let mut part = || parts.next().map(str::to_owned);
        Some(Self { ends, place: part()?, lease: part()?, holder: part()?, arrived: score + LINE })
    }

    fn is(&self, lease: &str, holder: &str) -> bool {
        self.lease == lease && self.holder == holder
    }
}

/// Those who wait, in the order of coming.
pub(super) fn waiters(db: &LocalDb, slots: &RawKey) -> Vec<Waiter> {
    let below = db.sorted_all(slots).into_iter().take_while(|(_, score)| *score < 0);
    let read = |(member, score): (String, i64)| Waiter::read(&member, score);
    below.filter_map(read).filter(|waiter| waiter.ends > db.now()).collect()
}

/// Where one stands in a line.
pub(super) fn mine<'l>(line: &'l [Waiter], me: &Waiter) -> Option<&'l Waiter> {
    line.iter().find(|waiter| waiter.is(&me.lease, &me.holder))
}

/// Those who are served before `me`, who may have joined or is about to.
pub(super) fn ahead(line: &[Waiter], me: &Waiter, fair: bool) -> Vec<Waiter> {
    let mut line = line.to_vec();
    if mine(&line, me).is_none() {
        let at = line.iter().take_while(|waiter| waiter.arrived <= me.arrived).count();
        line.insert(at, me.clone());
    }
    let mut ranked = Vec::with_capacity(line.len());
    for (at, waiter) in line.iter().enumerate() {
        let earlier = line[..at].iter().filter(|other| other.place == waiter.place).count();
        ranked.push((if fair { earlier } else { 0 }, at));
    }
    let own = line.iter().position(|waiter| waiter.is(&me.lease, &me.holder)).expect("just put");
    let before = |at: &usize| ranked[*at] < ranked[own];
    (0..line.len()).filter(before).map(|at| line[at].clone()).collect()
}

/// Joins, where it has not, after those who are gone were let go.
pub(super) fn join(db: &mut LocalDb, slots: &RawKey, me: &Waiter) {
    let live = waiters(db, slots);
    if mine(&live, me).is_some() {
        return;
    }
    let now = db.now();
    let below = db.sorted_all(slots).into_iter().take_while(|(_, score)| *score < 0);
    let gone = |(member, score): &(String, i64)| Waiter::read(member, *score).is_none_or(|it| it.ends <= now);
    for (member, _) in below.filter(gone).collect::<Vec<_>>() {
        db.sorted_remove(slots, &member);
    }
    db.sorted_add(slots, &me.to_string(), me.arrived - LINE);
    let life = std::time::Duration::from_millis(u64::try_from(me.ends - now).unwrap_or(0));
    super::local::live_at_least(db, slots, life);
}

/// Leaves one line: whether it was in it.
pub(super) fn remove(db: &mut LocalDb, slots: &RawKey, lease: LeaseId, holder: Uuid) -> bool {
    let (lease, holder) = (lease.to_string(), holder.to_string());
    let found = waiters(db, slots).into_iter().find(|waiter| waiter.is(&lease, &holder));
    found.is_some_and(|waiter| db.sorted_remove(slots, &waiter.to_string()))
}

/// Tells those who wait for one of these slots to try again.
pub(super) fn tell<'k>(db: &mut LocalDb, slots: impl IntoIterator<Item = &'k RawKey>) {
    if slots.into_iter().any(|slots| !waiters(db, slots).is_empty()) {
        db.tell_freed();
    }
}
