//! Walks over keys: SCAN on a connection of its own, never KEYS, and never without a bound.

use std::{collections::BTreeSet, time::Duration};

use redis::cmd;

use super::{HotError, redis::Redis};

/// Keys that one step looks at.
const STEP: u32 = 1_000;
/// Most names that a walk gathers.
const MOST: usize = 1_000_000;
/// Longest wait for one step.
const STEP_DEADLINE: Duration = Duration::from_secs(2);

impl Redis {
    /// Names, without the prefix, of the keys that match a glob, each once and in order. A key that comes or goes
    /// meanwhile may be missed.
    ///
    /// # Errors
    /// [`HotError::Deadline`], [`HotError::Redis`], or [`HotError::Unexpected`] when there are too many.
    pub async fn scan(&self, glob: &str) -> Result<Vec<String>, HotError> {
        let mut connection = self.bulk().await?;
        let pattern = format!("{}{glob}", self.prefix());
        let (mut names, mut cursor) = (BTreeSet::new(), 0_u64);
        loop {
            let mut step = cmd("SCAN");
            step.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(STEP);
            let answer = tokio::time::timeout(STEP_DEADLINE, step.query_async(&mut *connection)).await;
            let (next, found): (u64, Vec<String>) = answer.map_err(|_| HotError::Deadline)??;
            names.extend(found.iter().filter_map(|name| name.strip_prefix(self.prefix())).map(str::to_owned));
            if names.len() > MOST {
                return Err(HotError::Unexpected("a walk found more keys than it may hold"));
            }
            cursor = next;
            if cursor == 0 {
                return Ok(names.into_iter().collect());
            }
        }
    }
}
