//! A hot store under watch, and an operation with a script over two keys.

use std::sync::LazyLock;

use redis::Script;
use tokio_util::sync::{CancellationToken, DropGuard};
use troupe::{
    domain::ids::{GuildId, InteractionId, Place, UserId},
    hot::{
        Clock, Hot, HotError, Mode, Operation, Reason, Redis, Side, keys,
        local::LocalDb,
        pubsub::{Heard, Subscription},
        seen::MarkSeen,
    },
};

use super::{PATIENCE, eventually};

/// A hot store with the one that watches over its Redis.
pub struct Watched {
    pub hot: Hot,
    _stop: DropGuard,
}

impl Watched {
    pub fn over(redis: Redis) -> Self {
        let hot = Hot::new(Some(redis), Clock::System);
        let stop = CancellationToken::new();
        tokio::spawn(hot.clone().keep(stop.clone()));
        Self { hot, _stop: stop.drop_guard() }
    }

    /// Asks something new, and panics when no answer comes.
    pub async fn ask(&self) -> Side {
        let operation = MarkSeen(InteractionId::new(rand::random_range(1..1 << 60)).expect("an id"));
        let (first, side) =
            tokio::time::timeout(PATIENCE, self.hot.ask(&operation)).await.expect("no operation hangs");
        assert!(first, "a new interaction");
        side
    }

    /// Asks until this process is alone, for that reason.
    pub async fn leaves(&self, why: Reason) {
        eventually(&format!("Redis is left: {why:?}"), || async {
            self.ask().await;
            matches!(self.hot.mode(), Mode::Local { reason, .. } if reason == why).then_some(())
        })
        .await;
        for _ in 0..20 {
            assert_eq!(self.ask().await, Side::Local);
        }
    }

    /// Asks until Redis answers again.
    pub async fn returns(&self) {
        eventually("Redis is back", || async { (self.ask().await == Side::Redis).then_some(()) }).await;
    }
}

/// The next that is heard, and a panic when nothing ever is.
pub async fn next(subscription: &mut Subscription) -> Option<Heard> {
    tokio::time::timeout(PATIENCE, subscription.next()).await.expect("something is heard")
}

pub fn place() -> Place {
    Place::Guild(GuildId::new(7).expect("an id"))
}

pub fn user() -> UserId {
    UserId::new(8).expect("an id")
}

/// Counts one on a guild's and on a member's day, by a script over both keys.
#[derive(Debug)]
pub struct CountBoth {
    pub day: u32,
}

static COUNT: LazyLock<Script> =
    LazyLock::new(|| Script::new("redis.call('INCR', KEYS[1]) return redis.call('INCR', KEYS[2])"));

impl Operation for CountBoth {
    type Answer = i64;
    const NAME: &'static str = "count_both";

    async fn on_redis(&self, redis: &Redis) -> Result<i64, HotError> {
        let (guild, user) =
            (keys::TalkCountGuild::of(place(), self.day), keys::TalkCountUser::of(place(), user(), self.day));
        redis.script(&COUNT).key(&guild).key(&user).ask().await
    }

    fn on_local(&self, _db: &mut LocalDb) -> i64 {
        -1
    }
}
