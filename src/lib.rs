//! Troupe: a cast of AI characters for a Discord server.

pub mod discord;
pub mod error;
