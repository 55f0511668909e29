//! Ending a lease: what was reserved becomes what was used, or is given back.

use std::sync::LazyLock;

use redis::Script;

use super::{Held, budget_life, local, millis, parts};
use crate::hot::{
    HotError,
    key::RawKey,
    local::LocalDb,
    memory::Change,
    operation::Operation,
    redis::{Call, Redis},
};

static SETTLE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("clock.lua"),
        include_str!("line.lua"),
        include_str!("heal.lua"),
        include_str!("../memory.lua"),
        include_str!("settle.lua")
    ))
});

/// Turns what was reserved into what was used, and frees the slots. The window keeps the call.
#[derive(Debug, Clone)]
pub struct Settle<'a> {
    /// What the holder has.
    pub held: &'a Held,
    /// What was really used, by today's key as it stood in the check. Whatever is not named was used as reserved.
    pub used: Vec<(RawKey, u32)>,
    /// What the short memory keeps of the call: it is changed whatever comes of the lease.
    pub memory: Option<Change>,
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
    /// Done now. Also when the lease had run out, and even if it had been taken back as abandoned: then what was used
    /// is counted anew.
    Now,
    /// It was settled or given back before: nothing changed.
    Before,
    /// No such lease of this holder is known (any more): nothing changed.
    Unknown,
}

/// What ending a lease does.
pub(super) struct End<'a> {
    pub(super) held: &'a Held,
    /// By the places of the charges: what was used of each.
    pub(super) used: Vec<u32>,
    /// Whether the windows forget the call.
    pub(super) windows: bool,
    /// Whether the record forgets the lease: then it may be asked for again, and nobody is told of its slots.
    pub(super) forget: bool,
    pub(super) memory: Option<&'a Change>,
}

impl<'a> End<'a> {
    pub(super) fn settle(settle: &'a Settle<'_>) -> Self {
        let used = settle.held.charges.iter().map(|(key, reserved)| {
            let used = settle.used.iter().find(|(used, _)| used.name() == key.name());
            used.map_or(*reserved, |(_, used)| *used)
        });
        let (held, used, memory) = (settle.held, used.collect(), settle.memory.as_ref());
        Self { held, used, windows: false, forget: false, memory }
    }

    pub(super) fn give_back(held: &'a Held) -> Self {
        let used = vec![0; held.charges.len()];
        Self { held, used, windows: true, forget: false, memory: None }
    }

    /// The windows that forget the lease.
    pub(super) fn windows(&self) -> &[RawKey] {
        if self.windows { &self.held.windows } else { &[] }
    }

    async fn on_redis(&self, redis: &Redis) -> Result<Settled, HotError> {
        if redis.is_cluster() {
            return parts::end(redis, self).await;
        }
        self.ask(redis, &self.held.slots.iter().collect::<Vec<_>>(), self.memory).await
    }

    /// One trip, over those of the slots, and the memory, that lie with the place's keys.
    pub(super) async fn ask(
        &self,
        redis: &Redis,
        slots: &[&RawKey],
        memory: Option<&Change>,
    ) -> Result<Settled, HotError> {
        let Held { lease, holder, charges, .. } = self.held;
        let mut call = redis.script(&SETTLE).now().arg(redis.prefix()).key(&self.held.record());
        call = call.arg(holder.to_string()).arg(lease.to_string());
        call = if self.forget { call.arg("") } else { call.arg(millis(self.held.done_life())) };
        call = call.arg(charges.len());
        for ((key, _), used) in charges.iter().zip(&self.used) {
            call = call.key(key).arg(*used).arg(millis(budget_life(key)));
        }
        call = slots.iter().copied().chain(self.windows()).fold(call.arg(slots.len()), Call::key);
        if let Some((change, arguments)) = memory.and_then(|change| Some((change, change.arguments()?))) {
            call = call.key(&change.between().key()).arg(&arguments[..]);
        }
        match call.ask().await? {
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
