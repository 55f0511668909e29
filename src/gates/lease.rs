//! What is reserved for a call: ended once, on every path. Whoever drops it gives it back.

use std::sync::Arc;

use metrics::counter;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use super::Shared;
use crate::hot::{
    Side,
    key::RawKey,
    limits::{GiveBack, Held, Renew, Settle, Settled},
    memory::Change,
};
use crate::trace;

/// A reservation. Dropped before its end, it ends behind the one who dropped it.
#[derive(Debug)]
pub(super) struct Lease {
    shared: Arc<Shared>,
    held: Held,
    side: Side,
    /// Where the call's tokens are counted.
    tokens: RawKey,
    /// How it ends; `None` once it has.
    end: Option<End>,
}

/// How a reservation ends.
#[derive(Debug, Clone)]
enum End {
    /// As if nothing had been asked for.
    GiveBack,
    /// It was used.
    Settle { tokens: u32, memory: Option<Change> },
}

impl Lease {
    pub(super) fn new(shared: Arc<Shared>, held: Held, side: Side, tokens: RawKey) -> Self {
        Self { shared, held, side, tokens, end: Some(End::GiveBack) }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Gives everything back, whatever was used.
    pub(super) async fn give_back(mut self) {
        self.end = Some(End::GiveBack);
        self.finish().await;
    }

    /// From now on there is something to pay, whatever becomes of the holder.
    pub(super) fn used(&mut self, tokens: u32) {
        self.end = Some(End::Settle { tokens, memory: None });
    }

    /// Counts what was used, and remembers.
    pub(super) async fn settle(mut self, tokens: u32, memory: Option<Change>) {
        self.end = Some(End::Settle { tokens, memory });
        self.finish().await;
    }

    /// What renews it elsewhere.
    pub(super) fn renewal(&self) -> Renewal {
        Renewal { shared: Arc::clone(&self.shared), held: self.held.clone(), side: self.side }
    }

    /// Cancelled in the middle, it is done again by the drop: a lease ends once, however often that is asked.
    async fn finish(&mut self) {
        if let Some(end) = self.end.clone() {
            run(&self.shared, &self.held, self.side, &self.tokens, end).await;
            self.end = None;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(end) = self.end.take() else { return };
        // Without a runtime there is nobody to ask; the slots run out by themselves.
        let Ok(runtime) = Handle::try_current() else { return };
        let (shared, held, side, tokens) =
            (Arc::clone(&self.shared), self.held.clone(), self.side, self.tokens.clone());
        let tracker = self.shared.parts.tracker.clone();
        let end = async move { run(&shared, &held, side, &tokens, end).await };
        tracker.spawn_on(end.instrument(trace::child!("settle")), &runtime);
    }
}

async fn run(shared: &Shared, held: &Held, side: Side, tokens: &RawKey, end: End) {
    let hot = &shared.parts.hot;
    let (ended, how, memory) = match end {
        End::GiveBack => (hot.ask_at(side, &GiveBack { held }).await, "given_back", None),
        End::Settle { tokens: used, memory } => {
            let used = vec![(tokens.clone(), used)];
            let settle = Settle { held, used, memory: memory.clone() };
            (hot.ask_at(side, &settle).await, "settled", memory)
        }
    };
    let outcome = match ended {
        Ok(Settled::Now) => how,
        Ok(Settled::Before) => "before",
        Ok(Settled::Unknown) => "unknown",
        Err(error) => {
            // What was reserved stands as counted, and the slot runs out: nothing sticks.
            tracing::warn!(lease = %held.lease(), %error, "a call's reservation could not be {how}");
            if let Some(memory) = memory {
                hot.ask(&memory).await;
            }
            "lost"
        }
    };
    counter!("troupe_leases_ended_total", "outcome" => outcome).increment(1);
}

/// Keeps a lease's slots while its call runs.
#[derive(Debug)]
pub(super) struct Renewal {
    shared: Arc<Shared>,
    held: Held,
    side: Side,
}

impl Renewal {
    pub(super) fn every(&self) -> std::time::Duration {
        self.held.life() / 3
    }

    /// Whether the lease is lost. While Redis is away nobody can tell: the call goes on.
    pub(super) async fn is_lost(&self) -> bool {
        matches!(self.shared.parts.hot.ask_at(self.side, &Renew { held: &self.held }).await, Ok(false))
    }
}
