//! Breakers: both stores by one random program against a simple model; and two processes that share one.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use troupe::hot::{
    Clock, Hot, Redis as HotRedis,
    breaker::{
        Admit, Breakers, FIRST_PAUSE, LEAST_CALLS, LONGEST_PAUSE, Outcome, PROBE_TIME, Probed, ReportCalls,
        ReportProbe, SLOT, State, TakeProbe,
    },
};
use uuid::Uuid;

use crate::support::{both::Both, eventually, redis::Redis};

const LIFE_MS: i64 = 15 * 60 * 1_000;

#[derive(Debug, Clone)]
enum Step {
    Report { ok: u32, failed: u32 },
    Probe(u128),
    Verdict { holder: u128, ok: Option<bool> },
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..4_u32, 0..4_u32).prop_map(|(ok, failed)| Step::Report { ok, failed }),
        4 => (1..4_u128).prop_map(Step::Probe),
        4 => (1..4_u128, any::<Option<bool>>()).prop_map(|(holder, ok)| Step::Verdict { holder, ok }),
        4 => prop_oneof![1..12_u64, 10..20_u64, 50..400_u64].prop_map(Step::Wait),
    ]
}

#[test]
fn both_stores_answer_as_the_rules_say() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..60), |steps| {
        runtime.block_on(async {
            let mut both = Both::start(&server).await;
            let mut model = Model::default();
            for step in steps {
                model.take(step, &mut both).await;
            }
        });
        Ok(())
    });
    outcome.expect("the same answers");
}

/// The rules, written as simply as they are told.
#[derive(Default)]
struct Model {
    /// By slot: calls that went well and that failed.
    calls: Vec<(i64, u32, u32)>,
    open: Option<i64>,
    streak: u32,
    probe: Option<(u128, i64)>,
    written_at: i64,
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).expect("short")
}

fn time(ms: i64) -> Duration {
    Duration::from_millis(ms.max(0).unsigned_abs())
}

impl Model {
    async fn take(&mut self, step: Step, both: &mut Both<'_>) {
        let now = both.now_ms();
        if now >= self.written_at + LIFE_MS {
            *self = Self::default();
        }
        let provider = "a provider: 7".to_owned();
        match step {
            Step::Wait(seconds) => both.advance(Duration::from_secs(seconds)).await,
            Step::Report { ok, failed } => {
                self.report(ok, failed, now);
                let answer = both.ask(&ReportCalls { provider, ok, failed }).await;
                assert_eq!(answer, self.state(now));
            }
            Step::Probe(holder) => {
                let free = self.open.is_some_and(|until| now >= until)
                    && self.probe.is_none_or(|(held, until)| held == holder || now >= until);
                let expected = if free { Probed::Yours } else { Probed::Not(self.state(now)) };
                if free {
                    (self.probe, self.written_at) = (Some((holder, now + ms(PROBE_TIME))), now);
                }
                let take = TakeProbe { provider, holder: Uuid::from_u128(holder) };
                assert_eq!(both.ask(&take).await, expected);
            }
            Step::Verdict { holder, ok } => {
                if self.probe.is_some_and(|(held, _)| held == holder) {
                    match ok {
                        Some(true) => *self = Self::default(),
                        Some(false) => self.open(now),
                        None => self.probe = None,
                    }
                }
                let verdict = ReportProbe { provider, holder: Uuid::from_u128(holder), ok };
                let answer = both.ask(&verdict).await;
                assert_eq!(answer, self.state(now));
                if ok.is_none() && self.open.is_some() && answer == (State::HalfOpen { left: Duration::ZERO })
                {
                    self.touch_unknown(both).await;
                }
            }
        }
    }

    /// Giving a probe back may or may not prolong the record: neither is a promise. The rest of the program goes on from
    /// a record that was surely just written.
    async fn touch_unknown(&mut self, both: &mut Both<'_>) {
        let now = both.now_ms();
        let holder = Uuid::from_u128(99);
        let provider = "a provider: 7".to_owned();
        assert_eq!(both.ask(&TakeProbe { provider: provider.clone(), holder }).await, Probed::Yours);
        (self.probe, self.written_at) = (Some((99, now + ms(PROBE_TIME))), now);
        both.ask(&ReportProbe { provider, holder, ok: Some(false) }).await;
        self.open(now);
    }

    fn report(&mut self, ok: u32, failed: u32, now: i64) {
        if self.open.is_some() || ok + failed == 0 {
            return;
        }
        let slot = now / ms(SLOT);
        self.calls.retain(|(of, ..)| *of >= slot - 1);
        self.calls.push((slot, ok, failed));
        self.written_at = now;
        let all: u32 = self.calls.iter().map(|(_, ok, failed)| ok + failed).sum();
        let bad: u32 = self.calls.iter().map(|(_, _, failed)| failed).sum();
        if failed > 0 && all >= LEAST_CALLS && bad * 2 >= all {
            self.open(now);
        }
    }

    fn open(&mut self, now: i64) {
        let pause = (FIRST_PAUSE * 2_u32.pow(self.streak.min(10))).min(LONGEST_PAUSE);
        *self =
            Self { open: Some(now + ms(pause)), streak: self.streak + 1, written_at: now, ..Self::default() };
    }

    fn state(&self, now: i64) -> State {
        match (self.open, self.probe) {
            (None, _) => State::Closed,
            (Some(until), _) if now < until => State::Open { left: time(until - now) },
            (Some(_), Some((_, until))) => State::HalfOpen { left: time(until - now) },
            (Some(_), None) => State::HalfOpen { left: Duration::ZERO },
        }
    }
}

/// One process's view.
struct Process {
    breakers: Breakers,
    _stop: DropGuard,
}

impl Process {
    fn start(redis: Option<&Redis>) -> Self {
        let redis = redis.map(|redis| {
            let store = HotRedis::new(&redis.secret_url(), "test:", Clock::System).expect("an address");
            store.with_deadline(Duration::from_secs(2))
        });
        let hot = Hot::new(redis, Clock::System);
        let breakers = Breakers::new(hot.clone(), ["one".to_owned(), "two".to_owned()]);
        let stop = CancellationToken::new();
        tokio::spawn(hot.keep(stop.clone()));
        tokio::spawn(breakers.clone().keep(stop.clone()));
        Self { breakers, _stop: stop.drop_guard() }
    }

    async fn may(&self, provider: &str) -> bool {
        matches!(self.breakers.may_call(provider).await, Admit::Yes)
    }

    /// Waits until a probe is to be had.
    async fn probes(&self) -> troupe::hot::breaker::Probe {
        eventually("a probe", || async {
            match self.breakers.may_call("one").await {
                Admit::Probe(probe) => Some(probe),
                _ => None,
            }
        })
        .await
    }
}

async fn commands(redis: &Redis) -> u64 {
    let stats: String = redis.run(::redis::cmd("INFO").arg("commandstats")).await;
    let calls = stats.lines().filter_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    calls.filter_map(|line| line.split(',').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn a_provider_that_fails_for_one_process_is_left_alone_by_all_until_one_has_tried_it() {
    let redis = Redis::start().await;
    let (one, two) = (Process::start(Some(&redis)), Process::start(Some(&redis)));
    eventually("both listen", || async {
        let listening: Vec<(String, i64)> =
            redis.run(::redis::cmd("PUBSUB").arg("NUMSUB").arg("test:breakers")).await;
        (listening[0].1 == 2).then_some(())
    })
    .await;
    for _ in 0..2 {
        assert!(one.may("one").await && two.may("one").await);
        one.breakers.report("one", Outcome::Failed);
        two.breakers.report("one", Outcome::Failed);
    }
    assert!(one.may("one").await, "four calls open nothing");
    one.breakers.report("one", Outcome::Failed);
    for process in [&one, &two] {
        eventually("open", || async { (!process.may("one").await).then_some(()) }).await;
        assert!(process.may("two").await, "the other provider is another matter");
    }
    // A late report of a call that was under way changes nothing, and a probe is one process's at a time.
    two.breakers.report("one", Outcome::Ok);
    let probe = one.probes().await;
    assert!(!two.may("one").await && !one.may("one").await);
    drop(probe);
    let probe = two.probes().await;
    probe.report(Outcome::Ok);
    for process in [&one, &two] {
        eventually("closed", || async { process.may("one").await.then_some(()) }).await;
    }
}

#[tokio::test]
async fn healthy_calls_cost_no_trip_and_a_process_alone_has_breakers_too() {
    let redis = Redis::start().await;
    let process = Process::start(Some(&redis));
    process.breakers.report("one", Outcome::Failed);
    eventually("reported", || async { (commands(&redis).await > 0).then_some(()) }).await;
    let before = commands(&redis).await;
    for _ in 0..10_000 {
        assert!(process.may("one").await);
        process.breakers.report("one", Outcome::Ok);
    }
    // The watch over Redis and the report every 5 s ask on their own.
    assert!(commands(&redis).await - before < 20);

    let alone = Process::start(None);
    for _ in 0..LEAST_CALLS {
        alone.breakers.report("two", Outcome::Failed);
    }
    eventually("open", || async { (!alone.may("two").await).then_some(()) }).await;
    assert!(alone.may("one").await && alone.may("a stranger").await);
}
