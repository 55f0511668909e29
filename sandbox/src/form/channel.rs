//! Channels and threads, and deleting messages in bulk.
//!
//! <https://docs.discord.com/developers/resources/channel>

use axum::http::StatusCode;
use serde_json::Value;

use super::errors::{Errors, checked};
use super::field::{Form, as_integer};
use super::message::{self, Context};
use crate::error::{ApiError, ApiResult};
use crate::ids::Id;

/// Minutes after which a quiet thread may be archived.
const ARCHIVE_MINUTES: [i64; 4] = [60, 1440, 4320, 10080];
/// The longest slow mode: 6 hours, in seconds.
const MAX_SLOWMODE: i64 = 21600;
/// Messages older than this can't be deleted in bulk: 14 days, in milliseconds.
const MAX_BULK_AGE_MS: u64 = 14 * 24 * 60 * 60 * 1000;
/// Channel types that a guild's channel may have.
pub(super) const GUILD_TYPES: [i64; 7] = [0, 2, 4, 5, 13, 15, 16];
/// Forum and media channels: their topic may be longer.
const FORUMS: [i64; 2] = [15, 16];

/// Checks `POST /guilds/{id}/channels`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn create(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.require(errors, "name");
        let kind = form.choice(errors, "type", &GUILD_TYPES).unwrap_or(0);
        settings(form, FORUMS.contains(&kind), errors);
    })
}

/// Checks `PATCH /channels/{id}` of a channel or a thread of a guild; `forum` says that the channel
/// is a forum or media channel, whose topic may be longer.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit(body: &Value, forum: bool) -> ApiResult<()> {
    checked(body, |form, errors| {
        form.choice(errors, "type", &GUILD_TYPES);
        settings(form, forum, errors);
        for key in ["archived", "locked", "invitable"] {
            form.flag(errors, key);
        }
        form.choice(errors, "auto_archive_duration", &ARCHIVE_MINUTES);
        form.ids(errors, "applied_tags", 0..=5);
    })
}

/// Checks `POST /channels/{id}/threads` in a text channel: a thread without a message.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn create_thread(body: &Value) -> ApiResult<()> {
    checked(body, |form, errors| {
        thread(form, errors);
        form.choice(errors, "type", &[10, 11, 12]);
        form.flag(errors, "invitable");
    })
}

/// Checks `POST /channels/{id}/messages/{id}/threads`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn create_thread_on_message(body: &Value) -> ApiResult<()> {
    checked(body, thread)
}

/// Checks `POST /channels/{id}/threads` in a forum: a thread and its first message.
///
/// # Errors
/// 50035 for what is wrong in the form, 50006 when the message is empty.
pub fn create_forum_post(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    checked(body, |form, errors| {
        thread(form, errors);
        form.ids(errors, "applied_tags", 0..=5);
        form.require(errors, "message");
        form.object(errors, "message", |inner, errors| {
            message::parts(inner, context, message::Route::Create, errors);
            inner.ids(errors, "sticker_ids", 0..=3);
        });
    })?;
    if message::is_empty(&body["message"], context) { Err(message::empty()) } else { Ok(()) }
}

/// Checks `POST /channels/{id}/messages/bulk-delete` at a time in milliseconds since the Unix epoch.
///
/// # Errors
/// 50035 for ids that are none, 50016 for too few or too many, 50034 for a message over 14 days old.
pub fn bulk_delete(body: &Value, now_ms: u64) -> ApiResult<Vec<Id>> {
    let mut ids = Vec::new();
    checked(body, |form, errors| {
        form.require(errors, "messages");
        ids = form.ids(errors, "messages", 0..=usize::MAX);
    })?;
    if !(2..=100).contains(&ids.len()) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            50016,
            "You can only bulk delete between 2 and 100 messages at a time.",
        ));
    }
    let ids: Vec<Id> = ids.into_iter().map(Id).collect();
    let oldest = now_ms.saturating_sub(MAX_BULK_AGE_MS);
    if ids.iter().any(|id| id.created_ms() < oldest) {
        let message = "You can only bulk delete messages that are under 14 days old.";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, 50034, message));
    }
    Ok(ids)
}

/// What channels of all kinds have in common.
fn settings(form: Form<'_>, forum: bool, errors: &mut Errors) {
    form.text(errors, "name", 1..=100);
    form.text(errors, "topic", 0..=if forum { 4096 } else { 1024 });
    form.integer(errors, "rate_limit_per_user", 0..=MAX_SLOWMODE);
    form.integer(errors, "default_thread_rate_limit_per_user", 0..=MAX_SLOWMODE);
    form.choice(errors, "default_auto_archive_duration", &ARCHIVE_MINUTES);
    form.integer(errors, "position", 0..=i64::from(i32::MAX));
    form.integer(errors, "user_limit", 0..=10_000);
    form.flag(errors, "nsfw");
    form.id(errors, "parent_id");
    form.each(errors, "permission_overwrites", 0..=500, |overwrite, errors| {
        overwrite.require(errors, "id");
        overwrite.id(errors, "id");
        overwrite_type(overwrite, errors);
        for key in ["allow", "deny"] {
            permissions(overwrite, key, errors);
        }
    });
}

/// 0 for a role, 1 for a member; older clients write the words.
fn overwrite_type(overwrite: Form<'_>, errors: &mut Errors) {
    match overwrite.get("type") {
        Some(Value::String(word)) if word == "role" || word == "member" => {}
        _ => {
            overwrite.choice(errors, "type", &[0, 1]);
        }
    }
}

/// Permission bits: digits, as a text or a number.
pub(super) fn permissions(form: Form<'_>, key: &str, errors: &mut Errors) {
    if let Some(value) = form.get(key)
        && as_integer(value).is_none_or(|bits| bits < 0)
    {
        let shown = value.as_str().map_or_else(|| value.to_string(), Into::into);
        let shown: String = shown.chars().take(100).collect();
        errors.add_at(key, "NUMBER_TYPE_COERCE", format!("Value \"{shown}\" is not int."));
    }
}

fn thread(form: Form<'_>, errors: &mut Errors) {
    form.required_text(errors, "name", 1..=100);
    form.choice(errors, "auto_archive_duration", &ARCHIVE_MINUTES);
    form.integer(errors, "rate_limit_per_user", 0..=MAX_SLOWMODE);
}
