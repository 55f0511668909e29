//! Ending a lease: what was reserved becomes what was used, or is given back.

use std::sync::LazyLock;

use redis::Script;

use super::{DONE, Held, budget_life, local, millis, parts};
use crate::hot::{
    HotError,
    key::RawKey,
    local::LocalDb,
    operation::Operation,
    redis::{Call, Redis},
};

static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")));

/// Turns what was reserved into what was used, and frees the slots. The window keeps the call.
#[derive(Debug, Clone)]
pub struct Settle<'a> {
    /// What the holder has.
    pub held: &'a Held,
    /// What was really used, by today's key as it stood in the check. Whatever is not named was used as reserved.
    pub used: Vec<(RawKey, u32)>,
}

/// Takes everything back, as if the call had never been asked for: it failed before it cost anything.
#[derive(Debug, Clone)]
pub struct GiveBack<'a> {
    /// What the holder has.
    pub held: &'a Held,
}

/// What comes of ending a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Done now.
    Now,
    /// It was settled or given back before: nothing changed.
    Before,
    /// No such lease of this holder is known (any more): nothing changed.
    Unknown,
}

/// What ending a lease does.
pub(super) struct End<'a> {
    pub(super) held: &'a Held,
    /// By the places of the charges: what is added to each.
    pub(super) added: Vec<i64>,
    /// Whether the windows forget the call.
    pub(super) windows: bool,
    /// Whether the record forgets the lease: then it may be asked for again.
    pub(super) forget: bool,
}

impl<'a> End<'a> {
    pub(super) fn settle(settle: &Settle<'a>) -> Self {
        let added = settle.held.charges.iter().map(|(key, reserved)| {
            let used = settle.used.iter().find(|(used, _)| used.name() == key.name());
            used.map_or(0, |(_, used)| i64::from(*used) - i64::from(*reserved))
        });
        Self { held: settle.held, added: added.collect(), windows: false, forget: false }
    }

    pub(super) fn give_back(held: &'a Held) -> Self {
        let added = held.charges.iter().map(|(_, reserved)| -i64::from(*reserved)).collect();
        Self { held, added, windows: true, forget: false }
    }

    /// The sets that forget the lease.
    pub(super) fn sets(&self) -> impl Iterator<Item = &RawKey> {
        let windows = if self.windows { self.held.windows.as_slice() } else { &[] };
        self.held.slots.iter().chain(windows)
    }

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        if redis.is_cluster() { parts::end(redis, self).await } else { self.ask(redis, self.sets()).await }
    }

    /// One trip, over those of the sets that lie with the place's keys.
    pub(super) async fn ask<'k>(
        &self,
        redis: &Redis,
        sets: impl Iterator<Item = &'k RawKey>,
    ) -> Result<Settled, HotError> {
        let Held { lease, holder, charges, .. } = self.held;
        let mut call = redis.script(&SETTLE).key(&self.held.record());
        call = call.arg(holder.to_string()).arg(lease.to_string()).arg(if self.forget { "" } else { DONE });
        call = call.arg(charges.len());
        for ((key, _), added) in charges.iter().zip(&self.added) {
            call = call.key(key).arg(*added).arg(millis(budget_life(key)));
        }
        match sets.fold(call, Call::key).ask().await? {
            0 => Ok(Settled::Unknown),
            1 => Ok(Settled::Now),
            2 => Ok(Settled::Before),
            _ => Err(HotError::Unexpected("a limits script gave no known answer")),
        }
    }
}

impl Operation for Settle<'_> {
    type Answer = Settled;
    const NAME: &'static str = "limits_settle";

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        End::settle(self).on_redis(redis).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Settled {
        local::end(db, &End::settle(self))
    }
}

impl Operation for GiveBack<'_> {
    type Answer = Settled;
    const NAME: &'static str = "limits_give_back";

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        End::give_back(self.held).on_redis(redis).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Settled {
        local::end(db, &End::give_back(self.held))
    }
}
