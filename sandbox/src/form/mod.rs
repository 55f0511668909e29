//! Discord's own form validation: 50035 "Invalid Form Body" with its nested `errors`.
//!
//! One entry a kind of request, such as [`message::create`] or [`command::bulk`]. Each takes the JSON
//! body, whatever its shape, and returns Discord's error or `()`; none looks at the world, so whether
//! ids exist and who may do what is the caller's to check.
//!
//! Lengths are counted in Unicode code points, as Discord's own API does; surrounding white space of
//! what people read is not counted (<https://docs.discord.com/developers/resources/message#embed-object-embed-limits>).
//! Codes and messages are Discord's where its documentation or clients' bug reports show them; where a
//! wording is our best knowledge, a comment says so.

pub mod channel;
pub mod command;
pub mod guild;
pub mod interaction;
pub mod message;
pub mod modal;
pub mod webhook;

mod allowed_mentions;
mod command_option;
mod component;
mod component_item;
mod embed;
mod errors;
mod field;
mod poll;

#[cfg(test)]
pub(crate) mod tests;

pub use errors::Errors;
