//! A member's life as the hot store sees it: every operation that there is, on a real Redis.

use std::{collections::BTreeSet, time::Duration};

use troupe::{
    domain::{
        ids::{GuildId, InteractionId, Place, UserId},
        metric::Metric,
    },
    hot::{
        HotError, Operation, Redis,
        breaker::{ReportCalls, ReportProbe, TakeProbe},
        key::RawKey,
        keys::{self, Kind},
        limits::{
            Budget, Check, GiveBack, Held, LeaseId, Leave, Look, Penalty, Renew, Reserve, Reserved, Settle,
            Settled, Wait, Window,
        },
        lock::{DropLock, KeepLock, TakeLock},
        memory::{
            Between, Caps, Change, DropTurn, Forget as ForgetTalk, Line, Recall, Remember, Revise, Turn, Who,
        },
        policy::{FencePolicy, PutPolicy, ReadPolicy},
        privacy::ExportMember,
        queue::{
            Bury, Drop, Forget, Forgotten, List, Measure, Put, Remove, Requeue, Retry, Spot, Standing, Take,
        },
        seen::MarkSeen,
        stats::{Claim, Count, DropClaim, FindStats, ReadClaim},
        switches::{AddPending, DropPending, Kept, PutSwitches, ReadSwitches},
    },
    warm::queue::Write,
};
use uuid::Uuid;

const DAY: u32 = 20_261_121;
/// So long that nothing ends by itself while a test runs on a busy machine.
const LONG: Duration = Duration::from_secs(60 * 60);
/// So short that what was tried is due again soon.
const TRY: Duration = Duration::from_secs(2);

/// Asks a Redis, and remembers what it asked.
pub struct Lives {
    pub redis: Redis,
    pub operations: BTreeSet<&'static str>,
    interactions: u64,
}

impl Lives {
    pub fn on(redis: Redis) -> Self {
        Self { redis, operations: BTreeSet::new(), interactions: 1_000 }
    }

    pub async fn ask<O: Operation>(&mut self, operation: &O) -> O::Answer {
        self.operations.insert(O::NAME);
        let answer: Result<_, HotError> = operation.on_redis(&self.redis).await;
        answer.unwrap_or_else(|error| panic!("{}: {error}", O::NAME))
    }

    fn interaction(&mut self) -> InteractionId {
        self.interactions += 1;
        InteractionId::new(self.interactions).expect("an id")
    }

    /// One member's life in a guild and in direct messages. `writes` are about them.
    pub async fn live(&mut self, user: UserId, guild: GuildId, writes: &[Write]) {
        let interaction = self.interaction();
        assert!(self.ask(&MarkSeen(interaction)).await);
        for place in [Place::Guild(guild), Place::Direct(user)] {
            self.call(user, place).await;
            self.talk(user, place).await;
            self.count(place).await;
        }
        self.believe(user, guild).await;
        self.operate().await;
        self.wait(writes).await;
    }

    /// Calls under way, settled and given back; then calls too fast, until they are locked out, and once more.
    async fn call(&mut self, user: UserId, place: Place) {
        let [under_way, settled, given_back] = [100, 100, 100].map(|_| checks(user, place, 100));
        let under_way = self.reserve(place, under_way).await;
        let settled = self.reserve(place, settled).await;
        let given_back = self.reserve(place, given_back).await;
        assert!(self.ask(&Renew { held: &under_way }).await);
        let tokens = keys::TalkTokensUser::of(place, user, DAY).into_raw();
        let end = Settle { held: &settled, used: vec![(tokens, 5)], memory: None };
        assert_eq!(self.ask(&end).await, Settled::Now);
        assert_eq!(self.ask(&GiveBack { held: &given_back }).await, Settled::Now);
        for _ in 0..3 {
            let fast = Reserve { checks: checks(user, place, 0), ..self.asking(place, Vec::new()) };
            // The notice of the penalty is not looked for: each of these is an overrun.
            let fast = Reserve { checks: fast.checks.into_iter().skip(2).collect(), ..fast };
            assert!(matches!(self.ask(&fast).await, Reserved::Refused { .. }));
        }
        self.wait_for_a_slot(place).await;
        assert!(!self.ask(&Look { checks: checks(user, place, 100) }).await.is_empty());
    }

    fn asking(&mut self, place: Place, checks: Vec<Check>) -> Reserve {
        let lease = LeaseId { interaction: self.interaction(), call: 0 };
        Reserve { lease, place, holder: Uuid::new_v4(), checks, life: LONG, recall: None, wait: None }
    }

    /// One who waits and leaves.
    async fn wait_for_a_slot(&mut self, place: Place) {
        let none = Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap: 0 };
        let wait = Some(Wait { until_ms: self.redis.clock().now_ms() + 60_000, most: 10 });
        let waiting = Reserve { wait, ..self.asking(place, vec![none]) };
        assert!(matches!(self.ask(&waiting).await, Reserved::Waiting { place: 1, of: 1, .. }));
        let Reserve { lease, place, holder, .. } = waiting;
        assert!(self.ask(&Leave { lease, place, holder }).await);
    }

    async fn reserve(&mut self, place: Place, checks: Vec<Check>) -> Held {
        let asking = self.asking(place, checks);
        match self.ask(&asking).await {
            Reserved::Granted(granted) => asking.held(&granted),
            other => panic!("not granted: {other:?}"),
        }
    }

    /// Talks: one remembered and revised, one taken out again, one forgotten.
    async fn talk(&mut self, user: UserId, place: Place) {
        let between = |character: &str| Between { place, user, character: character.parse().expect("an id") };
        let (kept, dropped) = (self.interaction(), self.interaction());
        let turn = |character: &str, interaction| Remember {
            between: between(character),
            turn: Turn {
                interaction,
                lines: vec![Line { who: Who::User, text: format!("I am {user}") }],
                note: None,
            },
            caps: Caps { lines: 10, bytes: 10_000 },
            life: LONG,
        };
        self.ask(&turn("shipped:mira", kept)).await;
        self.ask(&Revise(turn("shipped:mira", kept))).await;
        self.ask(&Change::Remember(turn("shipped:mira", kept))).await;
        self.ask(&turn("shipped:mira", dropped)).await;
        assert!(self.ask(&DropTurn { between: between("shipped:mira"), interaction: dropped }).await);
        self.ask(&turn("shipped:otto", kept)).await;
        assert!(self.ask(&ForgetTalk(between("shipped:otto"))).await);
        assert_eq!(self.ask(&Recall(between("shipped:mira"))).await.len(), 1);
    }

    /// Counters: some counted, some claimed, some flushed.
    async fn count(&mut self, place: Place) {
        let count = Count { place, day: DAY, counts: vec![(Metric::ALL[0], 2)] };
        for flushed in [true, false] {
            self.ask(&count).await;
            let claim = Claim { place, day: DAY, batch: Uuid::now_v7() };
            assert!(!self.ask(&claim).await.is_empty());
            assert!(!self.ask(&ReadClaim(claim)).await.is_empty());
            if flushed {
                assert!(self.ask(&DropClaim(claim)).await);
            }
        }
        self.ask(&count).await;
        let found = self.ask(&FindStats).await;
        assert!(!found.counters.is_empty() && !found.claims.is_empty());
    }

    /// Policies, and the locks of jobs.
    async fn believe(&mut self, user: UserId, guild: GuildId) {
        for key in [keys::UserPolicy::of(user).into_raw(), keys::GuildPolicy::of(guild).into_raw()] {
            self.ask(&FencePolicy { key: key.clone(), version: 2 }).await;
            assert!(self.ask(&PutPolicy { key: key.clone(), version: 3, body: "{}".to_owned() }).await);
            self.ask(&ReadPolicy { key, have: None }).await;
        }
        let owner = Uuid::new_v4();
        for job in ["kept", "dropped"] {
            self.ask(&TakeLock { job, owner, life: LONG }).await;
        }
        self.ask(&KeepLock { job: "kept", owner, life: LONG }).await;
        self.ask(&DropLock { job: "dropped", owner }).await;
        self.ask(&ExportMember(user)).await;
    }

    /// Kill switches, and a provider that fails and is tried again.
    async fn operate(&mut self) {
        let switch = |field: &str| Kept {
            field: field.to_owned(),
            since: 1,
            ends_at: None,
            reason: "a bill".to_owned(),
        };
        let put = PutSwitches { version: 3, switches: vec![switch("feature:scene")], pending: Vec::new() };
        self.ask(&put).await;
        for field in ["guild:1", "guild:2"] {
            self.ask(&AddPending(switch(field))).await;
        }
        assert!(self.ask(&DropPending("guild:2".to_owned())).await);
        assert_eq!(self.ask(&ReadSwitches).await.notices.len(), 2);
        let provider = "a provider".to_owned();
        self.ask(&ReportCalls { provider: provider.clone(), ok: 1, failed: 1 }).await;
        let holder = Uuid::new_v4();
        self.ask(&TakeProbe { provider: provider.clone(), holder }).await;
        self.ask(&ReportProbe { provider, holder, ok: None }).await;
    }

    /// Writes in every place of the queue: waiting, later, taken, dead, dropped.
    async fn wait(&mut self, writes: &[Write]) {
        let [later, dead, dropped, removed, taken, waiting] = writes else { panic!("six writes") };
        let by = "a process".to_owned();
        let take = Take { by: by.clone(), most: 100, most_bytes: 1 << 20, visibility: TRY };
        for write in [later, dead, dropped, removed, taken] {
            self.ask(&Put { item: write.item(), most: 1_000 }).await;
        }
        self.ask(&take).await;
        let (key, reason) = (later.key().to_owned(), "away".to_owned());
        let retry = Retry { key, by, after: TRY, attempts: 1, reason: reason.clone() };
        self.ask(&retry).await;
        assert!(self.ask(&Requeue(later.key().to_owned())).await);
        self.ask(&take).await;
        self.ask(&retry).await;
        self.ask(&Bury { item: dead.item(), attempts: 1, reason }).await;
        assert!(self.ask(&Drop(dropped.key().to_owned())).await);
        self.ask(&Remove(vec![removed.key().to_owned()])).await;
        self.ask(&Put { item: waiting.item(), most: 1_000 }).await;
        let keys: Vec<_> = [later, dead, dropped, taken, waiting].map(|write| write.key().to_owned()).into();
        let standing = [Spot::Later, Spot::Dead, Spot::Dropped, Spot::Taken, Spot::Waiting].map(Some);
        assert_eq!(self.ask(&Standing(keys)).await, standing);
        assert!(!self.ask(&List { spot: Spot::Dead, skip: 0, most: 9, texts: true }).await.is_empty());
        self.ask(&Measure).await;
        let stranger = UserId::new(1).expect("an id");
        self.ask(&Forget(stranger)).await;
        assert!(self.ask(&Forgotten(vec![stranger])).await[0].is_some());
    }
}

/// Every kind of check: two notices, a window of `limit` with its penalty, budgets, and slots.
fn checks(user: UserId, place: Place, limit: u32) -> Vec<Check> {
    let kind = Kind::Ai;
    let days = |key: RawKey| Check::Budget(Budget { days: vec![key], amount: 1, most: 1, limit: 1_000 });
    let window = |key, penalty| Check::Window(Window { key, limit, period: LONG, penalty });
    let penalty = Penalty {
        strikes: keys::Strikes::of(place, user, kind).into_raw(),
        level: keys::PenaltyLevel::of(place, user, kind).into_raw(),
        lock: keys::Penalty::of(place, user, kind).into_raw(),
        most: 2,
        within: LONG,
        first: LONG,
        longest: 2 * LONG,
        quiet: 7 * 24 * LONG,
    };
    vec![
        Check::Absent(keys::Penalty::of(place, user, kind).into_raw()),
        Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["global".to_owned()] },
        window(keys::WindowUser::of(place, user, kind).into_raw(), Some(penalty)),
        window(keys::WindowGuild::of(place, kind).into_raw(), None),
        days(keys::TalkCountUser::of(place, user, DAY).into_raw()),
        days(keys::TalkTokensUser::of(place, user, DAY).into_raw()),
        days(keys::SceneTurnsUser::of(place, user, DAY).into_raw()),
        days(keys::SceneTokensUser::of(place, user, DAY).into_raw()),
        days(keys::TalkCountGuild::of(place, DAY).into_raw()),
        days(keys::SceneTurnsGuild::of(place, DAY).into_raw()),
        Check::Slot { key: keys::ConcurrencyGuild::of(place).into_raw(), cap: 100 },
        Check::Slot { key: keys::ConcurrencyGlobal::key().into_raw(), cap: 100 },
    ]
}
