//! No JSON makes a form panic: any value, and valid bodies with anything in any place.

use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::message::Context;
use super::super::{channel, command, guild, interaction, message, modal, webhook};
use crate::rules::Rules;

/// Checks a value by every form there is.
fn all(body: &Value) {
    let context = Context { files: &[0], components_v2: false };
    let v2 = Context { files: &[], components_v2: true };
    let rules = Rules::default();
    let results = [
        message::create(body, &context),
        message::edit(body, &v2),
        webhook::create(body, &rules),
        webhook::edit(body, &rules),
        webhook::execute(body, &context, &rules),
        webhook::edit_message(body, &context),
        interaction::callback(body, &context),
        interaction::follow_up(body, &context),
        modal::check(body),
        command::create(body),
        command::edit(body, command::USER),
        command::bulk(body),
        command::bulk(&json!([body, body])),
        channel::create(body),
        channel::edit(body, true),
        channel::create_thread(body),
        channel::create_thread_on_message(body),
        channel::create_forum_post(body, &context),
        channel::bulk_delete(body, u64::MAX).map(drop),
        guild::edit(body),
        guild::role(body),
        guild::edit_member(body),
        guild::open_direct_messages(body),
        guild::test_entitlement(body),
    ];
    for error in results.into_iter().filter_map(Result::err) {
        assert!(!error.body().is_null());
    }
}

/// Names of fields that forms look at, so that random objects are not passed over.
const KEYS: &str = "content|embeds|components|type|custom_id|options|choices|name|description|value|_errors|data|\
                    allowed_mentions|attachments|flags|poll|title|fields|label|component|name_localizations|id|0";

/// JSON of any shape.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let key = proptest::sample::select(KEYS.split('|').collect::<Vec<_>>()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_i64..30).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            hash_map(key.clone(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Bodies of every kind that are right.
pub(crate) fn valid() -> Vec<Value> {
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a", "label": "b"}]});
    let select = json!({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "b"}]});
    vec![
        json!({
            "content": "a", "nonce": 5, "components": [row, {"type": 1, "components": [select]}],
            "embeds": [{"title": "t", "timestamp": "2024-01-01T00:00:00Z", "author": {"name": "a"}, "fields": [{"name": "n", "value": "v"}]}],
            "allowed_mentions": {"parse": ["users"], "roles": ["1"]}, "attachments": [{"id": 0, "description": "d"}],
            "poll": {"question": {"text": "q"}, "answers": [{"poll_media": {"text": "a"}}]},
            "message_reference": {"message_id": "5"},
        }),
        json!({"flags": 1 << 15, "components": [
            {"type": 17, "components": [row, {"type": 9, "components": [{"type": 10, "content": "t"}],
             "accessory": {"type": 11, "media": {"url": "https://a.b"}}}, {"type": 12, "items": [{"media": {"url": "https://a.b"}}]}]},
            {"type": 13, "file": {"url": "attachment://a"}}, {"type": 14, "spacing": 1},
        ]}),
        json!({"custom_id": "m", "title": "t", "components": [
            {"type": 1, "components": [{"type": 4, "custom_id": "i", "style": 1, "label": "l", "min_length": 1, "value": "v"}]},
            {"type": 18, "label": "l", "component": {"type": 22, "custom_id": "g", "options": [{"label": "a", "value": "b"}]}},
        ]}),
        json!({"name": "talk", "description": "d", "name_localizations": {"de": "sprechen"}, "contexts": [0], "options": [
            {"type": 2, "name": "g", "description": "d", "options": [{"type": 1, "name": "s", "description": "d", "options": [
                {"type": 3, "name": "o", "description": "d", "choices": [{"name": "a", "value": "b"}], "min_length": 1},
                {"type": 10, "name": "n", "description": "d", "min_value": 0.5, "max_value": 2},
            ]}]},
        ]}),
    ]
}

/// Puts `new` at the place that `at` picks among all places of a value.
pub(crate) fn replace(value: &mut Value, at: &mut usize, new: &Value) -> bool {
    if *at == 0 {
        *value = new.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, at, new)),
        Value::Object(members) => members.values_mut().any(|member| replace(member, at, new)),
        _ => false,
    }
}

proptest! {
    #[test]
    fn any_value(body in any_json()) {
        all(&body);
        all(&json!({"type": 4, "data": body}));
    }

    #[test]
    fn valid_bodies_with_anything_anywhere(which in 0_usize..4, at in 0_usize..80, new in any_json()) {
        let mut body = valid().swap_remove(which);
        replace(&mut body, &mut at.clone(), &new);
        all(&body);
        for kind in [4, 7, 9] {
            all(&json!({"type": kind, "data": body}));
        }
    }
}

#[test]
fn the_valid_bodies_are_valid() {
    let [message, layout, form, talk] = &valid()[..] else { panic!("there are four") };
    let context = Context { files: &[0], ..Context::default() };
    super::fine(message::create(message, &context));
    super::fine(message::create(layout, &context));
    super::fine(modal::check(form));
    super::fine(command::create(talk));
}

#[test]
fn a_deep_or_wide_body_is_answered() {
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!({"type": 17, "components": [deep], "options": [deep], "content": 5});
        if deep.to_string().len() > 100_000 {
            break;
        }
    }
    all(&deep);
    let wide: Vec<u32> = (0..100_000).collect();
    all(&json!({ "allowed_mentions": {"parse": wide}, "contexts": wide }));
}
