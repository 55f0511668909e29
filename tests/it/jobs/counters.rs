//! Counters on their way to PostgreSQL: once each, whoever crashes where.

use chrono::NaiveDate;
use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use troupe::{
    cold::analytics::{self, Addition},
    domain::{
        ids::{Place, UserId},
        metric::Metric,
    },
    hot::{
        Hot, Side,
        stats::{Claim, Count, FindStats},
    },
    warm::stats::{Flushed, flush},
};
use uuid::{Timestamp, Uuid};

use super::{DAY, connection, guild, lines, migrated, process};
use crate::support::{eventually, postgres::Postgres, redis::Redis};

const SUMS: &str =
    "SELECT concat_ws(' ', day, guild_id, metric, value) AS line FROM analytics_daily_metrics ORDER BY 1";

async fn count(hot: &Hot, side: Side, place: Place, by: u32) {
    let counts = vec![(Metric::Commands, by), (Metric::TalkAnswers, 1)];
    hot.ask_at(side, &Count { place, day: DAY, counts }).await.expect("counted");
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
