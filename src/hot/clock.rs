//! The time that limits go by: Redis's own where Redis decides, this machine's where this process does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// Scripts ask Redis, so that processes with clocks apart agree; the in-process store asks this machine.
    #[default]
    System,
    /// Milliseconds since 1970 that a test sets, for both stores.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Manual(now) => now.load(Ordering::SeqCst),
        }
    }

    /// The time as a script's argument; empty when the script shall ask Redis.
    pub fn argument(&self) -> String {
        match self {
            Self::System => String::new(),
            Self::Manual(_) => self.now_ms().to_string(),
        }
    }
}
