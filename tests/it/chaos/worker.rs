//! The process that a crew is made of: it grows bonds, spends budgets, holds leases and makes durable writes, on the
//! same rows and keys as all others, and says on its standard output what it was granted.

use std::{
    collections::BTreeMap,
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use troupe::{
    cold::{
        BACKGROUND_BUDGET, COMMAND_BUDGET, Cold, ColdError,
        after_call::{Recorded, record},
        bonds, collection,
        collection::Transferred,
        scenes::{self, Appended},
    },
    domain::{
        bond::Reward,
        collection::Origin,
        ids::{GuildId, InteractionId, Place, SceneId},
        scene::Speaker,
    },
    hot::{
        Clock, Hot, HotError, Mode, Operation, Redis, Side,
        key::RawKey,
        keys,
        limits::{Budget, Check, GiveBack, Held, LeaseId, Renew, Reserve, Reserved, Settle, Settled},
    },
    ops::health::Health,
    warm::queue::{Durable, Landed, folder},
};
use uuid::Uuid;

use crate::{
    cold_stores::{self, character, user},
    queue::durable::{PREFIX, one_more},
    support::{PATIENCE, eventually},
};

/// Slots of the place, and of all places together.
pub const SLOTS: u32 = 5;
/// Calls of the budget that is spent to the last.
pub const CALLS: u32 = 300;
/// What a lease takes of the large budget before it is known what it uses.
const ESTIMATE: u32 = 10;
/// How long a lease lives that nobody ends, where nothing is counted exactly.
const SHORT_LIFE: Duration = Duration::from_secs(3);
/// Gains of a bond, each.
pub const GAIN: u16 = 3;
/// Gains of the other bond end there.
pub const CAP: u16 = 1_000;
/// Members who hand the same things to one another.
pub const OWNERS: u64 = 4;

/// What a process is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Orders {
    /// Its own number.
    pub number: u64,
    pub postgres: String,
    pub redis: String,
    pub data: PathBuf,
    /// The load began then: of one day, for all.
    pub began_at: DateTime<Utc>,
    /// Nothing fails, so everything is counted exactly, and no answer is given up early.
    pub exact: bool,
    /// Pause between two operations of a task.
    pub pause_ms: u64,
}

impl Orders {
    /// While this file exists, nobody goes on.
    pub fn end_file(&self) -> PathBuf {
        self.data.join("end")
    }

    pub fn scene(&self) -> SceneId {
        SceneId::new(cold_stores::interaction(self.began_at, 1).get()).expect("an id")
    }

    fn day(&self) -> u32 {
        self.began_at.format("%Y%m%d").to_string().parse().expect("digits")
    }

    /// The large budget, and the one that is spent to the last call.
    pub fn budgets(&self) -> [RawKey; 2] {
        [1, 2].map(|number| keys::TalkCountUser::of(place(), user(number), self.day()).into_raw())
    }
}

pub fn place() -> Place {
    Place::Guild(GuildId::new(1).expect("an id"))
}

pub fn slots() -> Vec<Check> {
    let keys = [keys::ConcurrencyGuild::of(place()).into_raw(), keys::ConcurrencyGlobal::key().into_raw()];
    keys.into_iter().map(|key| Check::Slot { key, cap: SLOTS }).collect()
}

pub fn redis(url: &str, exact: bool) -> Redis {
    let redis = Redis::new(&SecretString::from(url), PREFIX, Clock::System).expect("an address");
    if exact { redis.with_deadline(PATIENCE) } else { redis }
}

struct Worker {
    orders: Orders,
    cold: Cold,
    hot: Hot,
    redis: Redis,
    durable: Durable,
    longest: Mutex<BTreeMap<&'static str, Duration>>,
}

/// Not a test: a process of the crew.
#[test]
#[ignore = "started by other tests as a process of its own"]
fn a_process_of_the_crew() {
    let orders = std::env::var("ORDERS").expect("orders");
    let orders: Orders = serde_json::from_str(&orders).expect("orders");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work(orders));
}

async fn work(orders: Orders) {
    let cold = Cold::with_connections(&SecretString::from(orders.postgres.as_str()), 2);
    let redis = redis(&orders.redis, orders.exact);
    let hot = Hot::new(Some(redis.clone()), Clock::System);
    let durable = Durable::new(cold.clone(), hot.clone(), true, &folder(&orders.data), 64 * 1024 * 1024);
    let durable = durable.expect("a thread");
    let stop = CancellationToken::new();
    let health = Health::new(true, true);
    let background = [
        tokio::spawn(hot.clone().keep(stop.clone())),
        tokio::spawn(durable.clone().keep_draining(
            health.postgres.clone(),
            health.queue.clone(),
            stop.clone(),
        )),
        tokio::spawn(look_after(cold.clone(), health, stop.clone())),
    ];
    let worker = Arc::new(Worker { orders, cold, hot, redis, durable, longest: Mutex::default() });
    let (cold, spending, writing) = tokio::join!(
        tokio::spawn(Arc::clone(&worker).grow()),
        tokio::spawn(Arc::clone(&worker).spend()),
        tokio::spawn(Arc::clone(&worker).write()),
    );
    for task in [cold, spending, writing] {
        task.expect("a task that ends");
    }
    worker.recovers().await;
    for (kind, longest) in worker.longest.lock().expect("nobody panics").iter() {
        println!("@ longest {kind} {}", longest.as_millis());
    }
    stop.cancel();
    for task in background {
        task.await.expect("a task that ends");
    }
    println!("@ end");
}

/// What the program's own checks do: they say when PostgreSQL is back.
async fn look_after(cold: Cold, health: Health, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match cold.ping().await {
            Ok(()) => health.postgres.ready(),
            Err(_) => health.postgres.down("no answer"),
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

impl Worker {
    fn goes_on(&self) -> bool {
        !self.orders.end_file().exists()
    }

    async fn pause(&self) {
        if self.orders.pause_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.orders.pause_ms)).await;
        }
    }

    /// Does one thing, and says so before and after.
    async fn one<T, E>(
        &self,
        kind: &'static str,
        work: impl Future<Output = Result<T, E>>,
        said: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        println!("@ begin {kind}");
        let begun = Instant::now();
        let done = work.await;
        let mut longest = self.longest.lock().expect("nobody panics");
        let longest = longest.entry(kind).or_default();
        *longest = begun.elapsed().max(*longest);
        if let Ok(done) = &done {
            println!("@ done {kind} {}", said(done));
        } else {
            println!("@ failed {kind}");
        }
        done.ok()
    }

    fn budget(&self) -> Duration {
        if self.orders.exact { BACKGROUND_BUDGET } else { COMMAND_BUDGET }
    }

    /// The rows that all share.
    async fn grow(self: Arc<Self>) {
        let (at, budget) = (self.orders.began_at, self.budget());
        let (mira, bo) = (character("shipped:mira"), character("shipped:bo"));
        for n in 0.. {
            if !self.goes_on() {
                break;
            }
            for (kind, who, daily_cap) in [("free", &mira, u16::MAX), ("capped", &bo, CAP)] {
                let reward = Reward { amount: GAIN, daily_cap };
                let add = self.cold.run(budget, async |connection| {
                    bonds::add_xp(connection, user(7), who, reward, at).await
                });
                self.one(kind, add, |gain| (gain.after - gain.before).to_string()).await;
            }
            // All processes record the same calls.
            let mut call = cold_stores::call(at, 1_000 + n);
            (call.user, call.character) = (Some(user(8)), Some(character("shipped:ada")));
            call.reward = Some(Reward { amount: 1, daily_cap: u16::MAX });
            let recorded = self.cold.run(budget, async |connection| record(connection, &call).await);
            self.one("call", recorded, |recorded| match recorded {
                Recorded::Now { .. } => format!("now {}", call.interaction),
                Recorded::Before => format!("before {}", call.interaction),
            })
            .await;
            let turn = cold_stores::scenes::turn(self.orders.scene(), Speaker::Narrator(None), "Rain.");
            let append =
                self.cold.run(budget, async |connection| scenes::append_turn(connection, &turn).await);
            self.one("turn", append, |told| match told {
                Appended::Turn(number) => number.to_string(),
                Appended::Closed => "closed".to_owned(),
            })
            .await;
            let (from, to) =
                (1 + (self.orders.number + n) % OWNERS, 1 + (self.orders.number * 3 + n * n) % OWNERS);
            let hand_over = self.cold.run(budget, async |connection| {
                let item = (&mira, Origin::Trade);
                collection::transfer(connection, user(from), user(to), item, 1).await
            });
            self.one("transfer", hand_over, |told: &Transferred| format!("{told:?}")).await;
            self.pause().await;
        }
    }

    async fn ask<O: Operation>(&self, operation: &O) -> Result<(O::Answer, Side), HotError> {
        if self.orders.exact {
            return Ok((operation.on_redis(&self.redis).await?, Side::Redis));
        }
        Ok(self.hot.ask(operation).await)
    }

    async fn ask_at<O: Operation>(&self, side: Side, operation: &O) -> Result<O::Answer, HotError> {
        if self.orders.exact {
            operation.on_redis(&self.redis).await
        } else {
            self.hot.ask_at(side, operation).await
        }
    }

    /// The keys that all share.
    async fn spend(self: Arc<Self>) {
        let life = if self.orders.exact { Duration::from_secs(70) } else { SHORT_LIFE };
        for n in 0_u64.. {
            if !self.goes_on() {
                break;
            }
            let [large, small] = self.orders.budgets();
            let mut checks = slots();
            checks.push(Check::Budget(Budget {
                days: vec![large.clone()],
                amount: ESTIMATE,
                most: ESTIMATE,
                limit: u32::MAX,
            }));
            let calls = n % 3 == 0;
            if calls {
                checks.push(Check::Budget(Budget { days: vec![small], amount: 1, most: 1, limit: CALLS }));
            }
            let interaction = cold_stores::interaction(self.orders.began_at, 0).get();
            let interaction =
                InteractionId::new(interaction + (self.orders.number << 32) + n).expect("an id");
            let lease = LeaseId { interaction, call: 0 };
            let reserve = Reserve {
                lease,
                place: place(),
                holder: Uuid::new_v4(),
                checks,
                life,
                recall: None,
                wait: None,
            };
            let asked = self.one("reserve", self.ask(&reserve), |(reserved, side)| match reserved {
                Reserved::Granted(_) => format!("granted {side:?}"),
                Reserved::Refused { index, .. } => format!("refused {index}"),
                other => format!("{other:?}").to_lowercase(),
            });
            if let Some((Reserved::Granted(granted), side)) = asked.await {
                let held = reserve.held(&granted);
                self.hold(n, calls, side, &held, large).await;
            }
            self.pause().await;
        }
    }

    async fn hold(&self, n: u64, calls: bool, side: Side, held: &Held, large: RawKey) {
        if self.orders.exact {
            self.count_who_holds("INCR").await;
        }
        if n.is_multiple_of(2) {
            self.one("renew", self.ask_at(side, &Renew { held }), bool::to_string).await;
        }
        if self.orders.exact {
            self.count_who_holds("DECR").await;
        }
        if n % 5 == 4 {
            let give_back = GiveBack { held };
            self.one("give_back", self.ask_at(side, &give_back), |settled| format!("{settled:?} {side:?}"))
                .await;
        } else {
            let used = rand::random_range(0..=2 * ESTIMATE);
            let settle = Settle { held, used: vec![(large, used)], memory: None };
            let said = |settled: &Settled| format!("{settled:?} {side:?} {used} {}", u8::from(calls));
            self.one("settle", self.ask_at(side, &settle), said).await;
        }
    }

    /// Counts in one step, at Redis, how many processes believe that they hold a slot: an account of its own.
    async fn count_who_holds(&self, command: &'static str) {
        let key = keys::TalkCountUser::of(place(), user(99), 20_260_101);
        let count = async { self.redis.command(command).key(&key).ask::<i64>().await };
        self.one("holders", count, i64::to_string).await;
    }

    /// The queue.
    async fn write(self: Arc<Self>) {
        for n in 0_u64.. {
            if !self.goes_on() {
                break;
            }
            // Every fourth is made by all processes.
            let key = if n % 4 == 0 { format!("all:{n}") } else { format!("{}:{n}", self.orders.number) };
            let priority = u8::try_from(n % 10).expect("a digit");
            let write = self.durable.write(one_more(&key, "load", priority));
            let landed = self.one("write", write, |landed| match landed {
                Landed::Now => format!("{key} now"),
                Landed::Before => format!("{key} before"),
                Landed::Kept { file, redis } => format!("{key} kept-file-{file}-redis-{redis}"),
            });
            landed.await;
            self.pause().await;
        }
    }

    /// After the load nothing sticks: Redis is in charge, and nothing waits.
    async fn recovers(&self) {
        eventually("all is as it was", || async {
            let waiting = self.durable.waiting().await;
            (self.hot.mode() == Mode::Redis && waiting.redis.is_some() && waiting.writes() == 0).then_some(())
        })
        .await;
        assert_eq!(self.durable.waiting().await.dead(), 0);
        self.cold.ping().await.map_err(|error: ColdError| error.to_string()).expect("PostgreSQL answers");
    }
}
