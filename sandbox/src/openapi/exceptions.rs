//! Where the file refuses what Discord accepts: each place, the reason, and who sends it.
//!
//! An exception widens the document before it is used. Tests prove that each is still needed, by
//! requests that serenity, discord.py and discord.js really make.

use serde_json::{Value, json};

/// A place where the published file is stricter than Discord.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// A short name.
    pub name: &'static str,
    /// What Discord accepts, and which client sends it.
    pub reason: &'static str,
    /// Widens the document; `false` when the place is gone.
    pub(super) apply: fn(&mut Value) -> bool,
}

/// Every exception.
pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: "ids-as-numbers",
        reason: "An id may be a JSON number: serenity and discord.py number new attachments 0, 1, …, and \
                 serenity writes the ids of a select's default values so.",
        apply: ids_as_numbers,
    },
    Exception {
        name: "permissions-as-text",
        reason: "Permission bits are text by the API's reference, and every client sends them so; the file \
                 knows integers alone.",
        apply: permissions_as_text,
    },
    Exception {
        name: "nested-forum-fields",
        reason: "discord.py asks for a forum post's message under `message` with the query parameter \
                 use_nested_fields, which the file does not list.",
        apply: nested_forum_fields,
    },
    Exception {
        name: "list-of-skus",
        reason: "GET /applications/{id}/skus is in the API's reference, and every client has it; the file has not.",
        apply: list_of_skus,
    },
    Exception {
        name: "sku-id-in-query",
        reason: "discord.js names a subscription's SKU in the path and in the query, too.",
        apply: sku_id_in_query,
    },
    Exception {
        name: "description-as-text",
        reason: "An application's description is text by the API's reference, and discord.py and discord.js send it \
                 so; the file knows the object with localisations alone.",
        apply: description_as_text,
    },
];

fn ids_as_numbers(document: &mut Value) -> bool {
    let Some(id) = document.pointer_mut("/components/schemas/SnowflakeType") else { return false };
    id["type"] = json!(["string", "integer"]);
    id["minimum"] = json!(0);
    true
}

/// The names under which requests carry permission bits.
const PERMISSIONS: [&str; 4] = ["default_member_permissions", "permissions", "allow", "deny"];

fn permissions_as_text(document: &mut Value) -> bool {
    let schemas = document.pointer_mut("/components/schemas").is_some_and(widen_permissions);
    let inline = document.pointer_mut("/paths").is_some_and(widen_permissions);
    schemas || inline
}

/// Widens every property of these names below `value`; whether there was one.
fn widen_permissions(value: &mut Value) -> bool {
    let mut found = false;
    if let Some(properties) = value.get_mut("properties") {
        for name in PERMISSIONS {
            found |= properties.get_mut(name).is_some_and(widen_bits);
        }
    }
    match value {
        Value::Object(members) => {
            members.values_mut().fold(found, |found, value| widen_permissions(value) || found)
        }
        Value::Array(items) => items.iter_mut().fold(found, |found, value| widen_permissions(value) || found),
        _ => found,
    }
}

fn widen_bits(bits: &mut Value) -> bool {
    let types: Vec<String> = match &bits["type"] {
        Value::String(only) => vec![only.clone()],
        Value::Array(types) => types.iter().filter_map(Value::as_str).map(Into::into).collect(),
        _ => return false,
    };
    let integer = types.iter().any(|name| name == "integer");
    if integer {
        bits["type"] = types.into_iter().chain(["string".to_owned()]).collect();
        bits["pattern"] = json!("^[0-9]+$");
    }
    integer
}

fn nested_forum_fields(document: &mut Value) -> bool {
    let post = document.pointer_mut("/paths/~1channels~1{channel_id}~1threads/post");
    let Some(post) = post.and_then(Value::as_object_mut) else { return false };
    let parameters = post.entry("parameters").or_insert_with(|| json!([]));
    let flag = json!({ "name": "use_nested_fields", "in": "query", "schema": { "type": "boolean" } });
    parameters.as_array_mut().map(|list| list.push(flag)).is_some()
}

fn list_of_skus(document: &mut Value) -> bool {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return false };
    let id = json!({ "name": "application_id", "in": "path", "required": true,
        "schema": { "$ref": "#/components/schemas/SnowflakeType" } });
    let skus = json!({ "parameters": [id], "get": { "operationId": "list_skus", "parameters": [] } });
    paths.insert("/applications/{application_id}/skus".into(), skus).is_none()
}

fn sku_id_in_query(document: &mut Value) -> bool {
    let list = document.pointer_mut("/paths/~1skus~1{sku_id}~1subscriptions/get/parameters");
    let id = json!({ "name": "sku_id", "in": "query", "schema": { "$ref": "#/components/schemas/SnowflakeType" } });
    list.and_then(Value::as_array_mut).map(|list| list.push(id)).is_some()
}

fn description_as_text(document: &mut Value) -> bool {
    let place = "/components/schemas/ApplicationFormPartial/properties/description/type";
    let Some(types) = document.pointer_mut(place) else { return false };
    types.as_array_mut().map(|types| types.push(json!("string"))).is_some()
}
