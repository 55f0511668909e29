//! A command's options and choices, their names, and the languages of both.
//!
//! <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure>

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::component_item::channel_types;
use super::errors::{Errors, tuple};
use super::field::{Form, as_integer, check_length, length, quoted};

const SUB_COMMAND: i64 = 1;
const SUB_COMMAND_GROUP: i64 = 2;
const STRING: i64 = 3;
const INTEGER: i64 = 4;
const CHANNEL: i64 = 7;
const NUMBER: i64 = 10;
/// The whole numbers that a double holds exactly end here.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Discord's languages: those of its reference, and `ar` and `he`, which its OpenAPI file adds.
const LOCALES: [&str; 34] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko", "ar", "he",
];

/// Names of slash commands and options, as Discord's reference states them.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$").expect("the pattern is sound")
});

/// What a list of options belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Command,
    Group,
    SubCommand,
}

impl Level {
    fn allows(self) -> &'static [i64] {
        match self {
            Self::Command => &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
            Self::Group => &[SUB_COMMAND],
            Self::SubCommand => &[3, 4, 5, 6, 7, 8, 9, 10, 11],
        }
    }
}

/// Checks the field `options` of a command, a group or a subcommand.
pub(super) fn list(form: Form<'_>, level: Level, errors: &mut Errors) {
    let mut names = Vec::new();
    let mut optional = false;
    form.each(errors, "options", 0..=25, |option, errors| {
        one(option, level, errors);
        let required = option.get("required") == Some(&Value::Bool(true));
        if required && optional {
            let message = "Required options must be placed before non-required options";
            errors.add("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional |= !required;
        if let Some(name) = option.get("name").and_then(Value::as_str) {
            if names.contains(&name) {
                // Code and wording are our best knowledge.
                let message = "Option name already exists";
                errors.add_at("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
            }
            names.push(name);
        }
    });
    let options = form.get("options").and_then(Value::as_array).into_iter().flatten();
    let kinds = || options.clone().filter_map(|option| as_integer(&option["type"]));
    let is_sub = |kind: i64| matches!(kind, SUB_COMMAND | SUB_COMMAND_GROUP);
    if level == Level::Command && kinds().any(is_sub) && !kinds().all(is_sub) {
        let message =
            "Sub-command and sub-command group option types are mutually exclusive to all other types";
        errors.add_at("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
}

fn one(option: Form<'_>, level: Level, errors: &mut Errors) {
    if option.get("type").is_none() {
        errors.at("type", Errors::required);
        return;
    }
    let kind = option.get("type").and_then(as_integer);
    let Some(kind) = kind.filter(|kind| level.allows().contains(kind)) else {
        let allowed = tuple(level.allows());
        errors.add("UNION_TYPE_CHOICES", format!("Value of field \"type\" must be one of {allowed}."));
        return;
    };
    option.require(errors, "name");
    name(option, errors);
    option.required_text(errors, "description", 1..=100);
    localized(option, "description_localizations", 100, false, errors);
    for key in ["required", "autocomplete"] {
        option.flag(errors, key);
    }
    match kind {
        SUB_COMMAND => list(option, Level::SubCommand, errors),
        SUB_COMMAND_GROUP => list(option, Level::Group, errors),
        STRING | INTEGER | NUMBER => value(option, kind, errors),
        CHANNEL => channel_types(option, errors),
        _ => {}
    }
}

/// An option whose value the member types.
fn value(option: Form<'_>, kind: i64, errors: &mut Errors) {
    let mut names = Vec::new();
    option.each(errors, "choices", 0..=25, |form, errors| {
        choice(form, Some(kind), errors);
        if let Some(name) = form.get("name").and_then(Value::as_str) {
            if names.contains(&name) {
                // Code and wording are our best knowledge.
                let message = "Option choice name already exists";
                errors.add_at("name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message);
            }
            names.push(name);
        }
    });
    if option.get("autocomplete") == Some(&Value::Bool(true)) && option.has("choices") {
        // Code and wording are our best knowledge.
        let message = "Autocomplete cannot be set with choices";
        errors.add_at("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message);
    }
    let (least, most) = match kind {
        STRING => {
            let least = option.integer(errors, "min_length", 0..=6000);
            let most = option.integer(errors, "max_length", 1..=6000);
            (least.map(small), most.map(small))
        }
        INTEGER => {
            let range = -MAX_INTEGER..=MAX_INTEGER;
            let least = option.integer(errors, "min_value", range.clone());
            let most = option.integer(errors, "max_value", range);
            (least.map(small), most.map(small))
        }
        _ => (option.number(errors, "min_value"), option.number(errors, "max_value")),
    };
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        let key = if kind == STRING { "min_length" } else { "min_value" };
        // The wording is our best knowledge.
        errors.add_at(key, "NUMBER_TYPE_MAX", format!("{key} value should be less than or equal to {most}."));
    }
}

/// A bound as a double: exact up to [`MAX_INTEGER`], and refused beyond.
#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 the number is refused anyway")]
fn small(number: i64) -> f64 {
    number as f64
}

/// Checks a choice of an option of this kind; of an autocompletion when there is none.
pub(super) fn choice(choice: Form<'_>, kind: Option<i64>, errors: &mut Errors) {
    choice.required_text(errors, "name", 1..=100);
    localized(choice, "name_localizations", 100, false, errors);
    choice.require(errors, "value");
    match (kind, choice.get("value")) {
        (None | Some(STRING), Some(Value::String(text))) => {
            errors.at("value", |errors| check_length(errors, text, 0..=100));
        }
        (Some(STRING), Some(_)) => {
            choice.text(errors, "value", 0..=100);
        }
        (Some(INTEGER), _) => {
            choice.integer(errors, "value", -MAX_INTEGER..=MAX_INTEGER);
        }
        _ => {
            choice.number(errors, "value");
        }
    }
}

/// Checks the name of a slash command or an option, in every language.
pub(super) fn name(form: Form<'_>, errors: &mut Errors) {
    if let Some(text) = form.text(errors, "name", 1..=32) {
        errors.at("name", |errors| pattern(errors, text));
    }
    localized(form, "name_localizations", 32, true, errors);
}

/// Says what is wrong with a name's characters; its length has been looked at before.
fn pattern(errors: &mut Errors, text: &str) {
    if !(1..=32).contains(&length(text)) {
        return;
    }
    if !NAME.is_match(text) {
        errors.add("STRING_TYPE_REGEX", "String value did not match validation regex.");
    } else if text.to_lowercase() != text {
        errors.add("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

/// Checks translations: known languages, texts of 1 to `most` characters, names by their pattern.
pub(super) fn localized(form: Form<'_>, key: &str, most: usize, is_name: bool, errors: &mut Errors) {
    let Some(value) = form.get(key) else { return };
    errors.at(key, |errors| {
        let Value::Object(texts) = value else {
            errors.add("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
            return;
        };
        let Some(form) = Form::of(value, errors) else { return };
        for locale in texts.keys() {
            if !LOCALES.contains(&&**locale) {
                errors.at(locale, |errors| errors.choices(&quoted(&LOCALES)));
            } else if let Some(text) = form.text(errors, locale, 1..=most)
                && is_name
            {
                errors.at(locale, |errors| pattern(errors, text));
            }
        }
    });
}

/// The length of a field in its longest language.
pub(super) fn localized_length(form: Form<'_>, key: &str) -> usize {
    let own = form.get(key).and_then(Value::as_str).map_or(0, length);
    let texts = form.get(&format!("{key}_localizations")).and_then(Value::as_object);
    let others = texts.into_iter().flat_map(|texts| texts.values()).filter_map(Value::as_str).map(length);
    others.fold(own, usize::max)
}

/// The size of all options of a form, with what they hold. Three levels at most are looked at, as no
/// deeper ones can be right.
pub(super) fn size(form: Form<'_>) -> usize {
    size_to(form, 3)
}

fn size_to(form: Form<'_>, depth: usize) -> usize {
    let Some(depth) = depth.checked_sub(1) else { return 0 };
    let objects = |key: &str| form.get(key).and_then(Value::as_array).into_iter().flatten();
    let options: usize = objects("options")
        .filter_map(|option| Form::of(option, &mut Errors::new()))
        .map(|option| {
            localized_length(option, "name")
                + localized_length(option, "description")
                + size_to(option, depth)
        })
        .sum();
    let choices: usize = objects("choices")
        .filter_map(|choice| Form::of(choice, &mut Errors::new()))
        .map(|choice| {
            let value = choice.get("value").map_or(0, |value| match value {
                Value::String(text) => length(text),
                other => other.to_string().len(),
            });
            localized_length(choice, "name") + value
        })
        .sum();
    options + choices
}
