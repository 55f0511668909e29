//! A local Discord, and a local model server, to build and test bots against.

pub mod clock;
pub mod error;
pub mod gateway;
pub mod ids;
pub mod model;
pub mod rules;
