//! The job that makes the months' partitions ahead of time, and retires those whose term is over.

use std::time::Duration;

use chrono::Utc;
use futures::FutureExt;

use super::{Job, Parts};
use crate::cold::{BACKGROUND_BUDGET, fences, partitions};

const INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// Blanking a big month takes its time.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);

pub(super) fn job(parts: &Parts) -> Job {
    let parts = parts.clone();
    Job::of_leader("partitions", INTERVAL, TIMEOUT, move |fence| {
        let Parts { cold, retention, .. } = parts.clone();
        async move {
            let ensure = async |connection: &mut _| {
                fences::guarded(connection, fence, |connection| partitions::ensure(connection).boxed()).await
            };
            let made = cold.run(BACKGROUND_BUDGET, ensure).await?;
            // Table by table, each its own transaction, so that none is locked for longer than its own turn. The
            // database lets one process at a time retire, and there is nothing to do for the second.
            // By the time that the database makes and guards its months by, whatever clock members live by: a row of a
            // month further ahead has that made when it comes.
            let today = Utc::now().date_naive();
            let retire = async |connection: &mut _| partitions::retire(connection, &retention, today).await;
            let retired = cold.run(TIMEOUT, retire).await?;
            tracing::info!(made, ?retired, "partitions are up to date");
            Ok(())
        }
    })
}
