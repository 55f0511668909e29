//! What a member typed into a command, as Discord's client would send it.
//!
//! Discord's own client lets nobody send an unknown option, leave out a required one or type letters
//! into a number; a driver that tries is told so, and the bot hears nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::command::option;
use super::files::Attachment;
use super::{World, id_of};
use crate::ids::Id;

/// Why the client would not have sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSent(pub String);

/// Where and by whom options are filled in.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The guild, if any.
    pub guild: Option<Id>,
    /// The channel.
    pub channel: Id,
    /// The option being typed, in an autocompletion: others may still be missing.
    pub typing: bool,
}

/// Option values and the objects that they name.
#[derive(Debug, Default)]
pub struct Filled {
    /// Discord's `options`.
    pub options: Vec<Value>,
    /// Discord's `resolved`.
    pub resolved: Map<String, Value>,
}

impl World {
    /// Fills in a command's options from `given`; `focused` names the one being typed.
    pub fn fill(
        &mut self,
        place: Place,
        definitions: &[Value],
        given: &Map<String, Value>,
        focused: Option<&str>,
    ) -> Result<Filled, NotSent> {
        let mut filled = Filled::default();
        if let Some(unknown) =
            given.keys().find(|name| !definitions.iter().any(|d| d["name"] == name.as_str()))
        {
            let names: Vec<_> = definitions.iter().filter_map(|d| d["name"].as_str()).collect();
            let known =
                if names.is_empty() { "it has none".into() } else { format!("it has {}", names.join(", ")) };
            return Err(NotSent(format!("the command has no option {unknown:?}; {known}")));
        }
        for definition in definitions {
            let name = definition["name"].as_str().unwrap_or_default();
            let is_focused = focused == Some(name);
            let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
                if is_focused {
                    filled.options.push(
                        json!({ "name": name, "type": definition["type"], "value": "", "focused": true }),
                    );
                } else if definition["required"] == true && !place.typing {
                    return Err(NotSent(format!("the option {name:?} is required")));
                }
                continue;
            };
            let value = if is_focused {
                // What is being typed is text, whatever the option's type.
                value.as_str().map_or_else(|| json!(value.to_string()), |text| json!(text))
            } else {
                self.value_of(place, definition, value, &mut filled.resolved)?
            };
            let mut sent = json!({ "name": name, "type": definition["type"], "value": value });
            if is_focused {
                sent["focused"] = json!(true);
            }
            filled.options.push(sent);
        }
        Ok(filled)
    }

    fn value_of(
        &mut self,
        place: Place,
        definition: &Value,
        value: &Value,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, NotSent> {
        let name = definition["name"].as_str().unwrap_or_default();
        // People pick a choice by its name, whatever the type of what it stands for.
        let picked =
            definition["choices"].as_array().into_iter().flatten().find(|choice| choice["name"] == *value);
        let value = picked.map_or(value, |choice| &choice["value"]);
        let wrong = |expected: &str| NotSent(format!("the option {name:?} takes {expected}, not {value}"));
        let value = match definition["type"].as_u64().unwrap_or_default() {
            option::STRING => json!(value.as_str().ok_or_else(|| wrong("text"))?),
            option::INTEGER => json!(whole(value).ok_or_else(|| wrong("a whole number of at most 2^53"))?),
            option::NUMBER => json!(number(value).ok_or_else(|| wrong("a number"))?),
            option::BOOLEAN => json!(boolean(value).ok_or_else(|| wrong("true or false"))?),
            option::ATTACHMENT => self
                .upload(place, value, resolved)
                .ok_or_else(|| wrong("a file: {\"filename\": …, \"base64\": …, \"content_type\": …}"))?,
            kind => {
                let id = id_of(value).ok_or_else(|| wrong("an id"))?;
                if !self.resolve(place, kind, id, resolved) {
                    return Err(wrong("the id of a user, role or channel that is here"));
                }
                json!(id)
            }
        };
        check_bounds(definition, &value)?;
        chosen(definition, value)
    }

    /// Stores an uploaded file for an attachment option, or a modal's file upload.
    pub(super) fn upload(
        &mut self,
        place: Place,
        value: &Value,
        resolved: &mut Map<String, Value>,
    ) -> Option<Value> {
        let bytes = STANDARD.decode(value["base64"].as_str()?).ok()?;
        let file = Attachment {
            id: self.next_id(),
            channel: place.channel,
            filename: value["filename"].as_str()?.to_owned(),
            description: None,
            content_type: value["content_type"].as_str().unwrap_or("application/octet-stream").to_owned(),
            size: bytes.len(),
            ephemeral: true,
        };
        self.files.keep(file.id, &file.content_type, bytes.into());
        put(resolved, "attachments", file.id, file.json(&self.authority));
        Some(json!(file.id))
    }

    /// Adds what an id names to `resolved`; `false` when it names nothing of that kind here.
    pub fn resolve(&self, place: Place, kind: u64, id: Id, resolved: &mut Map<String, Value>) -> bool {
        let guild = place.guild.and_then(|guild| self.guilds.get(&guild));
        let user = matches!(kind, option::USER | option::MENTIONABLE).then(|| self.users.get(&id)).flatten();
        if user.is_some() {
            put(resolved, "users", id, self.user_json(id));
            if let Some(guild) = guild {
                let mut member = self.partial_member_json(guild.id, id);
                if let Some(channel) = self.channels.get(&place.channel)
                    && !member.is_null()
                {
                    member["permissions"] = json!(self.permissions(channel, id).to_string());
                    put(resolved, "members", id, member);
                }
            }
            return true;
        }
        let role = guild.and_then(|guild| guild.roles.get(&id));
        if let Some(role) = role.filter(|_| matches!(kind, option::ROLE | option::MENTIONABLE)) {
            put(resolved, "roles", id, role.json());
            return true;
        }
        let channel = self.channels.get(&id).filter(|channel| channel.guild == place.guild);
        if let Some(channel) = channel.filter(|_| kind == option::CHANNEL) {
            let mut json = self.channel_json(channel, None);
            json["permissions"] = json!("0");
            put(resolved, "channels", id, json);
            return true;
        }
        false
    }
}

fn put(resolved: &mut Map<String, Value>, what: &str, id: Id, json: Value) {
    let objects = resolved.entry(what).or_insert_with(|| json!({}));
    objects[id.to_string()] = json;
}

fn whole(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    (number.unsigned_abs() <= 1 << 53).then_some(number)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|number| number.is_finite())
}

fn boolean(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

/// With fixed choices, only one of them can be sent, by its name or its value.
fn chosen(definition: &Value, value: Value) -> Result<Value, NotSent> {
    let Some(choices) = definition["choices"].as_array().filter(|choices| !choices.is_empty()) else {
        return Ok(value);
    };
    let fits = |choice: &&Value| choice["value"] == value || choice["name"] == value;
    choices.iter().find(fits).map(|choice| choice["value"].clone()).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|choice| choice["name"].to_string()).collect();
        NotSent(format!("the option {} takes one of {}, not {value}", definition["name"], names.join(", ")))
    })
}

fn check_bounds(definition: &Value, value: &Value) -> Result<(), NotSent> {
    let name = &definition["name"];
    if let Some(text) = value.as_str().filter(|_| definition["type"] == option::STRING) {
        let length = text.chars().count() as u64;
        let max = definition["max_length"].as_u64().unwrap_or(6_000);
        let min = definition["min_length"].as_u64().unwrap_or(0);
        if length < min || length > max {
            return Err(NotSent(format!("the option {name} takes {min} to {max} characters, not {length}")));
        }
    }
    if let Some(number) = value.as_f64() {
        let outside = definition["min_value"].as_f64().is_some_and(|min| number < min)
            || definition["max_value"].as_f64().is_some_and(|max| number > max);
        if outside {
            let (min, max) = (&definition["min_value"], &definition["max_value"]);
            return Err(NotSent(format!("the option {name} takes {min} to {max}, not {number}")));
        }
    }
    Ok(())
}
