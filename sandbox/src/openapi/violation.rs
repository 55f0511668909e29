//! What a check finds, in words: the leaf that is wrong rather than the union it sits in.

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::Value;

/// The most violations that one check reports.
pub(super) const MAX_VIOLATIONS: usize = 20;
/// The longest message, in characters.
const MAX_MESSAGE: usize = 300;
/// How much of a wrong value a message shows, in characters.
const MAX_SHOWN: usize = 60;

/// One thing wrong with a body or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: a JSON pointer into the body, or `/` and the name of a query parameter.
    pub pointer: String,
    /// What, in at most 300 characters.
    pub message: String,
    /// The place in the schema that refuses it.
    pub schema_path: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pointer = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{pointer}: {}", self.message)
    }
}

impl Violation {
    pub(super) fn new(pointer: String, message: &str, schema_path: &str) -> Self {
        Self { pointer, message: bounded(message), schema_path: schema_path.into() }
    }

    /// The same, one level down.
    pub(super) fn under(mut self, name: &str) -> Self {
        self.pointer = format!("/{name}{}", self.pointer);
        self
    }
}

/// Cuts a message to its bound.
pub(super) fn bounded(message: &str) -> String {
    cut(message, MAX_MESSAGE)
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What `validator` has against `value`.
pub(super) fn of(validator: &Validator, value: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    // Asking first costs a third of collecting errors, and nearly every body is fine.
    if !validator.is_valid(value) {
        for error in validator.iter_errors(value) {
            collect(&error, &mut found);
        }
    }
    found
}

fn collect(error: &ValidationError<'_>, found: &mut Vec<Violation>) {
    if found.len() >= MAX_VIOLATIONS {
        return;
    }
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            nearest(error, context, found);
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            push(error, "fits more than one of the alternatives, and may fit one only", found);
        }
        _ => push(error, &message(error), found),
    }
}

fn push(error: &ValidationError<'_>, message: &str, found: &mut Vec<Violation>) {
    let pointer = error.instance_path().as_str().to_owned();
    let violation = Violation::new(pointer, message, error.schema_path().as_str());
    // Combined schemas can say the same twice.
    if !found.iter().any(|known| known.pointer == violation.pointer && known.message == violation.message) {
        found.push(violation);
    }
}

fn message(error: &ValidationError<'_>) -> String {
    let shown = cut(&error.instance().to_string(), MAX_SHOWN);
    error.masked_with(shown).to_string()
}

/// Reports the alternative that was most likely meant, or what all of them want instead.
fn nearest(
    union: &ValidationError<'_>,
    alternatives: &[Vec<ValidationError<'static>>],
    found: &mut Vec<Violation>,
) {
    let here = union.instance_path().as_str();
    let meant = alternatives
        .iter()
        .filter(|errors| !errors.iter().any(|error| is_of_another_kind(here, error)))
        .min_by_key(|errors| errors.len());
    if let Some(errors) = meant {
        for error in errors {
            collect(error, found);
        }
        return;
    }
    // None was meant: either the value has another type, or its `type` names no alternative.
    let tag = format!("{here}/type");
    let refusals: Vec<_> =
        alternatives.iter().flatten().filter(|error| error.instance_path().as_str() == tag).collect();
    if let Some(first) = refusals.first() {
        let allowed: Vec<String> = refusals.iter().filter_map(|error| tag_values(error)).collect();
        let shown = cut(&first.instance().to_string(), MAX_SHOWN);
        push(first, &format!("{shown} is not one of {}", allowed.join(", ")), found);
    } else {
        let mut wants: Vec<String> = alternatives.iter().flatten().map(message).collect();
        wants.sort();
        wants.dedup();
        push(union, &wants.join(", and "), found);
    }
}

/// Whether an alternative's error says that another alternative was meant: its JSON type, or its
/// `type` tag, is not this one's.
fn is_of_another_kind(here: &str, error: &ValidationError<'_>) -> bool {
    let path = error.instance_path().as_str();
    let kind = error.kind();
    let is_tag = path.strip_prefix(here).is_some_and(|rest| rest == "/type");
    (path == here && matches!(kind, ValidationErrorKind::Type { .. }))
        || (is_tag && tag_values(error).is_some())
}

/// The tags that an alternative takes, when the error is about its tag.
fn tag_values(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        ValidationErrorKind::Enum { options } => {
            let options: Vec<_> = options.as_array()?.iter().map(ToString::to_string).collect();
            Some(options.join(", "))
        }
        ValidationErrorKind::Constant { expected_value } => Some(expected_value.to_string()),
        _ => None,
    }
}
