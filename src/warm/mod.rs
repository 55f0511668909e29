//! What needs both stores at once: the truth in the cold one, and speed from the hot one.

pub mod ownership;
pub mod policies;
