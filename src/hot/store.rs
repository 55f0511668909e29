//! The hot store as everybody uses it: Redis while it works, this process alone while it does not.
//!
//! An operation never fails and never waits long: an answer of Redis that has not come after 280 ms, or that says
//! that Redis is no help, hands over to this process, at once for all operations that wait ([`super::health`]).
//!
//! What is weaker while this process is alone:
//! - Each process limits for itself: N processes admit up to N times a limit, and each starts from what it counted
//!   by itself the last time it was alone.
//! - A command whose answer did not come in time may have been executed in Redis, and is then counted on both sides.
//!   Operations are idempotent by id on either side, not across.
//! - What was taken from Redis before, such as a lease, is out of reach ([`HotError::Away`]) and runs out by itself.
//!   What is taken from this process stays with it ([`Side::Local`]), also after the way back.
//! - What this process counted alone is not carried back to Redis.
//! - An interaction or a job's lock is known to this process alone; fences in PostgreSQL guard what must be exact.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt as _;
use metrics::{counter, histogram};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span};

use super::{
    HotError, Reason,
    health::{self, Mode, Switch},
    local::LocalDb,
    operation::Operation,
    redis::Redis,
    touched,
};
use crate::domain::clock::Clock;
use crate::trace::{self, Shown};

/// Memory that the in-process store may take.
const LOCAL_BYTES: usize = 64 * 1024 * 1024;
/// Longest wait for Redis, with everything: a connection that must be made first, a script that was lost.
const DEADLINE: Duration = Duration::from_millis(280);

/// Which of the two answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Redis: the answer holds for all processes.
    Redis,
    /// This process alone.
    Local,
}

impl Side {
    const fn name(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Local => "local",
        }
    }
}

/// The hot store. Clones share it.
#[derive(Debug, Clone)]
pub struct Hot {
    redis: Option<Redis>,
    switch: Arc<Switch>,
    local: Arc<Mutex<LocalDb>>,
    clock: Clock,
    /// Operations whose fault was logged: their names are in the code, so these are few.
    logged: Arc<Mutex<BTreeSet<&'static str>>>,
    /// How much traces tell of the keys.
    shown: Shown,
}

impl Hot {
    /// A store over Redis, or without it over this process alone. Redis is trusted until it fails; it takes
    /// [`Hot::keep`] to come back to it after that.
    pub fn new(redis: Option<Redis>, clock: Clock) -> Self {
        let mode = if redis.is_some() { Mode::Redis } else { Mode::local(Reason::NotConfigured) };
        Self {
            redis,
            switch: Arc::new(Switch::new(mode)),
            local: Arc::new(Mutex::new(LocalDb::new(LOCAL_BYTES))),
            clock,
            logged: Arc::default(),
            shown: Shown::default(),
        }
    }

    /// The same, whose traces tell this much of the keys that operations touch.
    #[must_use]
    pub fn showing(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    /// Asks whichever side is in charge. Never fails: when Redis does, this process answers for itself.
    pub async fn ask<O: Operation>(&self, operation: &O) -> (O::Answer, Side) {
        match self.ask_redis(operation).await {
            Ok(answer) => (answer, Side::Redis),
            Err(_) => (self.ask_local(operation), Side::Local),
        }
    }

    /// Asks the side that gave an earlier answer, such as a lease.
    ///
    /// # Errors
    /// When that is Redis: [`HotError::Away`] at once while it is not in charge, else its own failure.
    pub async fn ask_at<O: Operation>(&self, side: Side, operation: &O) -> Result<O::Answer, HotError> {
        match side {
            Side::Redis => self.ask_redis(operation).await,
            Side::Local => Ok(self.ask_local(operation)),
        }
    }

    /// The time that the in-process side goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Who is in charge.
    pub fn mode(&self) -> Mode {
        self.switch.mode()
    }

    /// Told of each change of [`Hot::mode`], and each time that [`Hot::keep`] has seen Redis work.
    pub fn modes(&self) -> watch::Receiver<Mode> {
        self.switch.subscribe()
    }

    /// The Redis below, in charge or not, where one is configured: for messages and for walks over keys.
    pub fn redis(&self) -> Option<&Redis> {
        self.redis.as_ref()
    }

    /// Changes when a slot of this process's own store may be free.
    pub(super) fn freed_here(&self) -> watch::Receiver<u64> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner).freed()
    }

    /// Watches over Redis until `stop`: leaves it when it fails unasked, and comes back to it. One a process.
    pub async fn keep(self, stop: CancellationToken) {
        if let Some(redis) = &self.redis {
            stop.run_until_cancelled(health::watch_over(redis, &self.switch)).await;
        }
    }

    async fn ask_redis<O: Operation>(&self, operation: &O) -> Result<O::Answer, HotError> {
        let redis = self.redis.as_ref().ok_or(HotError::Away)?;
        if self.switch.mode().is_local() {
            return Err(HotError::Away);
        }
        let span = span::<O>(Side::Redis);
        if span.is_disabled() {
            return self.ask_redis_now(redis, operation).await;
        }
        // Boxed, so that types grow no deeper for the sake of traces.
        let asked = touched::during(self.ask_redis_now(redis, operation)).boxed();
        let (answer, keys) = asked.instrument(span.clone()).await;
        touched::tell(&span, &keys, self.shown);
        trace::note(&span, "troupe.outcome", outcome(&answer));
        if answer.is_err() {
            trace::fail(&span, outcome(&answer));
        }
        answer
    }

    async fn ask_redis_now<O: Operation>(&self, redis: &Redis, operation: &O) -> Result<O::Answer, HotError> {
        let mut modes = self.switch.subscribe();
        if modes.borrow_and_update().is_local() {
            return Err(HotError::Away);
        }
        let begun = Instant::now();
        let left = async {
            let _local = modes.wait_for(|mode| mode.is_local()).await;
        };
        let answer = tokio::select! {
            biased;
            answer = tokio::time::timeout(DEADLINE, operation.on_redis(redis)) => {
                answer.unwrap_or(Err(HotError::Deadline))
            }
            () = left => Err(HotError::Away),
        };
        record(O::NAME, Side::Redis, begun, outcome(&answer));
        if let Err(error) = &answer {
            self.judge(O::NAME, error);
        }
        answer
    }

    fn judge(&self, operation: &'static str, error: &HotError) {
        if let Some(reason) = error.reason() {
            self.switch.leave(reason);
        } else if !matches!(error, HotError::Away)
            && self.logged.lock().unwrap_or_else(PoisonError::into_inner).insert(operation)
        {
            tracing::error!(operation, %error, "a hot operation fails on Redis, and not because Redis is away: a bug, logged once and counted from now on");
        }
    }

    fn ask_local<O: Operation>(&self, operation: &O) -> O::Answer {
        let span = span::<O>(Side::Local);
        if span.is_disabled() {
            return self.ask_local_now(operation);
        }
        let (answer, keys) = span.in_scope(|| touched::during_sync(|| self.ask_local_now(operation)));
        touched::tell(&span, &keys, self.shown);
        trace::note(&span, "troupe.outcome", "ok");
        answer
    }

    fn ask_local_now<O: Operation>(&self, operation: &O) -> O::Answer {
        let begun = Instant::now();
        let answer = {
            let mut db = self.local.lock().unwrap_or_else(PoisonError::into_inner);
            db.set_now(self.clock.now_ms());
            operation.on_local(&mut db)
        };
        record(O::NAME, Side::Local, begun, "ok");
        answer
    }
}

/// An operation in a trace.
fn span<O: Operation>(side: Side) -> Span {
    trace::child!(
        "hot",
        otel.name = format!("hot {}", O::NAME),
        otel.kind = "client",
        db.system.name = "redis",
        db.operation.name = O::NAME,
        troupe.hot.side = side.name(),
        troupe.hot.access = if O::READS_ONLY { "read" } else { "write" },
    )
}

fn outcome<T>(answer: &Result<T, HotError>) -> &'static str {
    match answer {
        Ok(_) => "ok",
        Err(HotError::Away) => "away",
        Err(error) => error.reason().map_or("fault", Reason::name),
    }
}

fn record(operation: &'static str, side: Side, begun: Instant, outcome: &'static str) {
    counter!("troupe_hot_operations_total", "operation" => operation, "side" => side.name(), "outcome" => outcome)
        .increment(1);
    histogram!("troupe_hot_seconds", "operation" => operation, "side" => side.name()).record(begun.elapsed());
}
