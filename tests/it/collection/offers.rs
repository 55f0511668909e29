//! Rolls, what is kept and offers as the feature has them: refusals with names and times, and what is told of odds.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use troupe::{
    cold::rolls::Choice,
    config::{CollectionSettings, collection::Allowance},
    domain::{
        collection::{CollectionDenial, Decision},
        denial::Denial,
        odds::Odds,
        trade::Terms,
    },
    error::{Error, Refusal},
};

use super::{has, process};
use crate::{
    cold_stores::{character, guild, interaction, now, user},
    support::postgres::migrated,
};

/// The refusal that an answer is.
fn refusal<T: std::fmt::Debug>(answer: Result<T, Error>) -> CollectionDenial {
    match answer {
        Err(Error::Refused(Refusal::Denied(Denial::Collection(denial)))) => denial,
        other => panic!("{other:?}"),
    }
}

fn settings(rolls: u32, slots: u32) -> CollectionSettings {
    CollectionSettings { free: Allowance { rolls, slots }, ..CollectionSettings::default() }
}

#[tokio::test]
async fn rolls_are_recorded_verified_and_limited_with_a_time() {
    let database = migrated().await;
    let collection = process(&database.url, settings(2, 6));
    let at = now();
    let before = collection.luck(user(7), None).await.expect("luck");
    assert_eq!((before.left, before.of, before.next_at), (2, 2, None));

    let first = collection.roll(interaction(at, 1), user(7), Some(guild(5))).await.expect("a roll");
    let again = collection.roll(interaction(at, 1), user(7), Some(guild(5))).await.expect("the same");
    assert_eq!(again.roll, first.roll);
    let waits = collection.roll(interaction(at, 2), user(7), None).await.expect("the same");
    assert!(waits.waited && waits.roll == first.roll);
    assert!(collection.luck(user(7), None).await.expect("luck").undecided);
    let added = collection.decide(first.roll.id, user(7), None, Choice::Add).await.expect("added");
    assert_eq!((added.roll.decision, added.copies, added.taken), (Decision::Added, 1, 1));
    let stranger = collection.decide(first.roll.id, user(8), None, Choice::Release).await;
    assert_eq!(refusal(stranger), CollectionDenial::RollGone);

    let second = collection.roll(interaction(at, 3), user(7), None).await.expect("a roll");
    collection.decide(second.roll.id, user(7), None, Choice::Release).await.expect("released");
    let spent = refusal(collection.roll(interaction(at, 4), user(7), None).await);
    let CollectionDenial::Spent { of: 2, hours: 5, until } = spent else { panic!("{spent:?}") };
    // The first roll leaves the window first.
    let ends = first.roll.rolled_at + TimeDelta::hours(5);
    assert_eq!(until, ends.timestamp_millis());
    let luck = collection.luck(user(7), None).await.expect("luck");
    assert_eq!((luck.left, luck.next_at), (0, Some(ends)));
    assert_eq!(luck.pity, second.roll.pity.after(second.roll.rarity));

    let history = collection.history(user(7)).await.expect("a history");
    let ids: Vec<_> = history.iter().map(|one| one.roll.id).collect();
    assert_eq!(ids, [second.roll.id, first.roll.id]);
    assert!(history.iter().all(|one| one.verifies() == Some(true)), "{history:?}");
    // From what was recorded alone, as anybody can.
    for one in &history {
        let odds = one.odds.as_ref().expect("kept odds");
        let rebuilt = Odds::from_definition(odds.definition().clone()).expect("odds");
        assert_eq!(rebuilt.version(), one.roll.odds_version);
    }
}

#[tokio::test]
async fn a_full_collection_offers_replacing_and_releases_are_confirmed_once() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let collection = process(&database.url, settings(5, 1));
    has(connection, 7, "bo").await;
    has(connection, 7, "bo").await;
    let bo = character("shipped:bo");
    let drawn = collection.roll(interaction(now(), 1), user(7), None).await.expect("a roll");
    assert!(!drawn.fits());
    let id = drawn.roll.id;
    let full = collection.decide(id, user(7), None, Choice::Add).await;
    assert_eq!(refusal(full), CollectionDenial::Slots { who: None, of: 1 });
    assert!(collection.turn_lock(user(7), &bo).await.expect("turned"));
    let locked = collection.decide(id, user(7), None, Choice::Replace(&bo)).await;
    assert_eq!(refusal(locked), CollectionDenial::Locked { who: None, name: "bo".to_owned() });
    assert_eq!(
        refusal(collection.releasable(user(7), &bo).await),
        CollectionDenial::Locked { who: None, name: "bo".to_owned() }
    );
    assert!(!collection.turn_lock(user(7), &bo).await.expect("turned"));

    assert_eq!(collection.releasable(user(7), &bo).await.expect("two copies").copies, 2);
    assert_eq!(collection.release(user(7), &bo, 2).await.expect("released"), 1);
    let twice = collection.release(user(7), &bo, 2).await;
    assert_eq!(refusal(twice), CollectionDenial::Changed, "one confirmation releases one copy");
    let done = collection.decide(id, user(7), None, Choice::Replace(&bo)).await.expect("replaced");
    assert_eq!((done.roll.decision, done.taken), (Decision::Replaced, 1));
    let shelf = collection.shelf(user(7), user(7), None).await.expect("a shelf");
    assert_eq!(shelf.owned.iter().map(|one| &one.character).collect::<Vec<_>>(), [&drawn.roll.character]);
}

#[tokio::test]
async fn offers_name_whose_side_lacks_what_and_hidden_collections_stay_hidden() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let collection = process(&database.url, settings(1, 1));
    has(connection, 7, "mira").await;
    has(connection, 8, "quoin").await;
    let terms = |number, gets: Option<&str>| Terms {
        id: interaction(now(), number),
        guild: guild(5),
        proposer: user(7),
        receiver: user(8),
        gives: character("shipped:mira"),
        gets: gets.map(character),
    };
    let mira = || "Mira".to_owned();
    assert!(collection.name(&character("shipped:mira")).starts_with(&mira()));

    let gift = terms(1, None);
    collection.propose(&gift).await.expect("proposed");
    assert_eq!(refusal(collection.accept(gift.id, user(7)).await), CollectionDenial::NotYours);
    collection.confirm(gift.id, user(7)).await.expect("confirmed");
    let full = refusal(collection.accept(gift.id, user(8)).await);
    assert_eq!(full, CollectionDenial::Slots { who: None, of: 1 });
    let trade = terms(2, Some("shipped:quoin"));
    collection.propose(&trade).await.expect("proposed");
    collection.confirm(trade.id, user(7)).await.expect("confirmed");
    assert!(collection.turn_lock(user(7), &trade.gives).await.expect("turned"));
    let locked = refusal(collection.accept(trade.id, user(8)).await);
    assert!(
        matches!(locked, CollectionDenial::Locked { who: Some(who), .. } if who == user(7)),
        "{locked:?}"
    );
    collection.turn_lock(user(7), &trade.gives).await.expect("turned");
    assert!(collection.accept(trade.id, user(8)).await.expect("done").now);
    assert!(!collection.accept(trade.id, user(8)).await.expect("done before").now);
    let gone = refusal(collection.accept(gift.id, user(8)).await);
    assert!(matches!(gone, CollectionDenial::NotOwned { who: Some(who), .. } if who == user(7)), "{gone:?}");

    let mut same = terms(3, Some("shipped:mira"));
    assert_eq!(refusal(collection.propose(&same).await), CollectionDenial::Same);
    same.receiver = user(7);
    assert_eq!(refusal(collection.propose(&same).await), CollectionDenial::Themselves);

    assert!(collection.shelf(user(7), user(8), None).await.is_ok());
    let hide = "INSERT INTO users (user_id, leaderboard_opt_out) VALUES (8, true)";
    diesel_async::SimpleAsyncConnection::batch_execute(connection, hide).await.expect("hidden");
    // Another process, which has read nothing yet.
    let collection = process(&database.url, settings(1, 1));
    assert_eq!(refusal(collection.shelf(user(7), user(8), None).await), CollectionDenial::Hidden);
    assert!(collection.shelf(user(8), user(8), None).await.is_ok());
    // Offers tell nothing of what they have.
    let blind = Terms {
        gives: character("shipped:quoin"),
        gets: Some(character("shipped:brimble")),
        ..terms(4, None)
    };
    assert!(collection.propose(&blind).await.is_ok());
}

#[tokio::test]
async fn draws_differ_and_stay_within_63_bits() {
    let database = migrated().await;
    let collection = process(&database.url, settings(1, 6));
    let mut draws = BTreeSet::new();
    for member in 1..=20 {
        let drawn = collection.roll(interaction(Utc::now(), member), user(member), None).await;
        draws.insert(drawn.expect("a roll").roll.draw);
    }
    assert_eq!(draws.len(), 20);
    assert!(draws.iter().all(|draw| i64::try_from(*draw).is_ok()));
}
