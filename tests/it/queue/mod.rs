//! The sync queue: durable writes that meet an outage wait, and land exactly once.

pub mod durable;
mod model;
mod outage;
mod replies;
mod shelf;
