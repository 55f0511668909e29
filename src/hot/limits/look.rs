//! Reading how a list of checks stands, without counting anything: for /limits, and for who waits.

use std::sync::LazyLock;

use redis::Script;

use super::{Check, Standing, local, parts, wire};
use crate::hot::{HotError, local::LocalDb, operation::Operation, redis::Redis};

static LOOK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(include_str!("clock.lua"), include_str!("checks.lua"), include_str!("look.lua")))
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

    async fn on_redis(&self, redis: &Redis) -> Result<Vec<Standing>, HotError> {
        if redis.is_cluster() {
            return parts::look(redis, &self.checks).await;
        }
        ask(redis, &self.checks.iter().collect::<Vec<_>>()).await
    }

    fn on_local(&self, db: &mut LocalDb) -> Vec<Standing> {
        self.checks.iter().map(|check| local::standing(db, check)).collect()
    }
}

/// One trip; all keys in one slot where it is a cluster.
pub(super) async fn ask(redis: &Redis, checks: &[&Check]) -> Result<Vec<Standing>, HotError> {
    let mut reply = wire::Reply::new(wire::checks(redis.script(&LOOK).now(), checks).ask().await?);
    checks.iter().map(|check| reply.standing(check)).collect()
}
