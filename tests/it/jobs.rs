//! Jobs, their leaders and what they flush, over real stores.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use troupe::{
    cold::{
        BACKGROUND_BUDGET, Cold, ColdError, Connection,
        analytics::{self, Addition},
        connect,
        fences::{self, FenceError},
        migrations::{Direction, migrate},
    },
    config::RetentionSettings,
    domain::{
        ids::{Place, UserId},
        metric::Metric,
    },
    hot::{
        Clock, Hot, Redis as HotRedis, Side,
        stats::{Claim, Count, FindStats},
    },
    jobs::{self, Job, Parts},
    warm::{
        leader::Leader,
        stats::{Flushed, flush},
    },
};
use uuid::{Timestamp, Uuid};

use crate::support::{eventually, postgres::Postgres, redis::Redis};

const DAY: u32 = 20_260_101;
const TERMS: RetentionSettings = RetentionSettings { usage_months: 13, scene_months: 6, audit_months: 24 };

async fn migrated() -> (Postgres, Cold) {
    let postgres = Postgres::start().await;
    migrate(&postgres.secret_url(), Direction::Up).await.expect("migrated");
    let cold = Cold::new(&postgres.secret_url());
    (postgres, cold)
}

/// The hot store as one process has it.
fn process(redis: Option<&Redis>) -> Hot {
    let redis = redis.map(|server| {
        HotRedis::new(&SecretString::from(server.url()), "test:", Clock::System).expect("an address")
    });
    Hot::new(redis, Clock::System)
}

async fn connection(postgres: &Postgres) -> Connection {
    connect(&postgres.secret_url(), Duration::ZERO).await.expect("a connection")
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

async fn lines(connection: &mut Connection, query: &str) -> Vec<String> {
    // Not for the whole file: it has a `load` for every type, atomic numbers too.
    use diesel_async::RunQueryDsl;
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).await.expect("rows");
    rows.into_iter().map(|row| row.line).collect()
}

const SUMS: &str =
    "SELECT concat_ws(' ', day, guild_id, metric, value) AS line FROM analytics_daily_metrics ORDER BY 1";

fn guild(number: u64) -> Place {
    Place::Guild(number.to_string().parse().expect("an id"))
}

async fn count(hot: &Hot, side: Side, place: Place, by: u32) {
    let counts = vec![(Metric::Commands, by), (Metric::TalkAnswers, 1)];
    hot.ask_at(side, &Count { place, day: DAY, counts }).await.expect("counted");
}

#[tokio::test]
async fn one_process_leads_and_the_next_takes_over_when_it_is_gone() {
    let (redis, (_postgres, cold)) = (Redis::start().await, migrated().await);
    let (one, two) = (process(Some(&redis)), process(Some(&redis)));
    let short = Duration::from_secs(3);
    let one = Leader::new(one, cold.clone()).with_life(short);
    let two = Leader::new(two, cold.clone()).with_life(short);
    let first = one.try_lead("partitions").await.expect("an answer").expect("nobody else leads");
    assert_eq!((first.side(), first.fence().token), (Side::Redis, 1));
    assert!(two.try_lead("partitions").await.expect("an answer").is_none());
    assert!(
        one.try_lead("partitions").await.expect("an answer").is_none(),
        "not twice in one process either"
    );
    assert!(
        two.try_lead("stats_flush").await.expect("an answer").is_some(),
        "each job has a lock of its own"
    );

    first.end().await;
    let second = two.try_lead("partitions").await.expect("an answer").expect("given back");
    assert_eq!(second.fence().token, 2);
    // Gone without a word: renewal ends with it, and its lock by its own time.
    drop(second);
    let third = eventually("the lock ends by itself", || async {
        one.try_lead("partitions").await.expect("an answer")
    })
    .await;
    assert_eq!(third.fence().token, 3);
}

#[tokio::test]
async fn a_leader_notices_that_its_lock_is_gone_and_keeps_it_as_long_as_it_can() {
    let (mut redis, (_postgres, cold)) = (Redis::start().await, migrated().await);
    let leader = Leader::new(process(Some(&redis)), cold).with_life(Duration::from_secs(3));
    let lead = leader.try_lead("partitions").await.expect("an answer").expect("nobody else leads");
    let left = async || redis.run::<i64>(redis::cmd("PTTL").arg("test:lock:{partitions}")).await;
    let lowest = AtomicI64::new(i64::MAX);
    eventually("the lock's time begins anew", || async {
        let left = left().await;
        (left > lowest.fetch_min(left, Ordering::SeqCst)).then_some(())
    })
    .await;
    assert!(!lead.lost().is_cancelled());
    let _: String = redis.run(&redis::cmd("FLUSHALL")).await;
    lead.lost().cancelled().await;

    let lead = leader.try_lead("partitions").await.expect("an answer").expect("nobody else leads");
    redis.kill();
    lead.lost().cancelled().await;
}

#[tokio::test]
async fn a_leader_that_was_paused_writes_nothing() {
    let (postgres, cold) = migrated().await;
    // Two processes without Redis: both lead.
    let old = Leader::new(process(None), cold.clone()).try_lead("partitions").await.expect("an answer");
    let old = old.expect("it leads for itself").fence();
    let new = Leader::new(process(None), cold.clone()).try_lead("partitions").await.expect("an answer");
    let new = new.expect("it leads for itself").fence();
    let write = |fence| {
        let cold = cold.clone();
        async move {
            let work = async |connection: &mut Connection| {
                fences::guarded(connection, fence, |connection| {
                    Box::pin(async move {
                        let insert = "INSERT INTO user_first_seen VALUES (7, '2026-01-01')";
                        Ok(connection.batch_execute(insert).await?)
                    })
                })
                .await
            };
            cold.run(BACKGROUND_BUDGET, work).await
        }
    };
    assert!(matches!(write(old).await, Err(FenceError::Fenced)));
    write(new).await.expect("the newest may");
    assert!(
        matches!(write(new).await, Err(FenceError::Cold(ColdError::Query(_)))),
        "its own mistakes it sees"
    );

    // Nobody becomes the leader in the middle of a leader's transaction.
    let mut writing = connection(&postgres).await;
    let (inside, drawn) = (Notify::new(), AtomicU32::new(0));
    let transaction = writing.transaction::<_, FenceError, _>(async |writing| {
        fences::check(writing, new).await?;
        inside.notify_one();
        eventually("the other one waits for a lock", || async {
            let waiting = "SELECT 'yes' AS line FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            let mut watcher = connection(&postgres).await;
            lines(&mut watcher, waiting).await.pop()
        })
        .await;
        assert_eq!(drawn.load(Ordering::SeqCst), 0, "a token was drawn in the middle of a transaction");
        Ok(())
    });
    let drawing = async {
        inside.notified().await;
        let mut other = connection(&postgres).await;
        let fence = fences::draw(&mut other, "partitions").await.expect("a token");
        drawn.store(1, Ordering::SeqCst);
        fence
    };
    let (written, newest) = tokio::join!(transaction, drawing);
    written.expect("it was the newest until its end");
    assert_eq!(newest.token, new.token + 1);
}

#[tokio::test]
async fn counters_reach_postgres_once_whoever_crashes_where() {
    let (redis, (postgres, cold)) = (Redis::start().await, migrated().await);
    let (one, two) = (process(Some(&redis)), process(Some(&redis)));
    count(&one, Side::Redis, guild(7), 2).await;
    count(&two, Side::Redis, guild(7), 3).await;
    count(&two, Side::Redis, Place::Direct(UserId::new(5).expect("an id")), 4).await;
    count(&two, Side::Redis, Place::Direct(UserId::new(6).expect("an id")), 5).await;
    // Redis was away for a while, and this process counted for itself.
    count(&two, Side::Local, guild(7), 10).await;
    let flushed = flush(&one, &cold, Side::Redis).await.expect("flushed");
    assert_eq!(flushed, Flushed { added: 3, known: 0 });
    assert_eq!(flush(&two, &cold, Side::Local).await.expect("flushed").added, 1);
    let mut watch = connection(&postgres).await;
    let sums = [
        "2026-01-01 7 commands 15",
        "2026-01-01 7 talk_answers 3",
        "2026-01-01 commands 9",
        "2026-01-01 talk_answers 2",
    ];
    assert_eq!(lines(&mut watch, SUMS).await, sums);
    assert_eq!(flush(&one, &cold, Side::Redis).await.expect("nothing to do"), Flushed::default());

    // A crash after the claim, and one after the write: both leave a claim.
    count(&one, Side::Redis, guild(8), 1).await;
    let (old, second, young) = (at(1_000_000_000), at(1_000_000_001), Uuid::now_v7());
    let claim = |place, batch| Claim { place, day: DAY, batch };
    one.ask_at(Side::Redis, &claim(guild(8), old)).await.expect("claimed");
    count(&one, Side::Redis, guild(9), 1).await;
    let written = one.ask_at(Side::Redis, &claim(guild(9), second)).await.expect("claimed");
    let key = format!("stats:{second}");
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let addition = Addition { key, day, guild: guild(9).guild(), counters: written };
    analytics::add(&mut watch, &[addition]).await.expect("added");
    // Another flush is in the middle of this one.
    count(&one, Side::Redis, guild(10), 1).await;
    one.ask_at(Side::Redis, &claim(guild(10), young)).await.expect("claimed");
    count(&one, Side::Redis, guild(8), 5).await;
    let flushed = flush(&two, &cold, Side::Redis).await.expect("flushed");
    assert_eq!(flushed, Flushed { added: 2, known: 1 });
    let of_commands = "SELECT concat_ws(' ', guild_id, value) AS line FROM analytics_daily_metrics
        WHERE metric = 'commands' AND guild_id >= 8 ORDER BY guild_id";
    assert_eq!(lines(&mut watch, of_commands).await, ["8 6", "9 1"]);
    let left = one.walk(Side::Redis, &FindStats).await.expect("found");
    assert_eq!((left.counters, left.claims), (vec![], vec![claim(guild(10), young)]));
}

fn at(seconds: u64) -> Uuid {
    Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, seconds, 0))
}

/// PostgreSQL is killed and comes back while four processes count and flush: the sums are exact.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_flush_at_once_over_a_crash_and_the_sums_are_exact() {
    let (redis, (mut postgres, cold)) = (Redis::start().await, migrated().await);
    let stop = CancellationToken::new();
    let flushing = TaskTracker::new();
    for _ in 0..4 {
        let (hot, cold, stop) = (process(Some(&redis)), cold.clone(), stop.clone());
        flushing.spawn(async move {
            while !stop.is_cancelled() {
                // An outage ends a flush; a later one takes up what it left.
                let _ended = flush(&hot, &cold, Side::Redis).await;
            }
        });
    }
    // Counted by hand: an answer that comes late on a busy machine must not leave the test unsure of its sum.
    let mut counting = troupe::hot::connect(&SecretString::from(redis.url())).await.expect("a connection");
    for number in 0..400_u64 {
        let name = format!("test:stats:daily:{{{}}}:{DAY}", guild(1 + number % 5));
        let mut add = redis::cmd("HINCRBY");
        let _: i64 = add.arg(name).arg("commands").arg(1).query_async(&mut counting).await.expect("counted");
        if number == 200 {
            postgres.kill();
            postgres.restart().await;
        }
    }
    stop.cancel();
    flushing.close();
    flushing.wait().await;
    let hot = process(Some(&redis));
    eventually("all is added up", || async {
        age_claims(&hot, &redis, &postgres).await?;
        flush(&hot, &cold, Side::Redis).await.ok()?;
        let found = hot.walk(Side::Redis, &FindStats).await.ok()?;
        (found == troupe::hot::stats::Found::default()).then_some(())
    })
    .await;
    let sum = "SELECT sum(value)::text AS line FROM analytics_daily_metrics WHERE metric = 'commands'";
    assert_eq!(lines(&mut connection(&postgres).await, sum).await, ["400"]);
}

/// What flushes left when they were cut off is young. To save the minute's wait, claims that were not added are made
/// old by another name; those that were, and only not dropped, keep theirs.
async fn age_claims(hot: &Hot, redis: &Redis, postgres: &Postgres) -> Option<()> {
    let found = hot.walk(Side::Redis, &FindStats).await.ok()?;
    for (number, claim) in (1_u64..).zip(found.claims) {
        let named = |batch| format!("test:stats:claim:{{{}}}:{DAY}:{batch}", claim.place);
        let added = format!("SELECT key AS line FROM applied_writes WHERE key = 'stats:{}'", claim.batch);
        if lines(&mut connection(postgres).await, &added).await.is_empty() {
            let _: String =
                redis.run(redis::cmd("RENAME").arg(named(claim.batch)).arg(named(at(number)))).await;
        } else {
            let _: u32 = redis.run(redis::cmd("DEL").arg(named(claim.batch))).await;
        }
    }
    Some(())
}

#[tokio::test]
async fn a_first_day_is_the_earliest_that_is_known() {
    let (postgres, _cold) = migrated().await;
    let mut connection = connection(&postgres).await;
    let user = UserId::new(7).expect("an id");
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).expect("a day");
    assert!(analytics::seen(&mut connection, user, day(5)).await.expect("noted"));
    assert!(!analytics::seen(&mut connection, user, day(6)).await.expect("noted"));
    assert!(!analytics::seen(&mut connection, user, day(2)).await.expect("noted"), "it was known, of later");
    assert_eq!(lines(&mut connection, "SELECT day::text AS line FROM user_first_seen").await, ["2026-01-02"]);
}

/// One job of each bad kind beside a good one: none stops, and the good one is not held up.
#[tokio::test]
async fn a_job_goes_on_after_whatever_happens_to_a_run() {
    let (_postgres, cold) = migrated().await;
    let leader = Leader::new(process(None), cold);
    let runs: Arc<BTreeMap<&str, AtomicU32>> =
        Arc::new(["fails", "panics", "hangs", "works", "leads"].map(|name| (name, AtomicU32::new(0))).into());
    let ran = |name: &'static str| {
        let runs = Arc::clone(&runs);
        move || runs[name].fetch_add(1, Ordering::SeqCst)
    };
    let (interval, timeout) = (Duration::from_millis(20), Duration::from_millis(100));
    let (fails, panics, hangs, works, leads) =
        (ran("fails"), ran("panics"), ran("hangs"), ran("works"), ran("leads"));
    let jobs = vec![
        Job::of_everyone("fails", interval, timeout, move || {
            fails();
            async { Err("as it must".into()) }
        }),
        Job::of_everyone("panics", interval, timeout, move || {
            panics();
            async { panic!("as it must") }
        }),
        Job::of_everyone("hangs", interval, timeout, move || {
            hangs();
            std::future::pending()
        }),
        Job::of_everyone("works", interval, timeout, move || {
            works();
            async { Ok(()) }
        }),
        Job::of_leader("leads", interval, Duration::from_secs(60), move |fence| {
            leads();
            async move {
                assert!(fence.token > 0);
                Ok(())
            }
        }),
    ];
    let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
    jobs::start(jobs, &leader, &tracker, &stop);
    eventually("each runs three times", || async {
        runs.values().all(|count| count.load(Ordering::SeqCst) >= 3).then_some(())
    })
    .await;
    stop.cancel();
    tracker.close();
    tracker.wait().await;
}

#[tokio::test]
async fn a_job_is_run_by_one_process_and_handed_over_when_it_stops() {
    let (redis, (_postgres, cold)) = (Redis::start().await, migrated().await);
    let runs = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
    let processes: Vec<_> = (0..2)
        .map(|number| {
            let runs = Arc::clone(&runs);
            let interval = Duration::from_millis(20);
            let job = Job::of_leader("partitions", interval, Duration::from_secs(60), move |_| {
                runs[number].fetch_add(1, Ordering::SeqCst);
                async { Ok(()) }
            });
            let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
            let leader = Leader::new(process(Some(&redis)), cold.clone());
            jobs::start(vec![job], &leader, &tracker, &stop);
            (tracker, stop)
        })
        .collect();
    let count = |number: usize| runs[number].load(Ordering::SeqCst);
    let leads = eventually("one leads", || async { (0..2).find(|number| count(*number) >= 5) }).await;
    assert_eq!(count(1 - leads), 0, "the other one follows");
    let (tracker, stop) = &processes[leads];
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    let ended = count(leads);
    eventually("the other one takes over", || async { (count(1 - leads) >= 3).then_some(()) }).await;
    assert_eq!(count(leads), ended);
    processes[1 - leads].1.cancel();
}

#[tokio::test]
async fn the_real_jobs_do_their_work_with_and_without_redis() {
    let (redis, (postgres, cold)) = (Redis::start().await, migrated().await);
    let mut watch = connection(&postgres).await;
    let old = "INSERT INTO applied_writes (key, kind, applied_at) VALUES ('old', 'stats', now() - interval '31 days'),
        ('young', 'stats', now() - interval '29 days');
        SELECT troupe_ensure_partition_for('usage_ledger', troupe_snowflake('2020-02-29Z'));";
    watch.batch_execute(old).await.expect("old rows");
    for hot in [process(Some(&redis)), process(None)] {
        let place = guild(7);
        hot.ask(&Count { place, day: DAY, counts: vec![(Metric::Commands, 1)] }).await;
        let parts = Parts { hot: hot.clone(), cold: cold.clone(), retention: TERMS };
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        jobs::start(jobs::all(&parts), &Leader::new(hot.clone(), cold.clone()), &tracker, &stop);
        let wanted = if hot.redis().is_some() { "1" } else { "2" };
        eventually("all that is due is done", || async {
            let query = "SELECT concat_ws(' ', (SELECT value FROM analytics_daily_metrics),
                    (SELECT string_agg(key, ' ') FROM applied_writes WHERE key NOT LIKE 'stats:%'),
                    to_regclass('usage_ledger_2020_02')) AS line";
            let line = lines(&mut connection(&postgres).await, query).await.pop();
            line.filter(|line| *line == format!("{wanted} young"))
        })
        .await;
        stop.cancel();
        tracker.close();
        tracker.wait().await;
    }
    let locks: Vec<String> = redis.run(redis::cmd("KEYS").arg("test:lock:*")).await;
    assert!(locks.is_empty(), "locks are given back at the end: {locks:?}");
    let jobs = "SELECT job AS line FROM job_fences ORDER BY 1";
    assert_eq!(lines(&mut watch, jobs).await, ["applied_writes", "partitions", "stats_flush"]);
}
