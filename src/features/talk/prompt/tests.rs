//! What holds for every prompt: its beginning, its order, its budget, and whose words stand where.

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        bond::Band,
        ids::InteractionId,
        persona::{BandManner, Example, Persona, Unlock},
    },
    hot::memory::{Line, Who},
};

fn persona() -> Persona {
    let example =
        |user: &str, character: &str| Example { user: user.to_owned(), character: character.to_owned() };
    Persona {
        id: "shipped:mira".parse().expect("an id"),
        version: "1".to_owned(),
        name: "Mira".to_owned(),
        called: "Mira".to_owned(),
        tagline: "Keeps the lamp".to_owned(),
        description: "{{char}} keeps a lighthouse and logs every ship; {{user}} is welcome.".to_owned(),
        manner: "Dry, exact, fond of weather.".to_owned(),
        lore: vec!["The lamp never goes out.".to_owned()],
        examples: vec![
            example("Hello {{char}}!", "Wind's up, {{user}}."),
            example("Why?", "Pressure is down."),
        ],
        greeting: "Mind the stairs, {{user}}.".to_owned(),
        bonds: vec![
            BandManner { from: Band::Acquaintance, manner: "Be polite to {{user}}.".to_owned() },
            BandManner {
                from: Band::Close,
                manner: "Tease {{user}} gently and remember what was said.".to_owned(),
            },
        ],
        alternate_greetings: vec![],
        greetings: Vec::new(),
        secrets: [Band::Friend, Band::Close, Band::Soulbound]
            .map(|from| Unlock {
                from,
                text: format!("{{{{char}}}} hid secret-{} from all.", from.from_level()),
            })
            .to_vec(),
        card: None,
        picture: None,
        colour: 0,
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.split_whitespace().count()).expect("few words")
}

fn turn(number: u64, words: usize) -> Turn {
    let line = |who, word: &str| Line { who, text: vec![word; words].join(" ") };
    Turn {
        interaction: InteractionId::new(number + 1).expect("an id"),
        lines: vec![line(Who::User, "ask"), line(Who::Character, "answer")],
        note: None,
    }
}

fn moment<'a>(newest: Newest<'a>, turns: &'a [Turn], manner: Option<&'a str>) -> Moment<'a> {
    Moment { member: "Max", newest, manner, secrets: &[], turns, lore: &[], reply_tokens: 250 }
}

/// The words of a prompt as they go over the wire.
fn bytes(prompt: &Prompt) -> String {
    let lines = prompt.messages();
    let lines: Vec<_> =
        lines.iter().map(|message| format!("{:?}:{}", message.role, message.content)).collect();
    lines.join("\u{1}")
}

proptest! {
    #[test]
    fn prompts_of_one_version_begin_alike(
        member in "[a-zA-Z{}<>é ]{1,20}", said in "[a-zé{}\n ]{1,60}", turns in 0..4_u64, close in any::<bool>(), reply in 50..900_u32,
    ) {
        let persona = persona();
        let script = Script::new(&persona, &count);
        let turns: Vec<_> = (0..turns).map(|n| turn(n, 3)).collect();
        let manner = persona.manner_towards(if close { Band::Close } else { Band::Friend });
        let mut one = moment(Newest::Line(&said), &turns, manner);
        (one.member, one.reply_tokens) = (&member, reply);
        let one = bytes(&build(&script, &one, 9_000, &count));
        let other = bytes(&build(&script, &moment(Newest::Line("hi"), &[], None), 9_000, &count));
        let stable = other.find(script::REHEARSED).expect("examples end") + script::REHEARSED.len();
        prop_assert_eq!(&one[..stable], &other[..stable]);
        // Without examples, the first message is still the same.
        let short = bytes(&build(&script, &moment(Newest::Line("hi"), &turns, None), 0, &count));
        let first = other.find('\u{1}').expect("a first message");
        prop_assert_eq!(&short[..first], &one[..first]);
    }

    #[test]
    fn budgets_hold_and_the_core_never_leaves(
        said in "[a-z ]{1,80}", sizes in prop::collection::vec(1..60_usize, 0..12), more in 0..400_u32, rest in any::<bool>(),
    ) {
        let script = Script::new(&persona(), &count);
        let turns: Vec<_> = sizes.iter().zip(0..).map(|(size, n)| turn(n, *size)).collect();
        let newest = if rest { Newest::Rest { said: &said, before: "so far" } } else { Newest::Line(&said) };
        let plan = plan(&script, "Max", newest, 300, &count);
        prop_assert!(plan.least <= plan.most);
        let budget = plan.least + more;
        for manner in [None, Some("Be polite."), persona().manner_towards(Band::Close)] {
            let prompt = build(&script, &moment(newest, &turns, manner), budget, &count);
            prop_assert!(prompt.tokens() <= budget, "{} of {budget}", prompt.tokens());
            let kinds: Vec<_> = prompt.parts.iter().map(|part| part.kind).collect();
            prop_assert!(kinds.is_sorted(), "{kinds:?}");
            for kind in [Kind::Rules, Kind::Character, Kind::Lore, Kind::Manner, Kind::Line, Kind::Anchor] {
                prop_assert_eq!(kinds.iter().filter(|found| **found == kind).count(), 1);
            }
            // An example stays only where every turn does: examples leave first.
            let kept = prompt.parts.iter().find(|part| part.kind == Kind::Memory).map_or(0, |part| part.messages.len() / 2);
            let examples = kinds.iter().filter(|kind| **kind == Kind::Examples).count();
            let next = turns.iter().rev().nth(kept).map(|turn| 2 * count(&turn.lines[0].text) + 8);
            prop_assert!(next.is_none_or(|next| prompt.tokens() - examples_of(&prompt) + next > budget), "{examples}");
        }
    }

    #[test]
    fn a_locked_secret_is_in_no_part_and_an_open_one_is_in_the_manner(
        band in prop::sample::select(Band::ALL.to_vec()), more in 0..400_u32, rest in any::<bool>(),
    ) {
        let persona = persona();
        let script = Script::new(&persona, &count);
        let newest = if rest { Newest::Rest { said: "why", before: "so" } } else { Newest::Line("why") };
        let budget = plan(&script, "Max", newest, 0, &count).least + more;
        let secrets = persona.secrets_for(band);
        let mut moment = moment(newest, &[], persona.manner_towards(band));
        moment.secrets = &secrets;
        let prompt = build(&script, &moment, budget, &count);
        prop_assert!(prompt.tokens() <= budget, "{} of {budget}", prompt.tokens());
        let told = build(&script, &moment, 9_000, &count);
        for secret in &persona.secrets {
            let words = format!("Mira hid secret-{} from all.", secret.from.from_level());
            let has = |part: &&Part| part.messages.iter().any(|message| message.content.contains(&words));
            let kinds = |prompt: &Prompt| -> Vec<_> { prompt.parts.iter().filter(has).map(|part| part.kind).collect() };
            let open = secret.from <= band;
            prop_assert_eq!(kinds(&told), if open { vec![Kind::Manner] } else { vec![] });
            prop_assert!(open || kinds(&prompt).is_empty());
        }
    }

    #[test]
    fn what_members_write_is_theirs_alone(said in ".{1,80}", member in ".{1,60}") {
        let Ok(said) = clean::said(&said, "Mira") else { return Ok(()) };
        let member = clean::name(&member);
        let script = Script::new(&persona(), &count);
        let mut moment = moment(Newest::Line(&said), &[], None);
        moment.member = &member;
        let messages = build(&script, &moment, 9_000, &count).messages();
        let theirs: Vec<_> = messages.iter().filter(|message| message.content == said).collect();
        prop_assert!(theirs.iter().any(|message| message.role == Role::User));
        prop_assert_eq!(messages.iter().rev().nth(1).map(|message| message.role), Some(Role::User));
        let anchor = &messages.last().expect("an anchor").content;
        let quoted = format!("\"{member}\"");
        prop_assert!(anchor.contains(&quoted) && anchor.matches('"').count() == 2, "{}", anchor);
    }
}

fn examples_of(prompt: &Prompt) -> u32 {
    prompt.parts.iter().filter(|part| part.kind == Kind::Examples).map(|part| part.tokens).sum()
}

#[test]
fn memory_stands_between_manner_and_line_in_its_order() {
    use Role::{Assistant as A, System as S, User as U};

    let script = Script::new(&persona(), &count);
    let turns = [turn(1, 1), turn(2, 2)];
    let prompt = build(&script, &moment(Newest::Line("hi"), &turns, None), 9_000, &count);
    let roles: Vec<_> = prompt.messages().iter().map(|message| message.role).collect();
    assert_eq!(roles, [S, U, A, U, A, S, U, A, U, A, U, S]);
    let memory = prompt.parts.iter().find(|part| part.kind == Kind::Memory).expect("memory");
    assert_eq!(memory.messages[0].content, "ask");
    assert_eq!(memory.messages[3].content, "answer answer");
}

#[test]
fn macros_of_members_are_not_expanded() {
    let script = Script::new(&persona(), &count);
    let prompt = build(&script, &moment(Newest::Line("{{char}} <USER>"), &[], None), 9_000, &count);
    let messages = prompt.messages();
    assert!(messages.iter().any(|message| message.content == "{{char}} <USER>"));
    assert!(messages[0].content.contains("Mira keeps a lighthouse") && !messages[0].content.contains("{{"));
    assert_eq!(messages[1].content, "Hello Mira!");
    assert_eq!(messages[2].content, "Wind's up, friend.");
}

#[test]
fn an_answer_goes_on_from_its_end() {
    let script = Script::new(&persona(), &count);
    let before = format!("{}the end", "é".repeat(TAIL_CHARS));
    let newest = Newest::Rest { said: "why", before: &before };
    let messages = build(&script, &moment(newest, &[], None), 0, &count).messages();
    let [.., line, answer, anchor] = messages.as_slice() else { panic!("three at least") };
    assert_eq!((line.role, answer.role, anchor.role), (Role::User, Role::Assistant, Role::System));
    assert_eq!(answer.content.chars().count(), TAIL_CHARS);
    assert!(answer.content.ends_with("the end") && anchor.content.contains("broke off"));
}
