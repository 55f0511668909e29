//! Waiting in line for a free slot.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, sync::watch, task::JoinHandle};
use tracing::Instrument as _;

use super::{
    Admission, Shared,
    attempt::{InLine, Seat, Tried},
    count, denied,
};
use crate::{
    config::LiveSettings, domain::denial::Denial, hot::limits::Leave, trace, warm::switches::InForce,
};

/// Between two tries for which there is no better reason than the time.
const SOONEST: Duration = Duration::from_millis(50);

/// What happens to one who waits.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once a call, and moved on at once")]
pub enum Step {
    /// The place has changed; from 1.
    Moved(u32),
    /// It is their turn.
    Admitted(Admission),
    /// It ends here.
    Denied(Denial),
}

/// What makes one who waits try again: heard from before the first try on, so that nothing is missed.
#[derive(Debug)]
pub(super) struct Ears {
    freed: watch::Receiver<u64>,
    switches: watch::Receiver<Arc<InForce>>,
    live: watch::Receiver<LiveSettings>,
}

impl Ears {
    pub(super) fn new(shared: &Shared) -> Self {
        let mut freed = shared.freed.listen();
        freed.mark_unchanged();
        Self { freed, switches: shared.parts.switches.changes(), live: shared.parts.live.subscribe() }
    }

    /// Waits for a freed slot, or another state of the kill switches.
    async fn hear(&mut self) {
        tokio::select! {
            Ok(()) = self.freed.changed() => {}
            Ok(()) = self.switches.changed() => {}
            Ok(()) = self.live.changed() => {}
            // All who tell are gone: only the time is left.
            else => std::future::pending().await,
        }
    }
}

/// A place in line. Dropped, it is left.
#[derive(Debug)]
#[must_use]
pub struct Line {
    shared: Arc<Shared>,
    seat: Seat,
    standing: InLine,
    ears: Ears,
    /// The try under way: it outlives a [`Line::next`] that is cancelled, so that what it is granted is never lost.
    trying: Option<JoinHandle<Result<Tried, Denial>>>,
    over: bool,
}

impl Line {
    pub(super) fn new(shared: Arc<Shared>, mut seat: Seat, ears: Ears, standing: InLine) -> Self {
        seat.until = Some(standing.until);
        Self { shared, seat, standing, ears, trying: None, over: false }
    }

    /// The place, from 1.
    pub fn place(&self) -> u32 {
        self.standing.place
    }

    /// Until when the wait goes on at most, in milliseconds since 1970.
    pub fn until(&self) -> i64 {
        self.standing.until
    }

    /// Waits for the next step; after [`Step::Admitted`] and [`Step::Denied`] the line is over. Cancelling the wait
    /// loses nothing.
    pub async fn next(&mut self) -> Step {
        loop {
            if self.over {
                return Step::Denied(Denial::WaitedInVain);
            }
            if self.trying.is_none() {
                if let Some(denial) = self.wait().await {
                    return self.deny(denial);
                }
                self.trying = Some(self.shared.spawn_try(self.seat.clone()));
            }
            let trying = self.trying.as_mut().expect("just begun");
            let tried = trying.await.unwrap_or(Err(Denial::Stopped));
            self.trying = None;
            match tried {
                Ok(Tried::Admitted(admission)) => {
                    self.over = true;
                    count(self.seat.ask.feature, "admitted_from_line");
                    return Step::Admitted(*admission);
                }
                Ok(Tried::Waiting(standing)) => {
                    let before = std::mem::replace(&mut self.standing, standing);
                    if before.place != standing.place {
                        return Step::Moved(standing.place);
                    }
                }
                Err(denial) => return self.deny(denial),
            }
        }
    }

    fn deny(&mut self, denial: Denial) -> Step {
        count(self.seat.ask.feature, denied::name(&denial));
        self.leave();
        Step::Denied(denial)
    }

    /// Waits until there is a reason to try again, or one to give up.
    async fn wait(&mut self) -> Option<Denial> {
        let InLine { retry_at, until, .. } = self.standing;
        let wake = retry_at.map_or(until, |at| at.min(until));
        let sleep = u64::try_from(wake.saturating_sub(self.shared.now_ms())).unwrap_or(0);
        // A lease that is due may be renewed at any moment: not to ask again and again meanwhile.
        let sleep = Duration::from_millis(sleep).max(SOONEST);
        tokio::select! {
            () = self.shared.parts.stop.cancelled() => return Some(Denial::Stopped),
            () = self.ears.hear() => {}
            () = tokio::time::sleep(sleep) => {}
        }
        (self.shared.now_ms() >= until).then_some(Denial::WaitedInVain)
    }

    fn leave(&mut self) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let Seat { lease, holder, ask, .. } = &self.seat;
        let leave = Leave { lease: *lease, place: ask.place, holder: *holder };
        // A try that is under way may still join: it ends first, and drops what it is granted.
        let (shared, trying) = (Arc::clone(&self.shared), self.trying.take());
        let tracker = shared.parts.tracker.clone();
        let leaving = async move {
            if let Some(trying) = trying {
                drop(trying.await);
            }
            shared.parts.hot.ask(&leave).await;
        };
        tracker.spawn_on(leaving.instrument(trace::child!("leave line")), &runtime);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.leave();
    }
}
