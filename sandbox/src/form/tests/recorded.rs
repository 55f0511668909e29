//! What serenity, discord.py and discord.js send passes the forms as well.

use serde_json::Value;

use super::super::message::Context;
use super::super::{channel, command, guild, interaction, message, webhook};
use super::refusals;
use crate::error::ApiResult;
use crate::openapi::tests::{clients, serenity};
use crate::rules::Rules;

/// The form of a request; `None` for a route that has none.
fn check(method: &str, path: &str, body: &Value, files: &[u64]) -> Option<ApiResult<()>> {
    let rules = Rules::default();
    let v2 = body.pointer("/components/0/type").and_then(Value::as_i64).is_some_and(|kind| kind > 8);
    let context = Context { files, components_v2: v2 };
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    Some(match (method, &parts[..]) {
        ("POST", ["channels", _, "messages"]) => message::create(body, &context),
        ("PATCH", ["channels", _, "messages", _]) => message::edit(body, &context),
        ("POST", ["channels", _, "messages", "bulk-delete"]) => channel::bulk_delete(body, 0).map(drop),
        ("POST", ["channels", _, "threads"]) if body.get("message").is_some() => {
            channel::create_forum_post(body, &context)
        }
        ("POST", ["channels", _, "threads"]) => channel::create_thread(body),
        ("POST", ["channels", _, "messages", _, "threads"]) => channel::create_thread_on_message(body),
        ("PATCH", ["channels", _]) => channel::edit(body, false),
        ("POST", ["guilds", _, "channels"]) => channel::create(body),
        ("POST", ["channels", _, "webhooks"]) => webhook::create(body, &rules),
        ("PATCH", ["webhooks", ..]) if parts.contains(&"messages") => webhook::edit_message(body, &context),
        ("PATCH", ["webhooks", ..]) => webhook::edit(body, &rules),
        ("POST", ["webhooks", ..]) => webhook::execute(body, &context, &rules),
        ("POST", ["interactions", ..]) => interaction::callback(body, &context),
        ("POST", ["applications", .., "commands"]) => command::create(body),
        ("PUT", ["applications", .., "commands"]) => command::bulk(body),
        ("PATCH", ["applications", .., "commands", _]) => command::edit(body, command::kind(body)),
        ("POST", ["applications", _, "entitlements"]) => guild::test_entitlement(body),
        ("POST" | "PATCH", ["guilds", _, "roles", ..]) => guild::role(body),
        ("PATCH", ["guilds", _, "members", _]) => guild::edit_member(body),
        ("PATCH", ["guilds", _]) => guild::edit(body),
        ("POST", ["users", "@me", "channels"]) => guild::open_direct_messages(body),
        _ => return None,
    })
}

#[test]
fn recorded_requests_pass() {
    let mut checked = 0;
    let mut refused = Vec::new();
    let mut look = |what: &str, method: &str, path: &str, body: &Value, files: &[u64]| {
        if let Some(result) = check(method, path, body, files) {
            checked += 1;
            refused.extend(
                refusals(result).into_iter().map(|found| format!("{what}, {method} {path}: {found}")),
            );
        }
    };
    for request in clients::recorded() {
        let Some(body) = &request.body else { continue };
        let files: Vec<u64> = (0..request.files.len() as u64).collect();
        look(&request.what, &request.method, &request.path, body, &files);
    }
    for (what, method, path, body) in serenity::all() {
        look(what, method, path, &body, &[0]);
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(checked > 90, "only {checked} were checked");
}
