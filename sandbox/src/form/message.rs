//! Messages: created, edited, through a channel, a webhook or an interaction.
//!
//! <https://docs.discord.com/developers/resources/message#create-message>

use axum::http::StatusCode;
use serde_json::Value;

use super::errors::{Errors, checked};
use super::field::{Form, as_id};
use super::{allowed_mentions, component, embed, poll};
use crate::error::{ApiError, ApiResult};

/// The longest `content`, in characters.
pub const MAX_CONTENT: usize = 2000;
/// The most files with one message.
pub const MAX_FILES: usize = 10;

/// `SUPPRESS_EMBEDS`: links show no preview.
pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// `EPHEMERAL`: only the member who invoked the interaction sees the message.
pub const EPHEMERAL: u64 = 1 << 6;
/// `SUPPRESS_NOTIFICATIONS`: no push notification.
pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// `IS_VOICE_MESSAGE`: the file is a voice message.
pub const IS_VOICE_MESSAGE: u64 = 1 << 13;
/// `IS_COMPONENTS_V2`: the message is made of components alone.
pub const IS_COMPONENTS_V2: u64 = 1 << 15;

/// What a message's form depends on besides its body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The `n` of each `files[n]` that came along.
    pub files: &'a [u64],
    /// For an edit: the message has `IS_COMPONENTS_V2` already.
    pub components_v2: bool,
}

/// By which route a message comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `POST /channels/{id}/messages`.
    Create,
    /// An edit, by any route.
    Edit,
    /// A webhook's own message.
    Webhook,
    /// A response or follow-up of an interaction.
    Interaction,
    /// A deferred response: it has no body yet.
    Deferred,
}

impl Route {
    /// The flags that a bot may set here. Discord drops others without a word.
    pub fn allowed_flags(self) -> u64 {
        match self {
            Self::Create => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_VOICE_MESSAGE | IS_COMPONENTS_V2,
            Self::Edit => SUPPRESS_EMBEDS | IS_COMPONENTS_V2,
            Self::Webhook => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2,
            Self::Interaction => {
                SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | IS_VOICE_MESSAGE | IS_COMPONENTS_V2
            }
            Self::Deferred => EPHEMERAL,
        }
    }
}

/// The flags of a body that count on this route; 0 where there are none.
pub fn flags(body: &Value, route: Route) -> u64 {
    let flags = body.get("flags").and_then(super::field::as_integer).unwrap_or(0);
    u64::try_from(flags).unwrap_or(0) & route.allowed_flags()
}

/// Checks `POST /channels/{id}/messages`.
///
/// # Errors
/// 50035 for what is wrong in the form, 50006 when there is nothing to send.
pub fn create(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    whole(body, context, Route::Create, |form, errors| {
        nonce(form, errors);
        form.flag(errors, "tts");
        form.flag(errors, "enforce_nonce");
        form.ids(errors, "sticker_ids", 0..=3);
        form.object(errors, "message_reference", |reference, errors| {
            reference.require(errors, "message_id");
            for key in ["message_id", "channel_id", "guild_id"] {
                reference.id(errors, key);
            }
            reference.choice(errors, "type", &[0, 1]);
            reference.flag(errors, "fail_if_not_exists");
        });
    })
}

/// Checks `PATCH /channels/{id}/messages/{id}`. Whether the message would end up empty is for the
/// caller to say, by [`empty`], once the edit is applied.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    whole(body, context, Route::Edit, |_, _| {})
}

/// 50006: nothing to send, or nothing left after an edit.
pub fn empty() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, 50006, "Cannot send an empty message")
}

/// One message's form from beginning to end, with what the route adds to it.
pub(super) fn whole(
    body: &Value,
    context: &Context<'_>,
    route: Route,
    more: impl FnOnce(Form<'_>, &mut Errors),
) -> ApiResult<()> {
    checked(body, |form, errors| {
        parts(form, context, route, errors);
        more(form, errors);
    })?;
    if route != Route::Edit && is_empty(body, context) { Err(empty()) } else { Ok(()) }
}

/// Whether a new message would have nothing in it.
pub(super) fn is_empty(body: &Value, context: &Context<'_>) -> bool {
    let Some(members) = body.as_object() else { return true };
    let has = |key: &str| match members.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    let forwards = body.pointer("/message_reference/type").and_then(Value::as_i64) == Some(1);
    let shows = ["content", "embeds", "sticker_ids", "components", "poll"].into_iter().any(has);
    !(shows || forwards || !context.files.is_empty())
}

/// What all messages have in common.
pub(super) fn parts(form: Form<'_>, context: &Context<'_>, route: Route, errors: &mut Errors) {
    form.text(errors, "content", 0..=MAX_CONTENT);
    embed::check(form, errors);
    allowed_mentions::check(form, errors);
    poll::check(form, errors);
    form.integer(errors, "flags", 0..=i64::MAX);
    attachments(form, context, errors);
    let set = form.get("flags").and_then(super::field::as_integer).unwrap_or(0);
    let set = u64::try_from(set).unwrap_or(0) & route.allowed_flags();
    let v2 = set & IS_COMPONENTS_V2 != 0 || (route == Route::Edit && context.components_v2);
    if v2 {
        for key in ["content", "embeds", "sticker_ids", "poll"].into_iter().filter(|key| form.has(key)) {
            let message =
                format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
            errors.add_at(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
        }
    }
    component::check(form, v2, errors);
}

fn nonce(form: Form<'_>, errors: &mut Errors) {
    match form.get("nonce") {
        None => {}
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        Some(Value::String(text)) if text.chars().count() <= 25 => {}
        Some(Value::String(_)) => {
            errors.add_at("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer characters long.");
        }
        Some(_) => {
            errors.add_at("nonce", "NONCE_TYPE_INVALID_TYPE", "This field must be a string or integer.");
        }
    }
}

/// Ids below this are numbers of files; attachments that are kept have snowflakes.
const FIRST_SNOWFLAKE: u64 = 1 << 22;

fn attachments(form: Form<'_>, context: &Context<'_>, errors: &mut Errors) {
    if context.files.len() > MAX_FILES {
        let message = format!("Must be {MAX_FILES} or fewer in length.");
        errors.add_at("attachments", "BASE_TYPE_MAX_LENGTH", message);
        return;
    }
    form.each(errors, "attachments", 0..=MAX_FILES, |attachment, errors| {
        attachment.require(errors, "id");
        if let Some(value) = attachment.get("id") {
            errors.at("id", |errors| {
                let Some(id) = as_id(value, errors) else { return };
                if id < FIRST_SNOWFLAKE && !context.files.contains(&id) {
                    errors.add("ATTACHMENT_NOT_FOUND", "Attachment data not found");
                }
            });
        }
        attachment.text(errors, "filename", 1..=1024);
        attachment.text(errors, "description", 0..=1024);
    });
}
