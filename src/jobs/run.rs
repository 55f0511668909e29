//! One job's life: runs at its pace until it is stopped, whatever comes of each run.

use std::time::Duration;

use metrics::{counter, histogram};
use rand::Rng as _;
use tokio::time::{Instant, sleep};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{Failure, Job, Run, Work};
use crate::{
    cold::fences::FenceError,
    hot::Side,
    warm::leader::{Leader, Leadership},
};

/// First runs spread over this time, so that processes and jobs that start together don't all run at once.
const SPREAD: Duration = Duration::from_secs(3);
/// Time after which a run that did not succeed, or that was another process's, is tried again, where the job's own
/// interval is longer.
const RETRY: Duration = Duration::from_secs(60);

/// What came of a turn.
#[derive(Debug)]
enum Outcome {
    Done,
    Failed(Failure),
    Panicked(tokio::task::JoinError),
    TimedOut,
    /// The lock went to someone else in the middle of the run.
    Lost,
    /// A newer leader's fence stood in the way.
    Fenced,
    /// Another process leads: nothing was run.
    Follows,
}

/// Runs a job until `stop`.
pub(super) async fn keep(job: Job, leader: Leader, stop: CancellationToken) {
    let mut lead = None;
    let mut trouble = Trouble::default();
    let mut pause = job.interval.min(SPREAD).mul_f64(rand::rng().random_range(0.0..1.0));
    let turns = async {
        loop {
            sleep(pause).await;
            let begun = Instant::now();
            let outcome = turn(&job, &leader, &mut lead).await;
            outcome.count(&job, begun.elapsed());
            trouble.note(&job, &outcome);
            let next = if matches!(outcome, Outcome::Done) { job.interval } else { job.interval.min(RETRY) };
            pause = next.mul_f64(rand::rng().random_range(0.9..1.1));
        }
    };
    stop.run_until_cancelled(turns).await;
    if let Some(lead) = lead.take() {
        Leadership::end(lead).await;
    }
}

async fn turn(job: &Job, leader: &Leader, lead: &mut Option<Leadership>) -> Outcome {
    match &job.work {
        Work::Everywhere(work) => run(work(), job.timeout, &CancellationToken::new()).await,
        Work::Leader(work) => {
            let held = match take_lead(job, leader, lead).await {
                Ok(Some(held)) => held,
                Ok(None) => return Outcome::Follows,
                Err(failure) => return Outcome::Failed(failure),
            };
            let outcome = run(work(held.fence()), job.timeout, held.lost()).await;
            if matches!(outcome, Outcome::Fenced)
                && let Some(lead) = lead.take()
            {
                lead.end().await;
            }
            outcome
        }
    }
}

/// The lead that is held, or a new one. One that is held in this process alone is taken anew each time: when Redis is
/// back, there is one leader again.
async fn take_lead<'l>(
    job: &Job,
    leader: &Leader,
    lead: &'l mut Option<Leadership>,
) -> Result<Option<&'l Leadership>, Failure> {
    if let Some(held) = lead.take_if(|held| held.side() == Side::Local || held.lost().is_cancelled()) {
        held.end().await;
    }
    if lead.is_none() {
        *lead = leader.try_lead(job.name).await?;
    }
    Ok(lead.as_ref())
}

async fn run(work: Run, timeout: Duration, lost: &CancellationToken) -> Outcome {
    // A task of its own, for a panic to end; aborted when it is dropped.
    let task = AbortOnDropHandle::new(tokio::spawn(work));
    tokio::select! {
        ended = task => match ended {
            Ok(Ok(())) => Outcome::Done,
            Ok(Err(failure)) => match failure.downcast_ref() {
                Some(FenceError::Fenced) => Outcome::Fenced,
                _ => Outcome::Failed(failure),
            },
            Err(error) => Outcome::Panicked(error),
        },
        () = sleep(timeout) => Outcome::TimedOut,
        () = lost.cancelled() => Outcome::Lost,
    }
}

impl Outcome {
    fn count(&self, job: &Job, took: Duration) {
        let outcome = match self {
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::Panicked(_) => "panicked",
            Self::TimedOut => "timed_out",
            Self::Lost => "lost",
            Self::Fenced => "fenced",
            Self::Follows => return,
        };
        counter!("troupe_job_runs_total", "job" => job.name, "outcome" => outcome).increment(1);
        histogram!("troupe_job_seconds", "job" => job.name).record(took);
    }
}

/// The cause of the latest failure, so that one that lasts is logged once, and its end too.
#[derive(Debug, Default)]
struct Trouble(Option<String>);

impl Trouble {
    fn note(&mut self, job: &Job, outcome: &Outcome) {
        let cause = match outcome {
            Outcome::Done => {
                if self.0.take().is_some() {
                    tracing::info!(job = job.name, "the job works again");
                }
                return;
            }
            // Leading changes hands: nothing is wrong.
            Outcome::Follows | Outcome::Lost | Outcome::Fenced => return,
            Outcome::Failed(failure) => failure.to_string(),
            Outcome::Panicked(error) => error.to_string(),
            Outcome::TimedOut => format!("not done within {} s; cut off", job.timeout.as_secs_f32()),
        };
        if self.0.as_ref() != Some(&cause) {
            tracing::warn!(job = job.name, error = cause, "a job failed; it will be tried again");
            self.0 = Some(cause);
        }
    }
}
