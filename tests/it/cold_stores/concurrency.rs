//! Many connections at once on the same rows: exact sums, caps that hold, nothing minted, lost or decided twice.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures::future::join_all;
use troupe::{
    cold::{
        after_call::{Recorded, record},
        bonds,
        collection::{self, Given, Item, Transferred},
        rolls::{self, Choice, Decided, NewRoll, Rolled},
        scenes::{self, Appended},
        usage::{self, Span, Whose},
    },
    domain::{
        bond::{Band, Gain, Nickname, Reward},
        collection::{Origin, Rarity},
        ids::SceneId,
        scene::Speaker,
    },
};

use super::{
    call, character, guild, interaction, now,
    scenes::{new_scene, turn},
    user,
};
use crate::support::postgres::{Database, migrated};

const TASKS: u64 = 16;

/// Runs `work` on that many connections at once, each in a task of its own, and gives what they answer.
async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    database: &Database,
    work: impl Fn(troupe::cold::Connection, u64) -> F + Clone + Send + 'static,
) -> Vec<T> {
    let connections = join_all((0..TASKS).map(|_| database.connect())).await;
    let tasks = connections
        .into_iter()
        .zip(0..)
        .map(|(connection, task)| tokio::spawn(work.clone()(connection, task)));
    join_all(tasks).await.into_iter().map(|ended| ended.expect("a task that ends")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_experience_is_lost_and_no_cap_is_passed() {
    let database = migrated().await;
    let at = now();
    let gains = at_once(&database, move |mut connection, _| async move {
        let (mira, bo) = (character("shipped:mira"), character("shipped:bo"));
        let mut gains = Vec::new();
        for _ in 0..200 {
            let free = Reward { amount: 3, daily_cap: u16::MAX };
            gains.push(bonds::add_xp(&mut connection, user(7), &mira, free, at).await.expect("a gain"));
            let capped = Reward { amount: 3, daily_cap: 1000 };
            bonds::add_xp(&mut connection, user(7), &bo, capped, at).await.expect("a gain");
        }
        gains
    })
    .await;
    let connection = &mut database.connect().await;
    let mira = bonds::get(connection, user(7), &character("shipped:mira")).await.expect("an answer");
    assert_eq!(mira.expect("a bond").xp, TASKS * 200 * 3);
    let bo =
        bonds::get(connection, user(7), &character("shipped:bo")).await.expect("an answer").expect("a bond");
    assert_eq!((bo.xp, bo.xp_today), (1000, 1000), "16 × 200 × 3 would be 9600");
    let days = bonds::history(connection, user(7), &character("shipped:mira"), 10).await.expect("days");
    assert_eq!(days.iter().map(|day| (day.gained, day.xp_after)).collect::<Vec<_>>(), [(9600, 9600)]);
    let days = bonds::history(connection, user(7), &character("shipped:bo"), 10).await.expect("days");
    assert_eq!(days.iter().map(|day| (day.gained, day.xp_after)).collect::<Vec<_>>(), [(1000, 1000)]);
    // Each gain begins where another ended: a level is reached once, and is told once.
    let steps: BTreeSet<(u64, u64)> =
        gains.iter().flatten().map(|gain: &Gain| (gain.before, gain.after)).collect();
    let expected: BTreeSet<(u64, u64)> = (0..TASKS * 200).map(|step| (step * 3, step * 3 + 3)).collect();
    assert_eq!(steps, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_members_do_meanwhile_history_adds_up_to_the_bond() {
    let database = migrated().await;
    let begun = now() - TimeDelta::days(3);
    let told = at_once(&database, move |mut connection, task| async move {
        let mira = character("shipped:mira");
        let reward = Reward { amount: 3, daily_cap: 100 };
        let mut told = 0;
        for step in 0..100_i32 {
            let at = begun + TimeDelta::hours(i64::from(step / 2));
            match task {
                0 => bonds::set_paused(&mut connection, user(7), &mira, step % 2 == 0).await.expect("paused"),
                1 => {
                    let name = Nickname::new(&format!("name {step}")).expect("a nickname");
                    bonds::set_nickname(&mut connection, user(7), &mira, Some(&name)).await.expect("named");
                }
                2 if step % 10 == 9 => {
                    bonds::delete(&mut connection, user(7), &mira).await.expect("erased");
                }
                3 => {
                    let first = bonds::tell(&mut connection, user(8), &mira, Band::Friend).await;
                    told += u32::from(first.expect("told"));
                }
                _ => {
                    for who in [user(7), user(8)] {
                        bonds::add_xp(&mut connection, who, &mira, reward, at).await.expect("a gain");
                    }
                }
            }
        }
        told
    })
    .await;
    assert!(told.iter().sum::<u32>() <= 1, "one band is told once");
    let connection = &mut database.connect().await;
    for who in [user(7), user(8)] {
        let mira = character("shipped:mira");
        let xp = bonds::get(connection, who, &mira).await.expect("an answer").map_or(0, |bond| bond.xp);
        let days = bonds::history(connection, who, &mira, 10).await.expect("days");
        assert_eq!(days.iter().map(|day| day.gained).sum::<u64>(), xp, "{days:?}");
        assert!(days.iter().all(|day| day.gained <= 100));
        assert_eq!(days.first().map_or(0, |day| day.xp_after), xp);
    }
    let undisturbed =
        bonds::history(connection, user(8), &character("shipped:mira"), 10).await.expect("days");
    assert!(undisturbed.iter().all(|day| day.gained == 100), "the cap is reached every day: {undisturbed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_that_many_write_is_recorded_once() {
    let database = migrated().await;
    let at = now();
    let written = at_once(&database, move |mut connection, _| async move {
        let mut written = 0_u64;
        for number in 0..20 {
            let mut call = call(at, number);
            call.reward = Some(Reward { amount: 2, daily_cap: 1000 });
            let recorded = record(&mut connection, &call).await.expect("a record");
            written += u64::from(matches!(recorded, Recorded::Now { .. }));
        }
        written
    })
    .await;
    assert_eq!(written.iter().sum::<u64>(), 20);
    let connection = &mut database.connect().await;
    let bond = bonds::get(connection, user(7), &character("shipped:mira")).await.expect("an answer");
    assert_eq!(bond.expect("a bond").xp, 40);
    let span = Span { from: at - TimeDelta::days(1), to: at + TimeDelta::days(1) };
    let whose = Whose { guild: Some(guild(5)), user: None };
    assert_eq!(usage::sums(connection, whose, span).await.expect("sums").prompt_tokens, 2000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handing_over_in_a_ring_mints_and_loses_nothing() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    for owner in 1..=4 {
        for _ in 0..5 {
            let item = Item {
                character: &character("shipped:mira"),
                rarity: Some(Rarity::Epic),
                origin: Origin::Roll,
            };
            collection::give(connection, user(owner), item, 1).await.expect("given");
        }
    }
    let done = at_once(&database, |mut connection, task| async move {
        let mut done = 0;
        for step in 0..50 {
            let (from, to) = (1 + (task + step) % 4, 1 + (task * 3 + step * step + 1) % 4);
            let item = (&character("shipped:mira"), Origin::Trade);
            let told = collection::transfer(&mut connection, user(from), user(to), item, 1).await;
            done += usize::from(told.expect("never blocked by one another") == Transferred::Done);
        }
        done
    })
    .await;
    assert!(done.iter().sum::<usize>() > 0);
    let mut copies = 0;
    for owner in 1..=4 {
        let held =
            collection::get(connection, user(owner), &character("shipped:mira")).await.expect("an answer");
        copies += held.map_or(0, |held| held.copies);
    }
    assert_eq!(copies, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_hold_when_many_give_at_once() {
    let database = migrated().await;
    let given = at_once(&database, |mut connection, task| async move {
        let character = character(&format!("shipped:c{task}"));
        let item = Item { character: &character, rarity: None, origin: Origin::Gift };
        collection::give(&mut connection, user(7), item, 5).await.expect("an answer")
    })
    .await;
    assert_eq!(given.iter().filter(|given| **given == Given::New).count(), 5);
    assert_eq!(collection::slots_taken(&mut database.connect().await, user(7)).await.expect("a count"), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_roll_is_drawn_and_decided_once() {
    let database = migrated().await;
    let at = now();
    let rolled = at_once(&database, move |mut connection, task| async move {
        let new = NewRoll {
            id: interaction(at, task % 4),
            user: user(7),
            guild: None,
            draw: task,
            odds_version: "1".to_owned(),
            cost: 1,
            at,
            window_begins: at - TimeDelta::hours(5),
            window_most: 3,
        };
        let result = |_, _| (character("shipped:mira"), Rarity::Rare);
        rolls::roll(&mut connection, &new, result).await.expect("an answer")
    })
    .await;
    assert_eq!(rolled.iter().filter(|rolled| matches!(rolled, Rolled::Now(_))).count(), 1);
    let connection = &mut database.connect().await;
    let waiting = rolls::undecided(connection, user(7)).await.expect("an answer").expect("a roll");
    let id = waiting.id;
    let decided = at_once(&database, move |mut connection, task| async move {
        let choice = if task % 2 == 0 { Choice::Add } else { Choice::Release };
        rolls::decide(&mut connection, user(7), id, choice, 9, at).await.expect("an answer")
    })
    .await;
    let now: Vec<_> = decided.iter().filter(|decided| matches!(decided, Decided::Now(_))).collect();
    assert_eq!(now.len(), 1);
    let roll = rolls::find(connection, user(7), id).await.expect("an answer").expect("a roll");
    assert_eq!(*now[0], Decided::Now(roll.clone()));
    let owned = collection::slots_taken(connection, user(7)).await.expect("a count");
    assert_eq!(owned == 1, roll.decision == troupe::domain::collection::Decision::Added);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_have_no_gaps_when_many_speak_at_once() {
    let database = migrated().await;
    // A month without a partition: all of them meet that as well.
    let id = SceneId::new(interaction(super::time("2019-05-05T00:00:00Z"), 1).get()).expect("an id");
    let connection = &mut database.connect().await;
    scenes::begin(connection, &new_scene(id)).await.expect("begun");
    let numbers = at_once(&database, move |mut connection, task| async move {
        let mut numbers = Vec::new();
        for _ in 0..10 {
            let turn = turn(id, Speaker::Member(Some(user(task + 1))), "Hello");
            let told = scenes::append_turn(&mut connection, &turn).await.expect("a turn");
            let Appended::Turn(number) = told else { panic!("{told:?}") };
            numbers.push(number);
        }
        numbers
    })
    .await;
    let mut numbers = numbers.concat();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=TASKS * 10).collect::<Vec<_>>());
}
