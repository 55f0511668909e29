//! A limit of N admits N: at once over two processes, over midnight, in seven days, after a loss of all of Redis.

use std::sync::atomic::Ordering;

use futures::future::join_all;
use troupe::{
    domain::denial::{Denial, Limit},
    hot::Clock,
};

use troupe_sandbox::model::Script;

use super::{
    DAY_MS, LIFE, Process, START_MS, ask,
    calls::{Model, answered},
    keys, manual, roomy, user,
};
use crate::support::{postgres::migrated, redis::Redis as Server};

fn limit_of(outcome: &Result<troupe::gates::Admission, Denial>) -> Option<(Limit, Option<i64>)> {
    match outcome {
        Err(Denial::Limit { limit, until, .. }) => Some((*limit, *until)),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_at_once_over_two_processes_are_admitted_to_the_limit_and_no_further() {
    const N: u32 = 20;
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.free.talk.guild_day = N;
    let processes = [1, 2].map(|_| Process::start(Some(&server), &database.url, quotas, &Clock::System));
    for process in &processes {
        process.knows((100..164).chain(200..220)).await;
    }
    let calls = (0..64).map(|number: u64| {
        let (process, ask) = (&processes[usize::from(number % 2 == 1)], ask(100 + number));
        async move { process.admit(&ask).await }
    });
    let outcomes = join_all(calls).await;
    let (admitted, denied): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome.is_ok());
    assert_eq!(admitted.len(), N as usize);
    assert!(denied.iter().all(|denied| limit_of(denied).is_some_and(|(limit, _)| limit == Limit::GuildDay)));
    drop(outcomes);
    for process in &processes {
        process.settled().await;
    }
    // All was given back: as many fit again.
    let first = &processes[0];
    let again = join_all((0..N).map(|number| {
        let ask = ask(200 + u64::from(number));
        async move { first.admit(&ask).await.map(std::mem::forget) }
    }))
    .await;
    assert!(again.iter().all(Result::is_ok), "{again:?}");
}

#[tokio::test]
async fn a_day_ends_at_midnight_utc_and_a_week_when_its_first_day_is_over() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    (quotas.free.talk.user_day, quotas.free.talk.user_week) = (2, 3);
    let (clock, now) = manual(START_MS + DAY_MS - 1);
    let model = Model::talkative().await;
    model.server.always(Script::text("Well met!")).expect("a script");
    let process = Process::with(Some(&server), &database.url, quotas, &clock, &model.url(), LIFE);
    process.knows([1, 2]).await;
    for expected in [(1, 2), (0, 1)] {
        let left = answered(&process, 1).await;
        assert_eq!((left.user_day, left.user_week), expected);
    }
    let denied = process.admit(&ask(1)).await;
    assert_eq!(limit_of(&denied), Some((Limit::UserDay, Some(START_MS + DAY_MS))));

    now.store(START_MS + DAY_MS, Ordering::SeqCst);
    answered(&process, 1).await;
    let first_day_leaves = START_MS + 7 * DAY_MS;
    for at in [START_MS + DAY_MS, START_MS + 6 * DAY_MS, first_day_leaves - 1] {
        now.store(at, Ordering::SeqCst);
        let denied = process.admit(&ask(1)).await;
        assert_eq!(limit_of(&denied), Some((Limit::UserWeek, Some(first_day_leaves))), "at {at}");
    }
    now.store(first_day_leaves, Ordering::SeqCst);
    let left = answered(&process, 1).await;
    assert_eq!((left.user_day, left.user_week), (1, 1));
}

#[tokio::test]
async fn after_a_loss_of_all_of_redis_limits_begin_anew_and_nothing_breaks() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.free.talk.user_day = 1;
    let process = Process::start(Some(&server), &database.url, quotas, &Clock::System);
    process.knows([1]).await;
    let before = process.admit(&ask(1)).await.expect("admitted");
    assert!(process.admit(&ask(1)).await.is_err());
    let _: String = server.run(&redis::cmd("FLUSHALL")).await;
    let after = process.admit(&ask(1)).await.expect("begun anew");
    before.give_back().await;
    assert!(
        process.admit(&ask(1)).await.is_err(),
        "the one before the loss gives nothing back that is another's"
    );
    drop(after);
}

#[tokio::test]
async fn the_same_interaction_counts_once_however_often_it_comes() {
    let (server, database) = (Server::start().await, migrated().await);
    let processes = [1, 2].map(|_| Process::start(Some(&server), &database.url, roomy(), &Clock::System));
    for process in &processes {
        process.knows([1]).await;
    }
    let same = ask(1);
    let outcomes = join_all((0..8).map(|at| processes[at % 2].admit(&same))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|outcome| !matches!(outcome, Err(denial) if *denial != Denial::Repeated)));
    drop(outcomes);
    processes[0].settled().await;
    processes[1].settled().await;
    assert!(matches!(processes[0].admit(&same).await, Err(Denial::Repeated)), "also after its end");
}

#[tokio::test]
async fn only_overruns_of_the_members_own_window_lead_to_a_penalty() {
    let (server, database) = (Server::start().await, migrated().await);
    let mut quotas = roomy();
    quotas.free.user_window.calls = 1;
    quotas.free.talk.guild_day = 2;
    let (clock, now) = manual(START_MS);
    let process = Process::start(Some(&server), &database.url, quotas, &clock);
    process.knows(1..=3).await;
    let _held = process.admit(&ask(1)).await.expect("admitted");
    for _ in 0..2 {
        assert_eq!(
            limit_of(&process.admit(&ask(1)).await),
            Some((Limit::UserWindow, Some(START_MS + 30_000)))
        );
    }
    let penalty = Denial::Penalty { until: START_MS + 600_000 };
    for _ in 0..2 {
        assert_eq!(process.admit(&ask(1)).await.expect_err("locked"), penalty);
    }
    let _second = process.admit(&ask(2)).await.expect("admitted");
    for _ in 0..5 {
        now.fetch_add(1_000, Ordering::SeqCst);
        assert_eq!(limit_of(&process.admit(&ask(3)).await).map(|(limit, _)| limit), Some(Limit::GuildDay));
    }
    let standing = process.gates.standing(ask(3).place, user(3)).await.expect("known");
    assert_eq!(standing.penalty, None);
    let locked = process.gates.standing(ask(1).place, user(1)).await.expect("known");
    assert_eq!(locked.penalty, Some(START_MS + 600_000));
}

#[tokio::test]
async fn a_look_at_the_limits_tells_what_is_left_and_changes_nothing() {
    let (server, database) = (Server::start().await, migrated().await);
    let (clock, _) = manual(START_MS + 1);
    let process =
        Process::start(Some(&server), &database.url, troupe::domain::quota::Quotas::default(), &clock);
    process.knows([1]).await;
    let admission = process.admit(&ask(1)).await.expect("admitted");
    let before = keys(&server).await;
    let standing = process.gates.standing(ask(1).place, user(1)).await.expect("known");
    assert_eq!(keys(&server).await, before);
    let of = |limit| {
        let found = standing.limits.iter().find(|stands| stands.limit == limit).expect("it is told");
        (found.used, found.of, found.renews_at)
    };
    assert_eq!(of(Limit::UserWindow), (1, 3, Some(START_MS + 30_001)));
    assert_eq!(of(Limit::UserDay), (1, 10, Some(START_MS + DAY_MS)));
    assert_eq!(of(Limit::UserWeek), (1, 50, Some(START_MS + 7 * DAY_MS)));
    assert_eq!(of(Limit::GuildDay), (1, 100, Some(START_MS + DAY_MS)));
    let tokens = u64::from(admission.prompt_tokens() + admission.reply_tokens());
    assert_eq!(of(Limit::TokensDay), (tokens, 8_000, Some(START_MS + DAY_MS)));
    assert_eq!((standing.slots_used, standing.slots, standing.waiting), (1, 2, 0));
    assert_eq!((admission.prompt_tokens(), admission.reply_tokens()), (500, 250));
}
