//! Buttons, menus and forms. None is served yet that outlives its command, so each that comes is from an older version.

use super::on_error::{self, Problem};
use super::pipeline::{Invocation, Outcome};
use crate::error::Refusal;

/// Answers a button, menu or form that nothing in this version has made.
pub(super) async fn expired(invocation: &Invocation<'_>, what: &str) -> Outcome {
    on_error::handle(invocation, what, Problem::Refused(Refusal::ExpiredComponent)).await
}
