//! A message's body, put into a message: the one way for every route that writes one.

use serde_json::{Value, json};

use super::request::Body;
use crate::clock::iso8601;
use crate::error::{ApiError, ApiResult};
use crate::form;
use crate::form::message::{Context, Route};
use crate::ids::Id;
use crate::rules::Rule;
use crate::world::files::Attachment;
use crate::world::message::{Message, flags};
use crate::world::permissions::bits;
use crate::world::{World, id_of};

/// Checks a body with one of the forms, unless form limits are switched off.
pub(super) fn check(
    world: &World,
    body: &Body,
    edited: Option<&Message>,
    form: impl FnOnce(&Context<'_>) -> ApiResult<()>,
) -> ApiResult<()> {
    if !world.rules.on(Rule::FormLimits) {
        return Ok(());
    }
    let files: Vec<u64> = body.files.iter().map(|file| file.index).collect();
    let components_v2 = edited.is_some_and(|message| message.flags & flags::IS_COMPONENTS_V2 != 0);
    form(&Context { files: &files, components_v2 })
}

/// Fills a new message from a request's body.
pub(super) fn fill(
    world: &mut World,
    message: &mut Message,
    json: &Value,
    body: &Body,
    route: Route,
    permissions: u64,
) {
    message.flags |= form::message::flags(json, route);
    message.tts = json["tts"].as_bool().unwrap_or(false);
    message.nonce = Some(json["nonce"].clone()).filter(|nonce| !nonce.is_null());
    message.poll =
        Some(&json["poll"]).filter(|poll| !poll.is_null()).map(|poll| opened(poll, world.now_ms()));
    message.stickers = json["sticker_ids"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|id| json!({ "id": id, "name": "sticker", "format_type": 1 }))
        .collect();
    if let Some(answered) = id_of(&json["message_reference"]["message_id"]) {
        message.reference = Some(answered);
        message.kind = crate::world::message::kind::REPLY;
    }
    text(world, message, json, permissions);
    let added = keep(world, message, &json["attachments"], body);
    message.attachments = added;
}

/// A poll as Discord shows what was asked for: its answers numbered, its end, no votes yet.
fn opened(asked: &Value, now_ms: u64) -> Value {
    let answers = asked["answers"].as_array().into_iter().flatten().zip(1..);
    let hours = asked["duration"].as_u64().unwrap_or(24);
    json!({
        "question": asked["question"],
        "answers": answers
            .map(|(answer, id)| json!({ "answer_id": id, "poll_media": answer["poll_media"] }))
            .collect::<Vec<_>>(),
        "expiry": iso8601(now_ms + hours * 3_600_000),
        "allow_multiselect": asked["allow_multiselect"].as_bool().unwrap_or(false),
        "layout_type": asked["layout_type"].as_u64().unwrap_or(1),
        "results": { "is_finalized": false, "answer_counts": [] },
    })
}

/// Changes a message as an edit's body says: what the body leaves out stays.
pub(super) fn change(world: &mut World, message: &mut Message, json: &Value, body: &Body, permissions: u64) {
    if json.get("flags").is_some_and(|flags| !flags.is_null()) {
        message.flags = message.flags & !flags::SUPPRESS_EMBEDS | form::message::flags(json, Route::Edit);
    }
    text(world, message, json, permissions);
    let added = keep(world, message, &json["attachments"], body);
    if let Some(listed) = json["attachments"].as_array() {
        message.attachments.retain(|file| listed.iter().any(|kept| id_of(&kept["id"]) == Some(file.id)));
    }
    message.attachments.extend(added);
}

fn text(world: &World, message: &mut Message, json: &Value, permissions: u64) {
    if let Some(content) = json.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut message.content);
    }
    for (name, list) in [("embeds", &mut message.embeds), ("components", &mut message.components)] {
        match json.get(name) {
            Some(Value::Array(given)) => list.clone_from(given),
            Some(Value::Null) => list.clear(),
            _ => {}
        }
    }
    let guild = world.channel(message.channel).and_then(|channel| channel.guild);
    let replied_to =
        message.reference.and_then(|id| world.message(message.channel, id)).map(Message::author_id);
    let allowed = json.get("allowed_mentions").filter(|_| world.rules.on(Rule::AllowedMentions));
    let all_text = pingable(message);
    let pinged = world.pinged(guild, &all_text, allowed, permissions, replied_to);
    message.mentions = pinged.users;
    message.mention_roles = pinged.roles;
    message.mention_everyone = pinged.everyone;
}

/// The text that can ping: the content, and in Components V2 every text display.
fn pingable(message: &Message) -> String {
    fn collect(component: &Value, text: &mut String) {
        if component["type"] == 10 {
            text.push('\n');
            text.push_str(component["content"].as_str().unwrap_or_default());
        }
        component["components"].as_array().into_iter().flatten().for_each(|below| collect(below, text));
    }
    let mut text = message.content.clone();
    message.components.iter().for_each(|component| collect(component, &mut text));
    text
}

/// Keeps the uploaded files, under the names and descriptions that `listed` gives them.
fn keep(world: &mut World, message: &Message, listed: &Value, body: &Body) -> Vec<Attachment> {
    let mut added = Vec::new();
    for upload in &body.files {
        let about = listed
            .as_array()
            .into_iter()
            .flatten()
            .find(|about| id_of(&about["id"]) == Some(Id(upload.index)))
            .unwrap_or(&Value::Null);
        let guessed = || content_type(&upload.filename).to_owned();
        let file = Attachment {
            id: world.next_id(),
            channel: message.channel,
            filename: about["filename"].as_str().unwrap_or(&upload.filename).to_owned(),
            description: about["description"].as_str().map(str::to_owned),
            content_type: upload.content_type.clone().unwrap_or_else(guessed),
            size: upload.bytes.len(),
            ephemeral: message.is_ephemeral(),
        };
        world.files.keep(file.id, &file.content_type, upload.bytes.clone());
        added.push(file);
    }
    added
}

fn content_type(filename: &str) -> &'static str {
    match filename.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "json" => "application/json",
        "txt" | "log" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The permissions that a bot needs for what a body holds, besides that of sending at all.
pub(super) fn needed(json: &Value, body: &Body) -> u64 {
    let has = |name: &str| json[name].as_array().is_some_and(|list| !list.is_empty());
    let mut needed = 0;
    if has("embeds") {
        needed |= bits::EMBED_LINKS;
    }
    if !body.files.is_empty() {
        needed |= bits::ATTACH_FILES;
    }
    if json["message_reference"].is_object() {
        needed |= bits::READ_MESSAGE_HISTORY;
    }
    needed
}

/// A reply must answer a message that is there, unless it says that it need not.
pub(super) fn check_reference(world: &World, channel: Id, json: &Value) -> ApiResult<()> {
    let Some(answered) = id_of(&json["message_reference"]["message_id"]) else { return Ok(()) };
    let strict = json["message_reference"]["fail_if_not_exists"].as_bool().unwrap_or(true);
    if !strict || world.message(channel, answered).is_some() {
        return Ok(());
    }
    Err(ApiError::invalid_form(json!({ "message_reference": { "_errors": [{
        "code": "REPLIES_UNKNOWN_MESSAGE",
        "message": "Unknown message",
    }] } })))
}
