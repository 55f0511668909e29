//! The checks against the real file, when it is there, and against a small one of our own.

#![allow(clippy::unwrap_used)]

mod against_file;
pub(crate) mod clients;
pub(crate) mod serenity;
mod small;

use super::{EXCEPTIONS, Exception, OpenApi};

/// The real file, or a printed reason why the test can't run.
fn real(exceptions: &[Exception]) -> Option<OpenApi> {
    let Some(path) = OpenApi::find() else {
        // The harness shows it with --nocapture, and in a failing run.
        eprintln!("skipped: Discord's OpenAPI file is not here; set {} to it", super::ENV);
        return None;
    };
    Some(OpenApi::load_with(&path, exceptions).expect("the file that was found can be used"))
}
