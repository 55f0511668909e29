//! Links to a bot's stores: every mode, on open connections and on new ones, and what starts with the sandbox.

#![allow(clippy::unwrap_used)]

mod control;
mod modes;
mod services;
mod support;
