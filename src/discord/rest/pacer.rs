//! Who may send when: finds a request's bucket, queues it there, and takes in what answers teach.
//!
//! Which bucket a route belongs to is only known from an answer, which names it by a hash. Until then a route has a
//! provisional bucket for each major parameter, and sends one request as a guest: it takes a slot in each bucket of its
//! major parameter, as it may turn out to belong to any. The answer gives the provisional bucket its name, or merges it
//! into the bucket that has the name already.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::bucket::{Admission, Bucket, Observed, Shape};
use super::route::{Major, Route, RouteId};

/// Calls that may wait on one bucket.
const MAX_WAITING: usize = 1_000;
/// Major parameters with buckets at once; idle ones are dropped first.
const MAX_MAJORS: usize = 100_000;
/// Idle buckets are looked for when this many are alive, or twice as many as the last look left.
const SWEEP_FROM: usize = 256;
/// How long a guest waits before it looks again for a slot in each bucket. A route is a guest once in a process's life.
const GUEST_WAIT: Duration = Duration::from_millis(20);
/// After this time a guest goes without: a busy bucket, which is most likely another one, must not hold it up for ever.
const GUEST_PATIENCE: Duration = Duration::from_secs(3);
/// Bucket names remembered. Discord has some dozens.
const MAX_HASHES: usize = 1_024;

/// The buckets of this process.
#[derive(Default)]
pub(super) struct Pacer {
    index: Mutex<Index>,
}

#[derive(Default)]
struct Index {
    /// The buckets of each major parameter, by route. A major has a handful; routes may share one.
    majors: HashMap<Major, Vec<(RouteId, Arc<Cell>)>>,
    /// What a route's bucket was called last.
    hashes: HashMap<RouteId, Arc<str>>,
    /// What buckets of a name look like.
    shapes: HashMap<Arc<str>, Shape>,
    sweep_at: usize,
}

/// One bucket, with its queue.
struct Cell {
    state: Mutex<State>,
    /// Held by the first of the queue, fair.
    turn: Semaphore,
    /// Told whenever the bucket changes; only the first of the queue listens.
    changed: Notify,
    /// Calls that wait or are under way. Counted under the index lock, so that no cell in use is dropped.
    users: AtomicUsize,
}

struct State {
    bucket: Bucket,
    hash: Option<Arc<str>>,
    /// Merged into this one.
    moved_to: Option<Arc<Cell>>,
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

struct InUse(Arc<Cell>);

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.users.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Pacer {
    /// Major parameters (channels, webhooks, interactions, …) with buckets alive.
    pub(super) fn len(&self) -> usize {
        self.index().majors.len()
    }

    /// Waits in the bucket's queue until a request may go, at the longest until `deadline`.
    pub(super) async fn acquire(&self, route: &Route, deadline: Instant) -> Result<Permit<'_>, Refused> {
        loop {
            let used = self.enter(route)?;
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
        for (_, other) in index.majors.get(&major).into_iter().flatten() {
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

    /// Finds or makes the bucket of a route, and counts the caller in.
    fn enter(&self, route: &Route) -> Result<InUse, Refused> {
        let mut index = self.index();
        let known = index.majors.get(&route.major).into_iter().flatten().find(|(id, _)| *id == route.id);
        let cell = if let Some((_, cell)) = known {
            Arc::clone(cell)
        } else {
            index.make_room(Instant::now())?;
            let cell = index.cell_of(route.id, route.major);
            index.majors.entry(route.major).or_default().push((route.id, Arc::clone(&cell)));
            cell
        };
        if cell.users.load(Ordering::Acquire) >= MAX_WAITING {
            return Err(Refused::QueueFull);
        }
        cell.users.fetch_add(1, Ordering::AcqRel);
        Ok(InUse(cell))
    }

    /// Makes `cell` the bucket called `hash`, or finds the one that has this name already.
    fn rename(&self, route: RouteId, major: Major, cell: &Arc<Cell>, hash: &str) -> Arc<Cell> {
        let mut index = self.index();
        let hash: Arc<str> = match index.shapes.get_key_value(hash) {
            Some((known, _)) => Arc::clone(known),
            None => Arc::from(hash),
        };
        index.hashes.insert(route, Arc::clone(&hash));
        let named = index.named(major, &hash);
        let shape = index.shapes.get(&hash).copied();
        let mut state = cell.lock();
        let target = match named {
            Some(target) => target,
            None if state.hash.is_none() => {
                state.hash = Some(hash);
                Arc::clone(cell)
            }
            // Discord moved the route to another bucket.
            None => Arc::new(Cell::new(Some(hash), shape)),
        };
        if !Arc::ptr_eq(&target, cell) && state.hash.is_none() {
            state.moved_to = Some(Arc::clone(&target));
        }
        drop(state);
        let routes = index.majors.entry(major).or_default();
        match routes.iter_mut().find(|(id, _)| *id == route) {
            Some((_, entry)) => *entry = Arc::clone(&target),
            None => routes.push((route, Arc::clone(&target))),
        }
        target
    }

    fn remember_shape(&self, hash: &str, shape: Shape) {
        let mut index = self.index();
        if let Some(known) = index.shapes.get_mut(hash) {
            *known = Shape { limit: shape.limit, window: known.window.max(shape.window) };
        } else if index.shapes.len() < MAX_HASHES {
            index.shapes.insert(Arc::from(hash), shape);
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    /// The bucket of a route that has none yet: one of the name that the route's buckets have, as far as that is known.
    fn cell_of(&self, route: RouteId, major: Major) -> Arc<Cell> {
        let Some(hash) = self.hashes.get(&route) else { return Arc::new(Cell::new(None, None)) };
        self.named(major, hash).unwrap_or_else(|| {
            // Another major's bucket of this name is known: its shape will do.
            Arc::new(Cell::new(Some(Arc::clone(hash)), self.shapes.get(hash).copied()))
        })
    }

    fn named(&self, major: Major, hash: &str) -> Option<Arc<Cell>> {
        let mut cells = self.majors.get(&major)?.iter().map(|(_, cell)| cell);
        cells.find(|cell| cell.lock().hash.as_deref() == Some(hash)).cloned()
    }

    /// Drops idle buckets, once in a while.
    fn make_room(&mut self, now: Instant) -> Result<(), Refused> {
        if self.majors.len() < self.sweep_at.max(SWEEP_FROM) {
            return Ok(());
        }
        self.majors.retain(|_, routes| {
            routes.retain(|(_, cell)| !cell.is_idle(now));
            !routes.is_empty()
        });
        self.majors.shrink_to(SWEEP_FROM);
        self.sweep_at = self.majors.len() * 2;
        if self.majors.len() >= MAX_MAJORS { Err(Refused::QueueFull) } else { Ok(()) }
    }
}

impl Cell {
    fn new(hash: Option<Arc<str>>, shape: Option<Shape>) -> Self {
        Self {
            state: Mutex::new(State { bucket: Bucket::new(shape), hash, moved_to: None }),
            turn: Semaphore::new(1),
            changed: Notify::new(),
            users: AtomicUsize::new(0),
        }
    }

    /// Frees a slot, and lets the bucket take in more in the same moment: nobody may go between the two.
    fn finish<T>(&self, learn: impl FnOnce(&mut Bucket) -> T) -> T {
        let learned = {
            let mut state = self.lock();
            state.bucket.finish();
            learn(&mut state.bucket)
        };
        self.changed.notify_waiters();
        learned
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.users.load(Ordering::Acquire) == 0 && self.lock().bucket.is_idle(now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.pacer.remember_shape(hash, shape);
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
                self.pacer.rename(self.route, self.major, cell, hash)
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
