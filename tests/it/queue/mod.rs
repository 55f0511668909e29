//! The sync queue: durable writes that meet an outage wait, and land exactly once.

mod model;
