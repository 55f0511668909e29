//! What a member typed, chose and attached in a modal, as Discord's client would send it.

use serde_json::{Map, Value, json};

use super::World;
use super::act::custom_ids;
use super::interaction::{Opening, kind};
use super::options::{NotSent, Place};
use crate::ids::Id;

/// A modal's inputs by their component types.
mod input {
    pub(super) const TEXT: u64 = 4;
    pub(super) const FILES: u64 = 19;
    pub(super) const RADIO_GROUP: u64 = 21;
    pub(super) const CHECKBOX_GROUP: u64 = 22;
    pub(super) const CHECKBOX: u64 = 23;
}

/// What is filled in, by the inputs' custom ids.
type Given = Map<String, Value>;

impl World {
    /// A member fills in the modal that an interaction opened, by the inputs' custom ids, and sends it.
    pub fn submit_modal(&mut self, interaction: Id, given: &Given) -> Result<Id, NotSent> {
        let opened = self.interaction(interaction).cloned();
        let opened = opened.ok_or_else(|| NotSent(format!("there is no interaction {interaction}")))?;
        let modal = opened.modal.ok_or_else(|| NotSent("that interaction opened no modal".into()))?;
        let inputs = modal["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let known = custom_ids(inputs);
        if let Some(unknown) = given.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(NotSent(format!("the modal has no input {unknown:?}; it has: {}", known.join(", "))));
        }
        let place = Place { guild: opened.guild, channel: opened.channel, typing: false };
        let mut resolved = Map::new();
        let components = self.fill_all(place, inputs, given, &mut resolved)?;
        let mut data = json!({ "custom_id": modal["custom_id"], "components": components });
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
        let (app, user, channel, source) = (opened.app, opened.user, opened.channel, opened.source);
        Ok(self.open(Opening {
            app,
            kind: kind::MODAL,
            user,
            channel,
            data,
            source,
            opener: Some(interaction),
        }))
    }

    fn fill_all(
        &mut self,
        place: Place,
        components: &[Value],
        given: &Given,
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, NotSent> {
        components.iter().map(|component| self.fill_in(place, component, given, resolved)).collect()
    }

    fn fill_in(
        &mut self,
        place: Place,
        component: &Value,
        given: &Given,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, NotSent> {
        let kind = component["type"].as_u64().unwrap_or_default();
        let mut sent = json!({ "type": kind, "id": component["id"] });
        if let Some(below) = component["components"].as_array() {
            sent["components"] = json!(self.fill_all(place, below, given, resolved)?);
        } else if let Some(below) = component.get("component") {
            sent["component"] = self.fill_in(place, below, given, resolved)?;
        } else if let Some(custom_id) = component["custom_id"].as_str() {
            sent["custom_id"] = json!(custom_id);
            let value = given.get(custom_id).filter(|value| !value.is_null());
            match kind {
                input::TEXT => sent["value"] = typed(component, custom_id, value)?,
                input::CHECKBOX => sent["value"] = ticked(component, custom_id, value)?,
                input::RADIO_GROUP => {
                    sent["value"] = self.choose(place, component, value, resolved)?.pop().unwrap_or_default();
                }
                input::FILES => sent["values"] = json!(self.attach(place, component, value, resolved)?),
                _ => sent["values"] = json!(self.choose(place, component, value, resolved)?),
            }
        }
        Ok(sent)
    }

    /// The values of a select or a group, and what they name.
    fn choose(
        &self,
        place: Place,
        component: &Value,
        value: Option<&Value>,
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, NotSent> {
        let custom_id = component["custom_id"].as_str().unwrap_or_default();
        let values = value.map_or_else(|| defaults(component), listed);
        if values.is_empty() && component["required"] == false {
            return Ok(values);
        }
        let mut menu = component.clone();
        if component["type"] == input::CHECKBOX_GROUP && component["max_values"].is_null() {
            menu["max_values"] = json!(component["options"].as_array().map_or(0, Vec::len));
        }
        let texts: Vec<String> =
            values.iter().map(|value| text(value, custom_id)).collect::<Result<_, _>>()?;
        let wrong = |NotSent(reason)| NotSent(format!("the input {custom_id:?}: {reason}"));
        for (what, objects) in self.select(place, &menu, &texts).map_err(wrong)? {
            super::merge(resolved.entry(what).or_insert_with(|| json!({})), objects);
        }
        Ok(values)
    }

    /// The ids of a file upload's files.
    fn attach(
        &mut self,
        place: Place,
        component: &Value,
        value: Option<&Value>,
        resolved: &mut Map<String, Value>,
    ) -> Result<Vec<Value>, NotSent> {
        let custom_id = component["custom_id"].as_str().unwrap_or_default();
        let files = value.map(listed).unwrap_or_default();
        let required = component["required"] != false;
        let least = component["min_values"].as_u64().unwrap_or(u64::from(required));
        let most = component["max_values"].as_u64().unwrap_or(1);
        let count = files.len() as u64;
        if count > most || (count < least && (required || count > 0)) {
            let wrong = format!("the input {custom_id:?} takes {least} to {most} files, not {count}");
            return Err(NotSent(wrong));
        }
        let shape = "a file: {\"filename\": …, \"base64\": …, \"content_type\": …}";
        let wrong = || NotSent(format!("the input {custom_id:?} takes {shape}"));
        files.iter().map(|file| self.upload(place, file, resolved).ok_or_else(wrong)).collect()
    }
}

/// One value or a list of them, as a list.
fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

/// What is chosen already when the modal opens.
fn defaults(component: &Value) -> Vec<Value> {
    let options = component["options"].as_array().into_iter().flatten();
    let chosen = options.filter(|option| option["default"] == true).map(|option| option["value"].clone());
    let named = component["default_values"].as_array().into_iter().flatten().map(|it| it["id"].clone());
    chosen.chain(named).collect()
}

fn text(value: &Value, custom_id: &str) -> Result<String, NotSent> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(NotSent(format!("the input {custom_id:?} takes text, not {value}"))),
    }
}

fn ticked(component: &Value, custom_id: &str, value: Option<&Value>) -> Result<Value, NotSent> {
    match value {
        Some(Value::Bool(ticked)) => Ok(json!(ticked)),
        None => Ok(json!(component["default"] == true)),
        Some(other) => Err(NotSent(format!("the input {custom_id:?} takes true or false, not {other}"))),
    }
}

fn typed(component: &Value, custom_id: &str, value: Option<&Value>) -> Result<Value, NotSent> {
    let text = value.or_else(|| component.get("value")).and_then(Value::as_str).unwrap_or_default();
    let length = text.chars().count() as u64;
    let required = component["required"].as_bool().unwrap_or(true);
    let min = component["min_length"].as_u64().unwrap_or(u64::from(required));
    let max = component["max_length"].as_u64().unwrap_or(4_000);
    if length > max || (length < min && (required || length > 0)) {
        let wrong = format!("the input {custom_id:?} takes {min} to {max} characters, not {length}");
        return Err(NotSent(wrong));
    }
    Ok(json!(text))
}
