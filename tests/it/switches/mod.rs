//! Kill switches over two processes: in force everywhere at once, whatever is lost, away or started again.

mod model;
mod operator;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tokio_util::sync::{CancellationToken, DropGuard};
use troupe::{
    cold::{
        self, Cold, audit,
        migrations::{self, Direction},
        switches::{self as table, Switch},
    },
    domain::{
        ids::UserId,
        oversight::{Reason, SwitchTarget},
        usage::Feature,
    },
    hot::{
        Clock, Hot, Redis as HotRedis, keys,
        limits::{Check, Look, Standing},
    },
    warm::switches::{Held, InForce, Switches},
};

use crate::support::{PATIENCE, eventually, postgres::Postgres, redis::Redis};

/// Within this, only a message or a look each second can have brought it: the next ordinary look comes later.
const SOON: Duration = Duration::from_secs(10);

/// One process's view of both stores.
struct Process {
    switches: Switches,
    hot: Hot,
    _stop: DropGuard,
}

impl Process {
    fn start(postgres: &Postgres, redis: Option<&Redis>) -> Self {
        let redis = redis.map(|redis| {
            let url = SecretString::from(redis.url());
            HotRedis::new(&url, "test:", Clock::System)
                .expect("an address")
                .with_deadline(Duration::from_secs(2))
        });
        let hot = Hot::new(redis, Clock::System);
        let switches = Switches::new(hot.clone(), Cold::new(&postgres.secret_url()));
        let stop = CancellationToken::new();
        tokio::spawn(hot.clone().keep(stop.clone()));
        tokio::spawn(switches.clone().keep(stop.clone()));
        Self { switches, hot, _stop: stop.drop_guard() }
    }

    /// Waits for as long until `so` holds of what this process knows.
    async fn sees(&self, what: &str, within: Duration, so: impl Fn(&InForce) -> bool) -> Arc<InForce> {
        let mut changes = self.switches.changes();
        let seen = tokio::time::timeout(within, changes.wait_for(|in_force| so(in_force))).await;
        let seen =
            seen.unwrap_or_else(|_| panic!("not seen in time: {what}; {:?}", self.switches.in_force()));
        Arc::clone(&seen.expect("the sender lives"))
    }

    async fn is_off(&self, target: &SwitchTarget, within: Duration) {
        self.sees(&format!("{} off", target.field()), within, |in_force| off(in_force, target)).await;
    }

    async fn is_on(&self, target: &SwitchTarget, within: Duration) {
        self.sees(&format!("{} on", target.field()), within, |in_force| !off(in_force, target)).await;
    }

    /// Whether admission, which asks the hot store, would refuse.
    async fn refuses(&self, target: &SwitchTarget) -> bool {
        let fields = vec![target.field()];
        let off = Check::Off { key: keys::AiDisabled::key().into_raw(), fields };
        let (standing, _) = self.hot.ask(&Look { checks: vec![off] }).await;
        matches!(&standing[0], Standing::Notice(Some(_)))
    }
}

fn off(in_force: &InForce, target: &SwitchTarget) -> bool {
    in_force.first(std::slice::from_ref(target), Utc::now()).is_some()
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

fn user() -> UserId {
    UserId::new(7).expect("an id")
}

fn switch(target: SwitchTarget) -> Switch {
    Switch { target, reason: Reason::new("a bill").ok(), by: Some(user()), since: now(), until: None }
}

async fn migrated() -> Postgres {
    let postgres = Postgres::start().await;
    migrations::migrate(&postgres.secret_url(), Direction::Up).await.expect("up to date");
    postgres
}

/// The audit log's actions, oldest first, with who did them.
async fn record(postgres: &Postgres) -> Vec<(String, String, Option<UserId>)> {
    let mut connection = cold::connect(&postgres.secret_url(), PATIENCE).await.expect("connected");
    let mut entries = audit::list(&mut connection, None, None, 99).await.expect("the log");
    entries.reverse();
    entries.into_iter().map(|entry| (entry.action.to_string(), entry.target, entry.actor)).collect()
}

fn entry(action: &str, target: &str) -> (String, String, Option<UserId>) {
    (action.to_owned(), target.to_owned(), Some(user()))
}

const TALK: SwitchTarget = SwitchTarget::Feature(Feature::Talk);
const SCENE: SwitchTarget = SwitchTarget::Feature(Feature::Scene);

#[tokio::test]
async fn a_switch_holds_in_every_process_at_once_and_is_on_record() {
    let (postgres, redis) = (migrated().await, Redis::start().await);
    let (one, two) = (Process::start(&postgres, Some(&redis)), Process::start(&postgres, Some(&redis)));
    for process in [&one, &two] {
        process.sees("the beginning", PATIENCE, |in_force| in_force.version == 0).await;
    }
    let begun = std::time::Instant::now();
    let wanted = switch(TALK);
    assert_eq!(one.switches.set(wanted.clone()).await.expect("set"), Held::Written);
    assert!(off(&one.switches.in_force(), &TALK), "whoever sets it sees it at once");
    let seen = two.sees("talk off", SOON, |in_force| in_force.version > 0 && off(in_force, &TALK)).await;
    println!("seen after {:?}", begun.elapsed());
    let known = seen.first(&[SwitchTarget::Global, TALK], now()).expect("in force");
    assert_eq!((known.reason.clone(), known.by, known.until), (wanted.reason, wanted.by, None));
    assert!(one.refuses(&TALK).await && two.refuses(&TALK).await && !two.refuses(&SCENE).await);

    // A switch that ends by itself is told of, too.
    let short = Switch { until: Some(now() + TimeDelta::milliseconds(2_500)), ..switch(SCENE) };
    one.switches.set(short).await.expect("set");
    two.is_off(&SCENE, SOON).await;
    two.is_on(&SCENE, SOON).await;
    assert!(!two.refuses(&SCENE).await);

    assert!(two.switches.clear(TALK, Some(user()), now()).await.expect("cleared"));
    one.is_on(&TALK, SOON).await;
    assert!(!one.refuses(&TALK).await);
    assert!(!two.switches.clear(TALK, Some(user()), now()).await.expect("nothing to clear"));
    let wrong = Switch { until: Some(now() - TimeDelta::hours(1)), ..switch(TALK) };
    assert!(one.switches.set(wrong).await.is_err(), "it would have ended before it began");
    assert!(!off(&one.switches.in_force(), &TALK));
    let expected = [
        entry("switch.set", "feature talk"),
        entry("switch.set", "feature scene"),
        entry("switch.cleared", "feature talk"),
    ];
    assert_eq!(record(&postgres).await, expected);
}

#[tokio::test]
async fn lost_messages_a_lost_redis_and_a_redis_away_keep_nothing_from_being_known() {
    let (postgres, mut redis) = (migrated().await, Redis::start().await);
    let (one, two) = (Process::start(&postgres, Some(&redis)), Process::start(&postgres, Some(&redis)));
    one.switches.set(switch(TALK)).await.expect("set");
    two.is_off(&TALK, SOON).await;

    let _: i64 = redis.run(::redis::cmd("CLIENT").arg("KILL").arg("TYPE").arg("pubsub")).await;
    one.switches.set(switch(SCENE)).await.expect("set");
    two.is_off(&SCENE, SOON).await;

    let _: String = redis.run(&::redis::cmd("FLUSHALL")).await;
    assert!(off(&two.switches.in_force(), &TALK), "memory holds");
    eventually("the copy is back", || async { one.refuses(&TALK).await.then_some(()) }).await;
    assert!(two.refuses(&SCENE).await);

    redis.kill();
    assert_eq!(one.switches.set(switch(SwitchTarget::Global)).await.expect("set"), Held::Written);
    two.is_off(&SwitchTarget::Global, SOON).await;
    assert!(two.refuses(&SwitchTarget::Global).await, "admission asks this process now");
    redis.restart().await;
    for process in [&one, &two] {
        eventually("Redis is in charge again", || async { (!process.hot.mode().is_local()).then_some(()) })
            .await;
        eventually("and has the copy", || async {
            process.refuses(&SwitchTarget::Global).await.then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn without_postgres_ai_can_be_stopped_and_that_is_written_once_when_it_is_back() {
    let (mut postgres, redis) = (migrated().await, Redis::start().await);
    let (one, two) = (Process::start(&postgres, Some(&redis)), Process::start(&postgres, Some(&redis)));
    one.switches.set(switch(TALK)).await.expect("set");
    two.is_off(&TALK, SOON).await;
    postgres.kill();

    // Shared, unless a busy machine made Redis seem away for a moment: then it is shared a moment later.
    assert_ne!(one.switches.set(switch(SwitchTarget::Global)).await.expect("set"), Held::Written);
    two.is_off(&SwitchTarget::Global, PATIENCE).await;
    assert_eq!(one.switches.unwritten(), [SwitchTarget::Global]);
    assert!(two.refuses(&SwitchTarget::Global).await && two.refuses(&TALK).await);
    one.switches.clear(SwitchTarget::Global, Some(user()), now()).await.expect_err("that needs PostgreSQL");
    assert!(one.refuses(&SwitchTarget::Global).await);

    // A process that starts now learns from Redis; and a Redis that loses all gets it again.
    let three = Process::start(&postgres, Some(&redis));
    three.is_off(&SwitchTarget::Global, PATIENCE).await;
    three.is_off(&TALK, SOON).await;
    let _: String = redis.run(&::redis::cmd("FLUSHALL")).await;
    eventually("the copy is back", || async { two.refuses(&SwitchTarget::Global).await.then_some(()) }).await;
    two.is_off(&TALK, Duration::ZERO).await;

    postgres.restart().await;
    for process in [&one, &two, &three] {
        eventually("written", || async { process.switches.unwritten().is_empty().then_some(()) }).await;
        assert!(off(&process.switches.in_force(), &SwitchTarget::Global));
    }
    assert!(two.refuses(&SwitchTarget::Global).await);
    let expected = [entry("switch.set", "feature talk"), entry("switch.set", "global")];
    assert_eq!(record(&postgres).await, expected, "once, and with who did it");

    assert!(two.switches.clear(SwitchTarget::Global, Some(user()), now()).await.expect("cleared"));
    for process in [&one, &two, &three] {
        process.is_on(&SwitchTarget::Global, SOON).await;
    }
    // Nobody brings it back.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!one.refuses(&SwitchTarget::Global).await && one.refuses(&TALK).await);
    assert!(![&one, &two, &three].iter().any(|it| off(&it.switches.in_force(), &SwitchTarget::Global)));
}

#[tokio::test]
async fn what_was_stopped_while_all_was_away_reaches_the_others_and_may_be_cleared_unwritten() {
    let (mut postgres, mut redis) = (migrated().await, Redis::start().await);
    let (one, two) = (Process::start(&postgres, Some(&redis)), Process::start(&postgres, Some(&redis)));
    one.sees("the beginning", PATIENCE, |in_force| in_force.version == 0).await;
    eventually("one talks to Redis", || async {
        let copy = one.hot.ask_at(troupe::hot::Side::Redis, &troupe::hot::switches::ReadSwitches).await;
        copy.is_ok_and(|copy| copy.version.is_some()).then_some(())
    })
    .await;
    postgres.kill();
    redis.kill();
    let held = one.switches.set(switch(SwitchTarget::Global)).await.expect("set");
    assert_eq!(held, Held::Alone);
    assert!(one.refuses(&SwitchTarget::Global).await);
    redis.restart().await;
    two.is_off(&SwitchTarget::Global, PATIENCE).await;
    postgres.restart().await;
    // Cleared maybe before it was written: both stand in the log all the same, in their order.
    eventually("PostgreSQL takes it", || async {
        two.switches.clear(SwitchTarget::Global, Some(user()), now()).await.ok()
    })
    .await;
    for process in [&one, &two] {
        process.is_on(&SwitchTarget::Global, SOON).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(
        !one.refuses(&SwitchTarget::Global).await && !off(&one.switches.in_force(), &SwitchTarget::Global)
    );
    let log: Vec<_> =
        record(&postgres).await.into_iter().map(|(action, target, _)| (action, target)).collect();
    assert_eq!(
        log[..2],
        [("switch.set", "global"), ("switch.cleared", "global")]
            .map(|(action, target)| (action.to_owned(), target.to_owned()))
    );
}

#[tokio::test]
async fn without_redis_at_all_processes_see_each_others_switches_and_restarts_keep_them() {
    let postgres = migrated().await;
    let (one, two) = (Process::start(&postgres, None), Process::start(&postgres, None));
    assert_eq!(one.switches.set(switch(TALK)).await.expect("set"), Held::Written);
    two.is_off(&TALK, SOON).await;
    assert!(two.refuses(&TALK).await);
    drop((one, two));
    let again = Process::start(&postgres, None);
    again.is_off(&TALK, SOON).await;
    assert!(again.refuses(&TALK).await);
    // A person at a console draws the version too.
    let mut connection = cold::connect(&postgres.secret_url(), PATIENCE).await.expect("connected");
    let before = table::in_force(&mut connection, now()).await.expect("read");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, "DELETE FROM ai_switches")
        .await
        .expect("deleted");
    let after = table::in_force(&mut connection, now()).await.expect("read");
    assert!(after.version > before.version && after.switches.is_empty());
    again.is_on(&TALK, SOON).await;
}
