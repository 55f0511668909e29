//! What needs both stores at once: cold for the truth, hot for speed.

pub mod ownership;
