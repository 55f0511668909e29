//! Every way in which an admitted call ends without words leaves nothing behind, and stores that are away break nothing.

use std::{sync::atomic::Ordering, time::Duration};

use troupe::{
    cold::switches::Switch,
    domain::{
        denial::Denial,
        oversight::{Reason, SwitchTarget},
    },
    hot::Clock,
};

use super::{LIFE, Process, START_MS, ask, counted, manual, roomy};
use crate::support::{eventually, postgres::migrated, redis::Redis as Server};

#[tokio::test]
async fn whoever_drops_forgets_or_panics_leaves_nothing_behind() {
    let (server, database) = (Server::start().await, migrated().await);
    let process = Process::start(Some(&server), &database.url, roomy(), &Clock::System);

    process.knows([1]).await;
    process.admit(&ask(1)).await.expect("admitted").give_back().await;
    assert_eq!(counted(&server).await, Vec::<String>::new(), "given back");

    drop(process.admit(&ask(1)).await.expect("admitted"));
    process.settled().await;
    assert_eq!(counted(&server).await, Vec::<String>::new(), "dropped");

    let admission = process.admit(&ask(1)).await.expect("admitted");
    let panicked = tokio::spawn(async move {
        let _held = admission;
        panic!("on purpose");
    });
    assert!(panicked.await.is_err());
    process.settled().await;
    assert_eq!(counted(&server).await, Vec::<String>::new(), "panicked");

    // Cancelled at any moment of asking.
    for patience in 0..20 {
        let asked = ask(1);
        let cancelled = tokio::time::timeout(Duration::from_micros(patience * 100), process.admit(&asked));
        drop(cancelled.await);
    }
    process.settled().await;
    assert_eq!(counted(&server).await, Vec::<String>::new(), "cancelled");
}

#[tokio::test]
async fn a_crash_frees_its_slot_at_its_time_and_what_it_was_counted_for() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.guild_slots = 1;
    quotas.free.talk.user_day = 1;
    let (clock, now) = manual(START_MS);
    let process = Process::start(Some(&server), &database.url, quotas, &clock);
    process.knows([1, 2]).await;
    std::mem::forget(process.admit(&ask(1)).await.expect("admitted"));
    let life = i64::try_from(LIFE.as_millis()).expect("short");
    let busy = Denial::GuildBusy { until: Some(START_MS + life) };
    assert_eq!(process.admit(&ask(2)).await.expect_err("taken"), busy);
    now.fetch_add(life - 1, Ordering::SeqCst);
    assert_eq!(process.admit(&ask(2)).await.expect_err("taken"), busy);
    now.fetch_add(1, Ordering::SeqCst);
    process.admit(&ask(2)).await.expect("free").give_back().await;
    process.admit(&ask(1)).await.expect("what the crash was counted for is back").give_back().await;
}

#[tokio::test]
async fn without_redis_each_process_limits_for_itself() {
    let (mut server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.free.talk.user_day = 2;
    let process = Process::start(Some(&server), &database.url, quotas, &Clock::System);
    process.knows([1]).await;
    let held = process.admit(&ask(1)).await.expect("admitted");
    server.kill();
    // In Redis there was one more; this process counts for itself from now on.
    let local =
        [process.admit(&ask(1)).await.expect("by itself"), process.admit(&ask(1)).await.expect("again")];
    assert!(matches!(process.admit(&ask(1)).await, Err(Denial::Limit { .. })));
    held.give_back().await;
    let [one, _other] = local;
    one.give_back().await;
    process.admit(&ask(1)).await.expect("there is room again").give_back().await;
    process.settled().await;
}

#[tokio::test]
async fn the_environments_switch_and_a_runtime_one_stop_calls_in_every_process() {
    let (server, database) = (Server::start().await, migrated().await);
    let [one, other] = [1, 2].map(|_| Process::start(Some(&server), &database.url, roomy(), &Clock::System));
    for process in [&one, &other] {
        process.knows([1]).await;
    }
    tokio::spawn(other.switches.clone().keep(other.stop.clone()));
    let switch = Switch {
        target: SwitchTarget::Character(ask(1).character),
        reason: Some(Reason::new("too *loud*").expect("a reason")),
        by: None,
        since: chrono::Utc::now(),
        until: None,
    };
    one.switches.set(switch.clone()).await.expect("set");
    let expected =
        Denial::Switched { target: switch.target, reason: Some("too *loud*".to_owned()), until: None };
    for process in [&one, &other] {
        assert_eq!(process.admit(&ask(1)).await.expect_err("switched off"), expected);
    }
    // Redis loses it, and whoever knows it holds on.
    let _: String = server.run(&redis::cmd("FLUSHALL")).await;
    assert_eq!(one.admit(&ask(1)).await.expect_err("switched off"), expected);
    one.switches
        .clear(SwitchTarget::Character(ask(1).character), None, chrono::Utc::now())
        .await
        .expect("cleared");
    for process in [&one, &other] {
        eventually("it is on again", || async { process.admit(&ask(1)).await.ok() }).await.give_back().await;
    }

    let mut live = one.live.current();
    live.ai_disabled = true;
    one.live.replace(live);
    assert_eq!(one.admit(&ask(1)).await.expect_err("switched off"), Denial::AiDisabled);
    other.admit(&ask(1)).await.expect("another process's environment").give_back().await;
    other.stop.cancel();
}
