//! The driver, the control API and the command line, with a bot on serenity.

#![allow(clippy::unwrap_used)]

mod bot;
mod cli;
mod control;
mod inspect;
mod live;
mod load;
mod page;
mod play;
