//! Application commands: registered one by one or all at once.
//!
//! <https://docs.discord.com/developers/interactions/application-commands>

use std::collections::{BTreeMap, HashSet};

use axum::http::StatusCode;
use serde_json::Value;

use super::channel::permissions;
use super::command_option::{self, localized_length};
use super::errors::{Errors, checked};
use super::field::Form;
use crate::error::{ApiError, ApiResult};

/// A slash command.
pub const CHAT_INPUT: u8 = 1;
/// A command in a user's context menu.
pub const USER: u8 = 2;
/// A command in a message's context menu.
pub const MESSAGE: u8 = 3;
/// The command that starts an Activity.
pub const PRIMARY_ENTRY_POINT: u8 = 4;

/// The most characters of a command with all of its options and choices.
const MAX_SIZE: usize = 8000;

/// How many commands of a kind one scope (global, or a guild) may have.
pub fn limit(kind: u8) -> usize {
    match kind {
        CHAT_INPUT => 100,
        USER | MESSAGE => 15,
        _ => 1,
    }
}

/// The kind that a command's body states: slash commands need not say so.
pub fn kind(body: &Value) -> u8 {
    body.get("type").and_then(Value::as_u64).and_then(|kind| kind.try_into().ok()).unwrap_or(CHAT_INPUT)
}

/// Checks a new command: `POST …/commands`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn create(body: &Value) -> ApiResult<()> {
    checked(body, whole)
}

/// Checks a change of a command of the kind `kind`: `PATCH …/commands/{id}`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit(body: &Value, kind: u8) -> ApiResult<()> {
    checked(body, |form, errors| parts(form, kind, errors))
}

/// Checks all commands of a scope: `PUT …/commands`.
///
/// # Errors
/// 50035 for what is wrong in the form, 30032 for too many of a kind.
pub fn bulk(body: &Value) -> ApiResult<()> {
    let mut errors = Errors::new();
    let Value::Array(commands) = body else {
        errors.add("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return errors.into_result();
    };
    let mut names = HashSet::new();
    for (index, command) in commands.iter().enumerate() {
        errors.at(index, |errors| {
            let Some(form) = Form::of(command, errors) else { return };
            whole(form, errors);
            if let Some(name) = command["name"].as_str()
                && !names.insert((kind(command), name))
            {
                duplicate(errors);
            }
        });
    }
    errors.into_result()?;
    scope(commands.iter().map(kind))
}

/// 50035: another command of this kind and scope has the name already.
pub fn duplicate_name() -> ApiError {
    let mut errors = Errors::new();
    duplicate(&mut errors);
    errors.into_result().expect_err("an error was added")
}

/// Checks that a scope holds no more commands than it may, given the kinds of all.
///
/// # Errors
/// 30032 for too many of a kind.
pub fn scope(kinds: impl IntoIterator<Item = u8>) -> ApiResult<()> {
    let mut counts = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_insert(0_usize) += 1;
    }
    match counts.into_iter().find(|(kind, count)| *count > limit(*kind)) {
        None => Ok(()),
        Some((kind, _)) => {
            let message = format!("Maximum number of application commands reached ({})", limit(kind));
            Err(ApiError::new(StatusCode::BAD_REQUEST, 30032, message))
        }
    }
}

fn duplicate(errors: &mut Errors) {
    errors.add("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
}

fn whole(form: Form<'_>, errors: &mut Errors) {
    let kind = form.choice(errors, "type", &[1, 2, 3, 4]).unwrap_or(1);
    form.require(errors, "name");
    if kind == i64::from(CHAT_INPUT) {
        form.require(errors, "description");
    }
    parts(form, u8::try_from(kind).unwrap_or(CHAT_INPUT), errors);
}

fn parts(form: Form<'_>, kind: u8, errors: &mut Errors) {
    if kind == CHAT_INPUT {
        command_option::name(form, errors);
        form.text(errors, "description", 1..=100);
        command_option::localized(form, "description_localizations", 100, false, errors);
        command_option::list(form, command_option::Level::Command, errors);
    } else {
        form.text(errors, "name", 1..=32);
        command_option::localized(form, "name_localizations", 32, false, errors);
        menu(form, kind, errors);
    }
    for key in ["nsfw", "dm_permission"] {
        form.flag(errors, key);
    }
    permissions(form, "default_member_permissions", errors);
    numbers(form, "contexts", &[0, 1, 2], errors);
    numbers(form, "integration_types", &[0, 1], errors);
    form.choice(errors, "handler", &[1, 2]);
    if size(form) > MAX_SIZE {
        let message = format!("Command exceeds maximum size ({MAX_SIZE})");
        errors.add("APPLICATION_COMMAND_TOO_LARGE", message);
    }
}

/// What a command of a context menu may not have.
fn menu(form: Form<'_>, kind: u8, errors: &mut Errors) {
    if form.has("description") && kind != PRIMARY_ENTRY_POINT {
        // The code is our best knowledge.
        let message = "Context menu commands cannot have description";
        errors.add_at("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", message);
    }
    if form.has("options") {
        // The code is our best knowledge.
        let message = "Context menu commands cannot have options";
        errors.add_at("options", "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID", message);
    }
}

/// A list of different numbers out of a few.
fn numbers(form: Form<'_>, key: &str, allowed: &[i64], errors: &mut Errors) {
    let mut seen = Vec::new();
    for (index, item) in form.list(errors, key, 0..=usize::MAX).into_iter().flatten().enumerate() {
        errors.at(key, |errors| {
            errors.at(index, |errors| match item.as_i64().filter(|number| allowed.contains(number)) {
                None => errors.choices(allowed),
                Some(number) if seen.contains(&number) => {
                    errors.add("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value");
                }
                Some(number) => seen.push(number),
            });
        });
    }
}

/// A command's size: names, descriptions and values, each field by its longest language.
fn size(form: Form<'_>) -> usize {
    localized_length(form, "name") + localized_length(form, "description") + command_option::size(form)
}
