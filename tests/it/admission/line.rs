//! The line of those who may wait: first come, first served; left by whoever goes; over in time.

use std::time::Duration;

use troupe::{
    domain::denial::Denial,
    gates::{Gate, Line, Step},
    hot::Clock,
};

use super::{Process, ask, counted, roomy};
use crate::support::{PATIENCE, postgres::migrated, redis::Redis as Server};

async fn in_line(process: &Process, of: u64) -> Line {
    match process.gates.admit(&ask(of)).await.expect("a place in line") {
        Gate::Line(line) => line,
        Gate::Open(admission) => panic!("a slot was free: {admission:?}"),
    }
}

async fn step(line: &mut Line) -> Step {
    tokio::time::timeout(PATIENCE, line.next()).await.expect("a step")
}

/// How it ends without a slot.
async fn denied(line: &mut Line) -> Denial {
    loop {
        match step(line).await {
            Step::Moved(_) => {}
            Step::Denied(denial) => return denial,
            Step::Admitted(_) => panic!("no slot is free"),
        }
    }
}

#[tokio::test]
async fn who_waits_is_served_in_order_over_two_processes_and_told_of_each_move() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.guild_slots = 1;
    quotas.free.wait = Duration::from_secs(50);
    let [one, other] = [1, 2].map(|_| Process::start(Some(&server), &database.url, quotas, &Clock::System));
    for process in [&one, &other] {
        process.knows(1..=5).await;
    }
    let holding = one.admit(&ask(1)).await.expect("the slot");
    let mut lines = [in_line(&one, 2).await, in_line(&other, 3).await, in_line(&one, 4).await];
    assert_eq!(lines.each_ref().map(Line::place), [1, 2, 3]);
    // The second leaves, and the third moves.
    let [first, second, third] = &mut lines;
    let mut left = std::mem::replace(second, in_line(&other, 5).await);
    assert_eq!(second.place(), 4);
    assert!(
        tokio::time::timeout(Duration::from_millis(10), left.next()).await.is_err(),
        "nothing happens by itself"
    );
    drop(left);
    assert!(matches!(step(third).await, Step::Moved(2)));
    assert!(matches!(step(second).await, Step::Moved(3)));

    holding.give_back().await;
    let Step::Admitted(next) = step(first).await else { panic!("the first is served first") };
    assert!(matches!(step(second).await, Step::Moved(2)));
    assert!(matches!(step(third).await, Step::Moved(1)));
    next.give_back().await;
    let Step::Admitted(next) = step(third).await else { panic!("then the next") };
    assert!(matches!(step(second).await, Step::Moved(1)));
    next.give_back().await;
    let Step::Admitted(last) = step(second).await else { panic!("then the last") };
    last.give_back().await;
    for process in [&one, &other] {
        process.settled().await;
    }
    drop(lines);
    one.settled().await;
    assert_eq!(counted(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_wait_ends_in_time_at_the_bots_end_and_by_a_switch() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.guild_slots = 1;
    quotas.free.wait = Duration::from_millis(300);
    let process = Process::start(Some(&server), &database.url, quotas, &Clock::System);
    process.knows(1..=3).await;
    let _holding = process.admit(&ask(1)).await.expect("the slot");
    let mut line = in_line(&process, 2).await;
    assert_eq!(denied(&mut line).await, Denial::WaitedInVain);

    quotas.free.wait = Duration::from_secs(50);
    let process = Process::start(Some(&server), &database.url, quotas, &Clock::System);
    process.knows(1..=3).await;
    let (mut line, mut other) = (in_line(&process, 2).await, in_line(&process, 3).await);
    let mut live = process.live.current();
    live.ai_disabled = true;
    process.live.replace(live.clone());
    assert_eq!(denied(&mut line).await, Denial::AiDisabled);
    live.ai_disabled = false;
    process.live.replace(live);
    process.stop.cancel();
    let ended = denied(&mut other).await;
    assert!(matches!(ended, Denial::Stopped | Denial::AiDisabled), "{ended:?}");
}
