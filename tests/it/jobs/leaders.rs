//! Who leads: one process at a time, and what a leader may still write that has lost its place.

use std::{
    sync::atomic::{AtomicI64, AtomicU32, Ordering},
    time::Duration,
};

use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use tokio::sync::Notify;
use troupe::{
    cold::{
        BACKGROUND_BUDGET, ColdError, Connection,
        fences::{self, FenceError},
    },
    hot::Side,
    warm::leader::Leader,
};

use super::{connection, lines, migrated, process};
use crate::support::{eventually, redis::Redis};

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
