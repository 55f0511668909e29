//! The report names each field that is there, and says what becomes of it.

use std::collections::BTreeSet;

use image::ImageFormat;
use troupe_cards::card::{Found, Version};
use troupe_cards::report::fields::{FIELDS, Fate, Use, Why};
use troupe_cards::report::{Report, State, Warning};

use crate::support::{V1, V2, V3, archive, picture, taken};

/// The types of the three specs' texts, field by field.
const SPECS: &[(&str, &[&str])] = &[
    ("", &["spec", "spec_version"]),
    ("", &["name", "description", "personality", "scenario", "first_mes", "mes_example"]),
    (
        "",
        &[
            "creator_notes",
            "system_prompt",
            "post_history_instructions",
            "alternate_greetings",
            "character_book",
            "tags",
            "creator",
            "character_version",
            "extensions",
        ],
    ),
    (
        "",
        &[
            "assets",
            "nickname",
            "creator_notes_multilingual",
            "source",
            "group_only_greetings",
            "creation_date",
            "modification_date",
        ],
    ),
    ("assets.", &["type", "uri", "name", "ext"]),
    (
        "character_book.",
        &["name", "description", "scan_depth", "token_budget", "recursive_scanning", "extensions", "entries"],
    ),
    (
        "character_book.entries.",
        &[
            "keys",
            "content",
            "extensions",
            "enabled",
            "insertion_order",
            "case_sensitive",
            "use_regex",
            "constant",
            "name",
            "priority",
            "id",
            "comment",
            "selective",
            "secondary_keys",
            "position",
        ],
    ),
];

fn report(text: &str) -> Report {
    taken(text).report
}

fn state(report: &Report, path: &str) -> Option<State> {
    report.items.iter().find(|item| item.path == path).map(|item| item.state)
}

#[test]
fn each_field_of_the_specs_is_in_the_table_once() {
    let specs: BTreeSet<String> = SPECS
        .iter()
        .flat_map(|(within, fields)| fields.iter().map(move |field| format!("{within}{field}")))
        .collect();
    let table: BTreeSet<String> = FIELDS.iter().map(|rule| rule.path.to_owned()).collect();
    assert_eq!(table, specs);
    assert_eq!(FIELDS.len(), specs.len());
}

#[test]
fn each_field_that_is_there_is_reported() {
    // Between them, the two cards have all fields of the specs.
    let mut seen = BTreeSet::new();
    for text in [V2, V3] {
        let report = report(text);
        for item in &report.items {
            assert!(item.count > 0);
            assert!(matches!(item.state, State::As(_)), "{item:?}");
            seen.insert(item.path.clone());
        }
        assert!(
            !report.warnings.iter().any(|warning| matches!(warning, Warning::Version(_) | Warning::NoName))
        );
    }
    for rule in FIELDS {
        assert!(seen.contains(rule.path), "{} is in a card and not in its report", rule.path);
    }
    assert_eq!(report(V1).items.len(), 6);
}

#[test]
fn what_is_not_used_says_why() {
    let v2 = report(V2);
    assert_eq!(state(&v2, "extensions.agnai"), Some(State::As(Fate::Kept(Why::Foreign))));
    assert_eq!(state(&v2, "/unknown at root"), Some(State::As(Fate::Kept(Why::Unknown))));
    assert_eq!(state(&v2, "creator_notes"), Some(State::As(Fate::Used(Use::Shown))));
    assert_eq!(state(&v2, "nickname"), None);
    let v3 = report(V3);
    assert_eq!(state(&v3, "future"), Some(State::As(Fate::Kept(Why::Unknown))));
    assert_eq!(state(&v3, "extensions.depth_prompt"), Some(State::As(Fate::Used(Use::Prompt))));
    assert_eq!(state(&v3, "extensions.world"), Some(State::As(Fate::Kept(Why::Elsewhere))));
    assert_eq!(v3.warnings, [Warning::AssetsUnused("background".to_owned(), 1), Warning::AssetsRemote(1)]);
    let mirrored = report(&V2.replacen('{', r#"{"name":"Ada","fav":false,"chat":"x","#, 1));
    assert_eq!(state(&mirrored, "/chat"), Some(State::As(Fate::Kept(Why::Foreign))));
    assert_eq!(state(&mirrored, "/name"), Some(State::As(Fate::Kept(Why::Copy))));
    assert_eq!(state(&mirrored, "/fav"), Some(State::As(Fate::Kept(Why::Copy))));
}

#[test]
fn faults_are_told() {
    let text = r#"{"spec":"chara_card_v3","spec_version":"9.0","data":{"name":" ","name":" ","tags":"a,b","description":{},
        "character_book":[],"assets":[{"type":"icon","uri":"embeded://x","name":"a"},{"type":"icon","uri":"ccdefault:","name":"b"}]}}"#;
    let report = report(text);
    assert_eq!(report.version, Version::V3);
    assert_eq!(state(&report, "tags"), Some(State::Mended(Fate::Used(Use::Shown), Found::Text)));
    assert_eq!(state(&report, "description"), Some(State::Broken(Found::Object)));
    assert_eq!(state(&report, "character_book"), Some(State::Broken(Found::List)));
    let [
        Warning::Version(_),
        Warning::NoName,
        Warning::DoubledKeys(keys),
        Warning::MainIcons(0),
        Warning::AssetMissing(path),
    ] = &report.warnings[..]
    else {
        panic!("{:?}", report.warnings)
    };
    assert_eq!((keys.as_slice(), path.as_str()), (&["name".to_owned()][..], "x"));
}

#[test]
fn an_asset_that_is_there_is_not_missing() {
    let card = V3.replace("ccdefault:", "embeded://i.png");
    let icon = picture(2, 2, ImageFormat::Png);
    let report = taken(archive(&[("card.json", card.as_bytes()), ("i.png", &icon)])).report;
    assert!(!report.warnings.iter().any(|warning| matches!(warning, Warning::AssetMissing(_))));
}

#[test]
fn a_strangers_keys_are_told_in_measure() {
    let many: Vec<String> = (0..40).map(|nth| format!("\"k{nth}{}\":0", "x".repeat(500))).collect();
    let text = format!(r#"{{"name":"a","description":"b",{}}}"#, many.join(","));
    let report = report(&text);
    assert!(report.items.iter().all(|item| item.path.chars().count() <= 61));
    assert_eq!(report.items.len(), 34);
    assert_eq!(report.warnings, [Warning::MoreUnknown(8)]);
}
