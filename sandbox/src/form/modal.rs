//! Modals: the form that an interaction opens.
//!
//! <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal>

use serde_json::Value;

use super::component::{self, Place, Seen};
use super::errors::{Errors, checked};
use super::field::Form;
use crate::error::ApiResult;

/// Checks a modal by itself: `title`, `custom_id`, `components`.
///
/// # Errors
/// 50035 for what is wrong in the form.
pub fn check(body: &Value) -> ApiResult<()> {
    checked(body, parts)
}

/// The same inside of a callback.
pub(super) fn parts(modal: Form<'_>, errors: &mut Errors) {
    modal.required_text(errors, "custom_id", 1..=100);
    modal.required_text(errors, "title", 1..=45);
    modal.require(errors, "components");
    let mut seen = Seen::default();
    component::list(modal, "components", 1..=5, Place::Modal, &mut seen, errors);
    component::totals(&seen, errors);
}
