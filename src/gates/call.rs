//! A call under way, and its settlement.

use super::{lease::Lease, warden::Warden};
use crate::{
    ai::{Ending, Finished, Stream, Unanswered, Words},
    domain::denial::Denial,
    hot::memory::Change,
};

/// Why an admitted call gave no words.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// A kill switch, a lost lease or the bot's end.
    #[error("stopped before the first words: {0:?}")]
    Stopped(Denial),
    /// No model.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

impl CallError {
    /// What the member is told; `now_ms` in milliseconds since 1970.
    pub fn denial(&self, now_ms: i64) -> Denial {
        match self {
            Self::Stopped(denial) => denial.clone(),
            Self::Unanswered(Unanswered::Refused) => Denial::ModelRefused,
            Self::Unanswered(Unanswered::Away { retry_after, .. }) => {
                let wait = retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
                Denial::ModelAway { until: wait.map(|wait| now_ms.saturating_add(wait)) }
            }
            Self::Unanswered(Unanswered::SwitchedOff { .. } | Unanswered::Rejected { .. }) => {
                Denial::ModelAway { until: None }
            }
        }
    }
}

/// A call under way. Dropped, it is settled by what came so far.
#[derive(Debug)]
#[must_use]
pub struct Call {
    /// `None` once settled.
    lease: Option<Lease>,
    /// `None` once ended.
    stream: Option<Stream>,
    warden: Warden,
    finished: Option<Finished>,
    stopped: Option<Denial>,
}

impl Call {
    pub(super) fn new(lease: Lease, stream: Stream, warden: Warden) -> Self {
        Self { lease: Some(lease), stream: Some(stream), warden, finished: None, stopped: None }
    }

    /// The next words; `None` at the end: see [`Call::ending`]. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Words> {
        let stream = self.stream.as_mut()?;
        tokio::select! {
            biased;
            denial = self.warden.stopped() => {
                self.stopped = Some(denial);
                self.finish(Some(Ending::Stopped));
                None
            }
            words = stream.next() => {
                if words.is_none() {
                    self.finish(None);
                }
                words
            }
        }
    }

    /// How it ended, and by which kill switch if by one; `None` while it goes on.
    pub fn ending(&self) -> Option<(Ending, Option<&Denial>)> {
        self.finished.as_ref().map(|finished| (finished.ending, self.stopped.as_ref()))
    }

    /// Turns what was reserved into what was used and remembers, in one trip. A call that still goes on is stopped.
    pub async fn settle(mut self, memory: Option<Change>) -> Finished {
        self.finish(Some(Ending::Stopped));
        let finished = self.finished.take().expect("just finished");
        if let Some(lease) = self.lease.take() {
            lease.settle(tokens(&finished), memory).await;
        }
        finished
    }

    /// Gives everything back, for an answer that nobody could see. What it used is told all the same: it was paid for.
    pub async fn give_back(mut self) -> Finished {
        self.finish(Some(Ending::Stopped));
        let finished = self.finished.take().expect("just finished");
        if let Some(lease) = self.lease.take() {
            lease.give_back().await;
        }
        finished
    }

    fn finish(&mut self, stopped: Option<Ending>) {
        if let Some(stream) = self.stream.take() {
            let finished = stream.finish(stopped);
            if let Some(lease) = &mut self.lease {
                lease.used(tokens(&finished));
            }
            self.finished = Some(finished);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // The lease, which is dropped next, settles what was used.
        self.finish(Some(Ending::Stopped));
    }
}

fn tokens(finished: &Finished) -> u32 {
    finished.usage.prompt.saturating_add(finished.usage.completion)
}
