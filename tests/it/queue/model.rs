//! The queue's operations on both hot stores: random walks with the same answers, and the order of what is taken.

use std::time::Duration;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use troupe::{
    domain::ids::UserId,
    hot::queue::{
        Bury, Drop, Forget, Forgotten, Item, List, Measure, Put, PutAnswer, Rank, Remove, Requeue, Retry,
        Spot, Standing, Take,
    },
};

use crate::support::{
    both::{Both, START_MS},
    redis::Redis,
};

#[derive(Debug, Clone)]
enum Step {
    Put(Item),
    Take { by: u8, most: usize, most_bytes: usize, seconds: u64 },
    Remove(Vec<u8>),
    Retry { key: u8, by: u8, seconds: u64, attempts: u32 },
    Bury { item: Item, attempts: u32 },
    Requeue(u8),
    Drop(u8),
    Forget(u8),
    Wait(u64),
}

fn key(number: u8) -> String {
    format!("write:{number}")
}

fn item() -> impl Strategy<Value = Item> {
    (0..8_u8, 0..10_u8, 0..5_i64, "[a-z|]{0,40}").prop_map(|(number, priority, after, text)| Item {
        key: key(number),
        rank: Rank::new(priority, START_MS * 1_000 + after),
        kind: "audit".to_owned(),
        text: format!("{{{text}}}"),
    })
}

fn step() -> impl Strategy<Value = Step> {
    let take = (0..3_u8, 1..5_usize, 1..100_usize, 1..90_u64)
        .prop_map(|(by, most, most_bytes, seconds)| Step::Take { by, most, most_bytes, seconds });
    let retry = (0..8_u8, 0..3_u8, 0..60_u64, 0..60_u32)
        .prop_map(|(key, by, seconds, attempts)| Step::Retry { key, by, seconds, attempts });
    prop_oneof![
        6 => item().prop_map(Step::Put),
        4 => take,
        1 => vec(0..8_u8, 1..3).prop_map(Step::Remove),
        4 => retry,
        2 => (item(), 0..60_u32).prop_map(|(item, attempts)| Step::Bury { item, attempts }),
        2 => (0..8_u8).prop_map(Step::Requeue),
        1 => (0..8_u8).prop_map(Step::Drop),
        1 => (1..4_u8).prop_map(Step::Forget),
        3 => (1..120_u64).prop_map(Step::Wait),
        1 => Just(Step::Wait(15 * 24 * 60 * 60)),
    ]
}

async fn walk(both: &mut Both<'_>, step: Step) {
    match step {
        Step::Put(item) => drop(both.ask(&Put { item, most: 6 }).await),
        Step::Take { by, most, most_bytes, seconds } => {
            let visibility = Duration::from_secs(seconds);
            drop(both.ask(&Take { by: format!("process-{by}"), most, most_bytes, visibility }).await);
        }
        Step::Remove(keys) => {
            both.ask(&Remove(keys.into_iter().map(key).collect())).await;
        }
        Step::Retry { key: number, by, seconds, attempts } => {
            let (key, by, after) = (key(number), format!("process-{by}"), Duration::from_secs(seconds));
            both.ask(&Retry { key, by, after, attempts, reason: "no|answer\nin time".to_owned() }).await;
        }
        Step::Bury { item, attempts } => {
            both.ask(&Bury { item, attempts, reason: "a check".to_owned() }).await;
        }
        Step::Requeue(number) => drop(both.ask(&Requeue(key(number))).await),
        Step::Drop(number) => drop(both.ask(&Drop(key(number))).await),
        Step::Forget(user) => both.ask(&Forget(UserId::new(user.into()).expect("an id"))).await,
        Step::Wait(seconds) => both.advance(Duration::from_secs(seconds)).await,
    }
    both.ask(&Standing((0..8).map(key).collect())).await;
    both.ask(&Measure).await;
    both.ask(&Forgotten((1..4).map(|id| UserId::new(id).expect("an id")).collect())).await;
    for spot in [Spot::Waiting, Spot::Later, Spot::Taken, Spot::Dead, Spot::Dropped] {
        both.ask(&List { spot, skip: 0, most: 5, texts: true }).await;
    }
    both.ask(&List { spot: Spot::Waiting, skip: 1, most: 2, texts: false }).await;
}

#[test]
fn both_stores_keep_the_same_queue() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let server = runtime.block_on(Redis::start());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&vec(step(), 1..40), |steps| {
        runtime.block_on(async {
            let mut both = Both::start(&server).await;
            for step in steps {
                walk(&mut both, step).await;
            }
        });
        Ok(())
    });
    outcome.expect("the same answers");
}

fn write(name: &str, priority: u8, made_after_us: i64) -> Put {
    let rank = Rank::new(priority, START_MS * 1_000 + made_after_us);
    let (key, text) = (name.to_owned(), name.to_owned());
    Put { item: Item { key, rank, kind: "audit".to_owned(), text }, most: 100 }
}

fn take(by: &str, most: usize) -> Take {
    Take { by: by.to_owned(), most, most_bytes: 1_000, visibility: Duration::from_secs(60) }
}

async fn taken(both: &mut Both<'_>, by: &str, most: usize) -> Vec<(String, u32)> {
    let taken = both.ask(&take(by, most)).await;
    taken.into_iter().map(|write| (write.key, write.attempts)).collect()
}

fn fresh(names: &[&str]) -> Vec<(String, u32)> {
    names.iter().map(|name| ((*name).to_owned(), 0)).collect()
}

#[tokio::test]
async fn the_most_urgent_leave_first_then_the_oldest() {
    let server = Redis::start().await;
    let mut both = Both::start(&server).await;
    for put in [write("b", 5, 2), write("late", 9, 0), write("a", 5, 1), write("urgent", 0, 9)] {
        assert_eq!(both.ask(&put).await, PutAnswer::Kept);
        assert_eq!(both.ask(&put).await, PutAnswer::Present);
    }
    assert_eq!(taken(&mut both, "one", 2).await, fresh(&["urgent", "a"]));
    assert_eq!(taken(&mut both, "two", 9).await, fresh(&["b", "late"]));
    assert_eq!(both.ask(&take("three", 9)).await, []);

    // The second process ends in the middle; the first gives one back for later, and is done with the other.
    let retry = |by: &str| Retry {
        key: "a".to_owned(),
        by: by.to_owned(),
        after: Duration::from_secs(90),
        attempts: 1,
        reason: "no answer".to_owned(),
    };
    assert!(!both.ask(&retry("two")).await, "not its own");
    assert!(both.ask(&retry("one")).await);
    assert_eq!(both.ask(&Remove(vec!["urgent".to_owned()])).await, 1);
    both.advance(Duration::from_secs(60)).await;
    assert_eq!(taken(&mut both, "one", 9).await, [("b".to_owned(), 1), ("late".to_owned(), 1)]);
    both.advance(Duration::from_secs(30)).await;
    assert_eq!(taken(&mut both, "one", 9).await, [("a".to_owned(), 1)]);
    assert!(!both.ask(&retry("two")).await, "its time is over");
}

#[tokio::test]
async fn a_batch_is_bounded_and_never_empty_and_so_is_the_queue() {
    let server = Redis::start().await;
    let mut both = Both::start(&server).await;
    for (n, name) in ["0", "1", "2"].iter().enumerate() {
        let mut put = write(name, 1, i64::try_from(n).expect("small"));
        put.item.text = "x".repeat(700);
        both.ask(&put).await;
    }
    let full = Put { most: 3, ..write("3", 0, 0) };
    assert_eq!(both.ask(&full).await, PutAnswer::Full);
    assert_eq!(taken(&mut both, "one", 9).await, fresh(&["0"]), "two are more than 1,000 bytes");
    both.ask(&Drop("1".to_owned())).await;
    let Item { key, rank, kind, text } = write("1", 1, 1).item;
    let bury = Bury { item: Item { key, rank, kind, text }, attempts: 1, reason: "late".to_owned() };
    assert!(!both.ask(&bury).await, "what was dropped stays dropped");
}
