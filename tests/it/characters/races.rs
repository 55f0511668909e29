//! Two processes on one database: no limit is passed, no change is lost, nothing comes back by itself.

use futures::future::join_all;
use troupe::{
    cold::{Cold, characters::Content},
    domain::{
        denial::Denial,
        ids::{InteractionId, Place},
    },
    features::characters::{Characters, MOST_SHARED, Trouble, Viewer, id_of},
};
use uuid::Uuid;

use crate::{
    cold_stores::{guild, user},
    support::{
        characters::characters,
        postgres::{Database, migrated},
    },
};

const HASH: [u8; 32] = [7; 32];

fn processes(database: &Database) -> [Characters; 2] {
    [(); 2].map(|()| characters(&Cold::new(&database.url)))
}

fn content(name: &str) -> Content {
    let card = format!(r#"{{"spec":"chara_card_v2","spec_version":"2.0","data":{{"name":"{name}"}}}}"#);
    Content { name: name.to_owned(), card }
}

fn id(number: u64) -> Uuid {
    id_of(InteractionId::new(number).expect("an id"))
}

fn viewer() -> Viewer {
    Viewer { user: user(7), place: Place::Guild(guild(5)) }
}

/// Again and again while a busy machine does not get to it: whatever is repeated here changes nothing twice.
async fn patiently<T, F: Future<Output = Result<T, Trouble>>>(work: impl Fn() -> F) -> Result<T, Trouble> {
    loop {
        match work().await {
            Err(Trouble::Denied(Denial::CharactersAway)) => {}
            ended => return ended,
        }
    }
}

async fn keep(of: &Characters, number: u64, most: u32) -> Result<u64, Trouble> {
    let content = content("A");
    let kept = patiently(|| of.keep(id(number), user(7), (&content, &HASH), None, most)).await;
    kept.map(|character| character.version)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_has_more_than_they_may_however_many_try_at_once() {
    let database = migrated().await;
    let all = processes(&database);
    let tries = (1..=12).map(|number| keep(&all[usize::from(number % 2 == 0)], number, 3));
    let made = join_all(tries).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 3);
    assert!(made.iter().all(|made| matches!(made, Ok(_) | Err(Trouble::Full(3)))), "{made:?}");
    let again: Vec<_> =
        (1..=12_u64).zip(&made).filter(|(_, made)| made.is_ok()).map(|(number, _)| number).collect();
    for number in &again {
        assert!(keep(&all[0], *number, 3).await.is_ok(), "the same again is the same");
    }
    assert_eq!(all[0].count(user(7)).await.expect("a count"), 3);

    // One goes; one comes back while another is made: there is room for one of both.
    let gone = again[0];
    all[0].delete(id(gone), user(7)).await.expect("deleted");
    let restore = patiently(|| all[0].restore(id(gone), user(7), 3));
    let (back, new) = tokio::join!(restore, keep(&all[1], 99, 3));
    let (one, other) = (format!("custom:{}", id(gone)), format!("custom:{}", id(99)));
    let there = [all[0].mine(viewer(), &one).await.is_ok(), all[1].mine(viewer(), &other).await.is_ok()];
    assert!(there[0] != there[1], "{there:?}: {back:?} {new:?}");
    assert_eq!(all[1].count(user(7)).await.expect("a count"), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_of_the_same_one_stands_and_the_other_is_told() {
    let database = migrated().await;
    let all = processes(&database);
    for round in 1..=10_u64 {
        let seen = keep(&all[0], round, 50).await.expect("made");
        let (one, two) = (content("One"), content("Two"));
        let (first, second) = tokio::join!(
            all[0].save(id(round), user(7), seen, (&one, &HASH)),
            all[1].save(id(round), user(7), seen, (&two, &HASH)),
        );
        let now = all[0].mine(viewer(), &format!("custom:{}", id(round))).await.expect("there");
        let expected = match (&first, &second) {
            (Ok(_), Err(Trouble::Conflict)) => "One",
            (Err(Trouble::Conflict), Ok(_)) => "Two",
            other => panic!("{other:?}"),
        };
        assert_eq!(now.content.name, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_is_neither_changed_nor_shared_any_more() {
    let database = migrated().await;
    let all = processes(&database);
    for round in 1..=10_u64 {
        let seen = keep(&all[0], round, 50).await.expect("made");
        let new = content("Changed");
        let (deleted, saved, shared) = tokio::join!(
            all[0].delete(id(round), user(7)),
            all[1].save(id(round), user(7), seen, (&new, &HASH)),
            all[1].share(id(round), user(7), Some(guild(5))),
        );
        deleted.expect("deleted");
        // Whatever came first came before: a change of another version is told as one.
        assert!(saved.is_ok() || matches!(saved, Err(Trouble::Denied(_) | Trouble::Conflict)), "{saved:?}");
        assert!(shared.is_ok() || matches!(shared, Err(Trouble::Denied(_))), "{shared:?}");
        let named = format!("custom:{}", id(round));
        assert!(all[0].mine(viewer(), &named).await.is_err());
        assert!(all[1].look(viewer(), &named.parse().expect("an id")).await.is_err());
    }
    assert_eq!(all[0].count(user(7)).await.expect("a count"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guild_gets_so_many_of_one_member_and_no_more() {
    let database = migrated().await;
    let all = processes(&database);
    let most = u64::from(MOST_SHARED);
    for number in 1..=most + 3 {
        keep(&all[0], number, 100).await.expect("made");
    }
    let tries = (1..=most + 3).map(|number| {
        let of = &all[usize::from(number % 2 == 0)];
        patiently(move || of.share(id(number), user(7), Some(guild(5))))
    });
    let shared = join_all(tries).await;
    let done = shared.iter().filter(|shared| shared.is_ok()).count();
    assert_eq!(done as u64, most, "{shared:?}");
    let other = all[0].share(id(1), user(8), Some(guild(5))).await;
    assert!(matches!(other, Err(Trouble::Denied(_))), "{other:?}");
}
