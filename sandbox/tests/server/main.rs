//! The server and the API's pipeline, over real TCP.

#![allow(clippy::unwrap_used)]

mod faults;
mod limits;
mod pipeline;
mod support;
mod transport;
