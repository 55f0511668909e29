//! Both hot stores, driven with the same operations and one clock: their answers must be the same.
//!
//! Times are whole seconds. Redis's own lifetimes can't be pushed, so moving the clock shortens every key's by as
//! much; rounding up to whole seconds first keeps the test's own run time out of it.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use troupe::hot::{Clock, Operation, Redis, local::LocalDb};

use super::{PATIENCE, redis::Redis as Server};

/// 2026-01-01T00:00:00Z.
pub const START_MS: i64 = 1_767_225_600_000;

const SHORTEN: &str = "
    for _, key in ipairs(redis.call('KEYS', '*')) do
        local left = redis.call('PTTL', key)
        if left >= 0 then
            left = math.ceil(left / 1000) * 1000 - tonumber(ARGV[1])
            if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end
        end
    end
    return redis.status_reply('OK')";

pub struct Both<'a> {
    server: &'a Server,
    pub redis: Redis,
    pub local: LocalDb,
    now: Arc<AtomicI64>,
}

impl<'a> Both<'a> {
    /// Two empty stores at [`START_MS`].
    pub async fn start(server: &'a Server) -> Self {
        let _: String = server.run(&::redis::cmd("FLUSHALL")).await;
        let now = Arc::new(AtomicI64::new(START_MS));
        let url = SecretString::from(server.url());
        let redis = Redis::new(&url, "both:", Clock::Manual(Arc::clone(&now))).expect("an address");
        // A late answer would say something of this machine, and nothing of the stores.
        let redis = redis.with_deadline(PATIENCE);
        Self { server, redis, local: LocalDb::new(usize::MAX), now }
    }

    /// Asks both and gives their one answer.
    pub async fn ask<O>(&mut self, operation: &O) -> O::Answer
    where
        O: Operation + Debug,
        O::Answer: PartialEq + Debug,
    {
        self.local.set_now(self.now.load(Ordering::SeqCst));
        let local = operation.on_local(&mut self.local);
        let redis = operation.on_redis(&self.redis).await.expect("Redis answers");
        assert_eq!(redis, local, "Redis (left) and this process (right) differ on {operation:?}");
        local
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Moves both clocks on, by whole seconds.
    pub async fn advance(&mut self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).expect("a short time");
        assert_eq!(ms % 1_000, 0, "whole seconds only");
        let _: String = self.server.run(::redis::cmd("EVAL").arg(SHORTEN).arg(0).arg(ms)).await;
        self.now.fetch_add(ms, Ordering::SeqCst);
        self.local.set_now(self.now_ms());
    }
}
