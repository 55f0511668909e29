//! Who may talk with whom: by collection, pack and default; asked rarely, and never in the way.

use troupe::{
    config::CollectionSettings,
    domain::{
        character::CharacterId,
        ids::{Place, UserId},
        trade::Terms,
    },
    features::collection::Collection,
};

use super::{has, process};
use crate::{
    cold_stores::{character, guild, interaction, now, user},
    support::postgres::{Postgres, migrated},
};

async fn opens(collection: &Collection, who: UserId, place: Place, id: &CharacterId) -> bool {
    collection.opens(who, place, collection.member(id).expect("shipped")).await
}

#[tokio::test]
async fn what_is_common_owned_or_open_there_can_be_talked_to() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let collection = process(&database.url, CollectionSettings::default());
    let here = Place::Guild(guild(5));
    let (mira, quoin, ottoline) =
        (character("shipped:mira"), character("shipped:quoin"), character("shipped:ottoline"));
    assert!(opens(&collection, user(7), here, &mira).await, "common");
    assert!(!opens(&collection, user(7), here, &quoin).await);
    has(connection, 7, "quoin").await;
    assert!(opens(&collection, user(7), here, &quoin).await, "a no is asked anew");
    assert!(opens(&collection, user(7), Place::Direct(user(7)), &quoin).await);
    assert!(!opens(&collection, user(8), here, &quoin).await, "somebody else's");

    // Warm: no statement at all.
    let before = database.statements().await;
    for _ in 0..50 {
        assert!(opens(&collection, user(7), here, &quoin).await);
        assert!(opens(&collection, user(7), here, &mira).await);
    }
    assert_eq!(database.statements().await, before);

    // What this process gives away is closed at once, and open to whoever got it.
    let terms = Terms {
        id: interaction(now(), 1),
        guild: guild(5),
        proposer: user(7),
        receiver: user(8),
        gives: quoin.clone(),
        gets: None,
    };
    collection.propose(&terms).await.expect("proposed");
    collection.confirm(terms.id, user(7)).await.expect("confirmed");
    assert!(collection.accept(terms.id, user(8)).await.expect("done").now);
    assert!(!opens(&collection, user(7), here, &quoin).await);
    assert!(opens(&collection, user(8), here, &quoin).await);
    assert_eq!(collection.release(user(8), &quoin, 1).await.expect("released"), 0);
    assert!(!opens(&collection, user(8), here, &quoin).await);

    // A pack opens for everybody in that guild, and is told to other processes by its version.
    assert!(collection.set_pack(guild(5), user(9), "stage", true).await.expect("set"));
    assert!(!collection.set_pack(guild(5), user(9), "stage", true).await.expect("set"), "as it was");
    assert_eq!(collection.open_packs(guild(5)).await.expect("packs"), ["stage"]);
    assert!(collection.set_pack(guild(5), user(9), "town", true).await.expect("set"));
    let other = process(&database.url, CollectionSettings::default());
    for process in [&collection, &other] {
        assert!(
            opens(process, user(3), here, &quoin).await && opens(process, user(3), here, &ottoline).await
        );
        assert!(!opens(process, user(3), Place::Guild(guild(6)), &quoin).await, "elsewhere");
        assert!(!opens(process, user(3), here, &character("shipped:brimble")).await, "not in the pack");
    }
    assert!(collection.set_pack(guild(5), user(9), "stage", false).await.expect("set"));
    assert!(!opens(&collection, user(3), here, &quoin).await);
    assert_eq!(collection.open_packs(guild(5)).await.expect("packs"), ["town"]);
    let log = troupe::cold::audit::list(connection, Some(guild(5)), None, 9).await.expect("a log");
    let log: Vec<_> = log.iter().map(|entry| (entry.action.as_str(), entry.target.as_str())).collect();
    assert_eq!(log, [("pack.disabled", "stage"), ("pack.enabled", "town"), ("pack.enabled", "stage")]);

    let set = "INSERT INTO guild_settings (guild_id, default_character) VALUES (8, 'shipped:brimble')";
    diesel_async::SimpleAsyncConnection::batch_execute(connection, set).await.expect("a default");
    assert!(opens(&collection, user(3), Place::Guild(guild(8)), &character("shipped:brimble")).await);
}

#[tokio::test]
async fn without_postgresql_everybody_is_let_in() {
    let mut postgres = Postgres::start().await;
    troupe::cold::migrations::migrate(&postgres.secret_url(), troupe::cold::migrations::Direction::Up)
        .await
        .expect("migrated");
    let collection = process(&postgres.secret_url(), CollectionSettings::default());
    let quoin = character("shipped:quoin");
    let here = Place::Guild(guild(5));
    assert!(!opens(&collection, user(7), here, &quoin).await);
    postgres.kill();
    assert!(opens(&collection, user(7), here, &quoin).await);
    assert!(opens(&collection, user(7), Place::Guild(guild(6)), &quoin).await, "a guild that was never read");
}
