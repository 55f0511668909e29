//! What the product does, Discord unseen.

pub mod bonds;
pub mod cast;
pub mod characters;
pub mod collection;
pub mod talk;
