//! Edits of cards change what they name, in all places where it stands, and not a byte besides.

use proptest::prelude::*;
use serde_json::{Value, json};
use troupe_cards::card::{Card, ListField, New, TextField, Version};

use crate::support::{V1, V2, V3};

fn card(text: &str) -> Card {
    Card::read(text.to_owned()).unwrap()
}

#[test]
fn an_edit_leaves_all_other_bytes() {
    let mut v2 = card(V2);
    v2.set_text(TextField::Description, "new \"one\"").unwrap();
    assert_eq!(v2.text(), V2.replace(r#""description": "d""#, r#""description": "new \"one\"""#));
    v2.set_list(ListField::AlternateGreetings, &["Hi".to_owned(), "Ho".to_owned(), "Hey".to_owned()])
        .unwrap();
    let expected = V2.replace(r#""description": "d""#, r#""description": "new \"one\"""#);
    assert_eq!(v2.text(), expected.replace(r#"["Hi", "Hey"]"#, r#"["Hi", "Ho", "Hey"]"#));
    v2.set_text(TextField::Description, "d").unwrap();
    v2.set_list(ListField::AlternateGreetings, &["Hi".to_owned(), "Hey".to_owned()]).unwrap();
    assert_eq!(v2.text(), V2);
    assert!(!v2.document().is_changed());
    let mut v1 = card(V1);
    v1.set_text(TextField::Name, "Bob").unwrap();
    assert_eq!(v1.text(), V1.replace("Ada", "Bob"));
}

#[test]
fn copies_at_the_root_are_kept_in_step() {
    let text = r#"{"name":"Ada","tags":["a"],"creatorcomment":"c","talkativeness":"0.5","fav":false,
"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Ada","tags":["a"],"creator_notes":"c","extensions":{"talkativeness":"0.5"}}}"#;
    let mut both = card(text);
    both.set_text(TextField::Name, "Bob").unwrap();
    both.set_text(TextField::CreatorNotes, "n").unwrap();
    both.set_list(ListField::Tags, &["b".to_owned()]).unwrap();
    both.set_extension("talkativeness", json!(1)).unwrap();
    let expected = text
        .replace("Ada", "Bob")
        .replace("\"c\"", "\"n\"")
        .replace("\"a\"", "\"b\"")
        .replace("\"0.5\"", "1");
    assert_eq!(both.text(), expected);
}

#[test]
fn a_field_of_a_newer_version_brings_the_card_there() {
    let mut v1 = card(V1);
    v1.set_text(TextField::SystemPrompt, "be").unwrap();
    assert_eq!(v1.version(), Version::V2);
    let said: Value = serde_json::from_str(&v1.text()).unwrap();
    let expected = json!({"spec": "chara_card_v2", "spec_version": "2.0", "data": {
        "name": "Ada", "description": "d", "personality": "p", "scenario": "s", "first_mes": "Hello {{user}}",
        "mes_example": "<START>\n{{user}}: hi", "creator_notes": "", "system_prompt": "be",
        "post_history_instructions": "", "alternate_greetings": [], "tags": [], "creator": "",
        "character_version": "", "extensions": {}
    }});
    assert_eq!(said, expected);
    v1.set_text(TextField::Nickname, "A").unwrap();
    assert_eq!(v1.version(), Version::V3);
    let said: Value = serde_json::from_str(&v1.text()).unwrap();
    assert_eq!(said["data"]["group_only_greetings"], json!([]));
    assert_eq!((&said["spec"], &said["spec_version"]), (&json!("chara_card_v3"), &json!("3.0")));
    // From V2, nothing but the version's own marks and what is missing changes.
    let mut v2 = card(V2);
    v2.upgrade(Version::V3).unwrap();
    let head = V2.replace("chara_card_v2", "chara_card_v3").replace("2.0", "3.0");
    let at = head.find("1e2 }").unwrap() + 5;
    let expected = format!("{},\n    \"group_only_greetings\": []{}", &head[..at], &head[at..]);
    assert_eq!(v2.text(), expected);
    // What no spec knows stays where V1 had it, and old names become the new ones.
    let mut old = card(r#"{"char_name":"A","char_persona":"d","chat":"x"}"#);
    old.upgrade(Version::V3).unwrap();
    let said: Value = serde_json::from_str(&old.text()).unwrap();
    assert_eq!(
        (&said["data"]["name"], &said["data"]["description"], &said["chat"]),
        (&json!("A"), &json!("d"), &json!("x"))
    );
    assert_eq!(said.get("char_name"), None);
}

#[test]
fn sources_are_appended_and_dates_set_where_they_may_be() {
    let mut v3 = card(V3);
    v3.add_source("id-2").unwrap();
    v3.add_source("id-1").unwrap();
    v3.touch(9).unwrap();
    let expected = V3
        .replace(r#"["id-1"]"#, r#"["id-1","id-2"]"#)
        .replace("\"modification_date\":0", "\"modification_date\":9");
    assert_eq!(v3.text(), expected);
    let mut v2 = card(V2);
    v2.touch(9).unwrap();
    assert_eq!(v2.text(), V2);
    let mut notes = card(V3);
    notes.set_notes("fr", "bonjour").unwrap();
    assert_eq!(notes.text(), V3.replace(r#"{"de":"Deutsch"}"#, r#"{"de":"Deutsch","fr":"bonjour"}"#));
}

#[test]
fn extensions_of_others_survive_and_broken_ones_are_not_overwritten() {
    let mut v2 = card(V2);
    v2.set_extension("troupe", json!({"bond": 1})).unwrap();
    assert_eq!(v2.text(), V2.replace("1e2 }", "1e2, \"troupe\": {\"bond\":1} }"));
    let mut broken =
        card(r#"{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"a","extensions":"oops"}}"#);
    assert!(broken.set_extension("troupe", json!(1)).is_err());
    assert!(broken.text().contains("oops"));
    let mut book = card(V2);
    book.set_book(None).unwrap();
    assert!(book.book().is_none() && !book.text().contains("character_book"));
}

#[test]
fn a_new_card_is_a_whole_v3() {
    let new = New { name: "Ada \"A\"".to_owned(), tags: vec!["t".to_owned()], ..New::default() };
    let made = Card::create(&new, 1_700_000_000);
    let read = card(&made.text());
    assert_eq!((read.version(), read.oddities()), (Version::V3, &[][..]));
    let sheet = read.sheet();
    assert_eq!((sheet.name.as_str(), sheet.creation_date), ("Ada \"A\"", Some(1_700_000_000)));
    let data = read.document().get(&["data"]).unwrap();
    for due in [
        "name",
        "description",
        "tags",
        "creator",
        "character_version",
        "mes_example",
        "extensions",
        "system_prompt",
        "post_history_instructions",
        "first_mes",
        "alternate_greetings",
        "personality",
        "scenario",
        "creator_notes",
        "group_only_greetings",
    ] {
        assert!(data.get(due).is_some(), "V3 must have {due}");
    }
}

#[test]
fn the_copy_for_v2_is_plain_v2() {
    let copy = card(V3).backfill(Some("This is a V3 card.")).unwrap();
    let said: Value = serde_json::from_str(&copy.text()).unwrap();
    assert_eq!((&said["spec"], &said["spec_version"]), (&json!("chara_card_v2"), &json!("2.0")));
    let data = said["data"].as_object().unwrap();
    for gone in [
        "assets",
        "nickname",
        "creator_notes_multilingual",
        "source",
        "group_only_greetings",
        "creation_date",
    ] {
        assert!(!data.contains_key(gone), "{gone} is V3's");
    }
    assert_eq!(data["character_book"]["entries"][0]["content"], json!("Text @@kept"));
    assert_eq!(data["creator_notes"], json!("This is a V3 card.\n\nEnglish"));
    assert_eq!(data["future"], json!({"x": [1.5]}));
    assert!(copy.text().contains("[1.50]"), "spellings survive");
}

fn name(field: usize) -> TextField {
    use TextField as F;
    [
        F::Name,
        F::Description,
        F::Personality,
        F::Scenario,
        F::FirstMes,
        F::MesExample,
        F::CreatorNotes,
        F::SystemPrompt,
        F::PostHistoryInstructions,
        F::Creator,
        F::CharacterVersion,
        F::Nickname,
    ][field]
}

proptest! {
    #[test]
    fn any_text_in_any_field_is_all_that_changes(field in 0..12_usize, text in any::<String>(), which in 1..3_usize) {
        let before = card([V1, V2, V3][which]);
        let mut after = before.clone();
        after.set_text(name(field), &text).unwrap();
        let read = card(&after.text());
        let key = name(field).name();
        prop_assert_eq!(read.field(key), Some(&json!(text)));
        for (other, value) in before.document().get(&["data"]).unwrap().as_object().unwrap() {
            if other != key {
                prop_assert_eq!(read.field(other), Some(value));
            }
        }
        // And back again, byte for byte, where the field was there before.
        if let Some(Value::String(old)) = before.field(key) {
            after.set_text(name(field), old).unwrap();
            prop_assert_eq!(after.text(), before.text());
        }
    }
}
