//! Operation: logs, health, metrics, the HTTP server that shows them, traces, and an orderly stop.

pub mod clock;
pub mod health;
pub mod http;
pub mod incident;
pub mod logging;
pub mod metrics;
pub mod probe;
pub mod reload;
pub mod shutdown;
pub mod traces;
