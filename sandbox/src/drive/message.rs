//! A message as a member sees it.

use serde_json::Value;

use super::remote::shortened;
use crate::ids::Id;
use crate::world::id_of;
use crate::world::message::flags;

/// A message as a member saw it when it was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Message(Value);

impl Message {
    pub(crate) fn new(json: Value) -> Self {
        Self(json)
    }

    /// Its id.
    pub fn id(&self) -> Id {
        id_of(&self.0["id"]).unwrap_or_default()
    }

    /// Its text, without embeds.
    pub fn content(&self) -> &str {
        self.0["content"].as_str().unwrap_or_default()
    }

    /// All that can be read of it: content, the texts of embeds, and text components, line by line.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        lines.extend(self.0["content"].as_str());
        for embed in list(&self.0["embeds"]) {
            lines.extend(["title", "description"].into_iter().filter_map(|field| embed[field].as_str()));
            for field in list(&embed["fields"]) {
                lines.extend(["name", "value"].into_iter().filter_map(|part| field[part].as_str()));
            }
            lines.extend(embed["footer"]["text"].as_str());
        }
        read(&self.0["components"], &mut lines);
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// The name that it stands under.
    pub fn author(&self) -> &str {
        let author = &self.0["author"];
        author["global_name"].as_str().or_else(|| author["username"].as_str()).unwrap_or_default()
    }

    /// Whether it came through a channel's webhook.
    pub fn is_from_webhook(&self) -> bool {
        self.0["webhook_id"].is_string() && self.0["webhook_id"] != self.0["application_id"]
    }

    /// Embeds, as Discord's objects.
    pub fn embeds(&self) -> &[Value] {
        list(&self.0["embeds"])
    }

    /// Files, as Discord's objects.
    pub fn attachments(&self) -> &[Value] {
        list(&self.0["attachments"])
    }

    /// What its buttons say, disabled ones included.
    pub fn buttons(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(&self.0["components"], 2, &mut found);
        found
    }

    /// Whether a button or menu with this label, placeholder or custom id is there and enabled.
    pub fn can_press(&self, label: &str) -> bool {
        enabled(&self.0["components"], label)
    }

    /// Whether only this member sees it.
    pub fn is_ephemeral(&self) -> bool {
        self.0["ephemeral"] == true
    }

    /// Whether it is a placeholder for an answer to come.
    pub fn is_loading(&self) -> bool {
        self.0["flags"].as_u64().unwrap_or(0) & flags::LOADING != 0
    }

    /// How often it was edited.
    pub fn edits(&self) -> u64 {
        self.0["edits"].as_u64().unwrap_or(0)
    }

    /// Whom it pings: users, then roles.
    pub fn pings(&self) -> Vec<Id> {
        let users = list(&self.0["mentions"]).iter().map(|user| &user["id"]);
        users.chain(list(&self.0["mention_roles"])).filter_map(id_of).collect()
    }

    /// Discord's message object, with `ephemeral` and `edits`.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// It, in a line, for an error.
    pub(crate) fn summary(&self) -> String {
        let private = if self.is_ephemeral() { ", ephemeral" } else { "" };
        let state = if self.is_loading() { ", loading" } else { "" };
        format!("{}: {:?} ({}{private}{state})", self.author(), shortened(&self.text()), self.id())
    }
}

/// Messages, for an error.
pub(crate) fn summary(messages: &[Message]) -> String {
    const SHOWN: usize = 10;
    if messages.is_empty() {
        return "no message".into();
    }
    let newest = &messages[messages.len().saturating_sub(SHOWN)..];
    newest.iter().map(Message::summary).collect::<Vec<_>>().join("; ")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Texts of text displays, at any depth.
fn read<'a>(components: &'a Value, lines: &mut Vec<&'a str>) {
    for component in list(components) {
        if component["type"] == 10 {
            lines.extend(component["content"].as_str());
        }
        read(&component["components"], lines);
    }
}

/// Labels (or emojis) of the components of a type, at any depth.
fn collect(components: &Value, kind: u64, found: &mut Vec<String>) {
    for component in list(components) {
        if component["type"].as_u64() == Some(kind) {
            let label = component["label"].as_str().or_else(|| component["emoji"]["name"].as_str());
            found.push(label.unwrap_or_default().to_owned());
        }
        collect(&component["components"], kind, found);
        if component["accessory"]["type"].as_u64() == Some(kind) {
            found.extend(component["accessory"]["label"].as_str().map(str::to_owned));
        }
    }
}

fn enabled(components: &Value, label: &str) -> bool {
    list(components).iter().any(|component| {
        let said = [&component["label"], &component["placeholder"], &component["custom_id"]];
        let emoji = &component["emoji"]["name"];
        let is_it = said.into_iter().chain([emoji]).any(|text| text.as_str() == Some(label));
        is_it && component["disabled"] != true
            || enabled(&component["components"], label)
            || component.get("accessory").is_some_and(|one| enabled(&Value::Array(vec![one.clone()]), label))
    })
}
