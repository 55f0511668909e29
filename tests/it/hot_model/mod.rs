//! The two hot stores against each other: one random program and clock, the same answers; and what must hold of
//! those answers whatever the other store says.

mod memories;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::{
    domain::{
        character::CharacterId,
        ids::{InteractionId, Place, UserId},
        metric::Metric,
    },
    hot::{
        lock::{DropLock, KeepLock, TakeLock},
        memory::{Between, DropTurn, Forget},
        privacy::{EraseMember, ExportMember, Whose},
        seen::MarkSeen,
        stats::{Claim, Count, DropClaim, FindStats, ReadClaim},
    },
};
use uuid::Uuid;

use self::memories::{Model, turn};
use crate::support::{both::Both, redis::Redis};

const LOCK_LIFE: Duration = Duration::from_secs(30);
const JOBS: [&str; 2] = ["partitions", "stats_flush"];

#[derive(Debug, Clone)]
enum Step {
    See(u64),
    Remember { who: usize, turn: u64, text: String },
    Revise { who: usize, turn: u64, text: String },
    DropTurn { who: usize, turn: u64 },
    Forget { who: usize },
    ForgetAt { who: usize },
    Erase { user: u64 },
    Take { job: usize, owner: u128 },
    Keep { job: usize, owner: u128 },
    Drop { job: usize, owner: u128 },
    Count { place: usize, day: u32, by: u32, metric: usize },
    Claim { place: usize, day: u32 },
    Flush { nth: usize },
    Wait(u64),
}

/// Texts that JSON and Lua could trip over, and long ones.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z \"\\\\{}\n:,0-9äß🎭]{0,40}",
        (1..400_usize).prop_map(|length| "\"interaction\":\"7\"".chars().cycle().take(length).collect()),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..8_usize;
    let turn = || 1..9_u64;
    let place = || 0..3_usize;
    let day = || 20_260_101..20_260_103_u32;
    prop_oneof![
        2 => turn().prop_map(Step::See),
        8 => (who(), turn(), text()).prop_map(|(who, turn, text)| Step::Remember { who, turn, text }),
        3 => (who(), turn(), text()).prop_map(|(who, turn, text)| Step::Revise { who, turn, text }),
        2 => (who(), turn()).prop_map(|(who, turn)| Step::DropTurn { who, turn }),
        1 => who().prop_map(|who| Step::Forget { who }),
        1 => who().prop_map(|who| Step::ForgetAt { who }),
        1 => prop_oneof![Just(12), Just(123), Just(2)].prop_map(|user| Step::Erase { user }),
        4 => (0..2_usize, 1..4_u128).prop_map(|(job, owner)| Step::Take { job, owner }),
        2 => (0..2_usize, 1..4_u128).prop_map(|(job, owner)| Step::Keep { job, owner }),
        2 => (0..2_usize, 1..4_u128).prop_map(|(job, owner)| Step::Drop { job, owner }),
        5 => (place(), day(), 0..1_000_u32, 0..Metric::ALL.len())
            .prop_map(|(place, day, by, metric)| Step::Count { place, day, by, metric }),
        2 => (place(), day()).prop_map(|(place, day)| Step::Claim { place, day }),
        2 => (0..8_usize).prop_map(|nth| Step::Flush { nth }),
        2 => prop_oneof![1..60_u64, 1..8_000_u64].prop_map(Step::Wait),
    ]
}

#[test]
fn both_stores_answer_one_random_program_alike() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..80), |steps| {
        runtime.block_on(async {
            let mut play = Play::start(&server).await;
            for step in steps {
                play.take(step).await;
            }
            play.flush_all().await;
        });
        Ok(())
    });
    outcome.expect("the same answers");
}

/// Both stores, and what the test itself knows to be true.
struct Play<'a> {
    both: Both<'a>,
    memories: HashMap<usize, Model>,
    locks: BTreeMap<usize, (u128, i64)>,
    /// What was counted and not yet flushed: by place, day and metric.
    counted: BTreeMap<(usize, u32, &'static str), i64>,
    flushed: BTreeMap<(usize, u32, &'static str), i64>,
    claims: Vec<(usize, Claim)>,
    /// Days that were counted on and not yet claimed.
    open: BTreeSet<(usize, u32)>,
    batches: u128,
}

fn place(number: usize) -> Place {
    match number {
        0 => Place::Guild("7".parse().expect("an id")),
        1 => Place::Guild("12".parse().expect("an id")),
        _ => Place::Direct("12".parse().expect("an id")),
    }
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

/// Eight memories: members whose ids begin alike, at two places, with two characters.
fn between(who: usize) -> Between {
    let characters = ["shipped:mira", "custom:0b2f1a4c-1111-4222-8333-444455556666"];
    Between {
        place: place(who & 1),
        user: user(if who & 2 == 0 { 12 } else { 123 }),
        character: characters[who >> 2].parse::<CharacterId>().expect("an id"),
    }
}

impl<'a> Play<'a> {
    async fn start(server: &'a Redis) -> Self {
        Self {
            both: Both::start(server).await,
            memories: HashMap::new(),
            locks: BTreeMap::new(),
            counted: BTreeMap::new(),
            flushed: BTreeMap::new(),
            claims: Vec::new(),
            open: BTreeSet::new(),
            batches: 0,
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::See(id) => {
                self.both.ask(&MarkSeen(InteractionId::new(id).expect("an id"))).await;
            }
            Step::Remember { who, turn: number, text } => self.remember(who, turn(number, &text)).await,
            Step::Revise { who, turn: number, text } => self.revise(who, turn(number, &text)).await,
            Step::DropTurn { who, turn } => {
                let interaction = InteractionId::new(turn).expect("an id");
                let dropped = self.both.ask(&DropTurn { between: between(who), interaction }).await;
                let model = self.memory(who);
                let before = model.turns.len();
                model.turns.retain(|turn| turn.interaction != interaction);
                assert_eq!(dropped, before > model.turns.len());
                self.check_memory(who).await;
            }
            Step::Forget { who } => {
                let forgot = self.both.ask(&Forget(between(who))).await;
                assert_eq!(forgot, !std::mem::take(&mut self.memory(who).turns).is_empty());
            }
            Step::ForgetAt { who } => {
                let Between { place, user, .. } = between(who);
                let erased = self.both.ask(&EraseMember(Whose { user, memories_at: Some(place) })).await;
                assert_eq!(
                    erased,
                    self.forget_where(|between| between.user == user && between.place == place)
                );
                self.check_all_memories().await;
            }
            Step::Erase { user: number } => self.erase(user(number)).await,
            Step::Take { .. } | Step::Keep { .. } | Step::Drop { .. } => self.lock(step).await,
            Step::Count { place: at, day, by, metric } => {
                let metric = Metric::ALL[metric];
                self.both
                    .ask(&Count { place: place(at), day, counts: vec![(metric, by), (metric, 1)] })
                    .await;
                self.open.insert((at, day));
                *self.counted.entry((at, day, metric.name())).or_default() += i64::from(by) + 1;
            }
            Step::Claim { place: at, day } => self.claim(at, day).await,
            Step::Flush { nth } => self.flush(nth).await,
            Step::Wait(seconds) => self.both.advance(Duration::from_secs(seconds)).await,
        }
    }

    /// What was counted in someone's direct messages goes with them. Answers how many keys that were.
    fn forget_counters_at(&mut self, gone: Place) -> usize {
        let stays = |at: usize| place(at) != gone;
        let keys = self.open.iter().filter(|(at, _)| !stays(*at)).count()
            + self.claims.iter().filter(|(at, _)| !stays(*at)).count();
        self.open.retain(|(at, _)| stays(*at));
        self.claims.retain(|(at, _)| stays(*at));
        self.counted.retain(|(at, ..), _| stays(*at));
        self.flushed.retain(|(at, ..), _| stays(*at));
        keys
    }

    async fn erase(&mut self, user: UserId) {
        let exported = self.both.ask(&ExportMember(user)).await;
        let erased = self.both.ask(&EraseMember(Whose { user, memories_at: None })).await;
        assert_eq!(erased, exported.len(), "what is shown is what is erased");
        let memories = self.forget_where(|between| between.user == user);
        assert_eq!(erased, memories + self.forget_counters_at(Place::Direct(user)));
        assert!(self.both.ask(&ExportMember(user)).await.is_empty());
        self.check_all_memories().await;
    }

    async fn lock(&mut self, step: Step) {
        let now = self.both.now_ms();
        self.locks.retain(|_, (_, ends_at)| *ends_at > now);
        let until = now + i64::try_from(LOCK_LIFE.as_millis()).expect("seconds");
        match step {
            Step::Take { job, owner } => {
                let take = TakeLock { job: JOBS[job], owner: Uuid::from_u128(owner), life: LOCK_LIFE };
                let free = self.locks.get(&job).is_none_or(|(holder, _)| *holder == owner);
                assert_eq!(self.both.ask(&take).await, free, "a lock has one owner");
                if free {
                    self.locks.insert(job, (owner, until));
                }
            }
            Step::Keep { job, owner } => {
                let keep = KeepLock { job: JOBS[job], owner: Uuid::from_u128(owner), life: LOCK_LIFE };
                let held = self.locks.get(&job).is_some_and(|(holder, _)| *holder == owner);
                assert_eq!(self.both.ask(&keep).await, held);
                if held {
                    self.locks.insert(job, (owner, until));
                }
            }
            Step::Drop { job, owner } => {
                let drop = DropLock { job: JOBS[job], owner: Uuid::from_u128(owner) };
                let held = self.locks.get(&job).is_some_and(|(holder, _)| *holder == owner);
                assert_eq!(self.both.ask(&drop).await, held);
                if held {
                    self.locks.remove(&job);
                }
            }
            _ => unreachable!("steps of locks only"),
        }
    }

    async fn claim(&mut self, at: usize, day: u32) {
        self.batches += 1;
        let claim = Claim { place: place(at), day, batch: Uuid::from_u128(self.batches) };
        let counters = self.both.ask(&claim).await;
        assert_eq!(self.both.ask(&claim).await, counters, "asked again, the same");
        assert_eq!(self.open.remove(&(at, day)), !counters.is_empty());
        if !counters.is_empty() {
            self.claims.push((at, claim));
        }
    }

    /// Adds a claim up as PostgreSQL would, and drops it.
    async fn flush(&mut self, nth: usize) {
        if self.claims.is_empty() {
            return;
        }
        let (at, claim) = self.claims.swap_remove(nth % self.claims.len());
        let counters = self.both.ask(&ReadClaim(claim)).await;
        for (name, number) in &counters {
            let metric = Metric::ALL.into_iter().find(|metric| metric.name() == name).expect("a metric");
            *self.flushed.entry((at, claim.day, metric.name())).or_default() += number;
        }
        assert_eq!(self.both.ask(&DropClaim(claim)).await, !counters.is_empty());
        assert!(self.both.ask(&ReadClaim(claim)).await.is_empty());
    }

    /// In the end nothing is lost and nothing doubled; the steps' waits are shorter than counters live.
    async fn flush_all(&mut self) {
        let found = self.both.ask(&FindStats).await;
        for (at, day) in found.counters {
            let number = (0..3).find(|number| place(*number) == at).expect("a place");
            self.claim(number, day).await;
        }
        while !self.claims.is_empty() {
            self.flush(0).await;
        }
        assert_eq!(self.both.ask(&FindStats).await, troupe::hot::stats::Found::default());
        assert_eq!(self.flushed, self.counted);
    }
}
