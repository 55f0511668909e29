//! Architecture as a test: layers, file sizes, module docs and forbidden imports.
//!
//! Each rule names the file and line that breaks it, so that a failure says what to do.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use troupe::{cold::tables::TABLES, hot::keys::FAMILIES};

/// A file with one subject rarely needs more lines, one of tests neither; tests at a file's end don't count, nor does
/// what a program writes.
const MOST_LINES: usize = 400;

/// Rooms from the ground up. A room imports only from rooms below its own floor.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["error", "trace"],
    &["config", "i18n"],
    &["cold", "hot", "ops"],
    &["ai", "warm"],
    &["gates"],
    &["features"],
    &["discord"],
    &["commands", "jobs", "doctor"],
    &["app"],
    &["launch"],
    &["cli"],
    &["main"],
];

/// A crate, and the rooms that may name it.
const KEPT_IN: &[(&str, &[&str])] = &[
    ("poise", &["discord", "commands"]),
    ("serenity", &["discord", "commands"]),
    ("diesel", &["cold"]),
    ("diesel_async", &["cold"]),
    ("bb8_redis", &["hot"]),
    ("redis", &["hot"]),
    ("governor", &["discord", "ai", "gates", "hot"]),
    ("dotenvy", &["config"]),
    ("fluent_bundle", &["i18n"]),
    ("clap", &["cli", "main"]),
    ("opentelemetry", &["trace", "ops"]),
    ("tracing_opentelemetry", &["trace", "ops"]),
];

/// Calls of serenity and poise that would bypass our pacing.
const BYPASSES: &[&str] =
    &[".create_response(", ".create_followup(", ".edit_response(", "ctx.say(", "ctx.send(", "ctx.defer"];

/// Where this machine's time may be asked for, beside the clock itself: what is measured, kept or compared between
/// processes, and never decides for a member.
const OWN_TIME: &[(&str, &str)] = &[
    ("src/domain/clock.rs", "the clock"),
    ("src/ai/wire/error.rs", "until when a provider says to wait"),
    ("src/cli/queue.rs", "how long a write has waited"),
    ("src/cold/backup/dump.rs", "a backup's name"),
    ("src/doctor/", "what is to be told of this machine"),
    ("src/hot/health.rs", "since when Redis is away"),
    ("src/jobs/partitions.rs", "months, as the database has them"),
    ("src/ops/health.rs", "since when a part is down"),
    ("src/ops/metrics.rs", "when the process began"),
    ("src/warm/queue/", "how long a write has waited"),
    ("src/warm/stats.rs", "how old a claim is"),
];
/// How it is asked for.
const ASKED_TIME: &[&str] = &["Utc::now", "Local::now", "SystemTime::now", "Timestamp::now", "now_utc"];
/// Statements that go by the database's own time.
const DATABASE_TIME: &[(&str, &str)] = &[
    ("src/cold/applied.rs", "how long ago a write has landed"),
    ("src/cold/tables/declared.rs", "blocks in force when somebody is erased"),
];

struct Source {
    path: PathBuf,
    /// The top-level room below `src/`.
    room: String,
    /// The text before its tests.
    code: String,
    /// Whether the whole file is a test's.
    is_test: bool,
}

impl Source {
    /// Lines with their numbers, comments cut off.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(n, line)| (n + 1, line.split("//").next().unwrap_or_default()))
    }
}

fn sources(root: &str) -> Vec<Source> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut found = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).expect("the file is read");
                let within = path.strip_prefix(&base).expect("below the base");
                let first = within.components().next().expect("a first part").as_os_str();
                let room = first.to_string_lossy().trim_end_matches(".rs").to_owned();
                let is_test = within.iter().any(|part| part == "tests" || part == "tests.rs");
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push(Source { path, room, code, is_test });
            }
        }
    }
    assert!(!found.is_empty(), "{root} holds no Rust");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a line names as `crate::room`.
fn rooms_named(line: &str) -> impl Iterator<Item = String> {
    let named = |(at, _)| line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    line.match_indices("crate::").map(named)
}

fn check(faults: &str) {
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn every_file_says_its_subject_first() {
    let mut faults = String::new();
    for source in ["src", "cards/src", "sandbox/src"].into_iter().flat_map(sources) {
        let first = source.code.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") && !first.starts_with("// @generated") {
            let _ = writeln!(faults, "{}: begins without a `//!` line", source.path.display());
        }
    }
    check(&faults);
}

#[test]
fn files_stay_small() {
    let mut faults = String::new();
    for source in ["src", "tests", "benches", "cards/src", "cards/tests", "sandbox/src", "sandbox/tests"]
        .into_iter()
        .flat_map(sources)
        .filter(|source| !source.code.starts_with("// @generated"))
    {
        let lines = source.code.lines().count();
        if lines > MOST_LINES {
            let _ = writeln!(faults, "{}: {lines} lines; split it by subject", source.path.display());
        }
    }
    check(&faults);
}

#[test]
fn imports_go_down_only() {
    let mut faults = String::new();
    for source in sources("src").iter().filter(|source| source.room != "lib" && !source.is_test) {
        let (path, room) = (source.path.display(), &source.room);
        let Some(own) = floor(room) else {
            let _ = writeln!(faults, "{path}: tests/tidy.rs knows no room {room:?}");
            continue;
        };
        for (number, line) in source.lines() {
            for named in rooms_named(line) {
                let up = floor(&named).is_some_and(|other| other > own || (other == own && named != *room));
                if up {
                    let _ = writeln!(faults, "{path}:{number}: {room} reaches up to {named}");
                }
            }
        }
    }
    check(&faults);
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut faults = String::new();
    for source in sources("src") {
        for (name, rooms) in KEPT_IN {
            let path = format!("{name}::");
            let names = |line: &str| {
                line.match_indices(&path).any(|(at, _)| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
            };
            if let Some((number, _)) = source.lines().find(|(_, line)| names(line))
                && !rooms.contains(&source.room.as_str())
            {
                let place = source.path.display();
                let _ = writeln!(faults, "{place}:{number}: {name} belongs in {rooms:?} alone");
            }
        }
    }
    check(&faults);
}

#[test]
fn the_environment_is_read_in_one_place() {
    let mut faults = String::new();
    for source in sources("src").iter().filter(|source| source.room != "config") {
        for (number, line) in source.lines().filter(|(_, line)| line.contains("env::var")) {
            let place = source.path.display();
            let _ = writeln!(faults, "{place}:{number}: settings come from config: {}", line.trim());
        }
    }
    check(&faults);
}

#[test]
fn discord_is_called_through_the_paced_client_alone() {
    let mut faults = String::new();
    for source in sources("src").iter().filter(|source| !source.is_test) {
        for (number, line) in source.lines() {
            if let Some(call) = BYPASSES.iter().find(|call| line.contains(**call)) {
                let _ = writeln!(faults, "{}:{number}: {call} bypasses discord::rest", source.path.display());
            }
        }
    }
    check(&faults);
}

#[test]
fn keys_are_formed_in_their_registry_alone() {
    // What stands before a pattern's first varying part.
    let stem =
        |pattern: &'static str| pattern.split(|c: char| c.is_ascii_uppercase()).next().unwrap_or_default();
    let stems: Vec<_> = FAMILIES.iter().map(|family| stem(family.pattern)).collect();
    let mut faults = String::new();
    for source in sources("src").iter().filter(|source| !source.is_test) {
        let is_registry = source.path.components().any(|part| part.as_os_str() == "keys");
        for (number, line) in source.lines().filter(|_| !is_registry) {
            let place = source.path.display();
            if line.contains("Key::formed(") || line.contains(">::formed(") {
                let _ = writeln!(faults, "{place}:{number}: a key is formed outside of hot/keys");
            }
            if let Some(stem) = stems.iter().find(|stem| line.contains(&format!("\"{stem}"))) {
                let _ = writeln!(faults, "{place}:{number}: a text begins as the keys {stem}… do");
            }
        }
    }
    for path in files("src/hot", "lua") {
        let text = fs::read_to_string(&path).expect("the script is read");
        let code = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        for (number, line) in code.enumerate() {
            if let Some(stem) = stems.iter().find(|stem| line.contains(**stem)) {
                let _ = writeln!(
                    faults,
                    "{}:{}: scripts get keys by KEYS, not {stem}…",
                    path.display(),
                    number + 1
                );
            }
        }
    }
    check(&faults);
}

/// The files of that kind below a folder.
fn files(root: &str, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(root)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == kind) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{root} holds no {kind}");
    found
}

/// Whether a file is among those, or in a folder of theirs.
fn is_among(path: &Path, list: &[(&str, &str)]) -> bool {
    let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below the base").display().to_string();
    list.iter().any(|(place, _)| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

#[test]
fn time_comes_from_the_clock_that_a_part_was_given() {
    let mut faults = String::new();
    let asks = |line: &str| ASKED_TIME.iter().find(|asked| line.contains(**asked)).copied();
    for source in sources("src").iter().filter(|source| !source.is_test) {
        for (number, line) in source.lines().filter(|_| !is_among(&source.path, OWN_TIME)) {
            if let Some(asked) = asks(line) {
                let place = source.path.display();
                let _ =
                    writeln!(faults, "{place}:{number}: {asked}: the time comes from a domain::clock::Clock");
            }
        }
    }
    for (place, what) in OWN_TIME {
        let of_place = |source: &&Source| is_among(&source.path, &[(*place, "")]);
        let asked =
            sources("src").iter().filter(of_place).any(|one| one.lines().any(|(_, l)| asks(l).is_some()));
        if !asked {
            let _ = writeln!(faults, "{place} asks for no time ({what}): take it off the list");
        }
    }
    check(&faults);
}

#[test]
fn statements_are_given_the_time() {
    // A method or a path of that name is Rust's.
    let asks = |line: &str| {
        let line = line.to_lowercase();
        let calls = |(at, _): (usize, &str)| {
            !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'))
        };
        let clocks = ["now()", "current_timestamp", "current_date", "localtimestamp", "clock_timestamp()"];
        clocks.iter().any(|clock| line.match_indices(clock).any(calls))
            || (line.contains("dsl::") && line.contains("now"))
    };
    let mut faults = String::new();
    let mut look = |path: &Path, number: usize, line: &str| {
        if asks(line) && !is_among(path, DATABASE_TIME) {
            let place = path.display();
            let _ = writeln!(faults, "{place}:{number}: the database's own time: bind the clock's");
        }
    };
    for source in sources("src").iter().filter(|source| source.room == "cold" && !source.is_test) {
        for (number, line) in source.lines() {
            look(&source.path, number, line);
        }
    }
    for path in files("src/cold", "sql") {
        let text = fs::read_to_string(&path).expect("the statement is read");
        for (number, line) in text.lines().enumerate() {
            look(&path, number + 1, line);
        }
    }
    check(&faults);
}

#[test]
fn tables_are_named_in_the_cold_room_alone() {
    let mut faults = String::new();
    for source in sources("src").iter().filter(|source| source.room != "cold") {
        let words: Vec<_> = source
            .lines()
            .flat_map(|(number, line)| line.split_whitespace().map(move |word| (number, word)))
            .collect();
        for pair in words.windows(2) {
            let [(number, before), (_, word)] = *pair else { continue };
            let before = before.trim_start_matches(['"', '(']);
            let after_sql = ["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ONLY", "TRUNCATE"].contains(&before);
            let name =
                word.trim_start_matches("public.").split(|c: char| !c.is_alphanumeric() && c != '_').next();
            if let Some(table) = TABLES.iter().find(|table| after_sql && name == Some(table.name)) {
                let place = source.path.display();
                let _ = writeln!(faults, "{place}:{number}: only src/cold asks the table {}", table.name);
            }
        }
    }
    check(&faults);
}
