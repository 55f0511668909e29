//! Custom characters: cards byte for byte, changes that see each other, deletion in two steps.

use chrono::TimeDelta;
use troupe::{
    cold::{
        bonds,
        characters::{self, Among, Avatar, Changed, Content},
        preferences,
    },
    domain::{bond::Reward, character::CharacterId},
};
use uuid::Uuid;

use super::{custom, guild, now, user};
use crate::support::postgres::migrated;

fn named(name: &str) -> Content {
    Content { name: name.to_owned(), card: "{}".to_owned() }
}

#[tokio::test]
async fn a_card_comes_back_byte_for_byte() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let card = "{\"b\": 1.0e2, \"a\":1,\r\n \"a\":\"\\u00e9 é \\ud83d\",  \"n\":12345678901234567890.10 }\n"
        .to_owned();
    let content = Content { name: "Ünï 猫".to_owned(), card };
    let picture = Avatar { bytes: (0..=255).collect(), media_type: "image/png".to_owned() };
    let id = Uuid::new_v4();
    let made = characters::create(connection, id, user(7), &content, Some(&picture)).await.expect("made");
    let made = made.expect("a new one");
    assert_eq!((made.id, made.owner, &made.content, made.has_avatar), (id, user(7), &content, true));
    assert_eq!(characters::get(connection, id).await.expect("an answer"), Some(made));
    assert_eq!(characters::avatar(connection, id).await.expect("an answer"), Some(picture));
    let again = characters::create(connection, id, user(7), &named("Other"), None).await.expect("an answer");
    assert_eq!(again, None, "a repeated call makes nothing");
    assert!(characters::set_avatar(connection, id, user(7), None).await.expect("an answer"));
    assert!(!characters::set_avatar(connection, id, user(8), None).await.expect("an answer"));
    assert_eq!(characters::avatar(connection, id).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_change_of_what_somebody_changed_first_is_a_conflict() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let id = Uuid::new_v4();
    let made = characters::create(connection, id, user(7), &named("One"), None).await.expect("made");
    let seen = made.expect("a new one").version;
    let changed =
        characters::update(connection, id, user(7), seen, (&named("Two"), None)).await.expect("an answer");
    let Changed::Now(version) = changed else { panic!("{changed:?}") };
    assert!(version > seen);
    let late =
        characters::update(connection, id, user(7), seen, (&named("Three"), None)).await.expect("an answer");
    assert_eq!(late, Changed::Conflict(version));
    let strange = characters::update(connection, id, user(8), version, (&named("Four"), None))
        .await
        .expect("an answer");
    assert_eq!(strange, Changed::Gone);
    let now = characters::get(connection, id).await.expect("an answer").expect("a character");
    assert_eq!((now.content, now.version), (named("Two"), version));
}

#[tokio::test]
async fn lists_and_names_show_what_a_member_may_choose() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    for (owner, name) in
        [(7, "Ann"), (7, "anna"), (7, "100%"), (7, "Bob"), (7, "Bob"), (8, "Anton"), (8, "Secret")]
    {
        let id = Uuid::new_v4();
        characters::create(connection, id, user(owner), &named(name), None).await.expect("made");
        if name == "Anton" {
            assert!(characters::share(connection, id, user(8), Some(guild(5))).await.expect("shared"));
            assert!(!characters::share(connection, id, user(7), Some(guild(6))).await.expect("not theirs"));
        }
    }
    let mut names = Vec::new();
    for (place, text) in
        [(Some(guild(5)), "an"), (None, "an"), (Some(guild(6)), "AN"), (None, "%"), (None, "_"), (None, "\0")]
    {
        let found = characters::find_by_name(connection, user(7), place, text).await.expect("found");
        names.push(found.into_iter().map(|entry| entry.name).collect::<Vec<_>>().join(" "));
    }
    assert_eq!(names, ["Ann Anton anna", "Ann anna", "Ann anna", "100%", "", "100% Ann Bob Bob anna"]);

    let own = Among::Owner(user(7));
    let first = characters::list(connection, own, None, 3).await.expect("a page");
    let rest = characters::list(connection, own, first.last(), 3).await.expect("a page");
    let names: Vec<_> = first.iter().chain(&rest).map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["100%", "Ann", "Bob", "Bob", "anna"]);
    let shared = characters::list(connection, Among::Guild(guild(5)), None, 10).await.expect("a page");
    assert_eq!(
        shared.iter().map(|entry| (entry.owner, entry.guild)).collect::<Vec<_>>(),
        [(user(8), Some(guild(5)))]
    );
}

#[tokio::test]
async fn deleting_is_for_later_and_purging_for_good() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let who = custom(connection, user(7)).await;
    let CharacterId::Custom(id) = who else { panic!("a custom one") };
    let reward = Reward { amount: 1, daily_cap: 10 };
    bonds::add_xp(connection, user(8), &who, reward, at).await.expect("a gain");
    preferences::set_active(connection, user(8), None, Some(&who)).await.expect("active");

    assert!(!characters::delete(connection, id, user(8), at).await.expect("not theirs"));
    assert!(characters::delete(connection, id, user(7), at).await.expect("deleted"));
    assert!(!characters::delete(connection, id, user(7), at).await.expect("deleted before"));
    assert_eq!(characters::get(connection, id).await.expect("an answer"), None);
    assert_eq!(characters::list(connection, Among::Owner(user(7)), None, 9).await.expect("a page"), []);
    assert_eq!(characters::find_by_name(connection, user(7), None, "Some").await.expect("found"), []);
    let update =
        characters::update(connection, id, user(7), 1, (&named("x"), None)).await.expect("an answer");
    assert_eq!(update, Changed::Gone);

    assert!(characters::restore(connection, id, user(7)).await.expect("back"));
    assert!(!characters::restore(connection, id, user(7)).await.expect("was back"));
    assert!(characters::get(connection, id).await.expect("an answer").is_some());

    assert!(characters::delete(connection, id, user(7), at).await.expect("deleted"));
    assert_eq!(characters::purge(connection, at, 10).await.expect("too young"), 0);
    assert_eq!(characters::purge(connection, at + TimeDelta::seconds(1), 10).await.expect("purged"), 1);
    assert!(!characters::restore(connection, id, user(7)).await.expect("gone"));
    assert_eq!(
        bonds::get(connection, user(8), &who).await.expect("an answer"),
        None,
        "the bond went with it"
    );
    let chosen = preferences::get(connection, user(8), None).await.expect("preferences");
    assert_eq!(chosen.active, None, "what pointed at it forgot it");
}
