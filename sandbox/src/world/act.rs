//! What people do in their client: use commands, press, choose, fill in, write.

use serde_json::{Map, Value, json};

use super::World;
use super::command::{Command, kind as command_kind, option};
use super::interaction::{Opening, kind};
use super::message::Author;
use super::options::{NotSent, Place};
use super::permissions::bits;
use crate::ids::Id;

/// A command as a member gives it.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Who.
    pub user: Id,
    /// Where.
    pub channel: Id,
    /// The command with its subcommand: `character info`.
    pub command: String,
    /// Which application's command, where several have one of that name.
    pub app: Option<Id>,
    /// Option values by name.
    pub options: Map<String, Value>,
    /// The option being typed, for an autocompletion.
    pub focused: Option<String>,
}

impl World {
    /// A member sends a slash command, or types one of its options.
    pub fn invoke(&mut self, invocation: &Invocation) -> Result<Id, NotSent> {
        let opening = self.prepare(invocation)?;
        Ok(self.open(opening))
    }

    /// The interaction that an invocation would open, or why Discord's client would not send it.
    pub fn prepare(&mut self, invocation: &Invocation) -> Result<Opening, NotSent> {
        let Invocation { user, channel, .. } = *invocation;
        let mut path = invocation.command.trim_start_matches('/').split_whitespace();
        let name = path.next().unwrap_or_default();
        let command = self.usable(user, channel, name, command_kind::CHAT_INPUT, invocation.app)?;
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let (levels, definitions) = descend(&command, path)?;
        let place = Place { guild, channel, typing: invocation.focused.is_some() };
        if let Some(focused) = &invocation.focused {
            let typed = definitions.iter().find(|d| d["name"] == focused.as_str());
            if typed.is_none_or(|definition| definition["autocomplete"] != true) {
                return Err(NotSent(format!("/{name} has no option {focused:?} with autocompletion")));
            }
        }
        let filled = self.fill(place, &definitions, &invocation.options, invocation.focused.as_deref())?;
        let mut options = filled.options;
        for level in levels.into_iter().rev() {
            options = vec![json!({ "name": level.0, "type": level.1, "options": options })];
        }
        let mut data = json!({ "id": command.id, "name": command.name(), "type": command_kind::CHAT_INPUT });
        if !options.is_empty() {
            data["options"] = json!(options);
        }
        if !filled.resolved.is_empty() {
            data["resolved"] = Value::Object(filled.resolved);
        }
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        let kind = if place.typing { kind::AUTOCOMPLETE } else { kind::COMMAND };
        Ok(Opening { app: command.app, kind, user, channel, data, source: None, opener: None })
    }

    /// A member picks an entry of a message's or another member's context menu.
    pub fn use_menu(&mut self, user: Id, channel: Id, name: &str, target: Id) -> Result<Id, NotSent> {
        let message = self.message(channel, target).filter(|message| message.shown_to(user)).cloned();
        let kind = if message.is_some() { command_kind::MESSAGE } else { command_kind::USER };
        let command = self.usable(user, channel, name, kind, None)?;
        let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
        let mut resolved = Map::new();
        if let Some(message) = message {
            let json = self.message_json(&message, Some(command.app));
            resolved.insert("messages".into(), json!({ target.to_string(): json }));
        } else if !self.resolve(Place { guild, channel, typing: false }, option::USER, target, &mut resolved)
        {
            return Err(NotSent(format!("{target} is neither a message here nor a user")));
        }
        let mut data = json!({ "id": command.id, "name": command.name(), "type": kind, "target_id": target, "resolved": resolved });
        if let Some(guild) = command.guild {
            data["guild_id"] = json!(guild);
        }
        Ok(self.open(Opening {
            app: command.app,
            kind: kind::COMMAND,
            user,
            channel,
            data,
            source: None,
            opener: None,
        }))
    }

    /// A member presses a button or chooses in a select menu.
    pub fn press(
        &mut self,
        user: Id,
        channel: Id,
        message: Id,
        custom_id: &str,
        values: &[String],
    ) -> Result<Id, NotSent> {
        let found = self.message(channel, message).filter(|message| message.shown_to(user));
        let found = found.ok_or_else(|| NotSent("that message isn't there for this member".into()))?.clone();
        let app = found.application.or(match found.author {
            Author::User(id) => Some(id),
            Author::Webhook { .. } => None,
        });
        let app = app.filter(|app| self.apps.contains_key(app));
        let app =
            app.ok_or_else(|| NotSent("that message is no application's: nobody would hear of it".into()))?;
        let component = find_component(&found.components, custom_id).ok_or_else(|| {
            let known = custom_ids(&found.components).join(", ");
            NotSent(format!("that message has no component {custom_id:?}; it has: {known}"))
        })?;
        if component["disabled"] == true {
            return Err(NotSent(format!("the component {custom_id:?} is disabled")));
        }
        let component_kind = component["type"].as_u64().unwrap_or_default();
        let mut data =
            json!({ "custom_id": custom_id, "component_type": component_kind, "id": component["id"] });
        if component_kind != 2 {
            let guild = self.channels.get(&channel).and_then(|channel| channel.guild);
            let resolved = self.select(Place { guild, channel, typing: false }, component, values)?;
            data["values"] = json!(values);
            if !resolved.is_empty() {
                data["resolved"] = Value::Object(resolved);
            }
        }
        let source = Some(message);
        Ok(self.open(Opening { app, kind: kind::COMPONENT, user, channel, data, source, opener: None }))
    }

    /// Checks what is chosen in a select menu, and finds what it names.
    pub(super) fn select(
        &self,
        place: Place,
        component: &Value,
        values: &[String],
    ) -> Result<Map<String, Value>, NotSent> {
        let least = component["min_values"].as_u64().unwrap_or(1);
        let most = component["max_values"].as_u64().unwrap_or(1);
        let count = values.len() as u64;
        if count < least || count > most {
            return Err(NotSent(format!("this menu takes {least} to {most} values, not {count}")));
        }
        let kind = match component["type"].as_u64() {
            Some(5) => option::USER,
            Some(6) => option::ROLE,
            Some(7) => option::MENTIONABLE,
            Some(8) => option::CHANNEL,
            _ => option::STRING,
        };
        let mut resolved = Map::new();
        for value in values {
            let known = if kind == option::STRING {
                let mut options = component["options"].as_array().into_iter().flatten();
                options.any(|option| option["value"] == value.as_str())
            } else {
                value.parse().is_ok_and(|id| self.resolve(place, kind, id, &mut resolved))
            };
            if !known {
                return Err(NotSent(format!("this menu has no {value:?}")));
            }
        }
        Ok(resolved)
    }

    /// The command of that name that a member can use in a channel, or why their client shows none.
    pub(super) fn usable(
        &self,
        user: Id,
        channel: Id,
        name: &str,
        kind: u64,
        app: Option<Id>,
    ) -> Result<Command, NotSent> {
        let place =
            self.channels.get(&channel).ok_or_else(|| NotSent(format!("there is no channel {channel}")))?;
        let permissions = self.permissions(place, user);
        if permissions & bits::VIEW_CHANNEL == 0 {
            return Err(NotSent("this member can't see that channel".into()));
        }
        let named = |command: &&Command| {
            command.name() == name && command.kind() == kind && app.is_none_or(|app| app == command.app)
        };
        let here = |command: &&Command| self.installed(command, user, channel);
        let mut found: Vec<&Command> = self.commands_in(place.guild).filter(named).filter(here).collect();
        // A guild's own command stands before a global one of the same name.
        found.sort_by_key(|command| command.guild.is_none());
        let Some(command) = found.first() else {
            let mut known: Vec<_> = self.commands_in(place.guild).map(Command::name).collect();
            known.sort_unstable();
            return Err(NotSent(format!("no command {name:?} shows up here; known: {}", known.join(", "))));
        };
        if !command.allows_context(self.context(command.app, channel)) {
            return Err(NotSent(format!(
                "{name:?} is not for this kind of channel (its contexts leave it out)"
            )));
        }
        if place.guild.is_some() {
            let needed =
                command.json["default_member_permissions"].as_str().and_then(|bits| bits.parse().ok());
            let needed: u64 = needed.unwrap_or(0);
            let closed =
                command.json["default_member_permissions"] == "0" && permissions & bits::ADMINISTRATOR == 0;
            if closed || permissions & needed != needed || permissions & bits::USE_APPLICATION_COMMANDS == 0 {
                return Err(NotSent(format!("this member's permissions don't show {name:?}")));
            }
        }
        Ok((*command).clone())
    }

    /// Whether a command's application is installed where somebody would use it.
    fn installed(&self, command: &Command, user: Id, channel: Id) -> bool {
        let Some(app) = self.apps.get(&command.app) else { return false };
        let place = self.channels.get(&channel);
        let in_guild = match place.and_then(|channel| channel.guild) {
            Some(guild) => app.guilds.contains(&guild),
            None => place.is_some_and(|channel| channel.recipients.contains(&app.id)),
        };
        in_guild && command.allows_install(0)
            || app.user_installs.contains(&user) && command.allows_install(1)
            || command.guild.is_some() && in_guild
    }
}

/// The levels passed on the way to a subcommand (name and type), and its option definitions.
type Descent = (Vec<(String, u64)>, Vec<Value>);

/// Follows subcommands down.
fn descend<'a>(command: &Command, path: impl Iterator<Item = &'a str>) -> Result<Descent, NotSent> {
    let nested =
        |d: &Value| matches!(d["type"].as_u64(), Some(option::SUB_COMMAND | option::SUB_COMMAND_GROUP));
    let mut definitions = command.json["options"].as_array().cloned().unwrap_or_default();
    let mut levels = Vec::new();
    for name in path {
        let below = definitions.iter().find(|d| nested(d) && d["name"] == name).cloned();
        let below =
            below.ok_or_else(|| NotSent(format!("/{} has no subcommand {name:?}", command.name())))?;
        levels.push((name.to_owned(), below["type"].as_u64().unwrap_or(option::SUB_COMMAND)));
        definitions = below["options"].as_array().cloned().unwrap_or_default();
    }
    if definitions.iter().any(nested) {
        let names: Vec<_> = definitions.iter().filter_map(|d| d["name"].as_str()).collect();
        return Err(NotSent(format!(
            "/{} needs one of its subcommands: {}",
            command.name(),
            names.join(", ")
        )));
    }
    Ok((levels, definitions))
}

/// The component with this custom id, at any depth.
pub fn find_component<'a>(components: &'a [Value], custom_id: &str) -> Option<&'a Value> {
    components.iter().find_map(|component| {
        if component["custom_id"] == custom_id {
            return Some(component);
        }
        let below = component["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let single = ["accessory", "component"].into_iter().filter_map(|name| component.get(name));
        find_component(below, custom_id).or_else(|| {
            single.into_iter().find_map(|one| find_component(std::slice::from_ref(one), custom_id))
        })
    })
}

/// Every custom id, in order.
pub fn custom_ids(components: &[Value]) -> Vec<&str> {
    let mut ids = Vec::new();
    for component in components {
        ids.extend(component["custom_id"].as_str());
        ids.extend(component["components"].as_array().map(|below| custom_ids(below)).unwrap_or_default());
        for single in ["accessory", "component"].into_iter().filter_map(|name| component.get(name)) {
            ids.extend(custom_ids(std::slice::from_ref(single)));
        }
    }
    ids
}
