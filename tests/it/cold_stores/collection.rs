//! Collections: copies, slots, locks, and handing over.

use troupe::{
    cold::collection::{self, Given, Item, Taken, Transferred},
    domain::{
        character::CharacterId,
        collection::{Origin, Rarity},
    },
};

use super::{character, custom, user};
use crate::support::postgres::migrated;

fn rare(character: &CharacterId) -> Item<'_> {
    Item { character, rarity: Some(Rarity::Rare), origin: Origin::Roll }
}

#[tokio::test]
async fn copies_come_and_go_and_slots_are_a_bound() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira, bo) = (user(7), character("shipped:mira"), character("shipped:bo"));
    let own = custom(connection, ada).await;
    let created = Item { character: &own, rarity: None, origin: Origin::Created };
    let mut given = Vec::new();
    for item in [rare(&mira), rare(&mira), created, rare(&bo), rare(&mira)] {
        given.push(collection::give(connection, ada, item, 2).await.expect("an answer"));
    }
    assert_eq!(given, [Given::New, Given::Copies(2), Given::New, Given::Full, Given::Copies(3)]);
    assert_eq!(collection::slots_taken(connection, ada).await.expect("a count"), 2);
    let first = collection::list(connection, ada, None, 1).await.expect("a page");
    let rest = collection::list(connection, ada, Some(&first[0].character), 5).await.expect("a page");
    let told: Vec<_> =
        first.iter().chain(&rest).map(|one| (&one.character, one.copies, one.rarity)).collect();
    assert_eq!(told, [(&own, 1, None), (&mira, 3, Some(Rarity::Rare))]);

    assert!(collection::set_locked(connection, ada, &mira, true).await.expect("locked"));
    assert!(!collection::set_locked(connection, ada, &bo, true).await.expect("not theirs"));
    assert_eq!(collection::take(connection, ada, &mira).await.expect("an answer"), Taken::Locked);
    collection::set_locked(connection, ada, &mira, false).await.expect("free");
    for _ in 0..3 {
        assert_eq!(collection::take(connection, ada, &mira).await.expect("an answer"), Taken::Done);
    }
    assert_eq!(collection::take(connection, ada, &mira).await.expect("an answer"), Taken::NotOwned);
    assert_eq!(collection::get(connection, ada, &mira).await.expect("an answer"), None);
}

#[tokio::test]
async fn handing_over_moves_one_copy_or_nothing() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, ben, mira, bo) = (user(7), user(3), character("shipped:mira"), character("shipped:bo"));
    for item in [rare(&mira), rare(&mira), rare(&bo)] {
        collection::give(connection, ada, item, 9).await.expect("given");
    }
    collection::set_locked(connection, ada, &bo, true).await.expect("locked");
    let mut answers = Vec::new();
    for (from, to, who, slots) in [
        (ada, ben, &mira, 0),
        (ada, ada, &mira, 9),
        (ben, ada, &mira, 9),
        (ada, ben, &bo, 9),
        (ada, ben, &mira, 1),
        (ada, ben, &mira, 1),
        (ada, ben, &mira, 1),
    ] {
        let item = (who, Origin::Gift);
        answers.push(collection::transfer(connection, from, to, item, slots).await.expect("an answer"));
    }
    let expected = [
        Transferred::Full,
        Transferred::Themselves,
        Transferred::NotOwned,
        Transferred::Locked,
        Transferred::Done,
        Transferred::Done,
        Transferred::NotOwned,
    ];
    assert_eq!(answers, expected);
    let held = collection::get(connection, ben, &mira).await.expect("an answer").expect("two copies");
    assert_eq!((held.copies, held.rarity, held.origin), (2, Some(Rarity::Rare), Origin::Gift));
}
