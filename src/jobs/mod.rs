//! Background jobs: what runs by itself, how often, for how long at most, and in which process.
//!
//! A run that fails, panics, hangs or loses its lead ends alone: it is counted, its cause is logged once, and the job
//! goes on at its pace.

mod applied_writes;
mod bond_history;
mod characters;
mod partitions;
mod replies;
mod run;
mod stats;
mod trades;

use std::{error::Error, fmt, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use metrics::{Unit, describe_counter, describe_histogram};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    cold::{Cold, fences::Fence},
    config::RetentionSettings,
    hot::Hot,
    warm::leader::Leader,
};

/// Why a run failed. It becomes one line of the log.
pub type Failure = Box<dyn Error + Send + Sync>;

type Run = BoxFuture<'static, Result<(), Failure>>;

/// What the jobs work with.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The hot store.
    pub hot: Hot,
    /// PostgreSQL.
    pub cold: Cold,
    /// How long records stay.
    pub retention: RetentionSettings,
}

/// One background job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name, in metrics, logs and locks: small letters and `_`.
    name: &'static str,
    /// Time from the end of a run to the next, give or take a tenth.
    interval: Duration,
    /// Longest run.
    timeout: Duration,
    work: Work,
}

/// Who does the work, and what it is.
#[derive(Clone)]
enum Work {
    /// One process at a time. Writes that two must not do at once check the fence first.
    Leader(Arc<dyn Fn(Fence) -> Run + Send + Sync>),
    /// Every process for itself.
    Everywhere(Arc<dyn Fn() -> Run + Send + Sync>),
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leader(_) => "Leader",
            Self::Everywhere(_) => "Everywhere",
        })
    }
}

impl Job {
    /// A job of one process at a time. `work` gets the fence that its transactions check.
    pub fn of_leader<W, F>(name: &'static str, interval: Duration, timeout: Duration, work: W) -> Self
    where
        W: Fn(Fence) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let work = Work::Leader(Arc::new(move |fence| work(fence).boxed()));
        Self { name, interval, timeout, work }
    }

    /// A job of every process.
    pub fn of_everyone<W, F>(name: &'static str, interval: Duration, timeout: Duration, work: W) -> Self
    where
        W: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let work = Work::Everywhere(Arc::new(move || work().boxed()));
        Self { name, interval, timeout, work }
    }
}

/// Every job there is.
pub fn all(parts: &Parts) -> Vec<Job> {
    let mut jobs = vec![partitions::job(parts), applied_writes::job(parts), replies::job(parts)];
    jobs.push(bond_history::job(parts));
    jobs.push(trades::job(parts));
    jobs.extend(stats::jobs(parts));
    jobs.push(characters::job(parts));
    jobs
}

/// Starts jobs, each a task of `tracker` that ends soon after `stop`: a run under way is cut off, and a lead is given
/// to the next process.
pub fn start(jobs: Vec<Job>, leader: &Leader, tracker: &TaskTracker, stop: &CancellationToken) {
    describe_counter!("troupe_job_runs_total", "Runs of background jobs that ended, by job and outcome.");
    describe_histogram!("troupe_job_seconds", Unit::Seconds, "How long a background job's runs took.");
    for job in jobs {
        tracker.spawn(run::keep(job, leader.clone(), stop.clone()));
    }
}
