//! Cuts the document down to what requests are checked against: a third of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Drops responses, and schemas that no request refers to.
pub(super) fn slim(document: &mut Value) {
    forget_responses(document);
    let used = schemas_in_use(document);
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    components.retain(|name, _| name == "schemas" || name == "parameters");
    if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
}

fn forget_responses(document: &mut Value) {
    let items = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in items.into_iter().flat_map(Map::values_mut) {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("responses");
            }
        }
    }
}

/// The schemas that requests refer to, and those that these refer to.
fn schemas_in_use(document: &Value) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut open = Vec::new();
    references(&document["paths"], &mut open);
    references(&document["components"]["parameters"], &mut open);
    while let Some(name) = open.pop() {
        if let Some(schema) = document["components"]["schemas"].get(&name)
            && used.insert(name)
        {
            references(schema, &mut open);
        }
    }
    used
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            names.extend(target.and_then(|to| to.strip_prefix("#/components/schemas/")).map(Into::into));
            members.values().for_each(|member| references(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
