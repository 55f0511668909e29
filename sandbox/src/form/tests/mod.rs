//! The forms: each limit at its edge, the exact JSON, any input at all, and what real clients send.

#![allow(clippy::unwrap_used)]

pub(crate) mod any_input;
mod commands;
mod components;
mod messages;
mod others;
mod recorded;
mod snapshots;

use serde_json::Value;

use crate::error::ApiResult;

/// A text of so many characters, each of two UTF-16 units and four bytes.
fn long(characters: usize) -> String {
    "🎲".repeat(characters)
}

/// The codes of a refusal with their paths, as `content:BASE_TYPE_MAX_LENGTH`; empty when all is well.
fn refusals(result: ApiResult<()>) -> Vec<String> {
    let Err(error) = result else { return Vec::new() };
    let Some(tree) = error.errors else { return vec![error.code.to_string()] };
    assert_eq!((error.status.as_u16(), error.code), (400, 50035));
    let mut found = Vec::new();
    walk(&tree, &mut Vec::new(), &mut found);
    found
}

fn walk(node: &Value, path: &mut Vec<String>, found: &mut Vec<String>) {
    for (key, value) in node.as_object().expect("a node is an object") {
        if key == "_errors" {
            for error in value.as_array().unwrap() {
                found.push(format!("{}:{}", path.join("."), error["code"].as_str().unwrap()));
            }
        } else {
            path.push(key.clone());
            walk(value, path, found);
            path.pop();
        }
    }
}

/// Asserts that a body with `n` of something passes, and one with `n + 1` is refused so.
#[track_caller]
fn most(check: impl Fn(&Value) -> ApiResult<()>, n: usize, body: impl Fn(usize) -> Value, refusal: &str) {
    assert_eq!(refusals(check(&body(n))), [""; 0], "{n} are allowed");
    let found = refusals(check(&body(n + 1)));
    assert!(found.iter().any(|found| found == refusal), "{refusal} is missing in {found:?}");
}

/// Asserts that a body passes.
#[track_caller]
fn fine(result: ApiResult<()>) {
    assert_eq!(refusals(result), [""; 0]);
}

/// Asserts that a body is refused so, and for no other reason.
#[track_caller]
fn refused(result: ApiResult<()>, refusal: &str) {
    assert_eq!(refusals(result), [refusal]);
}
