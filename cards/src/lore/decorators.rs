//! Decorators: lines such as `@@depth 4` at the head of an entry's content, with fallbacks (`@@@name`).
//!
//! Source: the V3 specification, "Decorators".

use super::note::Note;
use super::place::{Position, Role};

/// Most decorator lines that are read; later ones are stripped all the same.
const MOST_LINES: usize = 64;

/// What an entry's decorators ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the specification has these switches, each by itself")]
pub struct Decorators {
    /// Activates always (`activate`).
    pub activate: bool,
    /// Never activates (`dont_activate`), unless `activate` stands there too.
    pub dont_activate: bool,
    /// Not before the character has said so many messages (`activate_only_after`).
    pub only_after: Option<u32>,
    /// Only when the number of the character's messages divides by this (`activate_only_every`).
    pub only_every: Option<u32>,
    /// Once activated, activates always (`keep_activate_after_match`).
    pub keep_after_match: bool,
    /// Once activated, never activates again (`dont_activate_after_match`).
    pub dont_after_match: bool,
    /// Where it is put (`position`, `depth`).
    pub position: Option<Position>,
    /// Put at the conversation's length less this (`reverse_depth`).
    pub reverse_depth: Option<u32>,
    /// In whose name it is put (`role`).
    pub role: Option<Role>,
    /// How many of the newest messages are read (`scan_depth`).
    pub scan_depth: Option<u32>,
    /// Only under the greeting of this index, 0 being `first_mes` (`is_greeting`).
    pub greeting: Option<u32>,
    /// Dropped before all others when the budget is short (`ignore_on_max_context`).
    pub first_to_go: bool,
    /// Each list wants one of its keys in the text too (`additional_keys`, which may come more than once).
    pub additional_keys: Vec<Vec<String>>,
    /// None of these may be in the text (`exclude_keys`).
    pub exclude_keys: Vec<String>,
}

/// A content taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<'a> {
    /// What its decorators ask for.
    pub decorators: Decorators,
    /// The content without them.
    pub text: &'a str,
    /// What of them can't run.
    pub notes: Vec<Note>,
}

/// One decorator line: whether it is a fallback, its name and its value.
struct Line<'a> {
    fallback: bool,
    name: &'a str,
    value: &'a str,
}

/// What became of a decorator.
enum Outcome {
    Taken,
    /// Known, but of no effect here; its fallback is asked.
    Ignored,
    /// Not known; its fallback is asked.
    Unknown,
    /// Known, with a value that says nothing; its fallback is asked.
    BadValue,
}

/// A content without its decorators. One without decorators comes back as it is.
pub fn strip(content: &str) -> &str {
    lines(content).1
}

/// Reads a content's decorators. A decorator that isn't known, or can't run here, gives way to the fallbacks below it.
pub fn parse(content: &str) -> Parsed<'_> {
    let (lines, text) = lines(content);
    let (mut decorators, mut notes) = (Decorators::default(), Vec::new());
    let mut seen: Vec<&str> = Vec::new();
    // A fallback that stands below nothing has nothing to stand in for.
    let mut settled = true;
    for line in &lines {
        if line.fallback && settled {
            continue;
        }
        let first = line.name == "additional_keys" || !seen.contains(&line.name);
        let outcome = if first { take(&mut decorators, line.name, line.value) } else { Outcome::Taken };
        settled = matches!(outcome, Outcome::Taken);
        let name = || line.name.to_owned();
        match outcome {
            Outcome::Taken => seen.push(line.name),
            Outcome::Ignored => notes.push(Note::UnsupportedDecorator(name())),
            Outcome::Unknown => notes.push(Note::UnknownDecorator(name())),
            Outcome::BadValue => notes.push(Note::BadDecorator(name())),
        }
    }
    Parsed { decorators, text, notes }
}

/// The decorator lines at a content's head, and what is left. Empty lines among them and around them are dropped.
fn lines(content: &str) -> (Vec<Line<'_>>, &str) {
    let (mut found, mut rest, mut any) = (Vec::new(), content, false);
    loop {
        let head = rest.trim_start_matches(['\n', '\r']);
        let (first, after) = head.split_once('\n').unwrap_or((head, ""));
        let Some(line) = line(first) else {
            return if any { (found, head.trim_end_matches(['\n', '\r'])) } else { (found, content) };
        };
        any = true;
        if found.len() < MOST_LINES {
            found.push(line);
        }
        rest = after;
    }
}

/// A line as a decorator: `@@name value`, the name of letters, digits and underscores.
fn line(text: &str) -> Option<Line<'_>> {
    let body = text.strip_prefix("@@")?;
    let (fallback, body) = body.strip_prefix('@').map_or((false, body), |body| (true, body));
    let length = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
    let (name, value) = body.split_at(length);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (named && value.chars().next().is_none_or(char::is_whitespace)).then(|| Line {
        fallback,
        name,
        value: value.trim(),
    })
}

/// Notes what one decorator asks for.
fn take(decorators: &mut Decorators, name: &str, value: &str) -> Outcome {
    let number = value.parse::<i64>().ok().map(|number| u32::try_from(number.max(0)).unwrap_or(u32::MAX));
    let set = |place: &mut Option<u32>| {
        *place = number;
        if number.is_some() { Outcome::Taken } else { Outcome::BadValue }
    };
    let flag = |place: &mut bool| {
        *place = true;
        Outcome::Taken
    };
    match name {
        "activate" => flag(&mut decorators.activate),
        "dont_activate" => flag(&mut decorators.dont_activate),
        "keep_activate_after_match" => flag(&mut decorators.keep_after_match),
        "dont_activate_after_match" => flag(&mut decorators.dont_after_match),
        "ignore_on_max_context" => flag(&mut decorators.first_to_go),
        "activate_only_after" => set(&mut decorators.only_after),
        "activate_only_every" if number == Some(0) => Outcome::BadValue,
        "activate_only_every" => set(&mut decorators.only_every),
        "scan_depth" => set(&mut decorators.scan_depth),
        "is_greeting" => set(&mut decorators.greeting),
        "reverse_depth" => set(&mut decorators.reverse_depth),
        "depth" => match number {
            // A named position wins over a depth, whichever comes first.
            Some(depth) => {
                decorators.position.get_or_insert(Position::AtDepth(depth));
                Outcome::Taken
            }
            None => Outcome::BadValue,
        },
        "position" => match Position::of_decorator(value) {
            Some(position) => {
                decorators.position = Some(position);
                Outcome::Taken
            }
            None => Outcome::BadValue,
        },
        "role" => match Role::of_name(value) {
            Some(role) => {
                decorators.role = Some(role);
                Outcome::Taken
            }
            None => Outcome::BadValue,
        },
        "additional_keys" | "exclude_keys" => {
            let keys: Vec<String> =
                value.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
            match (keys.is_empty(), name) {
                (true, _) => return Outcome::BadValue,
                (false, "exclude_keys") => decorators.exclude_keys = keys,
                (false, _) => decorators.additional_keys.push(keys),
            }
            Outcome::Taken
        }
        "instruct_depth"
        | "reverse_instruct_depth"
        | "instruct_scan_depth"
        | "is_user_icon"
        | "disable_ui_prompt" => Outcome::Ignored,
        _ => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_content_is_parted_from_its_decorators() {
        let table = [
            ("@@depth 4\n@@role user\n\nText\n@@depth 3\n", "Text\n@@depth 3"),
            ("\n\r\n@@depth 4\r\n\r\n@@role user\r\nText", "Text"),
            ("\n Text \n", "\n Text \n"),
            ("@@ mention\nText", "@@ mention\nText"),
            ("@@a-b\nText", "@@a-b\nText"),
            ("@@@@a\nText", "@@@@a\nText"),
            ("@@unknown 4\n@@@more 5", ""),
            ("Text\n@@depth 4", "Text\n@@depth 4"),
            ("", ""),
        ];
        for (content, text) in table {
            assert_eq!(strip(content), text, "{content:?}");
            assert_eq!(parse(content).text, text, "{content:?}");
        }
    }

    #[test]
    fn fallbacks_stand_in_for_what_cannot_run() {
        let depth = |content: &str| parse(content).decorators.position;
        let at = |depth| Some(Position::AtDepth(depth));
        let table = [
            ("@@depth 5\n@@@depth 6\nT", at(5)),
            ("@@risu_only 4\n@@@depth 6\nT", at(6)),
            ("@@a 1\n@@@b 2\n@@@c 3\n@@@d 4\n@@@e 5\n@@@f 6\n@@@depth 7\nT", at(7)),
            ("@@a 1\n@@@depth 6\n@@@depth 7\nT", at(6)),
            ("@@depth deep\n@@@depth 3\nT", at(3)),
            ("@@instruct_depth 5\n@@@depth 2\nT", at(2)),
            ("@@position the_moon\n@@@depth 2\nT", at(2)),
            ("@@@depth 2\nT", None),
            ("@@depth 1\n@@depth 2\nT", at(1)),
            ("@@depth -3\nT", at(0)),
            ("@@depth 1\n@@position scenario\nT", Some(Position::Scenario)),
            ("@@position scenario\n@@depth 1\nT", Some(Position::Scenario)),
        ];
        for (content, expected) in table {
            assert_eq!(depth(content), expected, "{content:?}");
        }
    }

    #[test]
    fn each_one_is_read_and_what_cannot_run_is_told() {
        let parsed = parse(
            "@@activate_only_after 3\n@@activate_only_every 2\n@@additional_keys a, b\n@@additional_keys c\n\
             @@exclude_keys x,y\n@@is_greeting 1\n@@ignore_on_max_context\n@@role assistant\n@@scan_depth 9\n\
             @@keep_activate_after_match\n@@dont_activate_after_match\n@@activate\n@@dont_activate\n@@reverse_depth 2\n\
             @@disable_ui_prompt post_history_instructions\n@@activate_only_every 0\n@@wild\nT",
        );
        let keys = |list: &[&str]| list.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let expected = Decorators {
            activate: true,
            dont_activate: true,
            only_after: Some(3),
            only_every: Some(2),
            keep_after_match: true,
            dont_after_match: true,
            position: None,
            reverse_depth: Some(2),
            role: Some(Role::Assistant),
            scan_depth: Some(9),
            greeting: Some(1),
            first_to_go: true,
            additional_keys: vec![keys(&["a", "b"]), keys(&["c"])],
            exclude_keys: keys(&["x", "y"]),
        };
        assert_eq!(parsed.decorators, expected);
        let notes =
            [Note::UnsupportedDecorator("disable_ui_prompt".into()), Note::UnknownDecorator("wild".into())];
        assert_eq!(parsed.notes, notes);
        assert_eq!(parse("@@depth x").notes, [Note::BadDecorator("depth".into())]);
    }

    proptest! {
        #[test]
        fn what_is_stripped_has_no_decorator_at_its_head(content in "(@@|@@@|depth|role|[ a4]|\n|\r){0,14}") {
            let text = strip(&content);
            prop_assert_eq!(strip(text), text);
            prop_assert!(content.contains(text));
        }
    }
}
