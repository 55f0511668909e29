//! Files that are written from declarations, of settings and of stored data, are up to date.

use std::{fs, path::Path};

use troupe::{
    config::{SECTIONS, Settings, docs, parse_file},
    warm::ownership,
};

use crate::support::values;

fn check(file: &str, expected: &str, command: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(present == expected, "{file} is out of date; run: cargo run -q -- {command} > {file}");
}

#[test]
fn env_example_is_up_to_date() {
    check(".env.example", &docs::env_example(), "config --env-example");
}

#[test]
fn configuration_page_is_up_to_date() {
    check("docs/configuration.md", &docs::markdown(), "config --markdown");
}

#[test]
fn data_ownership_page_is_up_to_date() {
    check("docs/data-ownership.md", &ownership::markdown(), "data");
}

/// What a newcomer uncomments must work.
#[test]
fn every_example_is_valid() {
    let example = docs::env_example();
    let uncommented: String = example
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut problems = Vec::new();
    let parsed = parse_file(".env.example", &uncommented, &mut problems);
    assert_eq!(problems, []);
    assert_eq!(parsed.len(), SECTIONS.iter().map(|section| section.variables.len()).sum::<usize>());
    let pairs: Vec<_> = parsed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // A copied local address is no mistake in itself; neither is any other example.
    Settings::from_values(&values(&pairs)).expect("all examples together are valid");
}
