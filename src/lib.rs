//! Troupe: a cast of AI characters for a Discord server.
// A command's future holds a talk's, which holds a pool's and a socket's: deeper than the compiler looks by default.
#![recursion_limit = "256"]

// Unit tests share what tests/it stand on, which names the library as any user of it does.
#[cfg(test)]
extern crate self as troupe;

pub mod ai;
pub mod app;
pub mod cli;
pub mod cold;
pub mod commands;
pub mod config;
pub mod discord;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod features;
pub mod gates;
pub mod hot;
pub mod i18n;
pub mod jobs;
pub mod launch;
pub mod ops;
pub mod trace;
pub mod warm;
