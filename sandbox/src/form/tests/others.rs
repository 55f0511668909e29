//! Webhooks, channels, threads, bulk deletes, guilds, callbacks.

use serde_json::{Value, json};

use super::super::message::Context;
use super::super::{channel, guild, interaction, webhook};
use super::{fine, long, most, refused};
use crate::error::ApiResult;
use crate::ids::DISCORD_EPOCH_MS;
use crate::rules::{Rule, Rules};

#[test]
fn webhook_names() {
    let rules = Rules::default();
    let create = |body: &Value| webhook::create(body, &rules);
    let execute = |body: &Value| webhook::execute(body, &Context::default(), &rules);
    most(create, 80, |n| json!({ "name": long(n) }), "name:BASE_TYPE_BAD_LENGTH");
    most(execute, 80, |n| json!({ "content": "a", "username": long(n) }), "username:BASE_TYPE_BAD_LENGTH");
    most(
        execute,
        100,
        |n| json!({ "content": "a", "thread_name": long(n) }),
        "thread_name:BASE_TYPE_MAX_LENGTH",
    );
    refused(create(&json!({})), "name:BASE_TYPE_REQUIRED");
    fine(webhook::edit(&json!({}), &rules));
    for name in ["Clyde", "my DISCORD bot"] {
        refused(create(&json!({ "name": name })), "name:USERNAME_INVALID_CONTAINS");
        refused(execute(&json!({ "content": "a", "username": name })), "username:USERNAME_INVALID_CONTAINS");
    }
    refused(execute(&json!({"username": "a"})), "50006");
    rules.set(Rule::WebhookNames, false);
    fine(create(&json!({"name": "Clyde"})));
}

#[test]
fn images() {
    let check = |image: Value| webhook::edit(&json!({ "avatar": image }), &Rules::default());
    fine(check(json!(null)));
    fine(check(json!("data:image/png;base64,iVBORw0KGgo=")));
    for bad in ["", "a", "data:image/png;base64,?", "data:text/plain;base64,YQ==", "data:image/png,a"] {
        refused(check(json!(bad)), "avatar:IMAGE_INVALID");
    }
}

#[test]
fn channels_and_threads() {
    most(channel::create, 100, |n| json!({ "name": long(n) }), "name:BASE_TYPE_BAD_LENGTH");
    most(channel::create, 1024, |n| json!({"name": "a", "topic": long(n)}), "topic:BASE_TYPE_MAX_LENGTH");
    let forum = |n: usize| json!({"name": "a", "type": 15, "topic": long(n)});
    most(channel::create, 4096, forum, "topic:BASE_TYPE_MAX_LENGTH");
    let slow = |n: usize| json!({"name": "a", "rate_limit_per_user": n});
    for check in [channel::create, channel::create_thread, |body: &Value| channel::edit(body, false)] {
        most(check, 21600, slow, "rate_limit_per_user:NUMBER_TYPE_MAX");
    }
    let thread = |body: Value| channel::create_thread(&body);
    for minutes in [60, 1440, 4320, 10080] {
        fine(thread(json!({"name": "a", "auto_archive_duration": minutes})));
    }
    refused(
        thread(json!({"name": "a", "auto_archive_duration": 61})),
        "auto_archive_duration:BASE_TYPE_CHOICES",
    );
    refused(thread(json!({"name": "a", "type": 0})), "type:BASE_TYPE_CHOICES");
    refused(thread(json!({})), "name:BASE_TYPE_REQUIRED");
    refused(channel::create_thread_on_message(&json!({"name": ""})), "name:BASE_TYPE_BAD_LENGTH");
    refused(channel::create(&json!({"name": "a", "type": 1})), "type:BASE_TYPE_CHOICES");
    let overwrite = json!({"name": "a", "permission_overwrites": [{"id": "1", "type": 0, "allow": "all"}]});
    refused(channel::create(&overwrite), "permission_overwrites.0.allow:NUMBER_TYPE_COERCE");
    let post = |message: Value| {
        channel::create_forum_post(&json!({"name": "a", "message": message}), &Context::default())
    };
    fine(post(json!({"content": "a"})));
    refused(post(json!({})), "50006");
    refused(post(json!(null)), "message:BASE_TYPE_REQUIRED");
    refused(post(json!({"content": long(2001)})), "message.content:BASE_TYPE_MAX_LENGTH");
}

#[test]
fn bulk_deletes() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let now = DISCORD_EPOCH_MS + 100 * DAY_MS;
    let id = |age_ms: u64| (100 * DAY_MS - age_ms) << 22;
    let check =
        |ids: &[u64]| -> ApiResult<()> { channel::bulk_delete(&json!({ "messages": ids }), now).map(drop) };
    let some: Vec<u64> = (0..101).map(|n| id(0) + n).collect();
    refused(check(&some[..1]), "50016");
    fine(check(&some[..2]));
    fine(check(&some[..100]));
    refused(check(&some), "50016");
    fine(check(&[id(14 * DAY_MS), some[0]]));
    refused(check(&[id(14 * DAY_MS + 1), some[0]]), "50034");
    refused(
        channel::bulk_delete(&json!({"messages": ["a"]}), now).map(drop),
        "messages.0:NUMBER_TYPE_COERCE",
    );
    refused(channel::bulk_delete(&json!({}), now).map(drop), "messages:BASE_TYPE_REQUIRED");
}

#[test]
fn guilds() {
    most(guild::edit, 100, |n| json!({ "name": long(n) }), "name:BASE_TYPE_BAD_LENGTH");
    refused(guild::edit(&json!({"name": "a"})), "name:BASE_TYPE_BAD_LENGTH");
    most(guild::role, 100, |n| json!({ "name": long(n) }), "name:BASE_TYPE_MAX_LENGTH");
    most(guild::role, 0x00ff_ffff, |n| json!({ "color": n }), "color:NUMBER_TYPE_MAX");
    most(guild::edit_member, 32, |n| json!({ "nick": long(n) }), "nick:BASE_TYPE_MAX_LENGTH");
    refused(guild::open_direct_messages(&json!({})), "recipient_id:BASE_TYPE_REQUIRED");
    fine(guild::test_entitlement(&json!({"sku_id": "1", "owner_id": "2", "owner_type": 1})));
    let wrong = json!({"sku_id": "1", "owner_id": "2", "owner_type": 3});
    refused(guild::test_entitlement(&wrong), "owner_type:BASE_TYPE_CHOICES");
}

#[test]
fn callbacks() {
    let check = |body: Value| interaction::callback(&body, &Context::default());
    for kind in [1, 5, 6, 7, 10, 12] {
        fine(check(json!({ "type": kind })));
    }
    refused(check(json!({})), "type:BASE_TYPE_REQUIRED");
    refused(check(json!({"type": 3})), "type:BASE_TYPE_CHOICES");
    refused(check(json!({"type": 4})), "50006");
    refused(check(json!({"type": 4, "data": {"flags": 64}})), "50006");
    refused(check(json!({"type": 4, "data": []})), "data:MODEL_TYPE_CONVERT");
    refused(check(json!({"type": 4, "data": {"content": long(2001)}})), "data.content:BASE_TYPE_MAX_LENGTH");
    refused(check(json!({"type": 9})), "data:BASE_TYPE_REQUIRED");
    fine(check(json!({"type": 7, "data": {"content": "", "embeds": []}})));
    refused(interaction::follow_up(&json!({}), &Context::default()), "50006");
}
