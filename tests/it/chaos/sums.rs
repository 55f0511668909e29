//! Sixteen processes that share everything, and no fault: what they were granted is, to the last one, what is there.

use std::time::Duration;

use super::{Crew, number, worker};
use crate::chaos::worker::{CALLS, CAP, SLOTS};

const PROCESSES: u64 = 16;
/// Pause between two operations of a task: without one, those who are refused a slot only ask again.
const PAUSE_MS: u64 = 2;

/// Seconds under load; `SOAK_SECONDS` makes it longer.
fn length() -> Duration {
    let seconds = std::env::var("SOAK_SECONDS").ok().map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(5))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn sixteen_processes_on_the_same_rows_and_keys_sum_up_exactly() {
    let mut crew = Crew::start(PROCESSES, true, PAUSE_MS).await;
    tokio::time::sleep(length()).await;
    crew.end().await;
    crew.holds().await;
    let Crew { orders, account, .. } = &crew;
    assert!(account.failed.is_empty(), "{:?}", account.failed);

    let bond = |who: &str| {
        format!("SELECT xp AS number FROM bond_state WHERE user_id = 7 AND character_id = 'shipped:{who}'")
    };
    assert_eq!(crew.count(&bond("mira")).await, account.sum("free"));
    assert_eq!(crew.count(&bond("bo")).await, account.sum("capped"));
    assert_eq!(account.sum("capped").min(CAP.into()), account.sum("capped"));
    let turns = crew.count("SELECT count(*) AS number FROM scene_turns").await;
    assert_eq!(turns, number(account.done("turn").len()));
    let calls = crew.count("SELECT count(*) AS number FROM usage_ledger").await;
    assert_eq!(calls, number(account.done("call").iter().filter(|said| said.starts_with("now ")).count()));
    let landed = crew.count("SELECT count(*) AS number FROM applied_writes").await;
    assert_eq!(landed, number(account.acknowledged().len()));

    // What was used of the budgets: `Now Redis USED CALLS` for each call that was settled.
    let settled = account.done("settle").iter().map(|said| said.split(' ').collect::<Vec<_>>());
    let (mut used, mut calls) = (0, 0);
    for words in settled {
        assert_eq!(words[0], "Now", "a lease that is held is settled once");
        used += words[2].parse::<u64>().expect("a number");
        calls += words[3].parse::<u64>().expect("a number");
    }
    assert!(account.done("give_back").iter().all(|said| said.starts_with("Now ")));
    assert!(account.done("renew").iter().all(|said| said == "true"), "no lease is lost");
    let granted = account.done("reserve").iter().filter(|said| said.starts_with("granted")).count();
    assert_eq!(granted, account.done("settle").len() + account.done("give_back").len());
    assert!(!account.done("reserve").iter().any(|said| said == "repeated"));
    let redis = worker::redis(&orders.redis, true);
    let [large, small] = orders.budgets();
    for (key, expected) in [(large, used), (small, calls)] {
        let stands: Option<u64> = redis.command("GET").key(&key).ask().await.expect("an answer");
        assert_eq!(stands.unwrap_or_default(), expected);
    }
    assert!(calls <= CALLS.into());

    let holders = account.done("holders").iter().map(|said| said.parse::<u32>().expect("a number"));
    let most = holders.max().expect("somebody held a slot");
    assert!((1..=SLOTS).contains(&most), "{most} at once");
    println!("at most {most} of {SLOTS} slots at once; {used} used, {calls} of {CALLS} calls");
}
