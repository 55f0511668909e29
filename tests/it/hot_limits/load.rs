//! Many at once on a real Redis, what an operation costs there, and scripts that it has lost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt, future::join_all};
use secrecy::SecretString;
use troupe::hot::{
    Clock, Operation, Redis,
    limits::{Check, GiveBack, Look, Renew, Reserve, Reserved, Settle, Settled},
};

use super::{calls, calls_key, global_slot, held, penalty, reserve, slot, user, user_window};
use crate::support::{PATIENCE, eventually, redis::Redis as Server};

fn connect(server: &Server) -> Redis {
    Redis::new(&SecretString::from(server.url()), "load:", Clock::System).expect("an address")
}

fn now_ms() -> i64 {
    Clock::System.now_ms()
}

fn full(now: i64) -> Vec<Check> {
    let penalty = penalty(super::guild(1), user(1));
    vec![
        Check::Absent(penalty.lock.clone()),
        user_window(1_000_000, 30, Some(penalty)),
        calls(now, 1, 1, 1_000_000),
        calls(now, 7, 1, 1_000_000),
        slot(1_000_000),
        global_slot(1_000_000),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_at_once_spend_a_budget_to_the_last_call_and_never_hold_more_than_the_slots() {
    const BUDGET: u32 = 150;
    const SLOTS: u32 = 5;
    let server = Server::start().await;
    let today = now_ms();
    let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let spenders = (0..16_u64).map(|spender| {
        let (redis, running, most) = (connect(&server), Arc::clone(&running), Arc::clone(&most));
        tokio::spawn(async move {
            let mut granted = 0;
            for attempt in 1.. {
                let checks = vec![slot(SLOTS), global_slot(SLOTS), calls(today, 7, 1, BUDGET)];
                let asked = reserve(spender * 1_000_000 + attempt, checks);
                match asked.on_redis(&redis).await.expect("an answer") {
                    Reserved::Granted(_) => {
                        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        running.fetch_sub(1, Ordering::SeqCst);
                        let held = held(&asked);
                        let settled =
                            Settle { held: &held, used: Vec::new(), memory: None }.on_redis(&redis).await;
                        assert_eq!(settled.expect("an answer"), Settled::Now);
                        granted += 1;
                    }
                    Reserved::Refused { index: 0, .. } => tokio::task::yield_now().await,
                    Reserved::Refused { index, .. } => {
                        assert_eq!(index, 2, "the place's slots are as many as all");
                        return granted;
                    }
                    other => panic!("each call is asked for once, and none waits: {other:?}"),
                }
            }
            granted
        })
    });
    let done = tokio::time::timeout(PATIENCE, join_all(spenders)).await.expect("the budget is spent");
    let granted: u32 = done.into_iter().map(|spender| spender.expect("no panic")).sum();
    assert_eq!(granted, BUDGET);
    assert!((1..=SLOTS).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");

    let redis = connect(&server);
    let value: u32 = redis.command("GET").key(&calls_key(today, 0)).ask().await.expect("a number");
    assert_eq!(value, BUDGET);
    for check in [slot(SLOTS), global_slot(SLOTS)] {
        let Check::Slot { key, .. } = check else { unreachable!("a slot") };
        assert_eq!(redis.command("EXISTS").key(&key).ask::<i64>().await.expect("an answer"), 0);
    }
}

#[tokio::test]
async fn each_operation_is_one_round_trip_and_a_lost_script_is_loaded_again() {
    let server = Server::start().await;
    let redis = connect(&server);
    let now = now_ms();
    let mut interaction = 0;
    // The first round loads the scripts, the second is counted, the third comes after they were lost.
    for round in ["fresh", "loaded", "lost"] {
        if round == "lost" {
            let _: String = server.run(::redis::cmd("SCRIPT").arg("FLUSH")).await;
        }
        let client = ::redis::Client::open(server.url()).expect("an address");
        let mut heard = client.get_async_monitor().await.expect("a monitor").into_on_message::<String>();
        interaction += 2;
        let (one, other) = (reserve(interaction, full(now)), reserve(interaction + 1, full(now)));
        let (held_one, held_other) = (held(&one), held(&other));
        for asked in [&one, &other] {
            assert!(matches!(asked.on_redis(&redis).await, Ok(Reserved::Granted(_))));
        }
        assert!(Renew { held: &held_one }.on_redis(&redis).await.expect("an answer"));
        assert_eq!(Look { checks: full(now) }.on_redis(&redis).await.expect("an answer").len(), 6);
        let settled = Settle { held: &held_one, used: Vec::new(), memory: None }.on_redis(&redis).await;
        assert_eq!(settled.expect("an answer"), Settled::Now);
        assert_eq!(GiveBack { held: &held_other }.on_redis(&redis).await.expect("an answer"), Settled::Now);

        redis.command("ECHO").arg("the end").ask::<String>().await.expect("an answer");
        let mut asked = Vec::new();
        loop {
            let line = tokio::time::timeout(PATIENCE, heard.next()).await.expect("in time").expect("a line");
            if line.contains("the end") {
                break;
            }
            // What a script does is no trip of its own.
            if !line.contains(" lua] ") {
                asked.push(line);
            }
        }
        if round == "loaded" {
            assert_eq!(asked.len(), 6, "{asked:#?}");
            assert!(asked.iter().all(|line| line.to_uppercase().contains("\"EVALSHA\"")), "{asked:#?}");
        }
    }
}

#[tokio::test]
async fn by_its_own_clock_redis_frees_a_slot_when_its_time_is_over() {
    let server = Server::start().await;
    let redis = connect(&server);
    let short = Reserve { life: Duration::from_millis(200), ..reserve(1, vec![slot(1)]) };
    assert!(matches!(short.on_redis(&redis).await, Ok(Reserved::Granted(_))));
    let attempts = AtomicU64::new(2);
    eventually("the slot is free", || async {
        let next = reserve(attempts.fetch_add(1, Ordering::SeqCst), vec![slot(1)]);
        match next.on_redis(&redis).await.expect("an answer") {
            Reserved::Granted(_) => Some(()),
            _ => None,
        }
    })
    .await;
}
