//! The gateway over real sockets: raw WebSocket clients, and serenity's own.

mod client;
mod close;
mod compress;
mod events;
mod faults;
mod limits;
mod resume;
mod serenity;
mod server;
