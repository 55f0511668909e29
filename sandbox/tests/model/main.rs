//! The model server on a real port, as a client sees it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod control;
mod embeddings;
mod faults;
mod replies;
mod support;
