//! The line for a slot: each rule on both stores at once, and many who wait in two processes.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use troupe::{
    domain::ids::Place,
    hot::{
        Clock, Hot, Operation, Redis, keys,
        limits::{
            Check, Freed, Granted, LeaseId, Leave, Look, Refusal, Reserve, Reserved, Settled, Standing, Wait,
        },
    },
};

use super::{calls, global_slot, granted, guild, held, holder, refused, reserve, settle, slot, user};
use crate::support::{
    PATIENCE,
    both::{Both, START_MS},
    redis::Redis as Server,
};

fn waiting(interaction: u64, place: u64, checks: Vec<Check>) -> Reserve {
    let wait = Some(Wait { until_ms: START_MS + 12_000, most: 20 });
    Reserve { wait, place: guild(place), ..reserve(interaction, checks) }
}

fn stands(reserved: &Reserved) -> (u32, u32) {
    match reserved {
        Reserved::Waiting { place, of, .. } => (*place, *of),
        other => panic!("not in line: {other:?}"),
    }
}

fn leave(asked: &Reserve) -> Leave {
    Leave { lease: asked.lease, place: asked.place, holder: asked.holder }
}

#[tokio::test]
async fn who_comes_first_is_served_first_and_nobody_overtakes() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let ask = |n| waiting(n, 1, vec![slot(1)]);
    let first = ask(1);
    granted(both.ask(&first).await);
    let (second, third, fourth) = (ask(2), ask(3), ask(4));
    let told = both.ask(&second).await;
    let ends = START_MS + 70_000;
    assert_eq!(told, Reserved::Waiting { place: 1, of: 1, retry_at: Some(ends) });
    both.advance(Duration::from_secs(1)).await;
    let told = both.ask(&third).await;
    let retry_at = Some(START_MS + 12_000);
    assert_eq!(told, Reserved::Waiting { place: 2, of: 2, retry_at }, "when the one ahead gives up");
    assert_eq!(stands(&both.ask(&fourth).await), (3, 3));
    assert_eq!(stands(&both.ask(&third).await), (2, 3), "asking again moves nobody");
    let twice = Reserve { holder: holder(2), ..third.clone() };
    assert_eq!(both.ask(&twice).await, Reserved::Repeated, "delivered twice");
    let few = Reserve { wait: Some(Wait { until_ms: START_MS + 12_000, most: 3 }), ..ask(5) };
    assert_eq!(both.ask(&few).await, Reserved::LineFull { retry_at });

    assert_eq!(both.ask(&settle(&held(&first))).await, Settled::Now);
    let hasty = Reserve { wait: None, ..ask(6) };
    assert_eq!(
        refused(both.ask(&hasty).await),
        (0, Refusal::Slot { free_at: None }),
        "the slot is the second's"
    );
    assert_eq!(stands(&both.ask(&third).await), (2, 3));
    assert!(both.ask(&leave(&second)).await);
    assert!(!both.ask(&leave(&second)).await);
    assert_eq!(stands(&both.ask(&fourth).await), (2, 2));
    assert_eq!(granted(both.ask(&third).await).left, [Some(0)]);
    assert_eq!(stands(&both.ask(&fourth).await), (1, 1));
    let look = both.ask(&Look { checks: vec![slot(1)] }).await;
    let free_at = Some(START_MS + 71_000);
    assert_eq!(look, [Standing::Slot { used: 1, waiting: 1, cap: 1, free_at }]);

    // Its process died: its place ends by itself.
    both.ask(&settle(&held(&third))).await;
    both.advance(Duration::from_secs(10)).await;
    assert_eq!(refused(both.ask(&hasty).await).0, 0);
    both.advance(Duration::from_secs(1)).await;
    granted(both.ask(&hasty).await);
    let late = ask(7);
    assert_eq!(refused(both.ask(&late).await).0, 0, "its time is over");
}

#[tokio::test]
async fn a_refusal_by_another_limit_ends_the_wait() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let now = both.now_ms();
    granted(both.ask(&reserve(1, vec![slot(1), calls(now, 1, 1, 2)])).await);
    let asked = waiting(2, 1, vec![slot(1), calls(now, 1, 1, 2)]);
    assert_eq!(stands(&both.ask(&asked).await), (1, 1));
    granted(both.ask(&reserve(3, vec![calls(now, 1, 1, 2)])).await);
    assert_eq!(refused(both.ask(&asked).await).0, 1, "the budget is spent meanwhile");
    assert!(!both.ask(&leave(&asked)).await);
}

#[tokio::test]
async fn a_slot_of_all_goes_round_the_guilds() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let checks = |place| {
        let own = Check::Slot { key: keys::ConcurrencyGuild::of(guild(place)).into_raw(), cap: 9 };
        vec![own, global_slot(1)]
    };
    let ask = |n, place| waiting(n, place, checks(place));
    let mut running = ask(1, 1);
    granted(both.ask(&running).await);
    // Four of the first guild come before two of the second and one of the third.
    let mut line: Vec<_> =
        [(2, 1), (3, 1), (4, 1), (5, 1), (6, 2), (7, 2), (8, 3)].map(|(n, place)| ask(n, place)).into();
    for asked in &line {
        stands(&both.ask(asked).await);
    }
    let expected = [2, 6, 8, 3, 7, 4, 5];
    for (at, next) in expected.into_iter().enumerate() {
        let place = line.iter().position(|asked| asked.lease.interaction.get() == next).expect("in line");
        for (ahead, other) in expected[at..].iter().enumerate() {
            let other = line.iter().find(|asked| asked.lease.interaction.get() == *other).expect("in line");
            let (place, of) = stands(&both.ask(other).await);
            assert_eq!((place as usize, of as usize), (ahead + 1, line.len()), "{next} is next");
        }
        both.ask(&settle(&held(&running))).await;
        for other in line.iter().filter(|asked| asked.lease.interaction.get() != next) {
            stands(&both.ask(other).await);
        }
        running = line.remove(place);
        granted(both.ask(&running).await);
    }
}

fn now_ms() -> i64 {
    Clock::System.now_ms()
}

/// Waits as a process does: asks again whenever something may have changed.
async fn take(redis: &Redis, freed: &Freed, asked: &Reserve) -> Granted {
    let mut told = freed.listen();
    loop {
        told.mark_unchanged();
        match asked.on_redis(redis).await.expect("an answer") {
            Reserved::Granted(granted) => return granted,
            Reserved::Waiting { retry_at, .. } => {
                let by_then = retry_at.map_or(1_000, |at| (at - now_ms()).clamp(1, 10_000)).unsigned_abs();
                let _ = tokio::time::timeout(Duration::from_millis(by_then), told.changed()).await;
            }
            other => panic!("neither granted nor waiting: {other:?}"),
        }
    }
}

/// So many of one guild over two processes, in the order of coming, on two slots.
pub async fn all_are_served_in_order(stores: [Redis; 2], callers: u64) {
    let stop = CancellationToken::new();
    let ears = stores.clone().map(|redis| Freed::over(&Hot::new(Some(redis), Clock::System), &stop));
    let asked = |n: u64| {
        let wait = Some(Wait { until_ms: now_ms() + 600_000, most: 100 });
        Reserve { wait, ..reserve(n, vec![slot(2), global_slot(2)]) }
    };
    let first = [asked(1), asked(2)];
    for first in &first {
        granted(first.on_redis(&stores[0]).await.expect("an answer"));
    }
    let (running, served) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(VecDeque::new())));
    let mut tasks = Vec::new();
    for n in 3..3 + callers {
        let which = usize::from(n % 2 == 0);
        let (redis, freed, asked) = (stores[which].clone(), ears[which].clone(), asked(n));
        assert!(matches!(asked.on_redis(&redis).await, Ok(Reserved::Waiting { .. })));
        let (running, served) = (Arc::clone(&running), Arc::clone(&served));
        tasks.push(tokio::spawn(async move {
            let granted = take(&redis, &freed, &asked).await;
            assert!(running.fetch_add(1, Ordering::SeqCst) < 2, "more at once than slots");
            served.lock().expect("nobody panics").push_back(n);
            tokio::task::yield_now().await;
            running.fetch_sub(1, Ordering::SeqCst);
            let held = asked.held(&granted);
            assert_eq!(settle(&held).on_redis(&redis).await.expect("an answer"), Settled::Now);
        }));
    }
    for first in &first {
        settle(&held(first)).on_redis(&stores[0]).await.expect("an answer");
    }
    for done in tokio::time::timeout(PATIENCE, join_all(tasks)).await.expect("all are served") {
        done.expect("no panic");
    }
    let served = served.lock().expect("nobody panics");
    assert_eq!(served.len() as u64, callers);
    for (n, place) in served.iter().zip(3..) {
        // Two are served at once, and may tell of it in either order.
        assert!(n.abs_diff(place) <= 2, "served as {place}: {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_over_two_processes_are_served_in_order() {
    let server = Server::start().await;
    let connect = || {
        let redis = Redis::new(&SecretString::from(server.url()), "line:", Clock::System);
        redis.expect("an address").with_deadline(PATIENCE)
    };
    all_are_served_in_order([connect(), connect()], 64).await;
    let redis = connect();
    for key in [keys::ConcurrencyGuild::of(guild(1)).into_raw(), keys::ConcurrencyGlobal::key().into_raw()] {
        assert_eq!(redis.command("EXISTS").key(&key).ask::<i64>().await.expect("an answer"), 0, "{key:?}");
    }
}

#[tokio::test]
async fn a_slot_freed_in_this_process_alone_is_heard() {
    let hot = Hot::new(None, Clock::System);
    let freed = Freed::over(&hot, &CancellationToken::new());
    let ask = |n| Reserve {
        wait: Some(Wait { until_ms: now_ms() + 60_000, most: 9 }),
        ..reserve(n, vec![slot(1)])
    };
    let first = ask(1);
    let answer = granted(hot.ask(&first).await.0);
    let mut told = freed.listen();
    stands(&hot.ask(&ask(2)).await.0);
    hot.ask(&settle(&first.held(&answer))).await;
    tokio::time::timeout(PATIENCE, told.changed()).await.expect("in time").expect("told");
    granted(hot.ask(&ask(2)).await.0);
}

/// A direct message is a place of its own in the line of all.
#[tokio::test]
async fn a_direct_message_waits_as_well() {
    let server = Server::start().await;
    let mut both = Both::start(&server).await;
    let asked = Reserve { place: Place::Direct(user(1)), ..waiting(1, 1, vec![global_slot(0)]) };
    assert_eq!(stands(&both.ask(&asked).await), (1, 1));
    let again = Reserve { lease: LeaseId { call: 1, ..asked.lease }, ..asked.clone() };
    assert_eq!(stands(&both.ask(&again).await), (2, 2));
    both.advance(Duration::from_secs(12)).await;
    assert!(!both.ask(&leave(&asked)).await);
}
