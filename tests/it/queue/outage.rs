//! Crashes in the middle of a load of writes: of PostgreSQL, of Redis, of the process. What was acknowledged lands once.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use troupe::{ops::health::Health, warm::queue::Durable};

use super::durable::{Stage, drained, durable, one_more};
use crate::support::eventually;

const TASKS: usize = 8;

/// Writes until told to stop, each write twice; counts those that were acknowledged.
async fn load(durable: Durable, task: usize, go_on: Arc<AtomicBool>, acknowledged: Arc<AtomicI64>) {
    let mut n = 0;
    while go_on.load(Ordering::SeqCst) {
        let key = format!("load:{task}:{n}");
        let priority = u8::try_from(n % 10).expect("a digit");
        let (one, two) = tokio::join!(
            durable.write(one_more(&key, "load", priority)),
            durable.write(one_more(&key, "load", priority))
        );
        if one.is_ok() || two.is_ok() {
            acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        n += 1;
    }
}

async fn more_than(count: i64, acknowledged: &AtomicI64) {
    let before = acknowledged.load(Ordering::SeqCst);
    eventually("writes go on", || async {
        (acknowledged.load(Ordering::SeqCst) >= before + count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_of_both_stores_under_load_lose_and_double_nothing() {
    let mut stage = Stage::start().await;
    let durable = stage.durable();
    let health = Health::new(true, true);
    let stop = CancellationToken::new();
    let (postgres, queue) = (health.postgres.clone(), health.queue.clone());
    let draining = tokio::spawn(durable.clone().keep_draining(postgres, queue, stop.clone()));
    let (go_on, acknowledged) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicI64::new(0)));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| tokio::spawn(load(durable.clone(), task, Arc::clone(&go_on), Arc::clone(&acknowledged))))
        .collect();

    more_than(100, &acknowledged).await;
    stage.postgres.kill();
    more_than(100, &acknowledged).await;
    stage.redis.kill();
    more_than(100, &acknowledged).await;
    stage.redis.restart().await;
    more_than(50, &acknowledged).await;
    let _: String = stage.redis.run(&::redis::cmd("FLUSHALL")).await;
    stage.postgres.restart().await;
    health.postgres.ready();
    more_than(50, &acknowledged).await;
    // Once more, while what waited is being applied.
    stage.postgres.kill();
    health.postgres.down("killed");
    more_than(50, &acknowledged).await;
    stage.postgres.restart().await;
    health.postgres.ready();
    go_on.store(false, Ordering::SeqCst);
    for task in tasks {
        task.await.expect("a task ends");
    }
    drained(&durable).await;
    stop.cancel();
    draining.await.expect("it stops");

    let expected = acknowledged.load(Ordering::SeqCst);
    assert_eq!(stage.sum("load").await, expected);
    assert_eq!(stage.number("SELECT count(*) AS number FROM applied_writes").await, expected);
    assert_eq!(durable.waiting().await.dead(), 0);
}

/// Not a test: the process that the test below kills. It writes what nobody but its file takes, and says which.
#[test]
#[ignore = "started by another test as a process of its own"]
fn a_process_that_writes() {
    let data = PathBuf::from(std::env::var("DATA").expect("a folder"));
    let name = std::env::var("NAME").expect("a name");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let nowhere = SecretString::from("postgres://nobody:none@127.0.0.1:1/none");
        let durable = durable(&nowhere, None, &data);
        let said = std::fs::OpenOptions::new().create(true).append(true).open(data.join(&name));
        let said = Arc::new(std::sync::Mutex::new(said.expect("a file")));
        let tasks = (0..4).map(|task| {
            let (durable, said, name) = (durable.clone(), Arc::clone(&said), name.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let key = format!("{name}:{task}:{n}");
                    durable.write(one_more(&key, "crash", 5)).await.expect("kept");
                    let mut said = said.lock().expect("nobody panics");
                    said.write_all(format!("{key}\n").as_bytes()).expect("said");
                }
            })
        });
        futures::future::join_all(tasks).await;
    });
}

fn start(name: &str, stage: &Stage) -> Child {
    Command::new(std::env::current_exe().expect("the path of this binary"))
        .args(["--exact", "queue::outage::a_process_that_writes", "--ignored", "--nocapture"])
        .env("DATA", stage.data.path())
        .env("NAME", name)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_had_acknowledged_is_landed_by_the_next() {
    let stage = Stage::start().await;
    let said = |name: &str| {
        let text = std::fs::read_to_string(stage.data.path().join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut acknowledged = Vec::new();
    for name in ["one", "two"] {
        let mut process = start(name, &stage);
        eventually("it writes", || async { (said(name).len() > 200).then_some(()) }).await;
        // SIGKILL, in the middle of whatever it is doing.
        process.kill().expect("killed");
        process.wait().expect("gone");
        acknowledged.extend(said(name));
    }
    let durable = stage.durable();
    drained(&durable).await;
    let landed = stage.number("SELECT count(*) AS number FROM applied_writes").await;
    assert_eq!(stage.sum("crash").await, landed);
    let keys: Vec<_> = acknowledged.iter().map(|key| format!("'{key}'")).collect();
    let query = format!("SELECT count(*) AS number FROM applied_writes WHERE key IN ({})", keys.join(","));
    assert_eq!(stage.number(&query).await, i64::try_from(acknowledged.len()).expect("a count"));
    let left = std::fs::read_dir(stage.data.path().join("queue")).expect("a folder").count();
    assert_eq!(left, 0, "files of the dead are gone once all in them landed");
}
