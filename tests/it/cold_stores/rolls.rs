//! Rolls: recorded before they are seen, decided once, paid from a window.

use chrono::{DateTime, TimeDelta, Utc};
use troupe::{
    cold::{
        collection::{self, Given, Item},
        rolls::{self, Choice, Decided, NewRoll, Roll, Rolled},
    },
    domain::{
        character::CharacterId,
        collection::{Decision, Origin, Pity, Rarity},
        ids::InteractionId,
    },
};

use super::{character, guild, interaction, now, user};
use crate::support::postgres::migrated;

fn new_roll(at: DateTime<Utc>, number: u64) -> NewRoll {
    NewRoll {
        id: interaction(at, number),
        user: user(7),
        guild: Some(guild(5)),
        draw: i64::MAX.unsigned_abs(),
        odds_version: "2026-11".to_owned(),
        cost: 1,
        at,
        window_begins: at - TimeDelta::hours(5),
        window_most: 3,
    }
}

fn gives(id: &str, rarity: Rarity) -> impl FnOnce(Pity, u64) -> (CharacterId, Rarity) + Send + use<> {
    let character = character(id);
    move |_, _| (character, rarity)
}

fn drawn(rolled: Rolled) -> Roll {
    let Rolled::Now(roll) = rolled else { panic!("{rolled:?}") };
    roll
}

#[tokio::test]
async fn a_roll_is_recorded_with_the_luck_it_began_with() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let common = gives("shipped:bo", Rarity::Common);
    let first = drawn(rolls::roll(connection, &new_roll(at, 1), common).await.expect("an answer"));
    assert_eq!(
        (first.draw, first.pity, first.decision),
        (i64::MAX.unsigned_abs(), Pity::default(), Decision::Pending)
    );

    let other = gives("shipped:mira", Rarity::Epic);
    let again = rolls::roll(connection, &new_roll(at, 1), other).await.expect("an answer");
    assert_eq!(again, Rolled::Before(first.clone()), "the same interaction rolls once");
    let waits = rolls::roll(connection, &new_roll(at, 2), gives("shipped:mira", Rarity::Epic)).await;
    assert_eq!(waits.expect("an answer"), Rolled::Undecided(first.clone()));
    assert_eq!(rolls::undecided(connection, user(7)).await.expect("an answer"), Some(first.clone()));

    let release = |id: InteractionId| (user(7), id, Choice::Release, 9);
    let (who, id, choice, slots) = release(first.id);
    rolls::decide(connection, who, id, choice, slots, Utc::now()).await.expect("released");
    let mut seen = None;
    let epic = |pity, draw| {
        seen = Some((pity, draw));
        (character("shipped:mira"), Rarity::Epic)
    };
    let second = drawn(rolls::roll(connection, &new_roll(at, 3), epic).await.expect("an answer"));
    let luck = Pity { since_epic: 1, since_legendary: 1 };
    assert_eq!((seen, second.pity), (Some((luck, i64::MAX.unsigned_abs())), luck));
    let luck = rolls::luck(connection, user(7)).await.expect("luck");
    assert_eq!(luck, Pity { since_epic: 0, since_legendary: 2 });

    rolls::decide(connection, user(7), second.id, Choice::Release, 9, Utc::now()).await.expect("released");
    drawn(
        rolls::roll(connection, &new_roll(at, 4), gives("shipped:bo", Rarity::Rare))
            .await
            .expect("an answer"),
    );
    rolls::decide(connection, user(7), interaction(at, 4), Choice::Release, 9, Utc::now())
        .await
        .expect("released");
    let spent = rolls::roll(connection, &new_roll(at, 5), gives("shipped:bo", Rarity::Rare)).await;
    assert_eq!(spent.expect("an answer"), Rolled::Spent);
    assert_eq!(rolls::spent_since(connection, user(7), at - TimeDelta::hours(5)).await.expect("a sum"), 3);
    let mut later = new_roll(at, 5);
    later.window_begins = at + TimeDelta::hours(1);
    drawn(rolls::roll(connection, &later, gives("shipped:bo", Rarity::Rare)).await.expect("a new window"));
}

#[tokio::test]
async fn a_result_is_added_replaces_or_is_released_once() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let (mira, bo, cy) = (character("shipped:mira"), character("shipped:bo"), character("shipped:cy"));
    let item = |character| Item { character, rarity: Some(Rarity::Common), origin: Origin::Starter };
    assert_eq!(collection::give(connection, user(7), item(&bo), 1).await.expect("given"), Given::New);

    let roll = rolls::roll(connection, &new_roll(at, 1), gives("shipped:mira", Rarity::Rare)).await;
    let id = drawn(roll.expect("an answer")).id;
    let decide = async |connection: &mut _, choice| {
        rolls::decide(connection, user(7), id, choice, 1, Utc::now()).await.expect("an answer")
    };
    assert_eq!(decide(connection, Choice::Add).await, Decided::Full);
    assert_eq!(decide(connection, Choice::Replace(&cy)).await, Decided::NotOwned);
    collection::set_locked(connection, user(7), &bo, true).await.expect("locked");
    assert_eq!(decide(connection, Choice::Replace(&bo)).await, Decided::Locked);
    collection::set_locked(connection, user(7), &bo, false).await.expect("free");
    let stranger =
        rolls::decide(connection, user(8), id, Choice::Release, 1, Utc::now()).await.expect("an answer");
    assert_eq!(stranger, Decided::Unknown);

    let Decided::Now(done) = decide(connection, Choice::Replace(&bo)).await else { panic!("not decided") };
    assert_eq!((done.decision, done.replaced.as_ref()), (Decision::Replaced, Some(&bo)));
    assert_eq!(decide(connection, Choice::Release).await, Decided::Before(done.clone()));
    assert_eq!(rolls::find(connection, user(7), id).await.expect("an answer"), Some(done));
    let owned = collection::list(connection, user(7), None, 9).await.expect("a page");
    assert_eq!(
        owned.iter().map(|one| (&one.character, one.origin)).collect::<Vec<_>>(),
        [(&mira, Origin::Roll)]
    );

    drawn(
        rolls::roll(connection, &new_roll(at, 2), gives("shipped:mira", Rarity::Rare))
            .await
            .expect("an answer"),
    );
    let added = rolls::decide(connection, user(7), interaction(at, 2), Choice::Add, 1, Utc::now())
        .await
        .expect("an answer");
    assert!(matches!(added, Decided::Now(_)), "a copy needs no slot: {added:?}");
    let held = collection::get(connection, user(7), &mira).await.expect("an answer").expect("copies");
    assert_eq!(held.copies, 2);
}
