//! Answers as they appear on the local Discord, through the real client: what members see, and what is asked for it.

mod places;
mod stage;
mod streams;
mod trouble;
