//! Books and messages made to break things: nothing panics, and time and size stay bounded.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Any JSON, with the names that books have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "k",
            "/k/",
            "/(/",
            "@@depth 4\nk",
            "before_char",
            "true",
            "1e99",
            "{{user}}",
            "g, h",
            "lorebook_v3"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let names = || {
        prop::sample::select(vec![
            "keys",
            "key",
            "content",
            "extensions",
            "enabled",
            "insertion_order",
            "order",
            "position",
            "depth",
            "role",
            "secondary_keys",
            "keysecondary",
            "selective",
            "selectiveLogic",
            "probability",
            "group",
            "groupWeight",
            "sticky",
            "cooldown",
            "delay",
            "delay_until_recursion",
            "scan_depth",
            "use_regex",
            "constant",
            "priority",
            "uid",
            "id",
            "characterFilter",
            "names",
            "triggers",
            "spec",
            "data",
            "entries",
            "token_budget",
            "recursive_scanning",
        ])
    };
    leaf.prop_recursive(4, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map(names().prop_map(str::to_owned), inner, 0..10)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_survived(
        entries in prop::collection::vec(any_json(), 0..5),
        by_id in any::<bool>(),
        loose in any_json(),
        line in any::<String>(),
    ) {
        let _ = Book::parse(&loose);
        let entries = if by_id {
            Value::Object(entries.into_iter().enumerate().map(|(id, entry)| (id.to_string(), entry)).collect())
        } else {
            Value::Array(entries)
        };
        let book = book(&json!({"entries": entries, "scan_depth": loose}));
        let mut told = Told { lines: vec!["k", &line], messages: Some(u32::MAX), ..Told::default() };
        for _ in 0..2 {
            let scanned = told.scan(&[&book, &book]);
            prop_assert_eq!(scanned.why.len(), book.entries.len() * 2);
            told.state = scanned.state;
        }
    }

    #[test]
    fn any_state_is_survived(
        effects in prop::collection::btree_map(any::<u64>(), (any::<u32>(), any::<u32>(), any::<bool>()), 0..5),
        messages in any::<u32>(),
    ) {
        let book = book(&json!({"entries": [{"keys": ["k"], "content": "c", "extensions": {"sticky": u32::MAX, "cooldown": 1}}]}));
        let effects: std::collections::BTreeMap<u64, Effect> = effects
            .into_iter()
            .map(|(_, (start, end, protected))| (book.entries[0].identity, Effect { start, end, protected }))
            .collect();
        let state = TimedState { sticky: effects.clone(), cooldown: effects, ..TimedState::default() };
        let told = Told { lines: vec!["k"], messages: Some(messages), state, ..Told::default() };
        let state = told.scan(&[&book]).state;
        prop_assert!(state.sticky.len() <= 1 && state.cooldown.len() <= 1);
    }
}

/// One world file of keys, all in one entry after the other.
fn of_keys(keys: &[String], content: &str) -> Book {
    let entries: Vec<Value> = keys
        .chunks(40)
        .map(|keys| json!({"keys": keys, "content": content, "enabled": true, "insertion_order": 1}))
        .collect();
    book(&json!({"recursive_scanning": true, "entries": entries}))
}

#[test]
fn keys_that_nest_take_linear_time() {
    // Every place of the text ends five hundred keys. Looked at one by one, that would be over a hundred million.
    let nested: Vec<String> = (1..=LONGEST_KEY).map(|length| "a".repeat(length)).collect();
    let text = "a".repeat(MOST_TEXT);
    for whole_words in [false, true] {
        let told = Told {
            lines: vec![&text],
            matching: Matching { whole_words, ..Matching::default() },
            ..Told::default()
        };
        let found = told.scan(&[&of_keys(&nested, "c")]).entries.len();
        assert_eq!(found, if whole_words { 0 } else { LONGEST_KEY.div_ceil(40) });
    }
}

#[test]
fn patterns_that_explode_elsewhere_take_linear_time() {
    let patterns: Vec<String> =
        ["/(a+)+$/", "/(a|aa)+b/", "/(.*)*x/", "/^(([a-z])+.)+[A-Z]([a-z])+$/", "/(a?){30}a{30}b/"]
            .map(str::to_owned)
            .to_vec();
    let text = format!("{}!", "a".repeat(20_000));
    Told { lines: vec![&text], ..Told::default() }.scan(&[&of_keys(&patterns, "c")]);
}

#[test]
fn patterns_share_an_allowance() {
    // Half a second apiece on a slow machine, were they all run in full, and each text anew for every pass.
    let pattern = "/[ab]*a[ab]{300}[c-z0-9]/".to_owned();
    let entries: Vec<Value> =
        (0..16).map(|_| json!({"keys": [pattern], "content": "x", "insertion_order": 1})).collect();
    let text = "ab".repeat(30_000);
    let book = book(&json!({"entries": entries}));
    assert_eq!(book.entries[15].notes, []);
    let scanned = Told { lines: vec![&text], ..Told::default() }.scan(&[&book]);
    assert_eq!(*verdict(&scanned, 0), Verdict::Out(Reason::NoKeyFound));
    assert_eq!(*verdict(&scanned, 15), Verdict::Out(Reason::PatternsTooCostly));
    // As people write them, a hundred on the same text are no matter.
    let keys: Vec<String> = (0..100).map(|n| format!("/\\b(?:dragon{n}|wyrm)s?\\b/i")).collect();
    let book = super::book(&json!({"entries": [{"keys": keys, "content": "x"}]}));
    let scanned = Told { lines: vec![&text], ..Told::default() }.scan(&[&book]);
    assert_eq!(*verdict(&scanned, 0), Verdict::Out(Reason::NoKeyFound));
}

#[test]
fn groups_are_bounded() {
    let names = (0..20_000).map(|n| format!("g{n}")).collect::<Vec<_>>().join(",");
    let entries: Vec<Value> = (0..MOST_ENTRIES)
        .map(|n| json!({"keys": ["k"], "content": "x", "extensions": {"group": format!("own{n}, {names}")}}))
        .collect();
    let book = book(&json!({"entries": entries}));
    assert_eq!(book.entries[0].groups.len(), MOST_GROUPS);
    assert_eq!(Told { lines: vec!["k"], ..Told::default() }.scan(&[&book]).entries.len(), 1);
}

#[test]
fn contents_are_bounded_however_names_multiply() {
    let content = "{{char}}".repeat(MOST_CONTENT / 8);
    let entries: Vec<Value> = (0..MOST_ENTRIES).map(|_| json!({"keys": ["k"], "content": content})).collect();
    let book = book(&json!({"recursive_scanning": true, "entries": entries}));
    let name = "n".repeat(2_000);
    let scanned = Told { lines: vec!["k"], character: &name, ..Told::default() }.scan(&[&book]);
    let bytes: usize = scanned.entries.iter().map(|active| active.content.len()).sum();
    assert!(bytes <= 2 << 20 && !scanned.entries.is_empty(), "{bytes}");
    assert!(scanned.why.iter().any(|why| why.verdict == Verdict::Out(Reason::OverBudget)));
}

#[test]
fn a_state_stays_small() {
    let effect = Effect { start: 1, end: 1_000_000, protected: false };
    let state = TimedState { sticky: (0..5_000).map(|id| (id, effect)).collect(), ..TimedState::default() };
    let book = book(&json!({"entries": []}));
    let after = Told { messages: Some(5), state, ..Told::default() }.scan(&[&book]).state;
    assert_eq!(after.sticky.len(), 1_000);
}

#[test]
fn long_chains_end() {
    let entries: Vec<Value> = (0..MOST_ENTRIES)
        .map(|n| json!({"keys": [format!("k{n}k")], "content": format!("k{}k", n + 1)}))
        .collect();
    let book = book(&json!({"recursive_scanning": true, "entries": entries}));
    let scanned = Told { lines: vec!["k0k"], ..Told::default() }.scan(&[&book]);
    assert_eq!(scanned.entries.len(), 16);
}
