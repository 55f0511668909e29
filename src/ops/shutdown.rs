//! An orderly stop, in stages: take nothing new, finish or hand back, close the shards, stop the ops server.
//!
//! The parts of the process share one [`Stages`]. A part reacts to the token of
//! its stage, and work that must not be cut off is tracked, so that the stop waits for it.

use std::{future::Future, io, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Share of the grace period that is left for handing back what did not finish, at most [`HAND_BACK_MAX`].
const HAND_BACK_SHARE: u32 = 5;
const HAND_BACK_MAX: Duration = Duration::from_secs(2);

/// The stages, as the parts of the process see them. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Stages {
    /// Stage 1: take no new command. Cancelled first.
    pub draining: CancellationToken,
    /// Stage 2: time is nearly up; tell the member, give back what was reserved, and end.
    pub hand_back: CancellationToken,
    /// Stage 3: close the shards and return.
    pub closing: CancellationToken,
    /// Stage 4: stop serving health and metrics, and all background work.
    pub ops: CancellationToken,
    /// Commands under way: spawn them here, and the stop waits for them within its grace.
    pub work: TaskTracker,
}

/// Why the process stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A signal, by name.
    Signal(&'static str),
}

/// Waits for SIGTERM or SIGINT. After the first of them, the next ends the process at once.
///
/// # Errors
/// When signals can't be listened to.
pub fn signals() -> io::Result<impl Future<Output = Reason>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        let first = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::error!("second signal: ending at once, work under way is lost");
            std::process::exit(1);
        });
        Reason::Signal(first)
    })
}

impl Stages {
    /// Stages 1 and 2: takes nothing new, then waits up to `grace` for tracked work. Part of the grace is kept
    /// for handing back. Returns how many commands were still running at the end.
    pub async fn drain(&self, grace: Duration) -> usize {
        self.draining.cancel();
        self.work.close();
        let for_hand_back = (grace / HAND_BACK_SHARE).min(HAND_BACK_MAX);
        let undisturbed = grace.saturating_sub(for_hand_back);
        if tokio::time::timeout(undisturbed, self.work.wait()).await.is_err() {
            tracing::warn!(commands = self.work.len(), "grace nearly over: handing back what still runs");
            self.hand_back.cancel();
            let _over = tokio::time::timeout(for_hand_back, self.work.wait()).await;
        }
        // Whoever starts late must see it too.
        self.hand_back.cancel();
        self.work.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_ends_in_time_is_waited_for_and_not_handed_back() {
        let stages = Stages::default();
        let hand_back = stages.hand_back.clone();
        let work = stages.work.spawn(async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            hand_back.is_cancelled()
        });
        assert_eq!(stages.drain(Duration::from_secs(10)).await, 0);
        assert!(stages.draining.is_cancelled());
        assert!(!work.await.expect("the work ended"));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_runs_over_is_told_to_hand_back_within_the_grace() {
        let stages = Stages::default();
        let hand_back = stages.hand_back.clone();
        stages.work.spawn(async move { hand_back.cancelled().await });
        stages.work.spawn(std::future::pending::<()>());
        let begun = tokio::time::Instant::now();
        assert_eq!(stages.drain(Duration::from_secs(10)).await, 1, "one handed back, one is stuck");
        assert_eq!(begun.elapsed(), Duration::from_secs(10));
    }
}
