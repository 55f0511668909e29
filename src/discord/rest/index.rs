//! Where the buckets are: by route and major parameter, found again by name, dropped when idle.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use super::bucket::{Bucket, Shape};
use super::pacer::Refused;
use super::route::{Major, RouteId};

/// Calls that may wait on one bucket.
const MAX_WAITING: usize = 1_000;
/// Major parameters with buckets at once; idle ones are dropped first.
const MAX_MAJORS: usize = 100_000;
/// Idle buckets are looked for when this many are alive, or twice as many as the last look left.
const SWEEP_FROM: usize = 256;
/// Bucket names remembered. Discord has some dozens.
const MAX_HASHES: usize = 1_024;

/// All buckets.
#[derive(Default)]
pub(super) struct Index {
    /// The buckets of each major parameter, by route. A major has a handful; routes may share one.
    majors: HashMap<Major, Vec<(RouteId, Arc<Cell>)>>,
    /// What a route's bucket was called last.
    hashes: HashMap<RouteId, Arc<str>>,
    /// What buckets of a name look like.
    shapes: HashMap<Arc<str>, Shape>,
    sweep_at: usize,
}

/// One bucket, with its queue.
pub(super) struct Cell {
    state: Mutex<State>,
    /// Held by the first of the queue, fair.
    pub(super) turn: Semaphore,
    /// Told whenever the bucket changes; only the first of the queue listens.
    pub(super) changed: Notify,
    /// Calls that wait or are under way. Counted under the index lock, so that no cell in use is dropped.
    users: AtomicUsize,
}

/// A bucket, its name, and whether it still is one.
pub(super) struct State {
    pub(super) bucket: Bucket,
    pub(super) hash: Option<Arc<str>>,
    /// Merged into this one.
    pub(super) moved_to: Option<Arc<Cell>>,
}

/// A bucket that somebody uses.
pub(super) struct InUse(pub(super) Arc<Cell>);

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.users.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Index {
    /// Major parameters with buckets alive.
    pub(super) fn len(&self) -> usize {
        self.majors.len()
    }

    /// The buckets of a major parameter; one may come more than once.
    pub(super) fn buckets_of(&self, major: Major) -> impl Iterator<Item = &Arc<Cell>> {
        self.majors.get(&major).into_iter().flatten().map(|(_, cell)| cell)
    }

    /// The bucket of a route, if it has one.
    pub(super) fn find(&self, route: RouteId, major: Major) -> Option<Arc<Cell>> {
        let mut known = self.majors.get(&major).into_iter().flatten();
        known.find(|(id, _)| *id == route).map(|(_, cell)| Arc::clone(cell))
    }

    /// Finds or makes the bucket of a route, and counts the caller in.
    pub(super) fn enter(&mut self, route: RouteId, major: Major) -> Result<InUse, Refused> {
        let cell = if let Some(cell) = self.find(route, major) {
            cell
        } else {
            self.make_room(Instant::now())?;
            let cell = self.cell_of(route, major);
            self.majors.entry(major).or_default().push((route, Arc::clone(&cell)));
            cell
        };
        if cell.users.load(Ordering::Acquire) >= MAX_WAITING {
            return Err(Refused::QueueFull);
        }
        cell.users.fetch_add(1, Ordering::AcqRel);
        Ok(InUse(cell))
    }

    /// Makes `cell` the bucket called `hash`, or finds the one that has this name already.
    pub(super) fn rename(&mut self, route: RouteId, major: Major, cell: &Arc<Cell>, hash: &str) -> Arc<Cell> {
        let hash: Arc<str> = match self.shapes.get_key_value(hash) {
            Some((known, _)) => Arc::clone(known),
            None => Arc::from(hash),
        };
        self.hashes.insert(route, Arc::clone(&hash));
        let named = self.named(major, &hash);
        let shape = self.shapes.get(&hash).copied();
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
        let routes = self.majors.entry(major).or_default();
        match routes.iter_mut().find(|(id, _)| *id == route) {
            Some((_, entry)) => *entry = Arc::clone(&target),
            None => routes.push((route, Arc::clone(&target))),
        }
        target
    }

    /// What buckets called `hash` look like.
    pub(super) fn remember_shape(&mut self, hash: &str, shape: Shape) {
        if let Some(known) = self.shapes.get_mut(hash) {
            *known = Shape { limit: shape.limit, window: known.window.max(shape.window) };
        } else if self.shapes.len() < MAX_HASHES {
            self.shapes.insert(Arc::from(hash), shape);
        }
    }

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
    pub(super) fn finish<T>(&self, learn: impl FnOnce(&mut Bucket) -> T) -> T {
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

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
