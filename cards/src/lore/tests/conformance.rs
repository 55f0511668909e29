//! The table of rules: each case in `cases.json` names one, and who says so: a specification, or SillyTavern's source
//! (release 1.12, and its documentation of 2026 for what is newer).
//!
//! Entries are a world file's (an object) or a card's (an array); `active` are their ids in the order of the prompt.
//! Defaults: scan depth 4, recursion on.

use serde_json::{Map, Value, json};

use super::*;

/// Applies a case's settings.
fn settings(told: &mut Told<'_>, case: &Value) {
    for (name, value) in case["settings"].as_object().into_iter().flatten() {
        let number = || u32::try_from(value.as_u64().unwrap()).unwrap();
        let flag = || value.as_bool().unwrap();
        match name.as_str() {
            "scan_depth" => told.settings.scan_depth = number(),
            "recursive" => told.settings.recursive = flag(),
            "most_passes" => told.settings.most_passes = number(),
            "budget" => told.settings.budget = Some(number()),
            "group_scoring" => told.settings.group_scoring = flag(),
            "case_sensitive" => told.matching.case_sensitive = flag(),
            "whole_words" => told.matching.whole_words = flag(),
            other => panic!("no setting {other}"),
        }
    }
}

/// A case's entries, in one dialect's book.
fn entries(case: &Value) -> Map<String, Value> {
    let mut book = case["book"].as_object().cloned().unwrap_or_default();
    book.insert("entries".to_owned(), case["entries"].clone());
    book
}

#[test]
fn every_case_activates_what_its_rule_says() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    let mut faults = Vec::new();
    for case in &cases {
        let number = |name: &str| case[name].as_u64().map(|number| u32::try_from(number).unwrap());
        let mut told = Told {
            lines: case["lines"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
            messages: number("messages"),
            answers: number("answers").unwrap_or(0),
            greeting: number("greeting"),
            ..Told::default()
        };
        told.user = case["user"].as_str().unwrap_or("Max");
        settings(&mut told, case);
        let book = book(&Value::Object(entries(case)));
        let expected: Vec<&str> =
            case["active"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        // No draw decides a case: it comes out the same for every seed.
        for seed in 0..5 {
            told.seed = seed;
            let found = ids(&book, &told.scan(&[&book]));
            if found != expected {
                faults.push(format!("{} ({}): {found:?}, not {expected:?}", case["rule"], case["source"]));
                break;
            }
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
    assert!(cases.len() > 150);
}

#[test]
fn a_card_and_a_standalone_file_are_the_same_book() {
    let inner = json!({"name": "B", "entries": [{"keys": ["k"], "content": "x", "enabled": true, "insertion_order": 1}]});
    assert_eq!(book(&inner), book(&json!({"spec": "lorebook_v3", "data": inner})));
}
