//! What needs both stores: cold is the truth, hot makes it fast or carries it over an outage.

pub mod leader;
pub mod ownership;
pub mod policies;
pub mod privacy;
pub mod queue;
pub mod stats;
pub mod switches;
