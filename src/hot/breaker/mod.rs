//! Breakers: a provider that fails for one process is left alone by all, until one of them has tried it again.
//!
//! Calls are counted over the present and the last stretch of 15 s. Five calls or more, half of which failed, open
//! the breaker for 10 s; after that one call may try the provider (half-open). It closes the breaker, or opens it
//! for twice as long as before, 5 minutes at most. What calls begun before the opening still report is not counted.

mod watch;

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use redis::Script;
use uuid::Uuid;

pub use self::watch::{Admit, Breakers, Outcome, Probe};
use super::{
    HotError,
    key::{KeyFamily, Lifetime},
    keys,
    local::LocalDb,
    millis,
    operation::Operation,
    redis::{Call, Redis},
};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("breaker.lua")));

/// Where openings and closings are told: `MILLISECONDS PROVIDER`, 0 for a closing.
const CHANNEL: &str = "breakers";
/// A stretch of time: this one and the last one count.
pub const SLOT: Duration = Duration::from_secs(15);
/// Fewer calls than these open no breaker.
pub const LEAST_CALLS: u32 = 5;
/// The first pause; each further one is twice as long as the one before.
pub const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// No pause is longer.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Whoever tries a provider and is not heard of for so long is taken for gone.
pub const PROBE_TIME: Duration = Duration::from_secs(60);

const LIFE: Duration = match keys::Breaker::FAMILY.lifetime {
    Lifetime::Fixed(life) => life,
    _ => panic!("the family has a fixed lifetime"),
};

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The provider may be called.
    Closed,
    /// It may not.
    Open {
        /// For so long.
        left: Duration,
    },
    /// One call may try it.
    HalfOpen {
        /// For so long it is somebody's; zero when it is nobody's.
        left: Duration,
    },
}

/// What comes of asking to try a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probed {
    /// The asker tries it, and reports with [`ReportProbe`].
    Yours,
    /// There is nothing to try, or somebody else does.
    Not(State),
}

/// Adds calls that have ended. Answers how the breaker stands then; with no calls, how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportCalls {
    /// The provider.
    pub provider: String,
    /// Calls that went well since the last report.
    pub ok: u32,
    /// Calls that failed.
    pub failed: u32,
}

/// Asks for the one call that tries a provider again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeProbe {
    /// The provider.
    pub provider: String,
    /// Who asks: one id a call.
    pub holder: Uuid,
}

/// Says how that call ended. Answers how the breaker stands then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportProbe {
    /// The provider.
    pub provider: String,
    /// Who tried: another's verdict is not taken.
    pub holder: Uuid,
    /// Whether it went well; `None`: nobody knows, and another call may try.
    pub ok: Option<bool>,
}

impl Operation for ReportCalls {
    type Answer = State;
    const NAME: &'static str = "breaker.report";

    async fn on_redis(&self, redis: &Redis) -> Result<State, HotError> {
        state(&call(redis, "report", &self.provider).arg(self.ok).arg(self.failed).ask::<Vec<i64>>().await?)
    }

    fn on_local(&self, db: &mut LocalDb) -> State {
        let mut held = Held::read(db, &self.provider);
        if held.until != 0 || (self.ok == 0 && self.failed == 0) {
            return held.state(db.now());
        }
        let slot = db.now() / millis(SLOT);
        let [mut ok, mut failed] = [self.ok, self.failed].map(i64::from);
        let (mut ok_before, mut failed_before) = (0, 0);
        if held.counts[0] == slot {
            ok += held.counts[1];
            failed += held.counts[2];
            (ok_before, failed_before) = (held.counts[3], held.counts[4]);
        } else if held.counts[0] == slot - 1 {
            (ok_before, failed_before) = (held.counts[1], held.counts[2]);
        }
        let (all, bad) = (ok + failed + ok_before + failed_before, failed + failed_before);
        if self.failed > 0 && all >= i64::from(LEAST_CALLS) && bad * 2 >= all {
            return held.open(db, &self.provider);
        }
        held.counts = [slot, ok, failed, ok_before, failed_before];
        held.write(db, &self.provider);
        State::Closed
    }
}

impl Operation for TakeProbe {
    type Answer = Probed;
    const NAME: &'static str = "breaker.probe";

    async fn on_redis(&self, redis: &Redis) -> Result<Probed, HotError> {
        let call = call(redis, "probe", &self.provider).arg(self.holder.to_string());
        let reply = call.ask::<Vec<i64>>().await?;
        if reply == [3] { Ok(Probed::Yours) } else { state(&reply).map(Probed::Not) }
    }

    fn on_local(&self, db: &mut LocalDb) -> Probed {
        let mut held = Held::read(db, &self.provider);
        let holder = self.holder.to_string();
        let state = held.state(db.now());
        let State::HalfOpen { left } = state else { return Probed::Not(state) };
        if !left.is_zero() && held.probe.as_ref() != Some(&holder) {
            return Probed::Not(state);
        }
        held.probe = Some(holder);
        held.probe_until = db.now() + millis(PROBE_TIME);
        held.write(db, &self.provider);
        Probed::Yours
    }
}

impl Operation for ReportProbe {
    type Answer = State;
    const NAME: &'static str = "breaker.verdict";

    async fn on_redis(&self, redis: &Redis) -> Result<State, HotError> {
        let verdict = match self.ok {
            Some(true) => "ok",
            Some(false) => "failed",
            None => "none",
        };
        let call = call(redis, "verdict", &self.provider).arg(self.holder.to_string()).arg(verdict);
        state(&call.ask::<Vec<i64>>().await?)
    }

    fn on_local(&self, db: &mut LocalDb) -> State {
        let mut held = Held::read(db, &self.provider);
        if held.probe.as_deref() != Some(self.holder.to_string().as_str()) {
            return held.state(db.now());
        }
        match self.ok {
            Some(false) => held.open(db, &self.provider),
            Some(true) => {
                db.delete(&keys::Breaker::of(&self.provider));
                State::Closed
            }
            None => {
                held.probe = None;
                held.write(db, &self.provider);
                held.state(db.now())
            }
        }
    }
}

fn call<'a>(redis: &'a Redis, what: &str, provider: &str) -> Call<'a> {
    let call = redis.script(&SCRIPT).key(&keys::Breaker::of(provider)).arg(what).now();
    let call = call.arg(redis.channel(CHANNEL)).arg(provider).arg(millis(SLOT)).arg(LEAST_CALLS);
    call.arg(millis(FIRST_PAUSE)).arg(millis(LONGEST_PAUSE)).arg(millis(PROBE_TIME)).arg(millis(LIFE))
}

fn state(reply: &[i64]) -> Result<State, HotError> {
    let time = |ms: i64| Duration::from_millis(ms.max(0).unsigned_abs());
    match *reply {
        [0] => Ok(State::Closed),
        [1, left] => Ok(State::Open { left: time(left) }),
        [2, left] => Ok(State::HalfOpen { left: time(left) }),
        _ => Err(HotError::Unexpected("a breaker stands in no known way")),
    }
}

/// A breaker as the in-process store keeps it.
#[derive(Default)]
struct Held {
    /// The slot, calls that went well and that failed in it, and those of the slot before.
    counts: [i64; 5],
    until: i64,
    streak: i64,
    probe: Option<String>,
    probe_until: i64,
}

const COUNTS: [&str; 5] = ["slot", "ok", "failed", "ok_before", "failed_before"];

impl Held {
    fn read(db: &LocalDb, provider: &str) -> Self {
        let fields: BTreeMap<_, _> = db.hash_all(&keys::Breaker::of(provider));
        let number = |name: &str| fields.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Self {
            counts: COUNTS.map(number),
            until: number("until"),
            streak: number("streak"),
            probe: fields.get("probe").cloned(),
            probe_until: number("probe_until"),
        }
    }

    fn write(&self, db: &mut LocalDb, provider: &str) {
        let key = keys::Breaker::of(provider);
        db.delete(&key);
        for (name, number) in COUNTS.into_iter().zip(self.counts) {
            db.hash_set(&key, name, &number.to_string());
        }
        db.hash_set(&key, "until", &self.until.to_string());
        db.hash_set(&key, "streak", &self.streak.to_string());
        if let Some(probe) = &self.probe {
            db.hash_set(&key, "probe", probe);
            db.hash_set(&key, "probe_until", &self.probe_until.to_string());
        }
        db.expire(&key, LIFE);
    }

    fn state(&self, now: i64) -> State {
        let time = |ms: i64| Duration::from_millis(ms.max(0).unsigned_abs());
        match self.until {
            0 => State::Closed,
            until if now < until => State::Open { left: time(until - now) },
            _ if self.probe.is_some() => State::HalfOpen { left: time(self.probe_until - now) },
            _ => State::HalfOpen { left: Duration::ZERO },
        }
    }

    fn open(&self, db: &mut LocalDb, provider: &str) -> State {
        let doublings = u32::try_from(self.streak).unwrap_or(0).min(30);
        let left = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        let opened = Self { until: db.now() + millis(left), streak: self.streak + 1, ..Self::default() };
        opened.write(db, provider);
        State::Open { left }
    }
}
