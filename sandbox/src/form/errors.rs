//! The collector of what is wrong with a form: Discord's nested `errors` tree.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::field::Form;
use crate::error::{ApiError, ApiResult};

/// The most errors that one answer carries.
const MAX_ERRORS: usize = 100;

/// Under this name a node of the tree holds its own errors.
const LIST: &str = "_errors";

/// Collects errors by their path in the body.
#[derive(Debug, Default)]
pub struct Errors {
    path: Vec<String>,
    tree: Map<String, Value>,
    count: usize,
}

impl Errors {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an error at the current path.
    pub fn add(&mut self, code: &str, message: impl Into<String>) {
        self.count += 1;
        if self.count > MAX_ERRORS {
            return;
        }
        let mut node = &mut self.tree;
        // A key of the body may be called `_errors`: it has no branch of its own.
        for part in self.path.iter().filter(|part| *part != LIST) {
            let child = node.entry(part.as_str()).or_insert_with(|| json!({}));
            node = child.as_object_mut().expect("no branch is called as the list is");
        }
        let list = node.entry(LIST).or_insert_with(|| json!([]));
        let error = json!({ "code": code, "message": message.into() });
        list.as_array_mut().expect("`_errors` is a list").push(error);
    }

    /// Does something one level down: a field's name or an index.
    pub fn at<R>(&mut self, part: impl Display, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(part.to_string());
        let result = inside(self);
        self.path.pop();
        result
    }

    /// Adds an error one level down.
    pub fn add_at(&mut self, part: impl Display, code: &str, message: impl Into<String>) {
        self.at(part, |errors| errors.add(code, message));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many errors there were.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// 50035 with the tree, if anything is wrong.
    pub fn into_result(self) -> ApiResult<()> {
        if self.is_empty() { Ok(()) } else { Err(ApiError::invalid_form(Value::Object(self.tree))) }
    }

    /// "This field is required", here.
    pub(super) fn required(&mut self) {
        self.add("BASE_TYPE_REQUIRED", "This field is required");
    }

    /// The value is none of `choices`; they are shown as Python shows a tuple.
    pub(super) fn choices<T: Display>(&mut self, choices: &[T]) {
        self.add("BASE_TYPE_CHOICES", format!("Value must be one of {}.", tuple(choices)));
    }
}

/// Checks a body that must be an object, by a function that sees its fields.
pub(super) fn checked(body: &Value, inside: impl FnOnce(Form<'_>, &mut Errors)) -> ApiResult<()> {
    let mut errors = Errors::new();
    if let Some(form) = Form::of(body, &mut errors) {
        inside(form, &mut errors);
    }
    errors.into_result()
}

/// `(1, 2)`, and `(1,)` for one.
pub(super) fn tuple<T: Display>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    match &items[..] {
        [only] => format!("({only},)"),
        _ => format!("({})", items.join(", ")),
    }
}
