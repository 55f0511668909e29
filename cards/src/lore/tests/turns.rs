//! What lasts over turns, what is drawn, where entries go, and why.

use serde_json::json;

use super::*;

/// Whether entry 0 is active at each length of a conversation, its key being said at some of them.
fn over_turns(entry: &Value, said: &[u32], lengths: &[u32]) -> Vec<bool> {
    let book = book(&json!({"entries": {"0": entry}}));
    let mut told = Told { settings: Settings { scan_depth: 1, ..Settings::default() }, ..Told::default() };
    let mut found = Vec::new();
    for length in lengths {
        told.lines = vec![if said.contains(length) { "key" } else { "nothing" }];
        told.messages = Some(*length);
        let scanned = told.scan(&[&book]);
        found.push(!scanned.entries.is_empty());
        // What a conversation keeps, it keeps as JSON.
        told.state = serde_json::from_str(&serde_json::to_string(&scanned.state).unwrap()).unwrap();
    }
    found
}

#[test]
fn sticky_cooldown_and_delay_count_messages() {
    let all: Vec<u32> = (0..=9).collect();
    let active = |entry: Value, said: &[u32]| -> Vec<u32> {
        let mut full = json!({"uid": 0, "key": ["key"], "content": "c"});
        full.as_object_mut().unwrap().extend(entry.as_object().unwrap().clone());
        let found = over_turns(&full, said, &all);
        all.iter().copied().filter(|length| found[usize::try_from(*length).unwrap()]).collect()
    };
    assert_eq!(active(json!({"sticky": 3}), &[2]), [2, 3, 4]);
    // A span that runs isn't begun anew, but keys go on to count.
    assert_eq!(active(json!({"sticky": 3}), &[2, 4]), [2, 3, 4]);
    assert_eq!(active(json!({"sticky": 3}), &[2, 5]), [2, 3, 4, 5, 6, 7]);
    assert_eq!(active(json!({"cooldown": 3}), &all), [0, 3, 6, 9]);
    assert_eq!(active(json!({"delay": 4}), &all), [4, 5, 6, 7, 8, 9]);
    // Sticky, then cooling down from where that ended.
    assert_eq!(active(json!({"sticky": 3, "cooldown": 2, "delay": 1}), &all), [1, 2, 3, 6, 7, 8]);
    assert_eq!(active(json!({"sticky": 2, "disable": true}), &all), [0; 0]);
    assert_eq!(active(json!({"content": "@@keep_activate_after_match\nc"}), &[3]), [3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(active(json!({"content": "@@dont_activate_after_match\nc"}), &all), [0]);
}

#[test]
fn an_answer_made_anew_takes_its_effects_back() {
    let sticky = json!({"uid": 0, "key": ["key"], "content": "c", "sticky": 5});
    // At 4 the answer is made anew, on a message that was edited: what began at 4 is gone.
    assert_eq!(over_turns(&sticky, &[], &[3, 4, 4, 5]), [false; 4]);
    let book = book(&json!({"entries": {"0": sticky}}));
    let mut told = Told { lines: vec!["key"], messages: Some(4), ..Told::default() };
    told.state = told.scan(&[&book]).state;
    assert_eq!(told.state.sticky.len(), 1);
    told.lines = vec!["other"];
    let again = told.scan(&[&book]);
    assert!(again.entries.is_empty() && again.state == TimedState::default());
    // And an entry that was changed since is another one.
    told.messages = Some(5);
    let mut changed = json!({"entries": {"0": {"uid": 0, "key": ["key"], "content": "d", "sticky": 5}}});
    assert!(told.scan(&[&super::book(&changed)]).entries.is_empty());
    changed["entries"]["0"]["content"] = json!("c");
    assert_eq!(told.scan(&[&super::book(&changed)]).entries.len(), 1);
}

#[test]
fn a_sticky_entry_has_no_second_draw_and_wins_its_group() {
    let book = book(&json!({"entries": {
        "0": {"uid": 0, "key": ["key"], "content": "c", "sticky": 9, "group": "g", "probability": 50},
        "1": {"uid": 1, "key": ["other"], "content": "d", "group": "g", "groupOverride": true},
    }}));
    let mut told = Told { lines: vec!["key"], messages: Some(1), ..Told::default() };
    told.settings.recursive = false;
    told.seed = (0..99)
        .find(|seed| {
            Told { seed: *seed, lines: vec!["key"], ..Told::default() }.scan(&[&book]).entries.len() == 1
        })
        .unwrap();
    told.state = told.scan(&[&book]).state;
    told.lines = vec!["other"];
    told.messages = Some(2);
    for seed in 0..30 {
        told.seed = seed;
        let scanned = told.scan(&[&book]);
        assert_eq!(ids(&book, &scanned), ["0"]);
        assert_eq!(*verdict(&scanned, 0), Verdict::Active(Cause::Sticky));
        let lost = Reason::LostGroup { group: "g".into(), to: Some(At { book: 0, entry: 0 }) };
        assert_eq!(*verdict(&scanned, 1), Verdict::Out(lost));
    }
}

#[test]
fn a_sticky_entry_needs_no_contents_to_stay() {
    let book = book(&json!({"entries": {
        "0": {"uid": 0, "key": ["key"], "content": "deep"},
        "1": {"uid": 1, "key": ["deep"], "content": "c", "delayUntilRecursion": true, "sticky": 9},
    }}));
    let mut told = Told { lines: vec!["key"], messages: Some(1), ..Told::default() };
    told.state = told.scan(&[&book]).state;
    told.lines = vec!["nothing"];
    told.messages = Some(2);
    assert_eq!(ids(&book, &told.scan(&[&book])), ["1"]);
}

#[test]
fn chances_and_weights_come_out_as_written() {
    let book = book(&json!({"entries": {
        "0": {"uid": 0, "key": ["key"], "content": "c", "probability": 25},
        "1": {"uid": 1, "key": ["key"], "content": "c", "group": "g", "groupWeight": 300},
        "2": {"uid": 2, "key": ["key"], "content": "c", "group": "g"},
    }}));
    let mut counts = [0_u32; 3];
    let mut told = Told { lines: vec!["key"], ..Told::default() };
    for seed in 0..4_000 {
        told.seed = seed;
        let scanned = told.scan(&[&book]);
        for active in &scanned.entries {
            counts[active.at.entry] += 1;
        }
        assert_eq!(scanned, told.scan(&[&book]), "the same turn gives the same");
    }
    // Seven standard deviations; the numbers are the same each time.
    assert!((800..1_200).contains(&counts[0]), "{counts:?}");
    assert!((2_800..3_200).contains(&counts[1]), "{counts:?}");
    assert_eq!(counts[1] + counts[2], 4_000);
}

#[test]
fn entries_go_where_they_are_to_go() {
    let at = |position: i64, more: &Value| {
        let mut entry = json!({"uid": position, "key": ["key"], "content": format!("{{{{user}}}} {position}"),
            "position": position, "depth": 2, "role": 1});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let none = json!({});
    let book = book(&json!({"entries": {
        "0": at(0, &none), "1": at(1, &none), "2": at(2, &none), "3": at(3, &none), "4": at(4, &none),
        "5": at(5, &none), "6": at(6, &none), "7": at(7, &json!({"outletName": "inn"})), "8": at(8, &none),
        "9": at(0, &json!({"content": "@@depth 1\n@@role assistant\ndeep"})),
        "10": at(0, &json!({"content": "@@reverse_depth 3\nback"})),
        "11": at(4, &json!({"content": "@@position scenario\nplace"})),
        "12": at(4, &json!({"order": 1, "role": 0})),
        "13": at(4, &json!({"order": 1, "role": null, "depth": null})),
    }}));
    let scanned = Told { lines: vec!["key"], messages: Some(10), ..Told::default() }.scan(&[&book]);
    let placed: Vec<(usize, &Position, Role)> =
        scanned.entries.iter().map(|active| (active.at.entry, &active.position, active.role)).collect();
    let user = Role::User;
    let expected = [
        (0, &Position::BeforeChar, user),
        (11, &Position::Scenario, user),
        (1, &Position::AfterChar, user),
        (5, &Position::ExamplesTop, user),
        (6, &Position::ExamplesBottom, user),
        (2, &Position::NoteTop, user),
        (3, &Position::NoteBottom, user),
        (9, &Position::AtDepth(1), Role::Assistant),
        (12, &Position::AtDepth(2), Role::System),
        (4, &Position::AtDepth(2), user),
        (13, &Position::AtDepth(4), Role::System),
        (10, &Position::AtDepth(7), user),
        (7, &Position::Outlet("inn".into()), user),
        (8, &Position::Unknown(8), user),
    ];
    assert_eq!(placed, expected);
    assert_eq!(scanned.entries[0].content, "Max 0");
    assert_eq!(scanned.tokens, scanned.entries.iter().map(|active| active.tokens).sum::<u32>());
}

#[test]
fn names_in_contents_stay_names() {
    let book = book(&json!({"entries": {"0": {"key": ["key"], "content": "{{user}} fears {{char}}."},
        "1": {"key": ["/{{user}}/"], "content": "x"}}}));
    let mut told = Told { lines: vec!["key (.*)"], user: "{{char}} (.*)", ..Told::default() };
    told.settings.recursive = false;
    let scanned = told.scan(&[&book]);
    assert_eq!(ids(&book, &scanned), ["0"]);
    assert_eq!(scanned.entries[0].content, "{{char}} (.*) fears Mira.");
}

#[test]
fn a_user_named_like_a_pattern_is_none() {
    let book = book(&json!({"entries": {"0": {"key": ["{{user}}"], "content": "x"}}}));
    let mut told = Told { lines: vec!["hello"], user: "/h.*/", ..Told::default() };
    assert!(told.scan(&[&book]).entries.is_empty());
    told.lines = vec!["I am /h.*/"];
    assert_eq!(told.scan(&[&book]).entries.len(), 1);
    told.user = "";
    assert!(told.scan(&[&book]).entries.is_empty(), "an empty name is no key");
}

#[test]
fn an_earlier_book_goes_before_a_later_one() {
    let of = |content: &str, order: i64| {
        book(&json!({"entries": [{"keys": ["key"], "content": content, "insertion_order": order,
            "extensions": {"group": "g", "group_override": true}},
            {"keys": ["key"], "content": format!("{content} {content}"), "insertion_order": order}]}))
    };
    let (own, world) = (of("own", 1), of("world", 1));
    let mut told = Told { lines: vec!["key"], ..Told::default() };
    told.settings.budget = Some(3);
    let scanned = told.scan(&[&own, &world]);
    let found: Vec<At> = scanned.entries.iter().map(|active| active.at).collect();
    assert_eq!(found, [At { book: 0, entry: 1 }, At { book: 0, entry: 0 }]);
    assert_eq!(scanned.why.len(), 4);
    assert_eq!(scanned.why[3].verdict, Verdict::Out(Reason::OverBudget));
}

#[test]
fn every_verdict_says_why() {
    let key = |key: &str| Cause::Key { key: key.into(), secondary: None, pass: 1 };
    let on = |cause| Verdict::Active(cause);
    let table = [
        (json!({"constant": true}), on(Cause::Constant)),
        (json!({"content": "@@activate\nc"}), on(Cause::Decorator)),
        (json!({"key": ["zzz", "/K.y/i"]}), on(key("/K.y/i"))),
        (json!({"key": ["Max"], "scanDepth": 1}), Verdict::Out(Reason::NoKeyFound)),
        (
            json!({"keysecondary": ["b", "a"], "selective": true}),
            on(Cause::Key { key: "key".into(), secondary: Some("a".into()), pass: 1 }),
        ),
        (
            json!({"key": ["from content"]}),
            on(Cause::Key { key: "from content".into(), secondary: None, pass: 2 }),
        ),
        (
            json!({"keysecondary": ["zzz"], "selective": true}),
            Verdict::Out(Reason::SecondaryKeys("key".into())),
        ),
        (json!({"disable": true}), Verdict::Out(Reason::Disabled)),
        (json!({"content": "x".repeat(MOST_CONTENT + 1)}), Verdict::Out(Reason::CannotRun)),
        (json!({"triggers": ["quiet"]}), Verdict::Out(Reason::OtherTrigger)),
        (json!({"characterFilter": {"names": ["Rex"]}}), Verdict::Out(Reason::OtherCharacter)),
        (json!({"delay": 9}), Verdict::Out(Reason::Delay)),
        (json!({"delayUntilRecursion": 2}), Verdict::Out(Reason::WaitsForRecursion)),
        (
            json!({"excludeRecursion": true, "key": ["from content"]}),
            Verdict::Out(Reason::ExcludedFromRecursion),
        ),
        (json!({"content": "@@dont_activate"}), Verdict::Out(Reason::Decorator)),
        (json!({"content": "@@is_greeting 3\nc"}), Verdict::Out(Reason::OtherGreeting)),
        (json!({"content": "@@activate_only_after 3\nc"}), Verdict::Out(Reason::TooEarly)),
        (json!({"content": "@@activate_only_every 2\nc"}), Verdict::Out(Reason::NotThisTime)),
        (json!({"content": "@@exclude_keys a\nc"}), Verdict::Out(Reason::ExcludedKey("a".into()))),
        (
            json!({"content": "@@additional_keys zz\nc"}),
            Verdict::Out(Reason::AdditionalKeys(vec!["zz".into()])),
        ),
        (json!({"key": []}), Verdict::Out(Reason::NoKeys)),
        (json!({"probability": 0}), Verdict::Out(Reason::Chance(0))),
    ];
    let mut entries = serde_json::Map::new();
    for (uid, (more, _)) in table.iter().enumerate() {
        let mut entry = json!({"uid": uid, "key": ["key"], "content": "from content"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entries.insert(uid.to_string(), entry);
    }
    let book = book(&json!({"entries": entries}));
    let mut told = Told { lines: vec!["a key"], greeting: Some(0), answers: 1, ..Told::default() };
    // The level stays shut: the second pass is the last.
    told.settings.most_passes = 2;
    let scanned = told.scan(&[&book]);
    for (number, (more, expected)) in table.iter().enumerate() {
        if more.get("delayUntilRecursion").is_none() {
            assert_eq!(verdict(&scanned, number), expected, "{more}");
        }
    }
    let first_only = Settings { most_passes: 1, ..told.settings.clone() };
    let scanned = Told { settings: first_only, lines: vec!["a key"], ..Told::default() }.scan(&[&book]);
    assert_eq!(*verdict(&scanned, 12), Verdict::Out(Reason::WaitsForRecursion));
}
