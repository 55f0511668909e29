//! The background probe: asks a dependency at a steady pace and writes what it learns into health.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// What a probe has to say about a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It answered.
    Works,
    /// It did not; the reason is for an operator.
    Fails(String),
}

/// Pace of a probe.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Time between the starts of two probes.
    pub interval: Duration,
    /// Longest time that one probe may take.
    pub deadline: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: Duration::from_secs(5), deadline: Duration::from_secs(3) }
    }
}

/// Probes until `stop`, one probe at a time, and hands every verdict to `report`.
pub async fn keep<P, R>(pace: Pace, stop: CancellationToken, mut probe: P, report: R)
where
    P: AsyncFnMut() -> Verdict,
    R: Fn(Verdict),
{
    let mut tick = tokio::time::interval(pace.interval);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let run = async {
        loop {
            tick.tick().await;
            let verdict = tokio::time::timeout(pace.deadline, probe()).await.unwrap_or_else(|_| {
                Verdict::Fails(format!("no answer within {} s", pace.deadline.as_secs_f32()))
            });
            report(verdict);
        }
    };
    stop.run_until_cancelled(run).await;
}
