//! Preferences and sounds.

use serde_json::json;
use troupe::cold::{
    preferences::{self, Preferences},
    voice::{self, Sound},
};

use super::{character, custom, guild, user};
use crate::support::postgres::migrated;

#[tokio::test]
async fn preferences_are_kept_by_place_and_set_one_by_one() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let ada = user(7);
    let own = custom(connection, ada).await;
    assert_eq!(preferences::get(connection, ada, None).await.expect("an answer"), Preferences::default());
    preferences::set_active(connection, ada, Some(guild(5)), Some(&own)).await.expect("set");
    preferences::set(connection, ada, Some(guild(5)), ("quote", Some(json!(true)))).await.expect("set");
    preferences::set(connection, ada, Some(guild(5)), ("tone", Some(json!(["dry"])))).await.expect("set");
    preferences::set(connection, ada, Some(guild(5)), ("quote", Some(json!(false)))).await.expect("set");
    preferences::set(connection, ada, None, ("quote", Some(json!(null)))).await.expect("set");
    let there = preferences::get(connection, ada, Some(guild(5))).await.expect("an answer");
    assert_eq!(there.active, Some(own));
    assert_eq!(serde_json::Value::from(there.values), json!({ "quote": false, "tone": ["dry"] }));
    let direct = preferences::get(connection, ada, None).await.expect("an answer");
    assert_eq!(serde_json::Value::from(direct.values), json!({ "quote": null }));

    preferences::set(connection, ada, Some(guild(5)), ("tone", None)).await.expect("taken away");
    preferences::set(connection, ada, Some(guild(9)), ("tone", None)).await.expect("nothing to take away");
    preferences::set_active(connection, ada, Some(guild(5)), None).await.expect("left to the guild");
    let there = preferences::get(connection, ada, Some(guild(5))).await.expect("an answer");
    assert_eq!((there.active, serde_json::Value::from(there.values)), (None, json!({ "quote": false })));
    let gone = character("custom:0b2f1a4c-1111-4222-8333-444455556666");
    assert!(preferences::set_active(connection, ada, None, Some(&gone)).await.is_err());
}

#[tokio::test]
async fn a_sound_is_known_by_character_name_and_language() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let mira = character("shipped:mira");
    let mut sound = Sound {
        character: mira.clone(),
        name: "hello".to_owned(),
        locale: "pt-BR".to_owned(),
        media_type: "audio/ogg".to_owned(),
        sha256: [7; 32],
        bytes: 5000,
        duration_ms: 900,
        path: "mira/hello.ogg".to_owned(),
    };
    voice::put(connection, &sound).await.expect("added");
    (sound.sha256, sound.bytes) = ([8; 32], 6000);
    voice::put(connection, &sound).await.expect("changed");
    let other = Sound { locale: "en".to_owned(), ..sound.clone() };
    voice::put(connection, &other).await.expect("added");
    assert_eq!(voice::list(connection, &mira, 9).await.expect("sounds"), [other.clone(), sound]);
    assert!(voice::put(connection, &Sound { path: "../secret".to_owned(), ..other }).await.is_err());
    assert!(voice::remove(connection, &mira, "hello", "en").await.expect("removed"));
    assert!(!voice::remove(connection, &mira, "hello", "en").await.expect("removed before"));
}
