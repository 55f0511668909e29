//! Keeping a lease's slots while its call runs.

use std::sync::LazyLock;

use redis::Script;

use super::{Held, local, millis, parts};
use crate::hot::{HotError, key::RawKey, local::LocalDb, operation::Operation, redis::Redis};

static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("clock.lua"),
        include_str!("line.lua"),
        include_str!("heal.lua"),
        include_str!("renew.lua")
    ))
});

/// Holds the slots for another life, from now on. Answers false when the lease was lost (it ran out, was ended, or
/// the store forgot it): the slots may be others' by now, and the holder must stop.
#[derive(Debug, Clone)]
pub struct Renew<'a> {
    /// What the holder has.
    pub held: &'a Held,
}

impl Operation for Renew<'_> {
    type Answer = bool;
    const NAME: &'static str = "limits_renew";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        if redis.is_cluster() {
            return parts::renew(redis, self.held).await;
        }
        ask(redis, self.held, self.held.slots.iter()).await
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        local::renew(db, self.held)
    }
}

/// One trip, over those of the slots that lie with the place's keys.
pub(super) async fn ask<'k>(
    redis: &Redis,
    held: &Held,
    slots: impl Iterator<Item = &'k RawKey>,
) -> Result<bool, HotError> {
    let call = redis.script(&RENEW).key(&held.record()).now();
    let call = call.arg(held.lease.to_string()).arg(held.holder.to_string());
    let call = call.arg(millis(held.life)).arg(millis(held.record_life()));
    let call = slots.fold(call, |call, slots| call.key(slots).arg(millis(held.slots_life(slots))));
    let kept: i64 = call.ask().await?;
    Ok(kept == 1)
}
