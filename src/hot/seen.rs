//! Interactions seen lately, by any process: one that Discord delivers twice is handled once.

use redis::Value;

use super::{
    HotError,
    key::{KeyFamily, Lifetime},
    keys,
    local::LocalDb,
    operation::Operation,
    redis::Redis,
};
use crate::domain::ids::InteractionId;

/// Marks an interaction as seen. Answers whether this was the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkSeen(pub InteractionId);

impl Operation for MarkSeen {
    type Answer = bool;
    const NAME: &'static str = "seen";

    async fn on_redis(&self, redis: &Redis) -> Result<bool, HotError> {
        let life = i64::try_from(LIFE.as_millis()).expect("15 minutes");
        let set: Value = redis
            .command("SET")
            .key(&keys::Seen::of(self.0))
            .arg(1)
            .arg("NX")
            .arg("PX")
            .arg(life)
            .ask()
            .await?;
        Ok(set != Value::Nil)
    }

    fn on_local(&self, db: &mut LocalDb) -> bool {
        let key = keys::Seen::of(self.0);
        let first = !db.exists(&key);
        if first {
            db.set(&key, "1", Some(LIFE));
        }
        first
    }
}

const LIFE: std::time::Duration = match keys::Seen::FAMILY.lifetime {
    Lifetime::Fixed(life) => life,
    _ => panic!("the family has a fixed lifetime"),
};
