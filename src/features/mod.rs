//! What the product does, Discord unseen.

pub mod cast;
pub mod collection;
pub mod talk;
