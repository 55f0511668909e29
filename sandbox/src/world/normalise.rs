//! What Discord adds to a message when it stores it: embed types, component ids, file addresses.

use serde_json::{Value, json};

use super::message::Message;

/// Completes a message's embeds and components.
pub(super) fn stored(message: &mut Message, authority: &str) {
    let address = |uri: &str| {
        let name = uri.strip_prefix("attachment://")?;
        let file = message.attachments.iter().find(|file| file.filename == name)?;
        Some(file.url(authority))
    };
    for embed in &mut message.embeds {
        if embed.get("type").is_none_or(Value::is_null) {
            embed["type"] = json!("rich");
        }
        for part in ["image", "thumbnail", "footer", "author"] {
            let Some(part) = embed.get_mut(part).filter(|part| part.is_object()) else { continue };
            for field in ["url", "icon_url"] {
                if let Some(url) = part[field].as_str().and_then(address) {
                    part[field] = json!(url);
                }
            }
            if let Some(map) = part.as_object_mut() {
                map.retain(|_, value| !value.is_null());
            }
        }
        if let Some(map) = embed.as_object_mut() {
            map.retain(|_, value| !value.is_null());
        }
    }
    let mut taken = Vec::new();
    message.components.iter().for_each(|component| collect_ids(component, &mut taken));
    let mut next = 1;
    for component in &mut message.components {
        complete(component, &mut next, &taken, &address);
    }
}

fn collect_ids(component: &Value, taken: &mut Vec<u64>) {
    taken.extend(component["id"].as_u64().filter(|id| *id != 0));
    for child in children(component) {
        collect_ids(child, taken);
    }
}

fn children(component: &Value) -> impl Iterator<Item = &Value> {
    let list = component["components"].as_array().into_iter().flatten();
    list.chain(component.get("accessory")).chain(component.get("component"))
}

/// Numbers a component and what is in it, and gives files their addresses.
fn complete(component: &mut Value, next: &mut u64, taken: &[u64], address: &impl Fn(&str) -> Option<String>) {
    if !component.is_object() {
        return;
    }
    if component["id"].as_u64().unwrap_or(0) == 0 {
        while taken.contains(next) {
            *next += 1;
        }
        component["id"] = json!(*next);
        *next += 1;
    }
    for media in ["media", "file"] {
        if let Some(url) = component[media]["url"].as_str().and_then(address) {
            component[media]["url"] = json!(url);
        }
    }
    for item in component.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(url) = item["media"]["url"].as_str().and_then(address) {
            item["media"]["url"] = json!(url);
        }
    }
    for child in component.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten() {
        complete(child, next, taken, address);
    }
    for child in ["accessory", "component"] {
        if let Some(child) = component.get_mut(child) {
            complete(child, next, taken, address);
        }
    }
    if let Some(map) = component.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
}
