//! Crashes, freezes, losses and full disks under the load of several processes.

use std::time::Duration;

use super::Crew;

const PROCESSES: u64 = 4;
/// Pause between two operations of a task: what waits after an outage shall land in a moment.
const PAUSE_MS: u64 = 10;
/// Operations of each process between two blows.
const MORE: usize = 40;

async fn crew() -> Crew {
    Crew::start(PROCESSES, false, PAUSE_MS).await
}

async fn all_holds(mut crew: Crew) -> Crew {
    crew.goes_on(MORE).await;
    crew.end().await;
    crew.holds().await;
    crew
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn redis_killed_and_back() {
    let mut crew = crew().await;
    for _ in 0..2 {
        crew.stage.redis.kill();
        crew.goes_on(MORE).await;
        crew.stage.redis.restart().await;
        crew.goes_on(MORE).await;
    }
    all_holds(crew).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn redis_frozen() {
    let crew = crew().await;
    crew.stage.redis.signal("STOP");
    // For as long as a snapshot of a large server may take.
    tokio::time::sleep(Duration::from_secs(2)).await;
    crew.goes_on(MORE).await;
    crew.stage.redis.signal("CONT");
    all_holds(crew).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn redis_emptied() {
    let crew = crew().await;
    for _ in 0..3 {
        let _: String = crew.stage.redis.run(&::redis::cmd("FLUSHALL")).await;
        crew.goes_on(MORE).await;
    }
    all_holds(crew).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn postgres_killed_and_back() {
    let mut crew = crew().await;
    for _ in 0..2 {
        crew.stage.postgres.kill_hard();
        crew.goes_on(MORE).await;
        crew.stage.postgres.restart().await;
        crew.goes_on(MORE).await;
    }
    let crew = all_holds(crew).await;
    assert!(kept(&crew, "file-true-redis-true") > 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn postgres_frozen() {
    let crew = crew().await;
    crew.stage.postgres.signal("STOP");
    tokio::time::sleep(Duration::from_secs(3)).await;
    crew.goes_on(MORE).await;
    crew.stage.postgres.signal("CONT");
    let crew = all_holds(crew).await;
    assert!(kept(&crew, "file-true-redis-true") > 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn processes_killed_while_everything_is_away() {
    let mut crew = crew().await;
    // At work: their leases free themselves.
    crew.kill();
    crew.hire(11..=14, None);
    crew.goes_on(MORE).await;
    crew.stage.postgres.kill_hard();
    crew.goes_on(MORE).await;
    crew.stage.redis.kill();
    crew.goes_on(MORE).await;
    // All that they have acknowledged stands in files.
    crew.kill();
    crew.stage.redis.restart().await;
    crew.stage.postgres.restart().await;
    crew.hire(21..=24, None);
    let crew = all_holds(crew).await;
    assert!(kept(&crew, "file-true-redis-true") > 0 && kept(&crew, "file-true-redis-false") > 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn both_stores_killed_at_once() {
    let mut crew = crew().await;
    crew.stage.redis.kill();
    crew.stage.postgres.kill_hard();
    crew.goes_on(MORE).await;
    crew.stage.postgres.restart().await;
    crew.goes_on(MORE).await;
    crew.stage.redis.restart().await;
    let crew = all_holds(crew).await;
    assert!(kept(&crew, "file-true-redis-false") > 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn a_full_disk_of_the_queue() {
    // What Redis alone has outlives it only where it writes it down.
    let mut crew = Crew::set(false, PAUSE_MS, &["--appendonly", "yes"]).await;
    crew.hire(1..=PROCESSES, Some(8));
    crew.all_work().await;
    crew.stage.postgres.kill_hard();
    crew.writes(|crew| kept(crew, "file-false-redis-true") > 20).await;
    crew.stage.redis.kill();
    crew.writes(|crew| crew.account.failed.get("write").is_some_and(|refused| *refused > 20)).await;
    crew.stage.redis.restart().await;
    crew.stage.postgres.restart().await;
    let crew = all_holds(crew).await;
    assert!(kept(&crew, "file-true-redis-true") > 0, "the file took what it could");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "many processes: they want the machine for themselves"]
async fn a_disk_that_takes_nothing_from_the_queue() {
    let mut crew = Crew::set(false, PAUSE_MS, &[]).await;
    crew.hire(1..=PROCESSES, Some(0));
    crew.all_work().await;
    crew.stage.postgres.kill_hard();
    crew.writes(|crew| kept(crew, "file-false-redis-true") > 20).await;
    // Redis alone has them, and does not forget.
    crew.stage.postgres.restart().await;
    all_holds(crew).await;
}

/// Writes that were kept there.
fn kept(crew: &Crew, place: &str) -> usize {
    let place = format!("kept-{place}");
    crew.account.done("write").iter().filter(|said| said.ends_with(&place)).count()
}
