//! Registers the commands, only when they are not what Discord has: registering is limited to some 200 a day, and makes
//! every client load them anew.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::{Map, Value, json};
use serenity::all::{ApplicationId, CommandId};

use super::Command;
use super::rest::{Rest, RestError};

/// What registering did, or would do: names of commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Discord had none of this name.
    pub created: Vec<String>,
    /// Discord had another one of this name.
    pub changed: Vec<String>,
    /// Discord had one that is no more.
    pub deleted: Vec<String>,
    /// Discord had just this one.
    pub unchanged: Vec<String>,
    /// Nothing was sent: it was only asked what would be.
    pub dry_run: bool,
}

impl Report {
    /// Whether Discord has all of it already.
    pub fn is_current(&self) -> bool {
        self.created.is_empty() && self.changed.is_empty() && self.deleted.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let would = if self.dry_run { "would be " } else { "" };
        for (what, names) in
            [("created", &self.created), ("changed", &self.changed), ("deleted", &self.deleted)]
        {
            if !names.is_empty() {
                writeln!(out, "{would}{what}: {}", names.join(", "))?;
            }
        }
        write!(
            out,
            "unchanged: {}",
            if self.unchanged.is_empty() { "none".to_owned() } else { self.unchanged.join(", ") }
        )
    }
}

/// The ids under which Discord knows the commands, for mentions of them.
#[derive(Debug, Clone, Default)]
pub struct CommandIds(HashMap<String, CommandId>);

impl CommandIds {
    /// The id of a top-level command.
    pub fn get(&self, name: &str) -> Option<CommandId> {
        self.0.get(name).copied()
    }

    fn read(commands: &[Value]) -> Self {
        let id = |command: &Value| {
            let id: u64 = command["id"].as_str()?.parse().ok()?;
            (id != 0).then(|| (text(command, "name").to_owned(), CommandId::new(id)))
        };
        Self(commands.iter().filter_map(id).collect())
    }
}

/// Brings Discord's global commands in line with ours.
pub(super) async fn sync(
    rest: &Rest,
    application: ApplicationId,
    commands: &[Command],
    dry_run: bool,
) -> Result<(Report, CommandIds), RestError> {
    let wanted = wanted(commands);
    let current: Vec<Value> = rest.commands(application, None).await?;
    let report = Report { dry_run, ..compare(&wanted, &current) };
    if dry_run || report.is_current() {
        return Ok((report, CommandIds::read(&current)));
    }
    let registered: Vec<Value> = rest.put_commands(application, None, &wanted).await?;
    Ok((report, CommandIds::read(&registered)))
}

/// The commands as Discord is to have them. Each works for servers and for users who installed the bot for themselves,
/// in servers, in its own direct messages and in others, unless it says otherwise.
pub(crate) fn wanted(commands: &[Command]) -> Vec<Value> {
    let everywhere = [("integration_types", json!([0, 1])), ("contexts", json!([0, 1, 2]))];
    let builders = commands
        .iter()
        .flat_map(|command| [command.create_as_slash_command(), command.create_as_context_menu_command()])
        .flatten();
    builders
        .map(|builder| {
            let mut value = serde_json::to_value(builder).expect("a command's parts are all JSON");
            let fields = value.as_object_mut().expect("a command is an object");
            for (field, default) in &everywhere {
                if fields.get(*field).is_none_or(Value::is_null) {
                    fields.insert((*field).to_owned(), default.clone());
                }
            }
            value
        })
        .collect()
}

fn compare(wanted: &[Value], current: &[Value]) -> Report {
    let mut report = Report::default();
    let mut left: BTreeMap<_, _> = current.iter().map(|command| (identity(command), command)).collect();
    for command in wanted {
        let name = text(command, "name").to_owned();
        match left.remove(&identity(command)) {
            None => report.created.push(name),
            Some(known) if normal_command(known) == normal_command(command) => report.unchanged.push(name),
            Some(_) => report.changed.push(name),
        }
    }
    report.deleted = left.into_values().map(|command| text(command, "name").to_owned()).collect();
    report
}

/// Commands of different types may share a name.
fn identity(command: &Value) -> (u64, &str) {
    (command["type"].as_u64().unwrap_or(1), text(command, "name"))
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A command with only what we decide, and defaults left out: what Discord adds makes no difference.
fn normal_command(command: &Value) -> Value {
    let mut normal = normal_fields(
        command,
        &[
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "default_member_permissions",
            "nsfw",
        ],
    );
    normal.insert("type".to_owned(), json!(identity(command).0));
    for field in ["integration_types", "contexts"] {
        let mut set: Vec<u64> =
            command[field].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        set.sort_unstable();
        normal.insert(field.to_owned(), json!(set));
    }
    normal.insert("options".to_owned(), normal_options(&command["options"]));
    Value::Object(normal)
}

/// Options, in their order: it is the order members see.
fn normal_options(options: &Value) -> Value {
    let normal_option = |option: &Value| {
        let mut normal = normal_fields(
            option,
            &[
                "type",
                "name",
                "name_localizations",
                "description",
                "description_localizations",
                "required",
                "autocomplete",
                "min_value",
                "max_value",
                "min_length",
                "max_length",
                "channel_types",
            ],
        );
        let choices = option["choices"].as_array().into_iter().flatten();
        let choices = choices
            .map(|choice| Value::Object(normal_fields(choice, &["name", "name_localizations", "value"])));
        normal.insert("choices".to_owned(), choices.collect());
        normal.insert("options".to_owned(), normal_options(&option["options"]));
        Value::Object(normal)
    };
    options.as_array().into_iter().flatten().map(normal_option).collect()
}

/// These fields, without the empty ones: absent, null, false, `[]` and `{}` all mean the default.
fn normal_fields(value: &Value, fields: &[&str]) -> Map<String, Value> {
    let is_set = |value: &Value| match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Number(_) => true,
    };
    let number = |value: &Value| match value.as_f64() {
        // 1 and 1.0 are one number to Discord.
        Some(number) => json!(number),
        None => value.clone(),
    };
    fields
        .iter()
        .filter(|field| is_set(&value[**field]))
        .map(|field| ((*field).to_owned(), number(&value[*field])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> Value {
        json!({
            "name": "about", "name_localizations": {"de": "über"}, "description": "What", "nsfw": false,
            "description_localizations": {}, "integration_types": [0, 1], "contexts": [0, 1, 2],
            "options": [{"type": 3, "name": "x", "description": "y", "required": false, "min_value": 1,
                         "choices": [{"name": "a", "value": "a"}]}],
        })
    }

    /// As Discord gives it back.
    fn stored() -> Value {
        let mut command = about();
        let fields = command.as_object_mut().unwrap();
        for (field, value) in [
            ("id", json!("99")),
            ("application_id", json!("7")),
            ("version", json!("1")),
            ("type", json!(1)),
            ("default_member_permissions", json!(null)),
            ("dm_permission", json!(true)),
            ("description_localizations", json!(null)),
            ("contexts", json!([2, 0, 1])),
            (
                "options",
                json!([{"type": 3, "name": "x", "description": "y", "min_value": 1.0, "name_localizations": null,
                                "choices": [{"name": "a", "name_localizations": null, "value": "a"}]}]),
            ),
        ] {
            fields.insert(field.to_owned(), value);
        }
        fields.remove("nsfw");
        command
    }

    #[test]
    fn what_discord_adds_is_no_change() {
        let report = compare(&[about()], &[stored()]);
        assert!(report.is_current(), "{report:?}");
        assert_eq!(report.to_string(), "unchanged: about");
    }

    #[test]
    fn every_kind_of_change_is_seen() {
        let mut other = stored();
        other["name"] = json!("old");
        let report = compare(&[about()], &[other]);
        assert_eq!((report.created, report.deleted), (vec!["about".to_owned()], vec!["old".to_owned()]));
        for (field, value) in [
            ("description", json!("What else")),
            ("name_localizations", json!({"de": "info"})),
            ("name_localizations", json!(null)),
            ("contexts", json!([0])),
            ("nsfw", json!(true)),
            ("default_member_permissions", json!("8")),
            ("options", json!([])),
        ] {
            let mut changed = stored();
            changed[field] = value;
            assert_eq!(compare(&[about()], &[changed]).changed, ["about"], "{field}");
        }
        let mut changed = stored();
        changed["options"][0]["choices"][0]["value"] = json!("b");
        assert_eq!(compare(&[about()], &[changed]).changed, ["about"]);
    }

    #[test]
    fn a_menu_command_may_share_a_name() {
        let mut menu = stored();
        menu["type"] = json!(2);
        let report = compare(&[about()], &[menu]);
        assert_eq!((report.created.len(), report.deleted.len()), (1, 1));
    }
}
