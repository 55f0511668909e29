//! What macros stand for, and what no text can make of them.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn context<'a>(character: &'a str, user: &'a str) -> Context<'a> {
    Context {
        character,
        user,
        group: None,
        original: None,
        now: DateTime::parse_from_rfc3339("2026-03-05T20:07:00+01:00").unwrap(),
        conversation: 11,
        seed: 5,
    }
}

fn mira(template: &str) -> String {
    expand(template, &context("Mira", "Max"))
}

#[test]
fn names_and_constants() {
    let table = [
        ("{{char}} greets {{user}}.", "Mira greets Max."),
        ("{{CHAR}} <BOT> <char> {{ User }} <USER> <Char>", "Mira Mira Mira Max Max Mira"),
        ("{{group}} {{charIfNotGroup}} <GROUP> <CHARIFNOTGROUP>", "Mira Mira Mira Mira"),
        ("{{bot}} {{user:}} {{char x}} < 3 {{ {char}", "{{bot}} {{user:}} {{char x}} < 3 {{ {char}"),
        ("{{char", "{{char"),
        ("<3 {{user}}", "<3 Max"),
        ("{{{char}}} {{{{char}}}}", "{Mira} {{Mira}}"),
        ("{{getvar::{{char}}_mood}}", "{{getvar::Mira_mood}}"),
        ("a{{newline}}b{{noop}}c", "a\nbc"),
        ("a\n\r\n{{trim}}\n\nb", "ab"),
        ("{{time}} on {{weekday}}, {{date}}", "8:07 PM on Thursday, March 5, 2026"),
        (
            "{{isotime}} {{isodate}} {{time_UTC-3}} {{time_utc+99}}",
            "20:07 2026-03-05 4:07 PM {{time_utc+99}}",
        ),
        ("ä{{char}}ö<user>ü", "äMiraöMaxü"),
        ("{{original}}", "{{original}}"),
    ];
    for (template, expected) in table {
        assert_eq!(mira(template), expected, "{template}");
    }
}

#[test]
fn trim_takes_nothing_of_a_name() {
    assert_eq!(expand("{{user}}\n{{trim}}\n.", &context("Mira", "Max\n")), "Max\n.");
}

#[test]
fn what_is_not_for_the_model() {
    let table = [
        ("a{{// a note }}b{{comment: x}}c{{Comment::y}}d", "abcd"),
        ("a{{// about {{char}} }}b", "ab"),
        ("a{{// left {{ open }}b", "ab"),
        ("a{{hidden_key:dragon}}b", "ab"),
    ];
    for (template, expected) in table {
        assert_eq!(mira(template), expected, "{template}");
    }
    let scanned =
        expand_for_scan("a{{hidden_key:{{user}}'s dragon}}b{{// no}}{{comment:no}}", &context("M", "Max"));
    assert_eq!(scanned, "aMax's dragonb");
}

#[test]
fn the_original_comes_once_and_as_it_is() {
    let context = Context { original: Some("Be {{char}}."), ..context("Mira", "Max") };
    assert_eq!(expand("{{original}} Then {{original}}{{char}}.", &context), "Be {{char}}. Then Mira.");
}

/// Everything that a template comes to over many seeds, sorted.
fn outcomes(template: &str) -> Vec<String> {
    let each = (0..400)
        .map(|seed| expand(template, &Context { seed, conversation: seed, ..context("Mira", "Max") }));
    let mut found: Vec<String> = each.collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn lists_are_drawn_from() {
    let table: [(&str, &[&str]); 12] = [
        ("{{random:a,b}}", &["a", "b"]),
        ("{{random: a , b }}", &["a", "b"]),
        ("{{RANDOM::a::b c::d}}", &["a", "b c", "d"]),
        ("{{pick::Hello,Hi,Hey}}", &["Hello", "Hey", "Hi"]),
        ("{{pick a,b}}", &["a", "b"]),
        (r"{{random:a\,b,c}}", &["a,b", "c"]),
        ("{{random::a, b::c}}", &["a, b", "c"]),
        ("{{random:{{user}},<BOT>}}", &["Max", "Mira"]),
        ("{{random:{{random:a,b}},{{pick::c::d}}}}", &["a", "b", "c", "d"]),
        ("{{random:a,}}", &["", "a"]),
        ("{{random}}{{random:}}{{pick::}}", &["{{random}}{{random:}}{{pick::}}"]),
        ("{{random:x{{unknown:y}},x{{unknown:y}}}}", &["x{{unknown:y}}"]),
    ];
    for (template, expected) in table {
        assert_eq!(outcomes(template), expected, "{template}");
    }
}

#[test]
fn a_pick_keeps_to_its_conversation_and_a_random_to_its_seed() {
    let first = context("Mira", "Max");
    let many = "{{pick:1,2,3,4,5,6,7,8,9}}".repeat(20);
    let picked = expand(&many, &first);
    assert_eq!(picked, expand(&many, &Context { seed: 99, ..first }), "picks don't look at the seed");
    assert_ne!(
        picked,
        expand(&many, &Context { conversation: 12, ..first }),
        "each conversation has its own"
    );
    assert!(picked.bytes().any(|digit| digit != picked.as_bytes()[0]), "places differ: {picked}");
    let many = "{{random:1,2,3,4,5,6,7,8,9}}".repeat(20);
    let drawn = expand(&many, &first);
    assert_eq!(drawn, expand(&many, &Context { conversation: 12, ..first }));
    assert_ne!(drawn, expand(&many, &Context { seed: 99, ..first }));
}

#[test]
fn dice_and_letters() {
    assert_eq!(outcomes("{{roll:3}}"), ["1", "2", "3"]);
    assert_eq!(outcomes("{{roll:d3}}{{roll 1d1}}{{roll::1D1+4}}"), ["115", "215", "315"]);
    assert_eq!(outcomes("{{roll:2d2-1}}"), ["1", "2", "3"]);
    assert_eq!(outcomes("{{roll:{{random:1,1}}}}"), ["1"]);
    assert_eq!(mira("[{{roll:many}}{{roll:1000d6}}]"), "[]");
    assert_eq!(mira("{{reverse:Häl{{user}}}} {{reverse ab c}}"), "xaMläH c ba");
}

#[test]
fn nesting_and_output_are_bounded() {
    let deep = |levels: usize| format!("{}{{{{user}}}}{}", "{{random:".repeat(levels), "}}".repeat(levels));
    assert_eq!(mira(&deep(MOST_NESTING)), "Max");
    assert_eq!(mira(&deep(MOST_NESTING + 2)), "{{random:{{random:Max}}}}");
    assert!(mira(&deep(50_000)).ends_with("}}"));
    let name = "ä".repeat(5_000);
    let long = expand(&"{{user}}".repeat(10_000), &context("Mira", &name));
    assert!(long.len() <= MOST_OUTPUT && long.len() > MOST_OUTPUT - 2);
    let nothing = format!("{{{{roll:{}}}}}", "{{user}}".repeat(100)).repeat(1_000);
    assert!(expand(&nothing, &context("Mira", &name)).len() <= MOST_OUTPUT);
}

#[test]
fn hostile_templates_take_linear_time() {
    // Were any of these quadratic, it would run for a minute.
    let pieces = [
        "{{",
        "}}",
        "{{//",
        "{{random:",
        "{{random:,",
        "<",
        "{{trim}}\n",
        "\\,",
        "{{a:{{b:",
        "}",
        "{{reverse:a}}",
    ];
    for piece in pieces {
        let template = piece.repeat(300_000 / piece.len());
        assert!(mira(&template).len() <= template.len(), "{piece}");
        let wrapped = format!("{{{{random:{template}}}}}");
        assert!(mira(&wrapped).len() <= wrapped.len(), "{piece}");
    }
}

proptest! {
    #[test]
    fn names_come_out_verbatim(
        name in "(\\{\\{|\\}\\}|<BOT>|<USER>|char|user|random:|a|,|::|\\{|\\}|\\\\|\n){0,12}",
        template in "(\\{\\{|\\}\\}|char|reverse:|random:|x|,|:|//|\\{\\{trim\\}\\}|\\{|\\}){0,12}",
    ) {
        // A name is a value: whatever it is, the text around it comes out the same.
        let template = format!("{template}[{{{{user}}}}]");
        let plain = expand(&template, &context("M", "\u{1}"));
        let named = expand(&template, &context("M", &name));
        prop_assert_eq!(plain.replace('\u{1}', &name), named);
    }

    #[test]
    fn any_text_is_survived(template in any::<String>(), user in any::<String>()) {
        let context = Context { group: Some("A, B"), original: Some("O"), ..context("M", &user) };
        for text in [expand(&template, &context), expand_for_scan(&template, &context)] {
            prop_assert!(text.len() <= MOST_OUTPUT);
        }
    }

    #[test]
    fn any_mix_of_macros_is_survived(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{{", "}}", "{", "}", "random", "pick", "roll", "reverse", "trim", "user", "//", "comment", "original",
                ":", "::", ",", "\\", " ", "\n", "\r\n", "2d6", "ä", "<", "USER", ">", "hidden_key", "time_utc+1",
            ]),
            0..60,
        ),
    ) {
        let template = parts.concat();
        let context = Context { original: Some("O"), ..context("M", "U") };
        prop_assert_eq!(expand(&template, &context), expand(&template, &context));
        expand_for_scan(&template, &context);
    }

    #[test]
    fn texts_without_macros_stay(text in "[a-z{> é:/\\\\,]{0,40}") {
        prop_assert_eq!(expand(&text, &context("\u{1}", "\u{2}")), text);
    }
}
