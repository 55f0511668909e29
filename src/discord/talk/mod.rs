//! The ways to a character on Discord: `/talk`, a mention, a reply, a direct message, and the buttons under an answer.

mod asked;
mod buttons;
mod doors;
mod flow;
pub(super) mod form;
mod line;
mod messages;
mod play;
mod refuse;
mod words;

pub(super) use self::{
    buttons::pressed,
    doors::Doors,
    messages::{Heard, addresses},
};
pub use flow::Line;
