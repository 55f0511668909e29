//! Gives commands, their options and choices their names and descriptions in every language.
//!
//! Keys: `command-<qualified name>`, `…-option-<option>`, `…-choice-<English name>`, each with the name as its text and
//! (but for choices) the attribute `.description`. The English name is the one in code; a test compares them.

use poise::CommandParameter;

use super::Command;
use crate::i18n::{Catalog, Locale};

type Localised = Vec<(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)>;

/// Sets names and descriptions from the catalog, down to the last choice.
pub(crate) fn localise(catalog: &Catalog, commands: &mut [Command]) {
    for command in commands {
        localise_command(catalog, "command", command);
    }
}

fn localise_command(catalog: &Catalog, prefix: &str, command: &mut Command) {
    let key = format!("{prefix}-{}", command.name);
    command.description = catalog.lookup(Locale::En, &key, Some("description"), None).map(Into::into);
    command.name_localizations = in_all(catalog, &key, None).into();
    command.description_localizations = in_all(catalog, &key, Some("description")).into();
    for parameter in &mut command.parameters {
        localise_option(catalog, &key, parameter);
    }
    for subcommand in &mut command.subcommands {
        localise_command(catalog, &key, subcommand);
    }
}

fn localise_option<U, E>(catalog: &Catalog, command: &str, parameter: &mut CommandParameter<U, E>) {
    let key = format!("{command}-option-{}", parameter.name);
    parameter.description = catalog.lookup(Locale::En, &key, Some("description"), None).map(Into::into);
    parameter.name_localizations = in_all(catalog, &key, None).into();
    parameter.description_localizations = in_all(catalog, &key, Some("description")).into();
    for choice in parameter.choices.to_mut() {
        choice.localizations = in_all(catalog, &format!("{key}-choice-{}", slug(&choice.name)), None).into();
    }
}

/// A choice's English name as part of a key.
pub(crate) fn slug(name: &str) -> String {
    name.to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn in_all(catalog: &Catalog, key: &str, attribute: Option<&str>) -> Localised {
    let mut texts = Localised::new();
    for locale in Locale::ALL {
        if let Some(text) = catalog.lookup(locale, key, attribute, None) {
            texts.extend(locale.discord_codes().iter().map(|code| ((*code).into(), text.clone().into())));
        }
    }
    texts
}
