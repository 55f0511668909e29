//! The commands' definitions against Discord's rules and the language files.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::discord::localise::{localise, slug};
use crate::i18n::tests::keys;
use crate::i18n::{Catalog, Locale, texts};

fn localised() -> Vec<Command> {
    let mut commands = all();
    localise(&Catalog::new(), &mut commands);
    commands
}

fn assert_name(name: &str) {
    let length = name.chars().count();
    assert!((1..=32).contains(&length), "{name:?} has {length} characters");
    assert!(name.chars().all(|c| c.is_alphanumeric() || "-_'".contains(c)), "{name:?}");
    assert_eq!(name, name.to_lowercase());
}

fn assert_description(text: &str) {
    assert!((1..=100).contains(&text.chars().count()), "{text:?}");
}

/// Checks a command or option as Discord would, down to its last option.
fn assert_valid(value: &Value) {
    let strings = |field: &str| -> Vec<String> {
        let local = value[field].as_object().into_iter().flatten();
        local.map(|(_, text)| text.as_str().expect("a text").to_owned()).collect()
    };
    assert_name(value["name"].as_str().expect("a name"));
    assert_description(value["description"].as_str().expect("a description"));
    let (names, descriptions) = (strings("name_localizations"), strings("description_localizations"));
    assert!(!names.is_empty() && !descriptions.is_empty(), "{} is not in every language", value["name"]);
    for name in &names {
        assert_name(name);
    }
    for text in &descriptions {
        assert_description(text);
    }
    value["options"].as_array().into_iter().flatten().for_each(assert_valid);
}

#[test]
fn definitions_keep_discords_rules_in_every_language() {
    let commands = crate::discord::wanted(&localised());
    assert_eq!(commands.len(), all().len());
    for command in &commands {
        assert_valid(command);
        assert_eq!(command["integration_types"], serde_json::json!([0, 1]));
        assert_eq!(command["contexts"], serde_json::json!([0, 1, 2]));
    }
}

#[test]
fn english_files_name_commands_as_code_does() {
    let catalog = Catalog::new();
    for command in all() {
        assert_eq!(catalog.command_name(Locale::En, &command.name), command.name);
        for option in &command.parameters {
            let name = catalog.option_name(Locale::En, &command.name, &option.name);
            assert_eq!(name, option.name);
        }
    }
}

#[test]
fn german_members_see_german_names() {
    let commands = crate::discord::wanted(&localised());
    let of = |name: &str| {
        let found = commands.iter().find(|command| command["name"] == name);
        found.expect("a command").clone()
    };
    assert_eq!(of("about")["name_localizations"]["de"], "über");
    assert_eq!(of("help")["options"][0]["name_localizations"]["de"], "befehl");
}

/// The keys that the commands need.
fn command_keys(commands: &[Command], prefix: &str, into: &mut BTreeSet<String>) {
    for command in commands {
        let key = format!("{prefix}-{}", command.name);
        for parameter in &command.parameters {
            let option = format!("{key}-option-{}", parameter.name);
            into.extend(parameter.choices.iter().map(|c| format!("{option}-choice-{}", slug(&c.name))));
            into.extend([format!("{option}.description"), option]);
        }
        command_keys(&command.subcommands, &key, into);
        into.extend([format!("{key}.description"), key]);
    }
}

#[test]
fn code_and_files_know_the_same_texts() {
    let mut known: BTreeSet<String> = texts::all().map(|text| text.key.to_owned()).collect();
    assert_eq!(known.len(), texts::all().count(), "a key is listed twice");
    command_keys(&all(), "command", &mut known);
    let there: BTreeSet<String> = keys(Locale::En).into_keys().collect();
    let missing: Vec<_> = known.difference(&there).collect();
    let spare: Vec<_> = there.difference(&known).collect();
    assert!(missing.is_empty() && spare.is_empty(), "files lack {missing:?}, have more {spare:?}");
}
