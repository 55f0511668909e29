//! `allowed_mentions`: whom a message may ping.
//!
//! <https://docs.discord.com/developers/resources/message#allowed-mentions-object>

use serde_json::Value;

use super::errors::Errors;
use super::field::{Form, quoted};

const KINDS: [&str; 3] = ["users", "roles", "everyone"];
const MAX_IDS: usize = 100;

/// Checks the field `allowed_mentions` of a message.
pub(super) fn check(message: Form<'_>, errors: &mut Errors) {
    message.object(errors, "allowed_mentions", |form, errors| {
        let parse = kinds(form, errors);
        let users = form.ids(errors, "users", 0..=MAX_IDS);
        let roles = form.ids(errors, "roles", 0..=MAX_IDS);
        form.flag(errors, "replied_user");
        for (kind, ids) in [("users", users), ("roles", roles)] {
            if parse.contains(&kind) && !ids.is_empty() {
                let message = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
                errors.add("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
            }
        }
    });
}

fn kinds<'a>(form: Form<'a>, errors: &mut Errors) -> Vec<&'a str> {
    let mut kinds = Vec::new();
    for (index, item) in form.list(errors, "parse", 0..=usize::MAX).into_iter().flatten().enumerate() {
        errors.at("parse", |errors| {
            errors.at(index, |errors| match item {
                Value::String(kind) if kinds.contains(&&**kind) => {
                    errors.add("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value");
                }
                Value::String(kind) if KINDS.contains(&&**kind) => kinds.push(&**kind),
                _ => errors.choices(&quoted(&KINDS)),
            });
        });
    }
    kinds
}
