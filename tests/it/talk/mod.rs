//! Talking on real stores and a scripted model: what is said, charged, remembered, kept and erased.

mod cards;
mod exchange;
mod prompts;
mod stage;
