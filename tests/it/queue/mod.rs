//! The sync queue: durable writes that meet an outage wait, and land exactly once.

mod durable;
mod model;
mod outage;
mod shelf;
