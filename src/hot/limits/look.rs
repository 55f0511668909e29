//! Reading how a list of checks stands, without counting anything: for /limits. What abandoned leases of a place count
//! for is left out, as the next who reserves there takes it back.

use std::sync::LazyLock;

use redis::Script;

use super::{Check, Standing, local, parts, record, wire};
use crate::hot::{HotError, local::LocalDb, operation::Operation, redis::Redis};

static LOOK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("clock.lua"),
        include_str!("checks.lua"),
        include_str!("line.lua"),
        include_str!("heal.lua"),
        include_str!("look.lua")
    ))
});

/// Asks how each check stands, in their order.
#[derive(Debug, Clone)]
pub struct Look {
    /// The checks, as in a [`super::Reserve`].
    pub checks: Vec<Check>,
}

impl Operation for Look {
    type Answer = Vec<Standing>;
    const NAME: &'static str = "limits_look";
    const READS_ONLY: bool = true;

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Standing>, HotError> {
        if redis.is_cluster() {
            return parts::look(redis, &self.checks).await;
        }
        ask(redis, &self.checks.iter().collect::<Vec<_>>()).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Standing> {
        let slots = self.checks.iter().filter_map(record::healed);
        let void = record::void(db, slots);
        self.checks.iter().map(|check| local::standing(db, check, &void)).collect()
    }
}

/// One trip; all keys in one slot where it is a cluster.
pub(super) async fn ask(redis: &Redis, checks: &[&Check]) -> Result<Vec<Standing>, HotError> {
    let slots: Vec<_> = checks.iter().filter_map(|check| record::healed(check)).collect();
    let call = redis.script(&LOOK).now().arg(redis.prefix()).arg(slots.len());
    let stem = |place| format!("{}{}", redis.prefix(), record::stem(place));
    let call = slots.iter().fold(call, |call, (place, _)| call.arg(stem(*place)));
    let call = slots.iter().fold(wire::checks(call, checks), |call, (_, slots)| call.key(slots));
    let mut reply = wire::Reply::new(call.ask().await?);
    checks.iter().map(|check| reply.standing(check)).collect()
}
