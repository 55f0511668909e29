//! The job that purges characters whose owners deleted them and did not bring them back.

use std::time::Duration;

use chrono::Days;
use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{BACKGROUND_BUDGET, characters, fences};

const INTERVAL: Duration = Duration::from_secs(60 * 60);
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Characters that one transaction purges, with all that hangs on them.
const BATCH: u8 = 50;

pub(super) fn job(parts: &Parts) -> Job {
    let (cold, clock) = (parts.cold.clone(), parts.hot.clock().clone());
    Job::of_leader("characters", INTERVAL, TIMEOUT, move |fence| {
        let (cold, clock) = (cold.clone(), clock.clone());
        async move {
            let before = clock.now() - Days::new(characters::KEPT_DAYS);
            loop {
                let purge = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        characters::purge(connection, before, BATCH).boxed()
                    })
                    .await
                };
                let purged = cold.run(BACKGROUND_BUDGET, purge).await?;
                tracing::debug!(purged, "deleted characters purged");
                if purged < usize::from(BATCH) {
                    return Ok(());
                }
            }
        }
    })
}
