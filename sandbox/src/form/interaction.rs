//! Callbacks of interactions: one form for each type of response.
//!
//! <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object>

use serde_json::{Value, json};

use super::command_option;
use super::errors::{Errors, checked};
use super::field::Form;
use super::message::{self, Context, Route};
use super::modal;
use crate::error::ApiResult;

/// The callback types that exist.
const TYPES: [i64; 9] = [1, 4, 5, 6, 7, 8, 9, 10, 12];

/// Checks `POST /interactions/{id}/{token}/callback`, whatever its type. Whether the type suits the
/// interaction is the caller's to check.
///
/// # Errors
/// 50035 for what is wrong in the form, 50006 for a message with nothing in it.
pub fn callback(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    let mut kind = None;
    checked(body, |form, errors| {
        form.require(errors, "type");
        kind = form.choice(errors, "type", &TYPES);
        match kind {
            Some(4) => form.object(errors, "data", |data, errors| response(data, context, errors)),
            Some(5) => form.object(errors, "data", |data, errors| {
                data.integer(errors, "flags", 0..=i64::MAX);
            }),
            Some(7) => form.object(errors, "data", |data, errors| {
                message::parts(data, context, Route::Edit, errors);
            }),
            Some(8) => {
                form.require(errors, "data");
                form.object(errors, "data", choices);
            }
            Some(9) => {
                form.require(errors, "data");
                form.object(errors, "data", modal::parts);
            }
            _ => {}
        }
    })?;
    let nothing = json!({});
    if kind == Some(4) && message::is_empty(body.get("data").unwrap_or(&nothing), context) {
        return Err(message::empty());
    }
    Ok(())
}

/// Checks `POST /webhooks/{application}/{token}`: a follow-up.
///
/// # Errors
/// 50035 for what is wrong in the form, 50006 when there is nothing to send.
pub fn follow_up(body: &Value, context: &Context<'_>) -> ApiResult<()> {
    message::whole(body, context, Route::Interaction, |form, errors| {
        form.flag(errors, "tts");
    })
}

fn response(data: Form<'_>, context: &Context<'_>, errors: &mut Errors) {
    message::parts(data, context, Route::Interaction, errors);
    data.flag(errors, "tts");
}

/// Choices of an autocompletion: at most 25, of texts or of numbers.
fn choices(data: Form<'_>, errors: &mut Errors) {
    data.require(errors, "choices");
    data.each(errors, "choices", 0..=25, |choice, errors| command_option::choice(choice, None, errors));
}
