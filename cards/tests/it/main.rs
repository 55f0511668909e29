//! Cards as they come in files: made by hand after the specs and after what was met in the wild.

#![allow(clippy::unwrap_used, reason = "what a helper of a test assumes, the test assumes")]

mod containers;
mod corpus;
mod editing;
mod exports;
mod hostile;
mod pictures;
mod reading;
mod reports;
mod support;
