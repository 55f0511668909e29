//! The job that deletes what days added to bonds, once they are too old to be shown. The bonds themselves stay.

use std::time::Duration;

use chrono::Days;
use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{BACKGROUND_BUDGET, bonds, fences};
use crate::features::bonds::MOST_DAYS;

const INTERVAL: Duration = Duration::from_secs(6 * 60 * 60);
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Rows that one transaction deletes.
const BATCH: usize = 1_000;

pub(super) fn job(parts: &Parts) -> Job {
    let (cold, clock) = (parts.cold.clone(), parts.hot.clock().clone());
    Job::of_leader("bond_history", INTERVAL, TIMEOUT, move |fence| {
        let (cold, clock) = (cold.clone(), clock.clone());
        async move {
            let before = clock.today() - Days::new(MOST_DAYS.into());
            let most = i64::try_from(BATCH).expect("a small number");
            loop {
                let prune = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        bonds::prune_history(connection, before, most).boxed()
                    })
                    .await
                };
                let pruned = cold.run(BACKGROUND_BUDGET, prune).await?;
                tracing::debug!(pruned, "old days of bonds deleted");
                if pruned < BATCH {
                    return Ok(());
                }
            }
        }
    })
}
