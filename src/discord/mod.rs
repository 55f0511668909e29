//! Discord.
pub mod rest;
