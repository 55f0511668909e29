//! What goes over the wire to a provider and comes back, as lenient as the servers of this field are different.
//!
//! This is a client of our own over reqwest. async-openai was looked at (0.43): it demands fields that some servers
//! leave out, knows five reasons to finish and fails at a sixth, drops `reasoning_content` and errors inside the
//! stream, reads lines and events without any bound into a queue without one, and would bring a second HTTP client
//! into the build. What is used of the protocol is one request and one kind of event.

mod body;
mod error;
mod event;
mod fold;
mod sse;

pub(super) use self::{
    body::{Form, Quirks, body},
    error::{Said, retry_after},
    event::{Event, Finish, Reported},
    sse::{Lines, Piece},
};
