//! Who may send when: finds a request's bucket, queues it there, and takes in what answers teach.
//!
//! Which bucket a route belongs to is only known from an answer, which names it by a hash. Until then a route has a
//! provisional bucket for each major parameter, and sends one request as a guest: it takes a slot in each bucket of its
//! major parameter, as it may turn out to belong to any. The answer gives the provisional bucket its name, or merges it
//! into the bucket that has the name already.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::bucket::{Admission, Bucket, Observed};
use super::index::{Cell, InUse, Index};
use super::route::{Major, Route, RouteId};

/// How long a guest waits before it looks again for a slot in each bucket. A route is a guest once in a process's life.
const GUEST_WAIT: Duration = Duration::from_millis(20);
/// After this time a guest goes without: a busy bucket, which is most likely another one, must not hold it up for ever.
const GUEST_PATIENCE: Duration = Duration::from_secs(3);

/// When to look again, where a bucket is busy and nobody knows for how long.
const UNKNOWN_WAIT: Duration = Duration::from_millis(50);

/// The buckets of this process.
#[derive(Default)]
pub(super) struct Pacer {
    index: Mutex<Index>,
}

/// Why a call can't wait for its turn.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too many wait already.
    QueueFull,
    /// The turn comes after the call's deadline, by this much from now (if known).
    TooLate(Duration),
}

/// The right to send one request. Dropped without an outcome, the request counts as lost on its way.
pub(super) struct Permit<'a> {
    pacer: &'a Pacer,
    used: InUse,
    /// The other buckets it took a slot of.
    guest_in: Vec<Arc<Cell>>,
    route: RouteId,
    major: Major,
    settled: bool,
}

impl std::fmt::Debug for Permit<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Permit").field(&self.route).finish()
    }
}

impl Pacer {
    /// Major parameters (channels, webhooks, interactions, …) with buckets alive.
    pub(super) fn len(&self) -> usize {
        self.index().len()
    }

    /// How long a request of this route would wait, as far as that is known now; takes and reserves nothing.
    pub(super) fn wait(&self, route: &Route, now: Instant) -> Duration {
        let Some(cell) = self.index().find(route.id, route.major) else { return Duration::ZERO };
        if cell.turn.available_permits() == 0 {
            return UNKNOWN_WAIT;
        }
        match cell.lock().bucket.look(now) {
            Admission::Go => Duration::ZERO,
            Admission::At(at) => at.saturating_duration_since(now),
            Admission::AfterAnswer => UNKNOWN_WAIT,
        }
    }

    /// Waits in the bucket's queue until a request may go, at the longest until `deadline`.
    pub(super) async fn acquire(&self, route: &Route, deadline: Instant) -> Result<Permit<'_>, Refused> {
        loop {
            let used = self.index().enter(route.id, route.major)?;
            let cell = Arc::clone(&used.0);
            let Ok(turn) = timeout_at(deadline, cell.turn.acquire()).await else {
                return Err(Refused::TooLate(Duration::ZERO));
            };
            let _turn = turn.expect("the semaphore is never closed");
            if let Some(guest_in) = self.wait_until_free(&cell, route.major, deadline).await? {
                let (route, major) = (route.id, route.major);
                return Ok(Permit { pacer: self, used, guest_in, route, major, settled: false });
            }
        }
    }

    /// Waits, as the first of the queue, until the bucket lets a request go; in which other buckets it is a guest.
    /// `None`: the bucket was merged into another, ask there.
    async fn wait_until_free(
        &self,
        cell: &Arc<Cell>,
        major: Major,
        deadline: Instant,
    ) -> Result<Option<Vec<Arc<Cell>>>, Refused> {
        let came = Instant::now();
        loop {
            let changed = cell.changed.notified();
            let now = Instant::now();
            let (admission, guest_in) = {
                let mut state = cell.lock();
                if state.moved_to.is_some() {
                    return Ok(None);
                }
                if state.bucket.is_unknown() && now < came + GUEST_PATIENCE {
                    drop(state);
                    self.admit_guest(cell, major, now)
                } else {
                    (state.bucket.admit(now), Vec::new())
                }
            };
            match admission {
                Admission::Go => return Ok(Some(guest_in)),
                Admission::At(at) if at > deadline => return Err(Refused::TooLate(at - now)),
                Admission::At(at) => {
                    tokio::select! {
                        () = sleep_until(at) => {}
                        () = changed => {}
                    }
                }
                Admission::AfterAnswer => {
                    timeout_at(deadline, changed).await.map_err(|_| Refused::TooLate(Duration::ZERO))?;
                }
            }
        }
    }

    /// Lets the first request of an unknown bucket go, if each other bucket of its major parameter has a slot for it.
    fn admit_guest(&self, cell: &Arc<Cell>, major: Major, now: Instant) -> (Admission, Vec<Arc<Cell>>) {
        let index = self.index();
        let mut taken: Vec<Arc<Cell>> = Vec::new();
        let mut admission = cell.lock().bucket.admit(now);
        for other in index.buckets_of(major) {
            if admission != Admission::Go {
                break;
            }
            if Arc::ptr_eq(other, cell) || taken.iter().any(|known| Arc::ptr_eq(known, other)) {
                continue;
            }
            admission = other.lock().bucket.admit(now);
            if admission == Admission::Go {
                taken.push(Arc::clone(other));
            } else {
                // Without a word to the queue: the caller is its first.
                cell.lock().bucket.finish();
            }
        }
        if admission == Admission::Go {
            return (admission, taken);
        }
        for other in taken {
            other.finish(|_| {});
        }
        // Nobody tells a guest that another bucket changed.
        let soon = now + GUEST_WAIT;
        match admission {
            Admission::At(at) => (Admission::At(at.min(soon)), Vec::new()),
            _ => (Admission::At(soon), Vec::new()),
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// An answer came with limits of its bucket.
    pub(super) fn observed(mut self, hash: &str, seen: &Observed) {
        let (before, after) = self.settle(Some(hash), |bucket| {
            let before = bucket.shape();
            bucket.learn(Instant::now(), seen);
            (before, bucket.shape())
        });
        if let Some(shape) = after.filter(|_| before != after) {
            self.pacer.index().remember_shape(hash, shape);
        }
    }

    /// A success came without limits.
    pub(super) fn unlimited(mut self) {
        self.settle(None, Bucket::learn_unlimited);
    }

    /// Discord refused the request; its bucket takes none before `until`.
    pub(super) fn blocked(mut self, hash: Option<&str>, seen: Option<&Observed>, until: Instant) {
        self.settle(hash, |bucket| {
            if let Some(seen) = seen {
                bucket.learn(Instant::now(), seen);
            }
            bucket.block(until);
        });
    }

    /// The request never left, or does not count.
    pub(super) fn unused(mut self) {
        self.settle(None, |_| {});
    }

    /// Takes in what the answer taught, and frees the slot and then those of the other buckets.
    fn settle<T>(&mut self, hash: Option<&str>, learn: impl FnOnce(&mut Bucket) -> T) -> T {
        self.settled = true;
        let cell = &self.used.0;
        let target = match hash {
            Some(hash) if cell.lock().hash.as_deref() != Some(hash) => {
                self.pacer.index().rename(self.route, self.major, cell, hash)
            }
            _ => Arc::clone(cell),
        };
        let learned = if Arc::ptr_eq(&target, cell) {
            cell.finish(learn)
        } else {
            let learned = learn(&mut target.lock().bucket);
            target.changed.notify_waiters();
            cell.finish(|_| {});
            learned
        };
        for other in self.guest_in.drain(..) {
            other.finish(|_| {});
        }
        learned
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let now = Instant::now();
        for other in self.guest_in.drain(..) {
            other.finish(|bucket| bucket.lose(now));
        }
        self.settle(None, |bucket| bucket.lose(now));
    }
}
