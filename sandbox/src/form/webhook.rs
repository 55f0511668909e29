//! Webhooks: made, changed, and the messages they send.
//!
//! <https://docs.discord.com/developers/resources/webhook>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::errors::{Errors, checked};
use super::field::Form;
use super::message::{self, Context, Route};
use crate::error::ApiResult;
use crate::rules::{Rule, Rules};

/// Checks `POST /channels/{id}/webhooks`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn create(body: &Value, rules: &Rules) -> ApiResult<()> {
    checked(body, |form, errors| {
        name(form, "name", true, rules, errors);
        image(form, "avatar", errors);
    })
}

/// Checks `PATCH /webhooks/{id}` and `PATCH /webhooks/{id}/{token}`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit(body: &Value, rules: &Rules) -> ApiResult<()> {
    checked(body, |form, errors| {
        name(form, "name", false, rules, errors);
        image(form, "avatar", errors);
        form.id(errors, "channel_id");
    })
}

/// Checks `POST /webhooks/{id}/{token}` of a channel's webhook.
///
/// # Errors
/// 50035 for what is wrong in the form, 50006 when there is nothing to send.
pub fn execute(body: &Value, context: &Context<'_>, rules: &Rules) -> ApiResult<()> {
    message::whole(body, context, Route::Webhook, |form, errors| {
        name(form, "username", false, rules, errors);
        form.url(errors, "avatar_url", 2048, &["http", "https"]);
        form.flag(errors, "tts");
        form.text(errors, "thread_name", 0..=100);
        form.ids(errors, "applied_tags", 0..=5);
    })
}

/// Checks `PATCH /webhooks/{id}/{token}/messages/{id}`, and an interaction's `@original` and
/// follow-ups, which are edited the same way.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn edit_message(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    message::edit(body, context)
}

fn name(form: Form<'_>, key: &str, required: bool, rules: &Rules, errors: &mut Errors) {
    if required {
        form.require(errors, key);
    }
    let Some(text) = form.text(errors, key, 1..=80) else { return };
    if !rules.on(Rule::WebhookNames) {
        return;
    }
    let lower = text.to_lowercase();
    for word in ["clyde", "discord"].into_iter().filter(|word| lower.contains(word)) {
        errors.add_at(key, "USERNAME_INVALID_CONTAINS", format!("Username cannot contain \"{word}\""));
    }
}

/// An image as a data URI: `data:image/png;base64,…`.
pub(super) fn image(form: Form<'_>, key: &str, errors: &mut Errors) {
    let Some(text) = form.text(errors, key, 0..=usize::MAX) else { return };
    let data = text.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    let good = data.is_some_and(|(kind, data)| {
        matches!(kind, "png" | "jpeg" | "jpg" | "gif" | "webp" | "avif") && STANDARD.decode(data).is_ok()
    });
    if !good {
        // The wording is our best knowledge.
        errors.add_at(key, "IMAGE_INVALID", "Invalid image data");
    }
}
