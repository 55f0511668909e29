//! The sync queue.

pub mod journal;
pub mod write;
