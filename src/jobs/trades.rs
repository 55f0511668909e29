//! The job that marks offers whose time is over, and deletes those that ended long ago.

use std::time::Duration;

use chrono::Days;
use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{BACKGROUND_BUDGET, fences, tables, trades};

const INTERVAL: Duration = Duration::from_secs(60 * 60);
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Rows of one transaction.
const BATCH: usize = 1_000;

pub(super) fn job(parts: &Parts) -> Job {
    let (cold, clock) = (parts.cold.clone(), parts.hot.clock().clone());
    Job::of_leader("trades", INTERVAL, TIMEOUT, move |fence| {
        let (cold, clock) = (cold.clone(), clock.clone());
        async move {
            let most = i64::try_from(BATCH).expect("a small number");
            let at = clock.now();
            let before = at - Days::new(days_kept());
            loop {
                let expire = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        trades::expire(connection, at, most).boxed()
                    })
                    .await
                };
                let prune = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        trades::prune(connection, before, most).boxed()
                    })
                    .await
                };
                let expired = cold.run(BACKGROUND_BUDGET, expire).await?;
                let pruned = cold.run(BACKGROUND_BUDGET, prune).await?;
                tracing::debug!(expired, pruned, "offers were tidied up");
                if expired < BATCH && pruned < BATCH {
                    return Ok(());
                }
            }
        }
    })
}

/// As the registry says.
fn days_kept() -> u64 {
    match tables::Table::named("trades").map(|table| table.lifetime) {
        Some(tables::Lifetime::Days(days)) => days.into(),
        _ => unreachable!("trades are kept for days"),
    }
}
