//! The exact JSON of typical refusals.

use serde_json::{Value, json};

use super::super::message::{self, Context};
use super::super::{command, interaction, webhook};
use super::long;
use crate::error::ApiResult;
use crate::rules::Rules;

#[track_caller]
fn answers(result: ApiResult<()>, body: &Value) {
    assert_eq!(result.expect_err("it is refused").body(), *body);
}

fn form(errors: &Value) -> Value {
    json!({"message": "Invalid Form Body", "code": 50035, "errors": errors})
}

fn create(body: &Value) -> ApiResult<()> {
    message::create(body, &Context::default())
}

#[test]
fn a_long_content() {
    let tree = json!({"content": {"_errors": [
        {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."},
    ]}});
    answers(create(&json!({ "content": long(2001) })), &form(&tree));
}

#[test]
fn an_empty_message() {
    answers(create(&json!({})), &json!({"message": "Cannot send an empty message", "code": 50006}));
}

#[test]
fn lists_are_keyed_by_index() {
    let body = json!({"embeds": [{"title": "a"}, {"fields": [{"name": "a", "value": "b"}, {"name": "a"}], "color": 16_777_216}]});
    let tree = json!({"embeds": {"1": {
        "color": {"_errors": [
            {"code": "NUMBER_TYPE_MAX", "message": "int value should be less than or equal to 16777215."},
        ]},
        "fields": {"1": {"value": {"_errors": [
            {"code": "BASE_TYPE_REQUIRED", "message": "This field is required"},
        ]}}},
    }}});
    answers(create(&body), &form(&tree));
}

#[test]
fn a_body_of_another_type() {
    let tree =
        json!({"_errors": [{"code": "MODEL_TYPE_CONVERT", "message": "Expected an object/dictionary."}]});
    answers(create(&json!([1, 2])), &form(&tree));
    let tree = json!({
        "content": {"_errors": [{"code": "STRING_TYPE_CONVERT", "message": "Could not interpret \"{}\" as string."}]},
        "embeds": {"_errors": [{"code": "LIST_TYPE_CONVERT", "message": "Only iterables may be used in a ListType"}]},
        "tts": {"_errors": [{"code": "BOOLEAN_TYPE_CONVERT", "message": "Must be either true or false."}]},
    });
    answers(create(&json!({"content": {}, "embeds": "x", "tts": 5})), &form(&tree));
}

#[test]
fn a_modal_in_a_callback() {
    let body = json!({"type": 9, "data": {"custom_id": "a", "title": "t", "components": [
        {"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a"}]},
    ]}});
    let tree = json!({"data": {"components": {"0": {"components": {"0": {"_errors": [
        {"code": "UNION_TYPE_CHOICES", "message": "Value of field \"type\" must be one of (4,)."},
    ]}}}}}});
    answers(interaction::callback(&body, &Context::default()), &form(&tree));
}

#[test]
fn a_row_of_six_buttons_and_a_link_with_an_id() {
    let button = json!({"type": 2, "style": 1, "custom_id": "a", "label": "a"});
    let body = json!({"components": [{"type": 1, "components": vec![button; 6]}]});
    let tree = json!({"components": {"0": {"components": {"_errors": [
        {"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 5 in length."},
    ]}}}});
    answers(create(&body), &form(&tree));
}

#[test]
fn commands() {
    let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
    let body =
        json!({"name": "Talk", "description": "d", "options": [option("a", false), option("b", true)]});
    let tree = json!({
        "name": {"_errors": [{"code": "APPLICATION_COMMAND_INVALID_NAME", "message": "Command name is invalid"}]},
        "options": {"1": {"_errors": [{
            "code": "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "message": "Required options must be placed before non-required options",
        }]}},
    });
    answers(command::create(&body), &form(&tree));
    let same = json!({"name": "a", "description": "d"});
    let tree = json!({"1": {"_errors": [
        {"code": "APPLICATION_COMMANDS_DUPLICATE_NAME", "message": "Application command names must be unique"},
    ]}});
    answers(command::bulk(&json!([same, same])), &form(&tree));
    let many: Vec<_> = (0..16).map(|n| json!({"type": 2, "name": n.to_string()})).collect();
    let limit = json!({"message": "Maximum number of application commands reached (15)", "code": 30032});
    answers(command::bulk(&many.into()), &limit);
}

#[test]
fn a_webhook_called_discord() {
    let tree = json!({"name": {"_errors": [
        {"code": "USERNAME_INVALID_CONTAINS", "message": "Username cannot contain \"discord\""},
    ]}});
    answers(webhook::create(&json!({"name": "Discord"}), &Rules::default()), &form(&tree));
}

#[test]
fn mentions_that_exclude_each_other() {
    let body = json!({"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}});
    let tree = json!({"allowed_mentions": {"_errors": [{
        "code": "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        "message": "parse:[\"users\"] and users: [ids...] are mutually exclusive.",
    }]}});
    answers(create(&body), &form(&tree));
}

#[test]
fn an_address_of_another_scheme() {
    let tree = json!({"embeds": {"0": {"url": {"_errors": [{
        "code": "URL_TYPE_INVALID_SCHEME",
        "message": "Scheme \"ftp\" is not supported. Scheme must be one of ('http', 'https', 'discord').",
    }]}}}});
    answers(create(&json!({"embeds": [{"title": "a", "url": "ftp://a.b"}]})), &form(&tree));
}
