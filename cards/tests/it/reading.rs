//! Fields by each spec, and as they are in the wild.

use serde_json::json;
use troupe_cards::card::assets::{Kind, Uri};
use troupe_cards::card::sheet::{DepthPrompt, Role};
use troupe_cards::card::{Card, Oddity, Version};
use troupe_cards::import::Picture;
use troupe_cards::refusal::Refusal;

use crate::support::{V1, V2, V3, refused, taken};

fn card(text: &str) -> Card {
    Card::read(text.to_owned()).unwrap()
}

/// A V2 card whose `data` has these members besides a name.
fn data(members: &str) -> Card {
    card(&format!(r#"{{"spec":"chara_card_v3","spec_version":"3.0","data":{{"name":"Ada",{members}}}}}"#))
}

#[test]
fn v1_has_six_texts_at_the_root() {
    let card = card(V1);
    let sheet = card.sheet();
    assert_eq!((card.version(), card.oddities()), (Version::V1, &[][..]));
    let said = [
        sheet.name,
        sheet.description,
        sheet.personality,
        sheet.scenario,
        sheet.first_mes,
        sheet.mes_example,
    ];
    assert_eq!(said, ["Ada", "d", "p", "s", "Hello {{user}}", "<START>\n{{user}}: hi"]);
    assert!(card.book().is_none());
}

#[test]
fn v2_has_all_in_data() {
    let card = card(V2);
    let sheet = card.sheet();
    assert_eq!((card.version(), card.oddities()), (Version::V2, &[][..]));
    assert_eq!(sheet.creator_notes, "notes");
    assert_eq!(sheet.system_prompt, "{{original}} be Ada");
    assert_eq!(sheet.post_history_instructions, "stay Ada");
    assert_eq!(sheet.alternate_greetings, ["Hi", "Hey"]);
    assert_eq!(sheet.greetings().collect::<Vec<_>>(), [(0, "Hello"), (1, "Hi"), (2, "Hey")]);
    assert_eq!(sheet.tags, ["history", "Maths"]);
    assert_eq!((sheet.creator.as_str(), sheet.character_version.as_str()), ("me", "1"));
    assert_eq!(card.book().unwrap()["entries"][0]["keys"], json!(["engine"]));
    assert_eq!(sheet.spoken_name(), "Ada");
}

#[test]
fn v3_adds_its_own() {
    let card = card(V3);
    let sheet = card.sheet();
    assert_eq!((card.version(), card.oddities()), (Version::V3, &[][..]));
    assert_eq!((sheet.spoken_name(), sheet.name.as_str()), ("Ada", "Ada Lovelace"));
    assert_eq!(sheet.group_only_greetings, ["All!"]);
    assert_eq!(sheet.source, ["id-1"]);
    assert_eq!((sheet.creation_date, sheet.modification_date), (Some(1_700_000_000), None));
    assert_eq!(sheet.notes_in("de-AT"), "Deutsch");
    assert_eq!(sheet.notes_in("en-GB"), "English");
    assert_eq!(sheet.notes_in("fr"), "English");
    assert_eq!(sheet.main_icon().unwrap().uri, Uri::Default);
    assert_eq!(sheet.assets[1].kind, Kind::Background);
    assert_eq!(sheet.assets[1].uri, Uri::Remote("https://example.org/b.png".to_owned()));
    assert_eq!(
        sheet.silly.depth_prompt,
        Some(DepthPrompt { prompt: "dp".to_owned(), depth: 2, role: Role::User })
    );
    assert_eq!(sheet.silly.talkativeness, Some(0.7));
    assert_eq!(sheet.silly.world.as_deref(), Some("W"));
}

#[test]
fn english_notes_among_the_others_come_before_the_plain_ones() {
    let sheet = data(r#""creator_notes":"plain","creator_notes_multilingual":{"EN":"en","de":"de"}"#).sheet();
    assert_eq!([sheet.notes_in("en"), sheet.notes_in("de"), sheet.notes_in("ja")], ["en", "de", "en"]);
    let sheet = data(r#""creator_notes":"","creator_notes_multilingual":{"de":"de"}"#).sheet();
    assert_eq!([sheet.notes_in("en"), sheet.notes_in("fr")], ["de", "de"]);
}

#[test]
fn spec_decides_before_the_shape() {
    // SillyTavern writes V1's fields beside `data`, often stale.
    let both = V2.replacen('{', r#"{"name":"Old","description":"old","first_mes":"old","#, 1);
    assert_eq!(card(&both).version(), Version::V2);
    assert_eq!(card(&both).sheet().name, "Ada");
    let detected = |text: &str| {
        let card = card(text);
        (card.version(), card.oddities().to_vec())
    };
    assert_eq!(
        detected(r#"{"spec":"chara_card_v2","spec_version":2,"data":{"name":"a"}}"#),
        (Version::V2, vec![])
    );
    assert_eq!(
        detected(r#"{"spec":"chara_card_v3","spec_version":3.0,"data":{"name":"a"}}"#),
        (Version::V3, vec![])
    );
    let newer = |spec: &str, version: &str| {
        vec![Oddity::Newer { spec: spec.to_owned(), version: version.to_owned() }]
    };
    let text = r#"{"spec":"chara_card_v3","spec_version":"3.1","data":{"name":"a"}}"#;
    assert_eq!(detected(text), (Version::V3, newer("chara_card_v3", "3.1")));
    let text = r#"{"spec":"chara_card_v4","spec_version":"4.0","data":{"name":"a"}}"#;
    assert_eq!(detected(text), (Version::V3, newer("chara_card_v4", "4.0")));
    assert_eq!(detected(r#"{"data":{"name":"a"}}"#), (Version::V2, vec![Oddity::NoSpec]));
    assert_eq!(detected(r#"{"data":{"name":"a","nickname":"b"}}"#), (Version::V3, vec![Oddity::NoSpec]));
    let text = r#"{"spec":"chara_card_v2","data":{"name":"a"}}"#;
    assert_eq!(detected(text), (Version::V2, vec![Oddity::SpecVersion(String::new())]));
    let text = r#"{"spec":"chara_card_v2","spec_version":"2.0","name":"a","first_mes":"b"}"#;
    assert_eq!(detected(text), (Version::V1, vec![Oddity::Flat]));
    let text = r#"{"spec":"mine","data":{"name":"a"}}"#;
    assert_eq!(detected(text), (Version::V2, vec![Oddity::OtherSpec("mine".to_owned())]));
    // An application's own `data` beside a V1 card.
    assert_eq!(detected(r#"{"name":"a","description":"b","data":{"x":1}}"#), (Version::V1, vec![]));
}

#[test]
fn old_exports_are_read_by_their_own_names() {
    let text = r#"{"char_name":"Ada","char_persona":"d","world_scenario":"s","char_greeting":"g","example_dialogue":"e"}"#;
    let old = card(text);
    let sheet = old.sheet();
    assert_eq!(old.oddities(), [Oddity::OldNames]);
    let said = [sheet.name, sheet.description, sheet.scenario, sheet.first_mes, sheet.mes_example];
    assert_eq!(said, ["Ada", "d", "s", "g", "e"]);
    // SillyTavern's notes in a card of V1 are no sign of that age.
    let silly = card(r#"{"name":"Ada","description":"d","creatorcomment":"notes","chat":"x"}"#);
    assert_eq!((silly.version(), silly.oddities()), (Version::V1, &[][..]));
    assert_eq!(silly.sheet().creator_notes, "notes");
}

#[test]
fn what_is_no_card_is_told_from_one() {
    assert_eq!(refused(r#"{"spec":"lorebook_v3","data":{"entries":[]}}"#), Refusal::Lorebook);
    assert_eq!(refused(r#"{"name":"world","entries":{"0":{"key":["a"]}}}"#), Refusal::Lorebook);
    assert_eq!(refused(r#"{"entries":{}}"#), Refusal::Lorebook);
    for text in ["{}", "[]", "\"Ada\"", r#"{"version":1}"#, r#"{"data":{"x":1}}"#, r#"{"data":[]}"#] {
        assert_eq!(refused(text), Refusal::NotACard, "{text}");
    }
}

#[test]
fn empty_places_are_no_trouble() {
    let sheet =
        data(r#""character_book":null,"extensions":null,"tags":null,"assets":null,"nickname":null"#).sheet();
    assert!(sheet.tags.is_empty() && sheet.assets.is_empty() && sheet.nickname.is_none());
    // Not one field but the name.
    let bare = card(r#"{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":""}}"#);
    assert_eq!(bare.sheet(), troupe_cards::card::Sheet::default());
    assert_eq!(data(r#""nickname":"""#).sheet().spoken_name(), "Ada");
}

#[test]
fn other_types_are_made_sense_of() {
    let sheet = data(
        r#""tags":"a, b,,c ","character_version":1.5,"creator":["x","y"],"alternate_greetings":"only","group_only_greetings":[1,null,"z"],
        "description":{"no":"text"},"creation_date":"1700000000","modification_date":1700000000123,"source":"one""#,
    )
    .sheet();
    assert_eq!(sheet.tags, ["a", "b", "c"]);
    assert_eq!((sheet.character_version.as_str(), sheet.creator.as_str()), ("1.5", "x\ny"));
    assert_eq!(sheet.alternate_greetings, ["only"]);
    assert_eq!(sheet.group_only_greetings, ["1", "z"]);
    assert_eq!(sheet.description, "");
    assert_eq!((sheet.creation_date, sheet.modification_date), (Some(1_700_000_000), Some(1_700_000_000)));
    assert_eq!(sheet.source, ["one"]);
}

#[test]
fn the_main_icon_is_the_one_called_so() {
    let icon = |assets: &str| {
        data(&format!(r#""assets":[{assets}]"#)).sheet().main_icon().map(|icon| icon.name.clone())
    };
    let one = |name: &str| format!(r#"{{"type":"icon","uri":"data:,","name":"{name}","ext":"png"}}"#);
    assert_eq!(icon(""), None);
    assert_eq!(icon(&one("a")), Some("a".to_owned()));
    assert_eq!(icon(&[one("a"), one("main"), one("b")].join(",")), Some("main".to_owned()));
    assert_eq!(icon(&[one("a"), one("b")].join(",")), Some("a".to_owned()));
    assert_eq!(icon(r#"{"type":"emotion","uri":"data:,","name":"main","ext":"png"}"#), None);
}

#[test]
fn uris_say_where_an_asset_is() {
    assert_eq!(Uri::of("ccdefault:"), Uri::Default);
    assert_eq!(Uri::of("embeded://a/B.png"), Uri::Embedded("a/B.png".to_owned()));
    assert_eq!(Uri::of("embedded://a/B.png"), Uri::Embedded("a/B.png".to_owned()));
    assert_eq!(Uri::of("__asset:7"), Uri::Chunk("7".to_owned()));
    assert_eq!(Uri::of("HTTPS://x"), Uri::Remote("HTTPS://x".to_owned()));
    assert_eq!(Uri::of("file:///etc/passwd"), Uri::Other("file:///etc/passwd".to_owned()));
    let inline = V3.replace("ccdefault:", "data:image/png;base64,AAEC");
    assert_eq!(taken(inline).picture().unwrap(), Picture::Here(vec![0, 1, 2].into()));
    let remote = V3.replace("ccdefault:", "https://example.org/i.png");
    assert_eq!(taken(remote).picture().unwrap(), Picture::Remote("https://example.org/i.png"));
}

#[test]
fn the_same_content_is_the_same_card() {
    let hash = |text: &str| card(text).content_hash();
    assert_eq!(hash(V1), hash(&V1.replace(',', " ,\n").replace("Ada", "\\u0041da")));
    let mut up = card(V1);
    up.upgrade(Version::V2).unwrap();
    assert_eq!(up.content_hash(), hash(V1));
    up.upgrade(Version::V3).unwrap();
    assert_eq!(up.content_hash(), hash(V1));
    up.touch(7).unwrap();
    up.add_source("https://example.org").unwrap();
    assert_eq!(up.content_hash(), hash(V1));
    // A name alone never makes two cards one, nor does its change leave one what it was.
    assert_ne!(hash(V1), hash(&V1.replace("\"d\"", "\"e\"")));
    assert_ne!(hash(V1), hash(&V1.replace("Ada", "Bob")));
    assert_ne!(hash(V2), hash(&V2.replace("1e2", "1e3")));
    assert_eq!(hash(V1).to_string().len(), 64);
}
