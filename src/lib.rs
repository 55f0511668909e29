//! Troupe: a cast of AI characters for a Discord server.

pub mod app;
pub mod cli;
pub mod cold;
pub mod commands;
pub mod config;
pub mod discord;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod hot;
pub mod i18n;
pub mod jobs;
pub mod launch;
pub mod ops;
pub mod warm;
