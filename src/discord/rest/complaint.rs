//! What Discord's error bodies say.

use serde::Deserialize;

use super::route::Route;
use super::transport::Answer;
use super::{RestError, name};

/// The body of a 429.
#[derive(Deserialize, Default)]
pub(super) struct TooManyRequests {
    /// Seconds.
    pub(super) retry_after: Option<f64>,
    #[serde(default)]
    pub(super) global: bool,
}

/// The error that an answer tells of.
pub(super) fn api_error(route: &Route, answer: &Answer) -> RestError {
    #[derive(Deserialize, Default)]
    struct ApiError {
        #[serde(default)]
        code: u32,
        #[serde(default)]
        message: String,
        #[serde(default)]
        errors: serde_json::Value,
    }
    let error: ApiError = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut faults = Vec::new();
    collect_faults(&error.errors, &mut String::new(), &mut faults);
    let detail = if faults.is_empty() { String::new() } else { format!(" [{}]", faults.join("; ")) };
    let message = if error.message.is_empty() { "no message".to_owned() } else { error.message };
    RestError::Api { route: name(route), status: answer.status, code: error.code, message, detail }
}

/// Flattens Discord's nested field errors to `path: message`; a dozen tell enough.
fn collect_faults(errors: &serde_json::Value, path: &mut String, faults: &mut Vec<String>) {
    const ENOUGH: usize = 12;
    let Some(fields) = errors.as_object() else { return };
    for (field, inner) in fields {
        if faults.len() >= ENOUGH {
            return;
        }
        if field == "_errors" {
            let messages =
                inner.as_array().into_iter().flatten().filter_map(|error| error["message"].as_str());
            faults.extend(messages.map(|message| format!("{path}: {message}")));
            continue;
        }
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(field);
        collect_faults(inner, path, faults);
        path.truncate(length);
    }
}
