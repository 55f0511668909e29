//! Watches over a call under way: keeps its slots, and stops it when a kill switch, a lost lease or the bot's end says so.

use std::sync::Arc;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval_at},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{Instrument as _, Span};

use super::{Shared, lease::Lease, lease::Renewal, order::switched};
use crate::domain::{denial::Denial, oversight::SwitchTarget};

/// The watch over one call; dropped, it ends.
#[derive(Debug)]
pub(super) struct Warden {
    stopped: watch::Receiver<Option<Denial>>,
    targets: watch::Sender<Vec<SwitchTarget>>,
    _end: DropGuard,
}

impl Warden {
    /// Begins to watch.
    pub(super) fn over(lease: &Lease, targets: Vec<SwitchTarget>) -> Self {
        let shared = Arc::clone(lease.shared());
        let (tell, stopped) = watch::channel(None);
        let (targets, targeted) = watch::channel(targets);
        let end = CancellationToken::new();
        let watching = watch_over(Arc::clone(&shared), lease.renewal(), targeted, tell, Span::current());
        shared.parts.tracker.spawn(end.clone().run_until_cancelled_owned(watching));
        Self { stopped, targets, _end: end.drop_guard() }
    }

    /// The call is that provider's and that model's now.
    pub(super) fn runs_on(&self, provider: &str, model: &str) {
        let more = [SwitchTarget::Provider(provider.to_owned()), SwitchTarget::Model(model.to_owned())];
        self.targets.send_modify(|targets| targets.extend(more));
    }

    /// Waits until the call is to stop. Safe to cancel.
    pub(super) async fn stopped(&mut self) -> Denial {
        match self.stopped.wait_for(Option::is_some).await {
            Ok(denial) => denial.clone().unwrap_or(Denial::Stopped),
            // Its task has ended without a word: with the process.
            Err(_) => Denial::Stopped,
        }
    }
}

async fn watch_over(
    shared: Arc<Shared>,
    renewal: Renewal,
    mut targets: watch::Receiver<Vec<SwitchTarget>>,
    tell: watch::Sender<Option<Denial>>,
    within: Span,
) {
    let (mut live, mut switches) = (shared.parts.live.subscribe(), shared.parts.switches.changes());
    let every = renewal.every();
    let mut renew = interval_at(tokio::time::Instant::now() + every, every);
    renew.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let denial = loop {
        let now = shared.now_ms();
        if live.borrow_and_update().ai_disabled {
            break Denial::AiDisabled;
        }
        let in_force = Arc::clone(&switches.borrow_and_update());
        if let Some(denial) = switched(&in_force, &targets.borrow_and_update(), now) {
            break denial;
        }
        tokio::select! {
            () = shared.parts.stop.cancelled() => break Denial::Stopped,
            Ok(()) = live.changed() => {}
            Ok(()) = switches.changed() => {}
            Ok(()) = targets.changed() => {}
            _ = renew.tick() => if renewal.is_lost().instrument(within.clone()).await {
                tracing::warn!("a call has lost its slot, and stops");
                break Denial::Stopped;
            },
        }
    };
    tell.send_replace(Some(denial));
    // Until whoever listens has heard it: a sender that is gone would be told as the process's end.
    tell.closed().await;
}
