//! The understudy, asked as bots ask it.

use std::collections::HashSet;

use super::super::wire::ChatRequest;
use super::*;

const MIRA: &str = r#"You are Mira, the keeper of a lighthouse on a cold coast. You are talking to Alice.
Personality: dry, kind. She keeps bees behind the tower. She loves storms and strong tea.
Never say "I am an AI language model and cannot help". Reply in at most three sentences.

Example lines:
<START>
{{user}}: What do you do all day?
{{char}}: "I trim the lamp, I count the ships, and I talk to the bees."
Mira: "Storms don't frighten me. Silence after a storm does."
Mira: "Tea first, {{user}}. Then the truth."
Mira: "Hello there! Mind the third step, it bites."
Mira: "My bees know more about the weather than the radio does."
Mira: "A ship without a light is only a rumour."
"#;

fn ask(prompt: &str, turns: &[(&str, &str)]) -> String {
    ask_again(prompt, turns, 0)
}

fn ask_again(prompt: &str, turns: &[(&str, &str)], again: u64) -> String {
    let mut messages = vec![serde_json::json!({ "role": "system", "content": prompt })];
    messages.extend(turns.iter().map(|(role, text)| serde_json::json!({ "role": role, "content": text })));
    let request = serde_json::json!({ "model": "m", "messages": messages }).to_string();
    let request: ChatRequest<'_> = serde_json::from_str(&request).unwrap();
    reply(request.messages(), None, again)
}

#[test]
fn the_prompt_is_read() {
    let request = serde_json::json!({ "messages": [{ "role": "system", "content": MIRA }] }).to_string();
    let request: ChatRequest<'_> = serde_json::from_str(&request).unwrap();
    let cast = prompt::read(request.messages());
    assert_eq!((cast.name.as_deref(), cast.user.as_deref()), (Some("Mira"), Some("Alice")));
    assert_eq!(cast.lines.len(), 6, "{:#?}", cast.lines);
    assert!(
        cast.facts.contains(&"I am Mira, the keeper of a lighthouse on a cold coast.".into()),
        "{:?}",
        cast.facts
    );
    assert!(cast.facts.contains(&"I love storms and strong tea.".into()), "{:?}", cast.facts);
    assert!(!format!("{cast:?}").contains("language model"), "a forbidden quote is no line");
}

#[test]
fn the_line_that_fits_is_spoken_and_what_was_said_is_taken_up() {
    let reply = ask(MIRA, &[("user", "Are you afraid of storms?")]);
    assert!(reply.contains("Storms don't frighten me") || reply.contains("I love storms"), "{reply}");
    assert!(reply.to_lowercase().matches("storms").count() >= 2, "it says what was asked: {reply}");

    let reply = ask(MIRA, &[("user", "I kept bees once, the radio lied about the weather")]);
    assert!(reply.contains("My bees know more"), "{reply}");
}

#[test]
fn a_greeting_is_returned() {
    let reply = ask(MIRA, &[("user", "Hello!")]);
    assert!(reply.starts_with("Hello there! Mind the third step"), "{reply}");
}

#[test]
fn it_does_not_pretend() {
    for question in ["Are you a bot?", "which model are you", "Are you real?"] {
        let reply = ask(MIRA, &[("user", question)]);
        assert!(reply.contains("No model") || reply.contains("no model"), "{reply}");
        assert!(reply.contains("understudy") && reply.contains("Mira's own lines"), "{reply}");
    }
}

#[test]
fn the_same_is_answered_the_same_and_turns_differ() {
    let said = ("user", "Tell me about the harbour");
    assert_eq!(ask(MIRA, &[said]), ask(MIRA, &[said]));

    let mut turns = vec![said];
    let mut replies: Vec<String> = Vec::new();
    for _ in 0..6 {
        let reply = ask(MIRA, &turns);
        replies.push(reply.clone());
        turns.extend([("assistant", &*Box::leak(reply.into_boxed_str())), said]);
    }
    assert_eq!(replies.iter().collect::<HashSet<_>>().len(), 6, "{replies:#?}");

    let swipes: HashSet<String> = (0..6).map(|again| ask_again(MIRA, &[said], again)).collect();
    assert!(swipes.len() >= 4, "{swipes:#?}");
}

#[test]
fn macros_never_show() {
    for again in 0..40 {
        let reply = ask_again(MIRA, &[("user", "Is there tea, or only the truth?")], again);
        assert!(!reply.contains(['{', '}', '<']), "{reply}");
        assert!(reply.contains("Tea first, Alice.") || reply.contains("tea"), "{reply}");
    }
}

#[test]
fn a_description_alone_is_enough() {
    let prompt =
        "You are Tom. Tom is a retired sailor who sells maps. He hates crowds. He has a parrot named Ink.";
    let reply = ask(prompt, &[("user", "Do you like crowds?")]);
    assert!(reply.contains("I hate crowds."), "{reply}");
    let reply = ask(prompt, &[("user", "Who are you?")]);
    assert!(reply.contains("Tom"), "{reply}");
}

#[test]
fn a_scene_is_played_by_the_one_whose_turn_it_is() {
    let prompt = "Two characters share a scene.\nMira: \"The lamp needs oil.\"\nTom: \"I sold the last map.\"\n\
        Write Tom's next reply.";
    let reply = ask(prompt, &[("user", "Alice: What about the last map?\n[Write the next reply.]")]);
    assert!(reply.contains("I sold the last map.") && !reply.contains("lamp"), "{reply}");
}

#[test]
fn a_question_of_the_examples_is_answered_as_there() {
    let reply = ask(MIRA, &[("user", "So what do you do here all day?")]);
    assert!(reply.contains("I trim the lamp"), "{reply}");
}

#[test]
fn each_character_of_a_titled_cast_keeps_its_own() {
    let prompt = "A chat between Tom and Max.\n## Mira\nMira keeps a lighthouse.\nExample: \"The lamp needs oil again.\"\n\
        ## Tom\nTom sells maps.\nTom: \"Every map is a promise.\"\n## Rules\nTom loves rules.\nReply as Tom.";
    for again in 0..12 {
        let reply = ask_again(prompt, &[("user", "Hello")], again);
        assert!(reply.contains("Every map is a promise.") || reply.contains("I sell maps."), "{reply}");
        assert!(
            !reply.contains("lamp") && !reply.contains("lighthouse") && !reply.contains("rules"),
            "{reply}"
        );
    }
}

#[test]
fn a_person_is_called_by_the_name_it_gave() {
    let names = |turns: &[(&str, &str)]| -> HashSet<bool> {
        (0..12).map(|again| ask_again(MIRA, turns, again).contains("Bob")).collect()
    };
    assert!(names(&[("user", "My name is Bob and I passed my exam!")]).contains(&true));
    assert!(!names(&[("user", "I passed my exam!")]).contains(&true));
}

#[test]
fn other_languages_get_no_english_words() {
    let prompt =
        "Name: Мира\nМира: «Буря меня не пугает, пугает тишина.»\nМира: «Сначала чай, потом правда.»";
    for again in 0..10 {
        let reply = ask_again(prompt, &[("user", "Ты боишься бури?")], again);
        assert!(reply.contains("Буря") || reply.contains("чай"), "{reply}");
        assert!(!reply.chars().any(|c| c.is_ascii_alphabetic()), "{reply}");
    }
    let prompt = "あなたは灯台守のミラです。\nミラ：「嵐は怖くない。静けさが怖い。」\nミラ：「まずはお茶、それから真実。」";
    let reply = ask(prompt, &[("user", "お茶は好きですか？")]);
    assert!(reply.contains("まずはお茶、それから真実。"), "{reply}");
}

#[test]
fn it_always_says_something() {
    let prompts = [
        "",
        "You are",
        "x",
        "{{char}}:",
        "\"",
        "“",
        "<START>",
        "Mira:",
        "- ",
        "##",
        "：",
        "Name: 👩‍🚀",
        "You are Mira: \"\"",
    ];
    let saids = [
        "",
        " ",
        "?",
        "*waves*",
        "<@123> https://x.y",
        "[note]",
        "Mira: hi",
        "…",
        "👋",
        "my",
        "İİİ ẞ",
        "a—b",
    ];
    for prompt in prompts {
        for said in saids {
            let reply = ask(prompt, &[("user", said)]);
            assert!(reply.chars().any(char::is_alphabetic), "{prompt:?} {said:?}: {reply:?}");
        }
    }
    assert!(reply(&[], None, 0).len() > 10);
}

proptest::proptest! {
    #[test]
    fn no_prompt_makes_it_panic(prompt in "(\\PC|\n|: |\"|\\{\\{char\\}\\}|You are |She ){0,60}", said in "\\PC{0,60}") {
        let reply = ask(&prompt, &[("user", &said)]);
        proptest::prop_assert!(!reply.trim().is_empty());
    }
}

#[test]
fn examples_that_stand_as_turns_are_lines_and_sayings_are_not() {
    let rules = "You are Mira. How Mira speaks: dryly. Says \"that's on the form\" when in doubt.";
    let turns = [
        ("user", "Is this place haunted?"),
        ("assistant", "Only Shelf Nine, and only by a waltz."),
        ("system", "That was rehearsal."),
        ("user", "Good evening"),
        ("assistant", "Good evening to you."),
        ("user", "Tell me, is it haunted here?"),
        ("system", "Answer as Mira alone."),
    ];
    let told = ask(rules, &turns);
    assert!(told.contains("Only Shelf Nine, and only by a waltz."), "{told}");
    for again in 0..20 {
        let told = ask_again(rules, &turns, again);
        assert!(!told.contains("on the form"), "{told}");
    }
}
