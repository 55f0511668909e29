//! The report of an import: a few lines for the message, and all of it for a file.

use std::fmt::Write as _;

use troupe_cards::report::fields::Fate;
use troupe_cards::report::{Item, State};

use super::words::{Words, version_name};
use crate::features::characters::{Facts, LoreLine};
use crate::i18n::{Args, texts};

/// Most characters of an entry's name.
const MOST_NAME: usize = 80;

/// The lines for the message.
pub(super) fn summary(words: Words<'_>, facts: &Facts) -> Vec<String> {
    let used = facts.report.items.iter().filter(|item| is_used(item)).count();
    let args = Args::new()
        .trusted("form", facts.form.to_uppercase())
        .trusted("version", version_name(facts.version))
        .number("used", used as u64)
        .number("kept", (facts.report.items.len() - used) as u64);
    let mut lines = vec![words.say(texts::IMPORT_FACTS, &args)];
    lines.extend(lore_line(words, facts));
    if facts.files > 0 {
        lines.push(words.say(texts::IMPORT_FILES, &Args::new().number("count", facts.files as u64)));
    }
    if let Some(why) = &facts.no_picture {
        let why = words.refusal(why);
        lines.push(words.say(texts::IMPORT_NO_PICTURE, &Args::new().trusted("why", why)));
    }
    lines
}

/// What of the lorebook runs, where there is one.
pub(super) fn lore_line(words: Words<'_>, facts: &Facts) -> Option<String> {
    let running = facts.lore.iter().filter(|line| line.runs && line.enabled).count();
    let idle = facts.lore.len() - running;
    let args = Args::new().number("running", running as u64).number("idle", idle as u64);
    (!facts.lore.is_empty()).then(|| words.say(texts::IMPORT_LORE, &args))
}

fn is_used(item: &Item) -> bool {
    matches!(item.state, State::As(Fate::Used(_)) | State::Mended(Fate::Used(_), _))
}

/// All of it, for a file.
pub(super) fn whole(words: Words<'_>, name: &str, facts: &Facts) -> String {
    let words = Words { in_file: true, ..words };
    let name = words.strange(name);
    let mut text = format!("{name}\n{}\n\n", "=".repeat(name.chars().count()));
    for line in summary(words, facts) {
        let _ = writeln!(text, "{line}");
    }
    let mut section = |what: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(text, "\n{}\n", words.case(texts::REPORT_HEAD, what));
            for line in lines {
                let _ = writeln!(text, "- {line}");
            }
        }
    };
    section("warnings", facts.report.warnings.iter().map(|warning| words.warning(warning)).collect());
    section("fields", facts.report.items.iter().map(|item| self::item(words, item)).collect());
    let mut lore: Vec<String> = facts.lore_notes.iter().map(|note| words.lore_note(note)).collect();
    lore.extend(facts.lore.iter().map(|line| entry(words, line)));
    section("lore", lore);
    text
}

fn item(words: Words<'_>, item: &Item) -> String {
    let fate = |fate: Fate| match fate {
        Fate::Used(how) => words.used(how),
        Fate::Kept(why) => words.kept(why),
    };
    let (what, detail) = match item.state {
        State::As(of) => ("plain", fate(of)),
        State::Mended(of, found) => ("mended", format!("{}; {}", words.found(found), fate(of))),
        State::Broken(found) => ("broken", words.found(found)),
    };
    let args = Args::new().trusted("what", what).trusted("detail", detail);
    let state = words.say(texts::REPORT_STATE, &args.number("number", item.count as u64));
    format!("{}: {state}", words.strange(&item.path))
}

fn entry(words: Words<'_>, line: &LoreLine) -> String {
    let what = match (line.runs, line.enabled) {
        (true, true) => "runs",
        (true, false) => "off",
        (false, _) => "broken",
    };
    let name: String = line.name.chars().take(MOST_NAME).collect();
    let mut said = vec![words.case(texts::REPORT_ENTRY, what)];
    said.extend(line.notes.iter().map(|note| words.lore_note(note)));
    format!("{}: {}", words.strange(&name), said.join("; "))
}
