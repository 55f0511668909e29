//! The job that forgets keys of writes that have landed long ago.

use std::time::Duration;

use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{
    BACKGROUND_BUDGET, applied, fences,
    tables::{Lifetime, TABLES},
};

const INTERVAL: Duration = Duration::from_secs(60 * 60);
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Keys that one transaction deletes.
const BATCH: usize = 5_000;

pub(super) fn job(parts: &Parts) -> Job {
    let cold = parts.cold.clone();
    Job::of_leader("applied_writes", INTERVAL, TIMEOUT, move |fence| {
        let cold = cold.clone();
        async move {
            let (days, most) = (days(), i64::try_from(BATCH).expect("a small number"));
            loop {
                let prune = async |connection: &mut _| {
                    fences::guarded(connection, fence, |connection| {
                        applied::prune(connection, days, most).boxed()
                    })
                    .await
                };
                let pruned = cold.run(BACKGROUND_BUDGET, prune).await?;
                tracing::debug!(pruned, "old keys of writes forgotten");
                if pruned < BATCH {
                    return Ok(());
                }
            }
        }
    })
}

/// As the registry of tables says.
fn days() -> i32 {
    let declared = TABLES.iter().find(|table| table.name == "applied_writes").map(|table| table.lifetime);
    match declared {
        Some(Lifetime::Days(days)) => days.into(),
        _ => unreachable!("the registry gives the table a number of days"),
    }
}
