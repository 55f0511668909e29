//! The language files against each other and against the texts that code shows.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast;

use super::*;

/// Each key of a language (`key` or `key.attribute`) with the variables its text uses.
pub(crate) fn keys(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (file, source) in locale.sources() {
        let resource =
            fluent_syntax::parser::parse(*source).unwrap_or_else(|(_, faults)| panic!("{file}: {faults:?}"));
        for entry in resource.body {
            let ast::Entry::Message(message) = entry else { continue };
            let attributes = message.attributes.iter().map(|a| (Some(a.id.name), &a.value));
            for (attribute, pattern) in message.value.iter().map(|value| (None, value)).chain(attributes) {
                let key = attribute
                    .map_or(message.id.name.to_owned(), |name| format!("{}.{name}", message.id.name));
                let mut variables = BTreeSet::new();
                pattern_variables(pattern, &mut variables);
                assert!(keys.insert(key.clone(), variables).is_none(), "{key} is there twice");
            }
        }
    }
    keys
}

fn pattern_variables(pattern: &ast::Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            expression_variables(expression, found);
        }
    }
}

fn expression_variables(expression: &ast::Expression<&str>, found: &mut BTreeSet<String>) {
    let inline = match expression {
        ast::Expression::Inline(inline) => inline,
        ast::Expression::Select { selector, variants } => {
            for variant in variants {
                pattern_variables(&variant.value, found);
            }
            selector
        }
    };
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        ast::InlineExpression::Placeable { expression } => expression_variables(expression, found),
        ast::InlineExpression::StringLiteral { .. } | ast::InlineExpression::NumberLiteral { .. } => {}
        other => {
            panic!("{other:?}: references and functions are not looked into here; teach this test first")
        }
    }
}

#[test]
fn all_languages_have_the_same_texts_with_the_same_arguments() {
    let english = keys(Locale::En);
    for locale in Locale::ALL {
        let keys = keys(locale);
        let name = locale.as_str();
        let missing: Vec<_> = english.keys().filter(|key| !keys.contains_key(*key)).collect();
        let spare: Vec<_> = keys.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && spare.is_empty(), "{name} lacks {missing:?}, has more {spare:?}");
    }
}

#[test]
fn every_argument_a_text_uses_is_given() {
    let declared: BTreeMap<&str, BTreeSet<String>> =
        texts::all().map(|text| (text.key, text.args.iter().map(ToString::to_string).collect())).collect();
    for locale in Locale::ALL {
        for (key, used) in keys(locale) {
            match declared.get(key.as_str()) {
                Some(given) => assert_eq!(&used, given, "{} {key}", locale.as_str()),
                None => {
                    assert!(
                        used.is_empty(),
                        "{} {key} is a command's and gets no arguments",
                        locale.as_str()
                    );
                }
            }
        }
    }
}

#[test]
fn every_text_constant_is_used_by_code() {
    let sources = source_files(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    let registry = concat!(
        include_str!("texts.rs"),
        include_str!("texts/bond.rs"),
        include_str!("texts/character.rs"),
        include_str!("texts/collection.rs")
    );
    let names = registry.lines().filter_map(|line| line.trim().split_once(" = \"")).map(|(name, _)| name);
    let unused: Vec<&str> = names
        .filter(|name| !sources.iter().any(|source| source.contains(&format!("texts::{name}"))))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn source_files(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() { source_files(&path) } else { vec![std::fs::read_to_string(path).unwrap()] }
        })
        .collect()
}

#[test]
fn plurals_follow_the_number_and_no_isolation_marks_show() {
    let catalog = Catalog::new();
    let say = |locale, seconds| {
        catalog.format(locale, texts::REFUSED_COOLDOWN, &Args::new().number("seconds", seconds))
    };
    assert!(say(Locale::En, 1).ends_with("one second."));
    assert!(say(Locale::En, 30).ends_with("wait 30 seconds."));
    assert!(say(Locale::De, 30).ends_with("warte 30 Sekunden."));
}

#[test]
fn what_people_typed_shows_as_typed() {
    let typed = "@everyone <@&5> **bold** [x](https://evil.test) `code` <t:1:R>\n# big";
    let shown = plain(typed);
    for live in ["@everyone", "<@&", "**", "](", "https://", "<t:1"] {
        assert!(!shown.contains(live), "{live} in {shown}");
    }
    assert!(!shown.contains('\n'));
    assert_eq!(plain("Zoë & Jürgen 李"), "Zoë & Jürgen 李");
    let args = Args::new().typed("name", typed).trusted("help", "</help:1>");
    let text = Catalog::new().format(Locale::En, texts::HELP_UNKNOWN, &args);
    assert!(text.contains("</help:1>") && !text.contains("@everyone"), "{text}");
}
