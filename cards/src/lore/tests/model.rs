//! A slow and obvious matcher, written apart from the engine, and thousands of small books on which both must agree.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// One entry of the model: keys are plain.
#[derive(Clone, Debug)]
struct Plain {
    keys: Vec<String>,
    secondary: Vec<String>,
    logic: u8,
    sensitive: Option<bool>,
    words: Option<bool>,
    depth: Option<u32>,
    constant: bool,
    exclude: bool,
    prevent: bool,
    level: u32,
    order: i64,
    content: String,
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

/// Whether a key is in a text, by trying every place.
fn is_in(text: &str, key: &str, entry: &Plain, matching: Matching) -> bool {
    let sensitive = entry.sensitive.unwrap_or(matching.case_sensitive);
    let (text, key) =
        if sensitive { (text.to_owned(), key.to_owned()) } else { (text.to_lowercase(), key.to_lowercase()) };
    let (text, key): (Vec<char>, Vec<char>) = (text.chars().collect(), key.chars().collect());
    let words = entry.words.unwrap_or(matching.whole_words) && !key.iter().any(|char| char.is_whitespace());
    (0..text.len()).any(|at| {
        let here = text[at..].starts_with(&key);
        let before = at == 0 || !is_word(text[at - 1]);
        let after = text.get(at + key.len()).is_none_or(|char| !is_word(*char));
        here && (!words || (before && after))
    })
}

/// The ids of what a scan activates, as a person would go through the book.
fn activated(entries: &[Plain], lines: &[String], told: &Told<'_>) -> BTreeSet<usize> {
    let mut active: BTreeSet<usize> = BTreeSet::new();
    let mut contents: Vec<String> = Vec::new();
    let mut levels: Vec<u32> = entries.iter().map(|entry| entry.level).filter(|level| *level > 0).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut levels = levels.into_iter();
    let mut level = levels.next().unwrap_or(0);
    let mut recursion = false;
    loop {
        let mut new = Vec::new();
        for (id, entry) in entries.iter().enumerate() {
            let waits = entry.level > 0 && (!recursion || entry.level > level);
            let shut = recursion && entry.exclude;
            if active.contains(&id) || waits || shut {
                continue;
            }
            let depth = usize::try_from(entry.depth.unwrap_or(told.settings.scan_depth)).unwrap();
            let mut texts: Vec<&str> = lines.iter().rev().take(depth).map(|line| line.trim()).collect();
            if recursion {
                texts.extend(contents.iter().map(String::as_str));
            }
            let found = |key: &String| texts.iter().any(|text| is_in(text, key.trim(), entry, told.matching));
            let secondary = match entry.logic {
                _ if entry.secondary.is_empty() => true,
                0 => entry.secondary.iter().any(found),
                1 => !entry.secondary.iter().all(found),
                2 => !entry.secondary.iter().any(found),
                _ => entry.secondary.iter().all(found),
            };
            if entry.constant || (entry.keys.iter().any(found) && secondary) {
                new.push(id);
            }
        }
        active.extend(&new);
        // Contents stand in the order in which they came; keys may not reach over two of them here.
        let feeding: Vec<String> =
            new.iter().filter(|id| !entries[**id].prevent).map(|id| entries[*id].content.clone()).collect();
        if !told.settings.recursive {
            return active;
        }
        if feeding.is_empty() {
            let Some(next) = levels.next() else { return active };
            level = next;
        }
        contents.extend(feeding);
        recursion = true;
    }
}

/// The same book for the engine, as a world file.
fn world(entries: &[Plain]) -> Book {
    let entry = |(id, entry): (usize, &Plain)| {
        let value = serde_json::json!({
            "uid": id, "key": entry.keys, "keysecondary": entry.secondary, "selective": true,
            "selectiveLogic": entry.logic, "caseSensitive": entry.sensitive, "matchWholeWords": entry.words,
            "scanDepth": entry.depth, "constant": entry.constant, "excludeRecursion": entry.exclude,
            "preventRecursion": entry.prevent, "delayUntilRecursion": entry.level, "order": entry.order,
            "content": entry.content,
        });
        (id.to_string(), value)
    };
    let entries: serde_json::Map<String, Value> = entries.iter().enumerate().map(entry).collect();
    book(&serde_json::json!({"entries": entries}))
}

/// Words of few letters, so that keys are found, nested and overlapping.
fn words(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec("[abAB]{1,3}|aaaa|ä|Σ|σ|_|-|é", 1..=most)
        .prop_flat_map(|parts| prop::sample::select(vec![parts.join(" "), parts.concat(), parts.join("-")]))
}

prop_compose! {
    fn plain()(
        keys in prop::collection::vec(words(2), 0..4),
        secondary in prop::collection::vec(words(2), 0..3),
        (logic, sensitive, words_only) in (0_u8..4, any::<Option<bool>>(), any::<Option<bool>>()),
        depth in prop::option::of(0_u32..4),
        (constant, exclude, prevent) in (prop::bool::weighted(0.1), any::<bool>(), any::<bool>()),
        level in prop::sample::select(vec![0_u32, 0, 0, 0, 1, 2, 3]),
        order in -2_i64..3,
        content in words(4),
    ) -> Plain {
        Plain { keys, secondary, logic, sensitive, words: words_only, depth, constant, exclude, prevent, level, order, content }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_the_model(
        entries in prop::collection::vec(plain(), 0..10),
        lines in prop::collection::vec(words(5), 0..5),
        (scan_depth, recursive) in (0_u32..5, any::<bool>()),
        (case_sensitive, whole_words) in (any::<bool>(), any::<bool>()),
    ) {
        let told = Told {
            lines: lines.iter().map(String::as_str).collect(),
            settings: Settings { scan_depth, recursive, most_passes: 100, ..Settings::default() },
            matching: Matching { case_sensitive, whole_words },
            ..Told::default()
        };
        let book = world(&entries);
        let scanned = told.scan(&[&book]);
        let found: BTreeSet<usize> = scanned.entries.iter().map(|active| active.at.entry).collect();
        prop_assert_eq!(&found, &activated(&entries, &lines, &told));
        prop_assert!(scanned.entries.is_sorted_by_key(|active| active.order));
        for why in &scanned.why {
            prop_assert_eq!(found.contains(&why.at.entry), matches!(why.verdict, Verdict::Active(_)));
        }
    }
}
