//! Troupe: a cast of AI characters for a Discord server.

pub mod commands;
pub mod discord;
pub mod error;
pub mod i18n;
