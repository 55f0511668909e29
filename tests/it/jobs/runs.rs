//! How jobs run: whatever happens to a run, by one process at a time, and the real ones.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use diesel_async::SimpleAsyncConnection;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use troupe::{
    config::RetentionSettings,
    domain::metric::Metric,
    hot::stats::Count,
    jobs::{self, Job, Parts},
    warm::leader::Leader,
};

use super::{DAY, connection, guild, lines, migrated, process};
use crate::support::{eventually, redis::Redis};

const TERMS: RetentionSettings =
    RetentionSettings { usage_months: 13, scene_months: 6, audit_months: 24, reply_days: 7 };

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
        INSERT INTO talk_replies (interaction_id, channel_id, user_id, character_id, said, answers, by_webhook, made_at)
        SELECT age, 1, 1, 'shipped:mira', 'Hm', '{Hm?}', false, now() - make_interval(days => age)
        FROM generate_series(1, 9) AS age;
        INSERT INTO talk_forgotten (user_id, forgotten_at)
        SELECT age, now() - make_interval(days => age) FROM generate_series(29, 31) AS age;
        INSERT INTO trades (trade_id, guild_id, proposer_id, receiver_id, gives, made_at, expires_at, state, ended_at)
        VALUES (1, 1, 1, 2, 'shipped:mira', now() - interval '2 days', now() - interval '1 day', 'confirmed', NULL),
            (2, 1, 1, 2, 'shipped:mira', now() - interval '1 hour', now() + interval '1 day', 'confirmed', NULL),
            (3, 1, 1, 2, 'shipped:mira', now() - interval '95 days', now() - interval '94 days', 'expired',
                now() - interval '94 days');
        INSERT INTO character_custom_styles (owner_id, name, card, deleted_at)
        SELECT 1, age::text, '{}', now() - make_interval(days => age) FROM generate_series(5, 9) AS age;
        INSERT INTO bond_state (user_id, character_id, xp) VALUES (1, 'shipped:mira', 9);
        INSERT INTO bond_history
        SELECT 1, 'shipped:mira', current_date - age, 1, 9 FROM generate_series(398, 403) AS age;
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
                    (SELECT max(interaction_id) FROM talk_replies),
                    (SELECT max(user_id) FROM talk_forgotten),
                    (SELECT string_agg(state, ' ' ORDER BY trade_id) FROM trades),
                    (SELECT max(name) FROM character_custom_styles),
                    (SELECT max(current_date - day) FROM bond_history),
                    to_regclass('usage_ledger_2020_02')) AS line";
            let line = lines(&mut connection(&postgres).await, query).await.pop();
            line.filter(|line| *line == format!("{wanted} young 6 29 expired confirmed 6 400"))
        })
        .await;
        stop.cancel();
        tracker.close();
        tracker.wait().await;
    }
    let locks: Vec<String> = redis.run(redis::cmd("KEYS").arg("test:lock:*")).await;
    assert!(locks.is_empty(), "locks are given back at the end: {locks:?}");
    let jobs = "SELECT job AS line FROM job_fences ORDER BY 1";
    assert_eq!(
        lines(&mut watch, jobs).await,
        ["applied_writes", "bond_history", "characters", "partitions", "replies", "stats_flush", "trades"]
    );
}
