//! Every field of every format, and what is told of what can't run.

use serde_json::json;

use super::decorators::Decorators;
use super::*;

fn only(value: &Value) -> Entry {
    book(value).entries.into_iter().next().unwrap()
}

#[test]
fn a_world_file_is_read_field_by_field() {
    let entry = only(&json!({"entries": {"7": {
        "uid": 7, "key": ["k"], "keysecondary": ["s"], "comment": "memo", "content": "c", "constant": true,
        "vectorized": true, "selective": true, "selectiveLogic": 3, "order": 42, "position": 4, "disable": true,
        "excludeRecursion": true, "preventRecursion": true, "delayUntilRecursion": 2, "probability": 12.5,
        "useProbability": true, "depth": 9, "group": "g, h", "groupOverride": true, "groupWeight": 7, "scanDepth": 3,
        "caseSensitive": true, "matchWholeWords": false, "useGroupScoring": true, "role": 2, "sticky": 1,
        "cooldown": 2, "delay": 3, "ignoreBudget": true, "triggers": ["swipe"], "matchScenario": true,
        "characterFilter": {"isExclude": true, "names": ["Rex"], "tags": ["t"]},
    }}}));
    let expected = Entry {
        id: "7".into(),
        name: "memo".into(),
        keys: vec!["k".into()],
        secondary: vec!["s".into()],
        selective: true,
        logic: Logic::AndAll,
        content: "c".into(),
        decorators: Decorators::default(),
        enabled: false,
        constant: true,
        order: 42,
        priority: 0,
        position: Position::AtDepth(9),
        role: Role::Assistant,
        case_sensitive: Some(true),
        whole_words: Some(false),
        all_patterns: false,
        scan_depth: Some(3),
        chance: 1_250,
        groups: vec!["g".into(), "h".into()],
        group_override: true,
        group_weight: 7,
        group_scoring: Some(true),
        sticky: 1,
        cooldown: 2,
        delay: 3,
        exclude_recursion: true,
        prevent_recursion: true,
        recursion_level: 2,
        ignore_budget: true,
        triggers: vec!["swipe".into()],
        characters: Some(Characters { names: vec!["Rex".into()], excluded: true }),
        notes: vec![Note::Vectorized, Note::OtherSource("match_scenario".into()), Note::CharacterTags],
        runs: true,
        identity: entry.identity,
    };
    assert_eq!(entry, expected);
}

#[test]
fn a_card_holds_the_same_in_extensions() {
    let extensions = json!({
        "selectiveLogic": 3, "position": 4, "depth": 9, "role": 2, "probability": 12.5, "useProbability": true,
        "exclude_recursion": true, "prevent_recursion": true, "delay_until_recursion": 2, "group": "g, h",
        "group_override": true, "group_weight": 7, "use_group_scoring": true, "scan_depth": 3, "case_sensitive": true,
        "match_whole_words": false, "sticky": 1, "cooldown": 2, "delay": 3, "ignore_budget": true,
        "triggers": ["swipe"], "match_scenario": true, "vectorized": true,
    });
    let card = json!({
        "id": 7, "keys": ["k"], "secondary_keys": ["s"], "comment": "memo", "name": "", "content": "c", "constant": true,
        "selective": true, "insertion_order": 42, "enabled": false, "position": "before_char", "use_regex": true,
        "priority": 5, "case_sensitive": false, "extensions": extensions,
    });
    let card = only(&json!({"entries": [card]}));
    let world = only(&json!({"entries": {"7": {
        "uid": 7, "key": ["k"], "keysecondary": ["s"], "comment": "memo", "content": "c", "constant": true,
        "vectorized": true, "selective": true, "selectiveLogic": 3, "order": 42, "position": 4, "disable": true,
        "excludeRecursion": true, "preventRecursion": true, "delayUntilRecursion": 2, "probability": 12.5,
        "depth": 9, "group": "g, h", "groupOverride": true, "groupWeight": 7, "scanDepth": 3, "caseSensitive": true,
        "matchWholeWords": false, "useGroupScoring": true, "role": 2, "sticky": 1, "cooldown": 2, "delay": 3,
        "ignoreBudget": true, "triggers": ["swipe"], "matchScenario": true,
    }}}));
    assert_eq!(Entry { identity: 0, ..card }, Entry { identity: 0, priority: 5, ..world });
}

#[test]
fn the_book_has_its_own_say() {
    let book = book(
        &json!({"name": "B", "scan_depth": "5", "token_budget": 0, "recursive_scanning": true, "entries": []}),
    );
    let expected = Book {
        name: "B".into(),
        scan_depth: Some(5),
        token_budget: None,
        recursive: Some(true),
        ..Book::default()
    };
    assert_eq!(book, expected);
}

#[test]
fn what_is_no_book_is_refused() {
    for value in [
        json!(null),
        json!([]),
        json!({}),
        json!({"entries": null}),
        json!({"spec": "lorebook_v3"}),
        json!({"spec": "lorebook_v3", "data": []}),
    ] {
        assert_eq!(Book::parse(&value), Err(NoBook), "{value}");
    }
}

#[test]
fn what_cannot_run_is_told() {
    let notes = |more: Value| {
        let mut entry = json!({"keys": ["k"], "content": "c"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        only(&json!({"entries": [entry]})).notes
    };
    let table = [
        (json!({}), vec![]),
        (
            json!({"keys": ["/a(?=b)/", "/a(/", "/((a{90}){90}){90}/"]}),
            vec![
                Note::LookAround("/a(?=b)/".into()),
                Note::BadPattern("/a(/".into()),
                Note::CostlyPattern("/((a{90}){90}){90}/".into()),
            ],
        ),
        (json!({"secondary_keys": ["/a(/"], "selective": true}), vec![Note::BadPattern("/a(/".into())]),
        (json!({"secondary_keys": ["/a(/"]}), vec![]),
        (json!({"keys": ["k".repeat(LONGEST_KEY + 1)]}), vec![Note::KeyTooLong("k".repeat(80))]),
        (json!({"keys": vec!["k"; MOST_KEYS + 1]}), vec![Note::TooManyKeys]),
        (json!({"content": "c".repeat(MOST_CONTENT + 1)}), vec![Note::ContentTooLong]),
        (
            json!({"content": "@@strange 1\n@@is_user_icon x\n@@depth x\nc"}),
            vec![
                Note::UnknownDecorator("strange".into()),
                Note::UnsupportedDecorator("is_user_icon".into()),
                Note::BadDecorator("depth".into()),
            ],
        ),
        (json!({"extensions": {"position": 12}}), vec![Note::UnknownPosition(12)]),
        (json!({"extensions": {"selectiveLogic": 12}}), vec![Note::UnknownLogic(12)]),
    ];
    for (more, expected) in table {
        assert_eq!(
            notes(more.clone()),
            expected,
            "{}",
            more.to_string().chars().take(200).collect::<String>()
        );
    }
    assert_eq!(only(&json!({"entries": ["no entry"]})).notes, [Note::NotAnEntry]);
    let many = book(&json!({"entries": vec![json!({"keys": ["k"]}); MOST_ENTRIES + 1]}));
    assert_eq!((many.entries.len(), many.notes), (MOST_ENTRIES, vec![Note::TooManyEntries]));
}

#[test]
fn books_that_fit_alone_may_be_too_much_together() {
    let patterns: Vec<String> = (0..MOST_PATTERNS).map(|n| format!("/k{n}/")).collect();
    let book = book(&json!({"entries": [{"keys": patterns, "content": "c"}]}));
    assert_eq!(book.entries[0].notes, []);
    assert!(Lore::new(&[&book]).notes().is_empty());
    let both = Lore::new(&[&book, &book]);
    assert_eq!(both.notes().len(), MOST_PATTERNS);
    assert_eq!(both.notes()[0], (At { book: 1, entry: 0 }, Note::CostlyPattern("/k0/".into())));
}
