//! The jobs that flush counters: what lies in Redis by one process, what each counted for itself by each.

use std::time::Duration;

use super::{Job, Parts};
use crate::{hot::Side, warm::stats};

const INTERVAL: Duration = Duration::from_secs(60);
const TIMEOUT: Duration = Duration::from_secs(300);

pub(super) fn jobs(parts: &Parts) -> Vec<Job> {
    let flush = |side| {
        let parts = parts.clone();
        move || {
            let Parts { hot, cold, .. } = parts.clone();
            async move {
                let flushed = stats::flush(&hot, &cold, side).await?;
                tracing::debug!(?side, added = flushed.added, known = flushed.known, "counters flushed");
                Ok(())
            }
        }
    };
    let job = |side| match side {
        Side::Redis => {
            let work = flush(side);
            // No fence: the claims' own keys see to it that two leaders add nothing twice.
            Job::of_leader("stats_flush", INTERVAL, TIMEOUT, move |_| work())
        }
        Side::Local => Job::of_everyone("stats_flush_local", INTERVAL, TIMEOUT, flush(side)),
    };
    parts.hot.sides().map(job).collect()
}
