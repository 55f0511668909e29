//! Lore, measured: `cargo bench -p troupe-cards --bench lore`. Figures are for reading: nothing here passes or fails.
//!
//! - `keys/10000`: 500 entries of 20 keys, over a window of 20,000 characters that holds a few of them.
//! - `typical/500`: 500 entries as people write them (few keys each, some secondary, constant, in groups, some patterns),
//!   over 20 messages.
//! - `hostile`: patterns made to cost as much as the bounds allow, over 20,000 characters.

#![expect(missing_docs, reason = "criterion's macro makes a public function")]

use std::fmt::Write as _;
use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use troupe_cards::lore::{Book, Lore, Message, Settings, TimedState, Turn};
use troupe_cards::macros::Context;

/// Made-up words, the same each time.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 24] = [
        "ka", "ro", "min", "tel", "vas", "dor", "el", "ith", "gar", "un", "sha", "pel", "or", "quin", "bra",
        "lo", "fen", "zu", "wy", "tar", "es", "nim", "hol", "ae",
    ];
    let mut rest = number * 7_919 + 13;
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}

/// Prose of so many characters that holds every 500th of the words.
fn prose(characters: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < characters {
        let _ = write!(text, "She looked at the {} and said nothing; the rain went on. ", word(number * 500));
        number += 1;
    }
    text.truncate(characters);
    text
}

fn scan(lore: &Lore, lines: &[String]) -> usize {
    let window: Vec<Message<'_>> = lines.iter().map(|text| Message { name: "Max", text }).collect();
    let macros = Context {
        character: "Mira",
        user: "Max",
        group: None,
        original: None,
        now: DateTime::default(),
        conversation: 1,
        seed: 2,
    };
    let settings = Settings { scan_depth: 100, recursive: true, budget: Some(4_000), ..Settings::default() };
    let turn = Turn {
        window: &window,
        state: &TimedState::default(),
        settings: &settings,
        macros: &macros,
        messages: 20,
        answers: 10,
        greeting: Some(0),
        tokens: &|text| u32::try_from(text.len() / 4).unwrap_or(u32::MAX),
    };
    lore.scan(&turn).entries.len()
}

fn many_keys(criterion: &mut Criterion) {
    let entries: Vec<Value> = (0..500)
        .map(|entry| {
            let keys: Vec<String> = (0..20).map(|key| word(entry * 20 + key)).collect();
            json!({"keys": keys, "content": "Something is known of it.", "enabled": true, "insertion_order": entry})
        })
        .collect();
    let value = json!({"entries": entries});
    let book = Book::parse(&value).expect("a book");
    let lore = Lore::new(&[&book]);
    let lines = vec![prose(20_000)];
    assert!(scan(&lore, &lines) > 5, "some keys are found");
    let mut group = criterion.benchmark_group("keys");
    group.bench_function("10000", |bencher| bencher.iter(|| scan(black_box(&lore), black_box(&lines))));
    group.bench_function("10000/compile", |bencher| bencher.iter(|| Lore::new(&[black_box(&book)])));
    group.bench_function("10000/parse", |bencher| bencher.iter(|| Book::parse(black_box(&value))));
    group.finish();
}

fn typical(criterion: &mut Criterion) {
    let entries: Vec<Value> = (0..500)
        .map(|entry| {
            let mut keys: Vec<String> = (0..4).map(|key| word(entry * 4 + key)).collect();
            if entry % 25 == 0 {
                keys.push(format!("/\\b(?:{}|{})s?\\b/i", word(entry + 5_000), word(entry + 6_000)));
            }
            let content = format!("{{{{char}}}} knows the {}. It is old, and {{{{user}}}} owns it.", word(entry * 4 + 9));
            json!({
                "keys": keys, "content": content, "enabled": true, "insertion_order": entry % 10,
                "constant": entry % 100 == 0, "selective": entry % 5 == 0, "secondary_keys": ["rain", "sun"],
                "extensions": {"selectiveLogic": entry % 4, "group": if entry % 50 == 0 { "g" } else { "" }, "position": entry % 5},
            })
        })
        .collect();
    let book = Book::parse(&json!({"entries": entries})).expect("a book");
    let lore = Lore::new(&[&book]);
    let lines: Vec<String> = (0..20).map(|line| prose(300 + line * 10)).collect();
    assert!(scan(&lore, &lines) > 5, "some keys are found");
    let mut group = criterion.benchmark_group("typical");
    group.bench_function("500", |bencher| bencher.iter(|| scan(black_box(&lore), black_box(&lines))));
    group.bench_function("500/compile", |bencher| bencher.iter(|| Lore::new(&[black_box(&book)])));
    group.finish();
}

/// Books made to cost as much as the bounds allow.
fn hostile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10);
    // None of these is ever found, and each has more states than an engine can keep.
    let patterns = |count: usize, width: usize| -> Vec<String> {
        (0..count).map(|n| format!("/[ab]*a[ab]{{{width}}}[c-z0-9]{{{}}}/", n % 3 + 1)).collect()
    };
    let mut state = 1_u64;
    let mut toss = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 63 == 0
    };
    let text: String = (0..20_000).map(|_| if toss() { 'a' } else { 'b' }).collect();
    let lines = vec![text];
    for (name, count, width) in [("patterns/small", 256, 12), ("patterns/large", 16, 300)] {
        let value = json!({"entries": [{"keys": patterns(count, width), "content": "x"}]});
        let book = Book::parse(&value).expect("a book");
        let lore = Lore::new(&[&book]);
        group.bench_function(name, |bencher| bencher.iter(|| scan(black_box(&lore), black_box(&lines))));
    }
    group.finish();
}

criterion_group!(benches, many_keys, typical, hostile);
criterion_main!(benches);
