//! Troupe: a cast of AI characters for a Discord server.

pub mod app;
pub mod cli;
pub mod cold;
pub mod config;
pub mod doctor;
pub mod hot;
pub mod ops;
