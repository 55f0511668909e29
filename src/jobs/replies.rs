//! The job that deletes answers whose buttons have had their time, which are members' words, and notes of what was
//! forgotten, once nothing can come late any more.

use std::time::Duration;

use chrono::Days;
use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{BACKGROUND_BUDGET, fences, replies};

const INTERVAL: Duration = Duration::from_secs(60 * 60);
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Days for which is known what was forgotten: no write waits for PostgreSQL for longer.
const FORGOTTEN_DAYS: Days = Days::new(30);
/// Rows that one transaction deletes.
const BATCH: usize = 1_000;

pub(super) fn job(parts: &Parts) -> Job {
    let (cold, days) = (parts.cold.clone(), parts.retention.reply_days);
    let clock = parts.hot.clock().clone();
    Job::of_leader("replies", INTERVAL, TIMEOUT, move |fence| {
        let (cold, clock) = (cold.clone(), clock.clone());
        async move {
            let at = clock.now();
            let before = at - Days::new(days.into());
            let most = i64::try_from(BATCH).expect("a small number");
            let forgotten = async |connection: &mut _| {
                fences::guarded(connection, fence, |connection| {
                    replies::prune_forgotten(connection, at - FORGOTTEN_DAYS).boxed()
                })
                .await
            };
            cold.run(BACKGROUND_BUDGET, forgotten).await?;
            loop {
                let prune = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        replies::prune(connection, before, most).boxed()
                    })
                    .await
                };
                let pruned = cold.run(BACKGROUND_BUDGET, prune).await?;
                tracing::debug!(pruned, "old answers deleted");
                if pruned < BATCH {
                    return Ok(());
                }
            }
        }
    })
}
