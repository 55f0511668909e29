//! The place where a check of request bodies is plugged into the pipeline.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::RwLock;
use serde_json::{Value, json};
use std::sync::Arc;

use super::pattern::Route;
use super::request::Body;
use crate::error::ApiError;

/// What is checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    /// Its route; the template is there.
    pub route: Route<'a>,
    /// Its query, without the question mark.
    pub query: Option<&'a str>,
    /// Its body.
    pub body: &'a Body,
    /// Whether the body came as a form, with files or without.
    pub is_form: bool,
}

/// Finds what is wrong with a request: one text for each violation.
pub type Check = dyn Fn(&Checked<'_>) -> Vec<String> + Send + Sync;

/// A sandbox's check of request bodies, if it has one, and what happens to a request that fails it.
#[derive(Default)]
pub struct Checks {
    check: RwLock<Option<Arc<Check>>>,
    refuse: AtomicBool,
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks")
            .field("installed", &self.check.read().is_some())
            .field("refuse", &self.refuse)
            .finish()
    }
}

impl Checks {
    /// Installs a check in place of the one before.
    pub fn install(&self, check: Arc<Check>) {
        *self.check.write() = Some(check);
    }

    /// Whether a violation is answered with 400, besides being recorded.
    pub fn refuse_violations(&self, refuse: bool) {
        self.refuse.store(refuse, Ordering::Relaxed);
    }

    /// The violations of a request; none at all where no check is installed.
    pub(super) fn violations(&self, checked: &Checked<'_>) -> Option<Vec<String>> {
        let check = self.check.read().clone();
        check.map(|check| check(checked))
    }

    /// The refusal of a request with these violations, if they are to be refused.
    pub(super) fn refusal(&self, violations: &[String]) -> Option<ApiError> {
        if violations.is_empty() || !self.refuse.load(Ordering::Relaxed) {
            return None;
        }
        let errors: Vec<Value> =
            violations.iter().map(|text| json!({ "code": "OPENAPI_VIOLATION", "message": text })).collect();
        Some(ApiError::invalid_form(json!({ "_errors": errors })))
    }
}
