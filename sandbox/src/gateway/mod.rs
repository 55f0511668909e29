//! Gateway v10: sessions, their events, and the sockets that carry them.
//!
//! The world hands each [`Event`] to [`Hub::dispatch`], which appends it to the log of every session
//! that may see it. A session's log is the queue of what its connection has yet to write and, behind
//! that, what a resume may ask for again. One task a connection reads and writes; nothing waits under
//! the world's lock.
//!
//! Bounds: 32,768 events waiting for a session (plus one for each guild it began with; more and the
//! session is lost), 4,096 written events kept for a resume, 3 minutes for a session without a
//! connection, 256 control payloads waiting on a connection, 60 seconds for a write, 2 for a goodbye.

mod blank;
mod close;
mod commands;
mod compress;
pub mod event;
mod faults;
mod frame;
mod hub;
mod identify;
mod limits;
mod link;
mod log;
mod members;
mod reader;
mod recorder;
mod resume;
mod session;
mod socket;
mod writer;

pub use commands::{SessionInfo, Target};
pub use event::{Audience, Event, intents};
pub use hub::Hub;
pub use limits::StartLimit;
pub use socket::{Origin, socket};
