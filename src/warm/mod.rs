//! What needs both stores at once.

pub mod queue;
