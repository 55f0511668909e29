//! Preferences and sounds; and that enumerations are the same here and in the database.

use std::collections::BTreeSet;

use diesel::{sql_query, sql_types::Text};
use diesel_async::RunQueryDsl;
use serde_json::json;
use troupe::{
    cold::{
        preferences::{self, Preferences},
        voice::{self, Sound},
    },
    domain::{
        collection::{Decision, Origin, Rarity},
        oversight::{BlockKind, SwitchScope},
        scene::{SceneState, SpeakerKind},
        usage::Outcome,
    },
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

#[derive(diesel::QueryableByName)]
struct Constraint {
    #[diesel(sql_type = Text)]
    definition: String,
}

/// The names of an enumeration, as a set.
fn names<T: ToString>(all: &[T]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_database_allows_the_names_that_enumerations_have_and_no_others() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    for (constraint, names) in [
        ("owned_rarity_known", names(Rarity::ALL)),
        ("roll_rarity_known", names(Rarity::ALL)),
        ("owned_source_known", names(Origin::ALL)),
        ("roll_decision_known", names(Decision::ALL)),
        ("usage_outcome_known", names(Outcome::ALL)),
        ("scene_state_known", names(SceneState::ALL)),
        ("turn_speaker_known", names(SpeakerKind::ALL)),
        ("switch_scope_known", names(SwitchScope::ALL)),
        ("block_kind_known", names(BlockKind::ALL)),
    ] {
        let query = "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = $1 AND conislocal LIMIT 1";
        let row: Constraint =
            sql_query(query).bind::<Text, _>(constraint).get_result(connection).await.expect("a constraint");
        let allowed: BTreeSet<String> =
            row.definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(allowed, names, "{constraint}");
    }
}
