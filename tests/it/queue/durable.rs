//! Durable writes against a real PostgreSQL and a real Redis: once, in order, dead letters, erased members.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use chrono::{DateTime, NaiveDate};
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;
use troupe::{
    cold::{
        Cold,
        audit::Entry,
        migrations::{Direction, migrate},
        queued::{DailyMetrics, FirstSeen},
    },
    domain::{ids::UserId, oversight::Action},
    hot::{Clock, Hot, Redis as HotRedis},
    warm::queue::{Durable, Landed, Progress, Write, WriteError, folder},
};

use crate::support::{eventually, postgres::Postgres, program, redis::Redis};

pub const PREFIX: &str = "app:";

/// Servers, a data directory, and ways to look into the database.
pub struct Stage {
    pub postgres: Postgres,
    pub redis: Redis,
    pub data: TempDir,
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

impl Stage {
    pub async fn start() -> Self {
        let (postgres, redis) = tokio::join!(Postgres::start(), Redis::start());
        migrate(&postgres.secret_url(), Direction::Up).await.expect("migrations");
        Self { postgres, redis, data: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn durable(&self) -> Durable {
        durable(&self.postgres.secret_url(), Some(&SecretString::from(self.redis.url())), self.data.path())
    }

    pub async fn number(&self, query: &str) -> i64 {
        let cold = Cold::new(&self.postgres.secret_url());
        let asked = cold.run(Duration::from_secs(30), async |connection| {
            Ok::<Number, troupe::cold::ColdError>(diesel::sql_query(query).get_result(connection).await?)
        });
        asked.await.expect("a number").number
    }

    async fn words(&self, query: &str) -> Vec<String> {
        let cold = Cold::new(&self.postgres.secret_url());
        let asked = cold.run(Duration::from_secs(30), async |connection| {
            Ok::<Vec<Word>, troupe::cold::ColdError>(diesel::sql_query(query).load(connection).await?)
        });
        asked.await.expect("words").into_iter().map(|word| word.word).collect()
    }

    pub async fn sum(&self, metric: &str) -> i64 {
        let query =
            "SELECT coalesce(sum(value), 0)::bigint AS number FROM analytics_daily_metrics WHERE metric = ";
        self.number(&format!("{query}'{metric}'")).await
    }

    async fn command(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let (postgres, redis) = (self.postgres.url(), self.redis.url());
        let data = self.data.path().to_str().expect("a path in UTF-8");
        let environment =
            [("DATABASE_URL", postgres.as_str()), ("REDIS_URL", redis.as_str()), ("DATA_DIR", data)];
        let output = program::run(arguments, &environment).await;
        (output.status.code(), program::text(&output))
    }
}

pub fn durable(postgres: &SecretString, redis: Option<&SecretString>, data: &Path) -> Durable {
    let redis = redis.map(|url| HotRedis::new(url, PREFIX, Clock::System).expect("an address"));
    let has_redis = redis.is_some();
    let hot = Hot::new(redis, Clock::System);
    Durable::new(Cold::new(postgres), hot, has_redis, &folder(data), 64 * 1024 * 1024).expect("a thread")
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day")
}

pub fn one_more(key: &str, metric: &str, priority: u8) -> Write {
    let metrics = DailyMetrics { day: day(), guild: None, add: BTreeMap::from([(metric.to_owned(), 1)]) };
    Write::new(key, priority, &metrics).expect("a write")
}

fn user(id: u64) -> UserId {
    UserId::new(id).expect("an id")
}

/// A write that the database refuses for good.
fn refused(key: &str) -> Write {
    one_more(key, "Not A Metric", 5)
}

fn audit(key: &str, about: u64) -> Write {
    let at = DateTime::from_timestamp(1_795_000_000, 0).expect("a time");
    let entry = Entry {
        user: Some(user(about)),
        after: Some("their words".into()),
        ..Entry::new(Some(user(900)), Action::BLOCK_SET, at)
    };
    Write::new(key, 5, &entry).expect("a write")
}

/// Passes until nothing that is due waits.
pub async fn drained(durable: &Durable) {
    eventually("all is applied", || async {
        (durable.drain_once().await == Progress::Quiet && durable.waiting().await.writes() == 0).then_some(())
    })
    .await;
}

const KEPT: Landed = Landed::Kept { file: true, redis: true };

#[tokio::test(flavor = "multi_thread")]
async fn a_write_lands_once_now_or_after_an_outage() {
    let mut stage = Stage::start().await;
    let durable = stage.durable();
    assert_eq!(durable.write(one_more("a", "talks", 5)).await.expect("a write"), Landed::Now);
    assert_eq!(durable.write(one_more("a", "talks", 5)).await.expect("a write"), Landed::Before);
    let answer = durable.write(refused("bad")).await;
    assert!(matches!(answer, Err(WriteError::Refused(_))), "{answer:?}");

    stage.postgres.kill();
    for (key, priority) in [("late", 9), ("b", 5), ("c", 5), ("first", 0)] {
        assert_eq!(durable.write(one_more(key, "talks", priority)).await.expect("kept"), KEPT);
    }
    assert_eq!(durable.write(one_more("b", "talks", 5)).await.expect("kept"), KEPT, "kept already");
    assert!(matches!(durable.drain_once().await, Progress::Away(_)));
    let waiting = durable.waiting().await;
    assert_eq!((waiting.writes(), waiting.file.waiting), (4, 4));

    stage.postgres.restart().await;
    drained(&durable).await;
    assert_eq!(stage.sum("talks").await, 5);
    let order = stage.words("SELECT key AS word FROM applied_writes ORDER BY applied_at").await;
    assert_eq!(order, ["a", "first", "b", "c", "late"], "by priority, then in order");
    assert_eq!(durable.waiting().await.redis.expect("Redis").waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_copy_alone_is_enough_and_without_any_the_caller_is_told() {
    let mut stage = Stage::start().await;
    let redis = SecretString::from(stage.redis.url());
    stage.postgres.kill();

    // The file alone: Redis loses all that it had.
    let durable = stage.durable();
    assert_eq!(durable.write(one_more("file", "talks", 5)).await.expect("kept"), KEPT);
    let _: String = stage.redis.run(&::redis::cmd("FLUSHALL")).await;
    // It gets back what waits, so that another process could take over.
    let health = troupe::ops::health::Health::new(true, true);
    let stop = tokio_util::sync::CancellationToken::new();
    let draining = tokio::spawn(durable.clone().keep_draining(
        health.postgres.clone(),
        health.queue.clone(),
        stop.clone(),
    ));
    eventually("Redis has it again", || async {
        (durable.waiting().await.redis?.waiting == 1).then_some(())
    })
    .await;
    eventually("health says so", || async {
        health.queue.status().reason.filter(|reason| reason.starts_with("1 writes wait for PostgreSQL"))
    })
    .await;

    // Redis alone: the machine with the file is lost. The folder is none.
    let broken = tempfile::NamedTempFile::new().expect("a file");
    let elsewhere = self::durable(&stage.postgres.secret_url(), Some(&redis), broken.path());
    let kept = elsewhere.write(one_more("redis", "talks", 5)).await.expect("kept");
    assert_eq!(kept, Landed::Kept { file: false, redis: true });

    // Neither.
    let nowhere = self::durable(&stage.postgres.secret_url(), None, broken.path());
    let told = nowhere.write(one_more("lost", "talks", 5)).await.expect_err("nobody takes it").to_string();
    assert!(told.contains("not kept") && told.contains("DATA_DIR") && !told.contains("talks"), "{told}");

    stage.postgres.restart().await;
    health.postgres.ready();
    eventually("both landed", || async { (stage.sum("talks").await == 2).then_some(()) }).await;
    eventually("health is well", || async {
        (health.queue.status().state == troupe::ops::health::State::Ready).then_some(())
    })
    .await;
    stop.cancel();
    draining.await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_land_is_listed_retried_and_dropped() {
    let mut stage = Stage::start().await;
    let durable = stage.durable();
    stage.postgres.kill();
    for key in ["bad", "worse"] {
        assert_eq!(durable.write(refused(key)).await.expect("kept"), KEPT);
    }
    assert_eq!(durable.write(one_more("good", "talks", 9)).await.expect("kept"), KEPT);
    stage.postgres.restart().await;
    drained(&durable).await;
    assert_eq!((stage.sum("talks").await, durable.waiting().await.dead()), (1, 2), "it holds up no other");

    let (code, listed) = stage.command(&["queue", "list", "--dead", "--json"]).await;
    let listed: Value = serde_json::from_str(&listed).unwrap_or_else(|_| panic!("{code:?} {listed}"));
    let bad = &listed[0];
    assert_eq!(
        (bad["key"].as_str(), bad["kind"].as_str(), bad["attempts"].as_u64()),
        (Some("bad"), Some("daily_metrics"), Some(1))
    );
    assert!(bad["reason"].as_str().is_some_and(|reason| reason.contains("metric_form")), "{bad}");
    assert_eq!(
        (&bad["redis"], &bad["file"], bad["state"].as_str()),
        (&true.into(), &true.into(), Some("dead"))
    );
    assert!(!listed.to_string().contains("their words"));

    let (code, text) = stage.command(&["queue", "drop", "bad"]).await;
    assert_eq!((code, text.contains("--yes")), (Some(2), true), "{text}");
    assert_eq!(stage.command(&["queue", "drop", "bad", "--yes"]).await.0, Some(0));
    let (code, text) = stage.command(&["queue", "retry", "unknown"]).await;
    assert_eq!((code, text.contains("no dead letter")), (Some(1), true), "{text}");
    drained(&durable).await;
    assert_eq!(durable.waiting().await.file.dead, 1, "dropped in the file too");

    // The rule is lifted, and a retry lands.
    let lifted = "ALTER TABLE analytics_daily_metrics DROP CONSTRAINT metric_form";
    let mut connection =
        troupe::cold::connect(&stage.postgres.secret_url(), Duration::ZERO).await.expect("a connection");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, lifted).await.expect("altered");
    assert_eq!(stage.command(&["queue", "retry", "--all"]).await.0, Some(0));
    drained(&durable).await;
    assert_eq!(stage.words("SELECT key AS word FROM applied_writes ORDER BY key").await, ["good", "worse"]);
    drained(&durable).await;
    assert_eq!(durable.waiting().await.dead(), 0);
    let (_, text) = stage.command(&["queue", "list"]).await;
    assert_eq!(text, "nothing waits\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_of_a_process_that_is_gone_are_in_an_operators_hands_without_redis() {
    let stage = Stage::start().await;
    let data = stage.data.path();
    let url = stage.postgres.secret_url();
    {
        let nowhere = SecretString::from("postgres://nobody:none@127.0.0.1:1/none");
        let durable = durable(&nowhere, None, data);
        let kept = durable.write(refused("bad")).await.expect("kept");
        assert_eq!(kept, Landed::Kept { file: true, redis: false });
        durable.write(refused("worse")).await.expect("kept");
    }
    let next = durable(&url, None, data);
    eventually("both are dead", || async {
        next.drain_once().await;
        (next.waiting().await.file.dead == 2).then_some(())
    })
    .await;
    let run = async |arguments: &[&str]| {
        let output = program::run(arguments, &[("DATA_DIR", data.to_str().expect("a path"))]).await;
        (output.status.code(), program::text(&output))
    };
    let (code, text) = run(&["queue", "drop", "bad", "--yes"]).await;
    assert_eq!((code, text.contains("running process")), (Some(1), true), "{text}");
    drop(next);
    let begun = Instant::now();
    while !run(&["queue", "drop", "bad", "--yes"]).await.1.contains("bad is dropped") {
        assert!(begun.elapsed() < Duration::from_secs(60), "its thread ends and leaves the file");
    }
    assert_eq!(run(&["queue", "retry", "worse"]).await, (Some(0), "worse will be tried again\n".to_owned()));
    let (_, text) = run(&["queue", "list"]).await;
    assert!(text.starts_with("waiting ") && text.contains("worse") && text.lines().count() == 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_erased_comes_back_with_a_waiting_write() {
    let mut stage = Stage::start().await;
    let (durable, other) = (stage.durable(), {
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        let redis = SecretString::from(stage.redis.url());
        self::durable(&stage.postgres.secret_url(), Some(&redis), &elsewhere.keep())
    });
    stage.postgres.kill();
    let seen =
        |key: &str, id| Write::new(key, 5, &FirstSeen { user: user(id), day: day() }).expect("a write");
    assert_eq!(durable.write(seen("mine", 7)).await.expect("kept"), KEPT);
    assert_eq!(other.write(seen("elsewhere", 7)).await.expect("kept"), KEPT);
    assert_eq!(durable.write(seen("another", 8)).await.expect("kept"), KEPT);
    assert_eq!(durable.write(audit("record", 7)).await.expect("kept"), KEPT);

    assert_eq!(durable.forget(user(7)).await.expect("forgotten"), 2, "in its own file");
    assert_eq!(durable.forget(user(7)).await.expect("forgotten"), 0, "once is enough");
    for entry in std::fs::read_dir(folder(stage.data.path())).expect("a folder") {
        let text = std::fs::read(entry.expect("an entry").path()).expect("a file");
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains("\"user\":\"7\"") && !text.contains("their words"), "{text}");
    }

    stage.postgres.restart().await;
    drained(&other).await;
    drained(&durable).await;
    assert_eq!(stage.words("SELECT user_id::text AS word FROM user_first_seen").await, ["8"]);
    let traces = "SELECT count(*) AS number FROM audit_log WHERE user_id = 7 OR after IS NOT NULL";
    assert_eq!(stage.number(traces).await, 0);
    assert_eq!(stage.number("SELECT count(*) AS number FROM audit_log WHERE actor_id = 900").await, 1);
}
