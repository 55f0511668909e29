//! Application commands, as registered, and which one a member means.

use serde_json::{Value, json};

use super::World;
use crate::feed::Note;
use crate::ids::Id;

/// Command types.
pub mod kind {
    /// A slash command.
    pub const CHAT_INPUT: u64 = 1;
    /// An entry in a member's context menu.
    pub const USER: u64 = 2;
    /// An entry in a message's context menu.
    pub const MESSAGE: u64 = 3;
}

/// Option types.
pub mod option {
    /// A command below a command.
    pub const SUB_COMMAND: u64 = 1;
    /// A group of such commands.
    pub const SUB_COMMAND_GROUP: u64 = 2;
    /// Text.
    pub const STRING: u64 = 3;
    /// A whole number of at most 2^53.
    pub const INTEGER: u64 = 4;
    /// Yes or no.
    pub const BOOLEAN: u64 = 5;
    /// A user.
    pub const USER: u64 = 6;
    /// A channel.
    pub const CHANNEL: u64 = 7;
    /// A role.
    pub const ROLE: u64 = 8;
    /// A user or a role.
    pub const MENTIONABLE: u64 = 9;
    /// A number.
    pub const NUMBER: u64 = 10;
    /// A file.
    pub const ATTACHMENT: u64 = 11;
}

/// A registered command: Discord's object, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its id; it stays when a command of the same name and type is put again.
    pub id: Id,
    /// Its application.
    pub app: Id,
    /// The guild that it is for; `None`: everywhere.
    pub guild: Option<Id>,
    /// Discord's command object, localisations included.
    pub json: Value,
}

impl Command {
    /// Its name.
    pub fn name(&self) -> &str {
        self.json["name"].as_str().unwrap_or_default()
    }

    /// One of [`kind`].
    pub fn kind(&self) -> u64 {
        self.json["type"].as_u64().unwrap_or(kind::CHAT_INPUT)
    }

    /// The object as a list gives it to whoever reads `locale`: with the localisations of that one
    /// alone, in `name_localized` and `description_localized`.
    pub fn listed_in(&self, locale: Option<&str>) -> Value {
        let mut json = self.json.clone();
        localize(&mut json, locale);
        json
    }

    /// Whether it may be used in an interaction context (0 guild, 1 the bot's direct message, 2 others).
    pub fn allows_context(&self, context: u64) -> bool {
        match &self.json["contexts"] {
            Value::Array(contexts) => contexts.iter().any(|allowed| allowed.as_u64() == Some(context)),
            _ => self.json["dm_permission"].as_bool() != Some(false) || context == 0,
        }
    }

    /// Whether it comes with an installation of this type (0 guild, 1 user).
    pub fn allows_install(&self, install: u64) -> bool {
        match &self.json["integration_types"] {
            Value::Array(types) => types.iter().any(|allowed| allowed.as_u64() == Some(install)),
            _ => install == 0,
        }
    }
}

fn localize(json: &mut Value, locale: Option<&str>) {
    let Some(map) = json.as_object_mut() else { return };
    for (all, one) in
        [("name_localizations", "name_localized"), ("description_localizations", "description_localized")]
    {
        let translations = map.remove(all).unwrap_or_default();
        if let Some(text) = locale.and_then(|locale| translations.get(locale)) {
            map.insert(one.into(), text.clone());
        }
    }
    for list in ["options", "choices"] {
        for item in map.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            localize(item, locale);
        }
    }
}

impl World {
    /// An application's commands of one scope, in the order they were registered.
    pub fn commands_of(&self, app: Id, guild: Option<Id>) -> &[Command] {
        self.commands.get(&(app, guild)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Registers a command: in place of the one with its name and type, else as a new one.
    /// Says whether it is new.
    pub fn put_command(&mut self, app: Id, guild: Option<Id>, body: &Value) -> (Command, bool) {
        let (id, version) = (self.next_id(), self.next_id());
        self.feed.tell(Note::Arranged);
        let scope = self.commands.entry((app, guild)).or_default();
        let same = |command: &Command| {
            body["name"].as_str() == Some(command.name())
                && body["type"].as_u64().unwrap_or(kind::CHAT_INPUT) == command.kind()
        };
        if let Some(known) = scope.iter_mut().find(|command| same(command)) {
            let json = complete(known.id, app, guild, version, body);
            if !equal_but_version(&known.json, &json) {
                known.json = json;
            }
            return (known.clone(), false);
        }
        let command = Command { id, app, guild, json: complete(id, app, guild, version, body) };
        scope.push(command.clone());
        (command, true)
    }

    /// Puts a scope's whole set: commands of the same name and type keep their ids, others go.
    pub fn put_commands(&mut self, app: Id, guild: Option<Id>, bodies: &[Value]) -> Vec<Command> {
        let put: Vec<Command> = bodies.iter().map(|body| self.put_command(app, guild, body).0).collect();
        self.commands.insert((app, guild), put.clone());
        self.feed.tell(Note::Arranged);
        put
    }

    /// Changes the fields that `body` names. `None` when there is no such command.
    pub fn edit_command(&mut self, app: Id, guild: Option<Id>, id: Id, body: &Value) -> Option<Command> {
        let version = self.next_id();
        let command = self.commands.get_mut(&(app, guild))?.iter_mut().find(|command| command.id == id)?;
        let mut whole = command.json.clone();
        super::merge(&mut whole, body.clone());
        command.json = complete(id, app, guild, version, &whole);
        let command = command.clone();
        self.feed.tell(Note::Arranged);
        Some(command)
    }

    /// Takes a command away. `false` when there is none.
    pub fn delete_command(&mut self, app: Id, guild: Option<Id>, id: Id) -> bool {
        let Some(scope) = self.commands.get_mut(&(app, guild)) else { return false };
        let before = scope.len();
        scope.retain(|command| command.id != id);
        let gone = scope.len() < before;
        if gone {
            self.feed.tell(Note::Arranged);
        }
        gone
    }

    /// The commands that show up for somebody in a guild (or outside any).
    pub fn commands_in(&self, guild: Option<Id>) -> impl Iterator<Item = &Command> {
        self.commands
            .iter()
            .filter(move |((_, scope), _)| scope.is_none() || *scope == guild)
            .flat_map(|(_, commands)| commands)
    }

    /// The command with this id.
    pub fn command(&self, id: Id) -> Option<&Command> {
        self.commands.values().flatten().find(|command| command.id == id)
    }
}

fn equal_but_version(a: &Value, b: &Value) -> bool {
    let bare = |json: &Value| {
        let mut json = json.clone();
        json.as_object_mut().map(|map| map.remove("version"));
        json
    };
    bare(a) == bare(b)
}

/// A command object with what Discord adds.
fn complete(id: Id, app: Id, guild: Option<Id>, version: Id, body: &Value) -> Value {
    let kind = body["type"].as_u64().unwrap_or(kind::CHAT_INPUT);
    let mut json = json!({
        "id": id,
        "application_id": app,
        "version": version,
        "type": kind,
        "name": body["name"],
        "name_localizations": body["name_localizations"],
        "description": body["description"].as_str().unwrap_or_default(),
        "description_localizations": body["description_localizations"],
        "default_member_permissions": permissions_text(&body["default_member_permissions"]),
        "nsfw": body["nsfw"].as_bool().unwrap_or(false),
        "dm_permission": body["dm_permission"].as_bool().unwrap_or(true),
        "contexts": body["contexts"],
        "integration_types": match &body["integration_types"] {
            Value::Null => json!([0]),
            types => types.clone(),
        },
    });
    if let Some(guild) = guild {
        json["guild_id"] = json!(guild);
        json.as_object_mut().map(|map| map.remove("dm_permission"));
    }
    if let Some(options) = body["options"].as_array().filter(|options| !options.is_empty()) {
        json["options"] = options.iter().map(complete_option).collect();
    }
    json
}

fn permissions_text(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

/// An option as Discord gives it back: fields that were null or empty are not there.
fn complete_option(option: &Value) -> Value {
    let mut option = option.clone();
    if let Some(map) = option.as_object_mut() {
        if map.get("required") == Some(&Value::Bool(false)) {
            map.remove("required");
        }
        if map.get("autocomplete") == Some(&Value::Bool(false)) {
            map.remove("autocomplete");
        }
        map.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        if let Some(options) = map.get_mut("options").and_then(Value::as_array_mut) {
            for option in options {
                *option = complete_option(option);
            }
        }
    }
    option
}
