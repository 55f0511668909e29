//! Prompts of cards: each text where its author wants it, lore where it belongs, and all of it within the budget.

use proptest::prelude::*;
use serde_json::json;
use troupe_cards::{
    card::Card,
    lore::{Activated, Book, Lore, Role as LoreRole, Settings, TimedState, Turn as Asked},
};
use uuid::Uuid;

use super::*;
use crate::{
    config::CardLimits,
    domain::{ids::InteractionId, persona::Persona},
    features::characters::{Made, persona},
    hot::memory::{Line, Who},
};

fn count(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).expect("few words")
}

fn card(data: &serde_json::Value) -> Persona {
    let text = json!({"spec": "chara_card_v3", "spec_version": "3.0", "data": data}).to_string();
    let card = Card::read(text).expect("a card");
    persona(&Made { id: Uuid::nil(), name: "Ada Lovelace", version: 1, has_avatar: false }, &card)
}

fn whole() -> serde_json::Value {
    json!({
        "name": "Ada Lovelace", "nickname": "Ada", "description": "{{char}} counts for {{user}}.",
        "personality": "exact", "scenario": "London, {{// soot }}1843", "first_mes": "Good day, {{user}}.",
        "mes_example": "<START>\n{{user}}: Two and two?\n{{char}}: Four, {{user}}.",
        "creator_notes": "unprompted", "tags": ["unprompted"], "creator": "unprompted",
        "system_prompt": "In verse. {{original}}", "post_history_instructions": "Stay exact, {{char}}.",
        "alternate_greetings": [], "group_only_greetings": [],
        "extensions": {"depth_prompt": {"prompt": "the engine hums", "depth": 1, "role": "system"}},
    })
}

fn turn(number: u64, said: &str, answered: &str) -> Turn {
    let line = |who, text: &str| Line { who, text: text.to_owned() };
    Turn {
        interaction: InteractionId::new(number).expect("an id"),
        lines: vec![line(Who::User, said), line(Who::Character, answered)],
        note: None,
    }
}

fn voice<'a>() -> Voice<'a> {
    Voice { member: "Max", ..Voice::anybody() }
}

fn moment<'a>(turns: &'a [Turn], lore: &'a [Active]) -> Moment<'a> {
    Moment {
        member: "Max",
        newest: Newest::Line("and now?"),
        manner: None,
        secrets: &[],
        turns,
        lore,
        reply_tokens: 250,
    }
}

/// All entries of a book, active.
fn active(entries: &serde_json::Value) -> Vec<Active> {
    let book = Book::parse(&json!({"entries": entries})).expect("a book");
    let voice = voice();
    let Activated { entries, .. } = Lore::new(&[&book]).scan(&Asked {
        window: &[],
        state: &TimedState::default(),
        settings: &Settings::default(),
        macros: &voice.context("Ada", None),
        messages: 1,
        answers: 0,
        greeting: None,
        tokens: &count,
    });
    entries
}

fn entry(content: &str, position: i64, depth: u32, role: i64) -> serde_json::Value {
    json!({
        "keys": [], "content": content, "enabled": true, "constant": true, "insertion_order": 1,
        "extensions": {"position": position, "depth": depth, "role": role},
    })
}

fn told(prompt: &Prompt) -> Vec<String> {
    let role = |role| match role {
        Role::System => "S",
        Role::User => "U",
        Role::Assistant => "A",
    };
    prompt.messages().iter().map(|message| format!("{}:{}", role(message.role), message.content)).collect()
}

#[test]
fn each_text_stands_where_the_specs_want_it() {
    let persona = card(&whole());
    assert_eq!((persona.name.as_str(), persona.called.as_str()), ("Ada Lovelace", "Ada"));
    let script = Script::for_member(&persona, &voice(), CardLimits::default(), &count);
    let turns = [turn(1, "hello", "Good day.")];
    let prompt = build(&script, &moment(&turns, &[]), 9_000, &count);
    let told = told(&prompt);
    let opening: Vec<&str> = told[0].split("\n\n").collect();
    assert!(opening[0].starts_with("S:You are Ada, a character") && opening[0].contains("Rules above all"));
    assert_eq!(
        opening[1..],
        [
            "In verse. Write Ada's next message in a talk with Max.",
            "Ada counts for Max.",
            "Ada's personality: exact",
            "Scenario: London, 1843",
        ]
    );
    assert_eq!(told[1..3], ["U:Two and two?", "A:Four, Max."]);
    assert_eq!(told[4..8], ["U:hello", "A:Good day.", "S:the engine hums", "U:and now?"]);
    assert_eq!(told[8], "S:Stay exact, Ada.");
    assert!(told[9].starts_with("S:Answer as Ada alone") && told.len() == 10);
    assert!(!told.concat().contains("unprompted"));
}

#[test]
fn lore_stands_where_its_author_wants_it() {
    let lore = active(&json!([
        entry("BEFORE", 0, 0, 0),
        entry("AFTER", 1, 0, 0),
        entry("EXAMPLES TOP", 5, 0, 0),
        entry("EXAMPLES BOTTOM", 6, 0, 0),
        entry("NOTE", 2, 0, 0),
        entry("LAST", 4, 0, 0),
        entry("SAID", 4, 1, 1),
        entry("ANSWERED", 4, 2, 2),
        entry("OLDEST", 4, 99, 0),
        entry("NOWHERE", 99, 0, 0),
    ]));
    assert!(lore.iter().any(|active| active.role == LoreRole::Assistant));
    let script = Script::for_member(&card(&whole()), &voice(), CardLimits::default(), &count);
    let turns = [turn(1, "one", "two"), turn(2, "three", "four")];
    let told = told(&build(&script, &moment(&turns, &lore), 9_000, &count));
    let opening: Vec<&str> = told[0].split("\n\n").skip(2).collect();
    assert_eq!(
        opening,
        [
            "BEFORE",
            "Ada counts for Max.",
            "Ada's personality: exact",
            "Scenario: London, 1843",
            "AFTER",
            "EXAMPLES TOP"
        ]
    );
    assert_eq!(told[1..4], ["U:Two and two?", "A:Four, Max.", "S:EXAMPLES BOTTOM"]);
    let talk = ["S:OLDEST", "U:one", "S:NOTE", "A:two", "U:three", "A:ANSWERED", "A:four"];
    assert_eq!(told[5..12], talk);
    assert_eq!(told[12..16], ["S:the engine hums", "U:SAID", "U:and now?", "S:LAST"]);
    assert!(!told.concat().contains("NOWHERE"));
}

#[test]
fn what_is_too_long_is_cut_at_a_sentence_and_leaves_room() {
    let mut data = whole();
    data["description"] = "Ada is a very long story. ".repeat(900).into();
    let script = Script::for_member(&card(&data), &voice(), CardLimits::default(), &count);
    let fixed: u32 = script.fixed().map(|part| part.tokens).sum();
    let most = CardLimits::default().texts;
    assert!(fixed - script.rules.tokens <= most && fixed > most * 9 / 10, "{fixed}");
    let description = &script.description.as_ref().expect("one").messages[0].content;
    assert!(description.ends_with("story."));
    let plan = plan(&script, "Max", Newest::Line("hi"), 700, &count);
    assert!(plan.most >= plan.least + 200);
}

#[test]
fn members_names_are_put_in_and_never_read() {
    let hostile = clean::name("{{char}} <BOT> {{random:a,b}}");
    let voice = Voice { member: &hostile, ..voice() };
    let script = Script::for_member(&card(&whole()), &voice, CardLimits::default(), &count);
    let told = told(&build(&script, &moment(&[], &[]), 9_000, &count));
    assert!(told[0].contains("Ada counts for char BOT random:a,b."), "{}", told[0]);
}

proptest! {
    #[test]
    fn budgets_hold_with_lore(
        sizes in prop::collection::vec(1..60_usize, 0..8), lore in prop::collection::vec((0..8_i64, 0..6_u32, 1..40_usize), 0..12),
        more in 0..600_u32,
    ) {
        let entries: Vec<_> =
            lore.iter().map(|(position, depth, size)| entry(&"w ".repeat(*size), *position, *depth, 0)).collect();
        let lore = active(&json!(entries));
        let script = Script::for_member(&card(&whole()), &voice(), CardLimits::default(), &count);
        let turns: Vec<_> = sizes.iter().zip(1..).map(|(size, n)| turn(n, &"a ".repeat(*size), "b")).collect();
        let budget = plan(&script, "Max", Newest::Line("and now?"), 0, &count).least + more;
        let prompt = build(&script, &moment(&turns, &lore), budget, &count);
        prop_assert!(prompt.tokens() <= budget, "{} of {budget}", prompt.tokens());
        for kind in [Kind::Rules, Kind::Line, Kind::After, Kind::Anchor] {
            prop_assert_eq!(prompt.parts.iter().filter(|part| part.kind == kind).count(), 1);
        }
    }
}
