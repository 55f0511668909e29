//! Who may send when: finds a request's bucket, queues it there, and takes in what answers teach.
//!
//! Which bucket a route belongs to is only known from an answer, which names it by a hash. Until then a route has a
//! provisional bucket for each major parameter; the first answer gives it its name, or merges it into the bucket that
//! has the name already.

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
/// Buckets alive at once; idle ones are dropped first.
const MAX_BUCKETS: usize = 100_000;
/// Idle buckets are looked for when this many are alive, or twice as many as the last look left.
const SWEEP_FROM: usize = 256;
/// Bucket names remembered. Discord has some dozens.
const MAX_HASHES: usize = 1_024;

/// The buckets of this process.
#[derive(Default)]
pub(super) struct Pacer {
    index: Mutex<Index>,
}

#[derive(Default)]
struct Index {
    /// Where a request's bucket is.
    by_route: HashMap<(RouteId, Major), Arc<Cell>>,
    /// Where a named bucket is.
    by_hash: HashMap<(Arc<str>, Major), Arc<Cell>>,
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
    /// Buckets alive.
    pub(super) fn len(&self) -> usize {
        self.index().by_route.len()
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
            if cell.wait_until_free(deadline).await? {
                return Ok(Permit { pacer: self, used, route: route.id, major: route.major, settled: false });
            }
        }
    }

    /// Finds or makes the bucket of a route, and counts the caller in.
    fn enter(&self, route: &Route) -> Result<InUse, Refused> {
        let key = (route.id, route.major);
        let mut index = self.index();
        let cell = if let Some(cell) = index.by_route.get(&key) {
            Arc::clone(cell)
        } else {
            index.make_room(Instant::now())?;
            let cell = index.cell_of(route.id, route.major);
            index.by_route.insert(key, Arc::clone(&cell));
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
        let named = index.by_hash.get(&(Arc::clone(&hash), major)).cloned();
        let shape = index.shapes.get(&hash).copied();
        let mut state = cell.lock();
        let target = match named {
            Some(target) => target,
            None if state.hash.is_none() => {
                state.hash = Some(Arc::clone(&hash));
                Arc::clone(cell)
            }
            // Discord moved the route to another bucket.
            None => Arc::new(Cell::new(Some(Arc::clone(&hash)), shape)),
        };
        if !Arc::ptr_eq(&target, cell) && state.hash.is_none() {
            state.moved_to = Some(Arc::clone(&target));
        }
        drop(state);
        index.by_hash.insert((hash, major), Arc::clone(&target));
        if let Some(entry) = index.by_route.get_mut(&(route, major)) {
            *entry = Arc::clone(&target);
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
    fn cell_of(&mut self, route: RouteId, major: Major) -> Arc<Cell> {
        let Some(hash) = self.hashes.get(&route) else { return Arc::new(Cell::new(None, None)) };
        let shape = self.shapes.get(hash).copied();
        let key = (Arc::clone(hash), major);
        Arc::clone(self.by_hash.entry(key).or_insert_with_key(|(hash, _)| {
            // A bucket of this name is known, if not this one: its shape will do.
            Arc::new(Cell::new(Some(Arc::clone(hash)), shape))
        }))
    }

    /// Drops idle buckets, once in a while.
    fn make_room(&mut self, now: Instant) -> Result<(), Refused> {
        if self.by_route.len() < self.sweep_at.max(SWEEP_FROM) {
            return Ok(());
        }
        // Names first: a bucket that turns idle in between keeps its name, and is never made twice.
        self.by_hash.retain(|_, cell| !cell.is_idle(now));
        self.by_route.retain(|_, cell| !cell.is_idle(now));
        self.by_route.shrink_to(SWEEP_FROM);
        self.by_hash.shrink_to(SWEEP_FROM);
        self.sweep_at = self.by_route.len() * 2;
        if self.by_route.len() >= MAX_BUCKETS { Err(Refused::QueueFull) } else { Ok(()) }
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

    /// Waits, as the first of the queue, until the bucket lets a request go; `false`: the bucket was merged into
    /// another, ask there.
    async fn wait_until_free(&self, deadline: Instant) -> Result<bool, Refused> {
        loop {
            let changed = self.changed.notified();
            let now = Instant::now();
            let admission = {
                let mut state = self.lock();
                if state.moved_to.is_some() {
                    return Ok(false);
                }
                state.bucket.admit(now)
            };
            match admission {
                Admission::Go => return Ok(true),
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

    /// Takes in what the answer taught and frees the slot, in one step: nobody may go between the two.
    fn settle<T>(&mut self, hash: Option<&str>, learn: impl FnOnce(&mut Bucket) -> T) -> T {
        self.settled = true;
        let cell = &self.used.0;
        let target = match hash {
            Some(hash) if cell.lock().hash.as_deref() != Some(hash) => {
                self.pacer.rename(self.route, self.major, cell, hash)
            }
            _ => Arc::clone(cell),
        };
        let learned = {
            let mut state = target.lock();
            if Arc::ptr_eq(&target, cell) {
                state.bucket.finish();
            }
            learn(&mut state.bucket)
        };
        if !Arc::ptr_eq(&target, cell) {
            cell.lock().bucket.finish();
            cell.changed.notify_waiters();
        }
        target.changed.notify_waiters();
        learned
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.settle(None, |bucket| bucket.lose(Instant::now()));
        }
    }
}
