//! The pool of PostgreSQL connections: fair, bounded, and healing.
//!
//! [`Cold::run`] is the one way to the database. Its budget covers the wait for a connection and the work together.
//!
//! bb8 keeps the connections; first-come, first-served permits before it make it fair, and [`Manager`]'s check makes a
//! check-out free of round trips. Measured with `script/bench stores cold` (2 cores, PostgreSQL 15 beside it): 64
//! tasks on 4 connections got 116 to 4,846 operations each from bb8 alone, with waits to 3.9 s; 1,662 to 1,672 from
//! deadpool; 3,117 to 3,128 here, with waits to 14 ms. A point select took 204, 209 and 110 µs, and 96 bare.

use std::{
    fmt,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use bb8::{PooledConnection, QueueStrategy, RunError};
use diesel_async::SimpleAsyncConnection;
use futures::FutureExt as _;
use metrics::{counter, gauge, histogram};
use secrecy::SecretString;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{sleep, timeout_at},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Instrument as _;

use super::{
    connect::Connection,
    error::{ColdError, ConnectError},
    manager::{Failures, Manager},
};
use crate::trace::{self, Shown};

/// Budget of what a command waits for.
pub const COMMAND_BUDGET: Duration = Duration::from_secs(2);
/// Budget of work that nobody waits for, and the server-side bound of every statement.
pub const BACKGROUND_BUDGET: Duration = Duration::from_secs(30);
/// Connections of a pool that is not told how many.
const CONNECTIONS: u32 = 10;
/// Longest budget that counts; a longer one is cut to it.
const LONGEST_BUDGET: Duration = Duration::from_secs(60 * 60);
/// Age at which a connection is replaced, so that a changed password or a rebalanced cluster is noticed.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);
/// First pause between two attempts to connect, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(200));

/// An async closure with a connection for its argument, whose future may move between threads.
///
/// `AsyncFnOnce` alone can't say the latter yet; every such closure has this trait.
pub trait Work<C, R>: AsyncFnOnce(C) -> R + FnOnce(C) -> <Self as Work<C, R>>::Future {
    /// What the closure returns.
    type Future: Future<Output = R>;
}

impl<W, C, F, R> Work<C, R> for W
where
    W: AsyncFnOnce(C) -> R + FnOnce(C) -> F,
    F: Future<Output = R>,
{
    type Future = F;
}

/// The cold store's pool. Clones share it.
#[derive(Clone)]
pub struct Cold {
    shared: Arc<Shared>,
}

struct Shared {
    permits: Semaphore,
    pool: bb8::Pool<Manager>,
    manager: Manager,
    failures: Failures,
    /// Stops cancellations under way when the last clone is gone.
    stop: CancellationToken,
    _guard: DropGuard,
}

impl Cold {
    /// A pool that connects when first used: PostgreSQL may be down at start. Needs a tokio runtime.
    pub fn new(url: &SecretString) -> Self {
        Self::with_connections(url, CONNECTIONS)
    }

    /// The same with `connections` at most; zero counts as one.
    pub fn with_connections(url: &SecretString, connections: u32) -> Self {
        Self::watched(url, connections, None)
    }

    /// The same, whose statements appear in traces and show this much; `None`: in none.
    pub fn watched(url: &SecretString, connections: u32, shown: Option<Shown>) -> Self {
        let connections = connections.clamp(1, 1_000);
        let (manager, failures) = (Manager::new(url, shown), Failures::new());
        let pool = bb8::Pool::builder()
            .max_size(connections)
            .connection_timeout(LONGEST_BUDGET)
            .max_lifetime(Some(MAX_AGE))
            // Those used least rest longest, and are closed.
            .queue_strategy(QueueStrategy::Lifo)
            // `acquire` tries again by itself, at a pace that suits a command.
            .retry_connection(false)
            .error_sink(Box::new(failures.clone()))
            .build_unchecked(manager.clone());
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let permits = Semaphore::new(usize::try_from(connections).expect("a thousand fits"));
        Self { shared: Arc::new(Shared { permits, pool, manager, failures, stop, _guard: guard }) }
    }

    /// Runs `work` with a connection. Waiting for one and the work together take no longer than `budget`.
    ///
    /// Work that is cut off, by its budget or by a caller that goes away, is cancelled at the server, and its
    /// connection is closed. Nothing is ever run twice: a connection found dead is replaced only before the work
    /// begins.
    ///
    /// # Errors
    /// [`ColdError::Connect`] and [`ColdError::Busy`] before the work began, [`ColdError::CutOff`] in the middle of it,
    /// and whatever the work itself ends with.
    pub async fn run<T, E, W>(&self, budget: Duration, work: W) -> Result<T, E>
    where
        W: for<'c> AsyncFnOnce(&'c mut Connection) -> Result<T, E>
            + for<'c> Work<&'c mut Connection, Result<T, E>, Future: Send>
            + Send,
        E: From<ColdError> + Send,
        T: Send,
    {
        let begun = Instant::now();
        let deadline = (begun + budget.min(LONGEST_BUDGET)).into();
        let lease = self.take_traced(deadline).await;
        histogram!("troupe_cold_wait_seconds").record(begun.elapsed());
        let mut lease = lease
            .inspect_err(|_| counter!("troupe_cold_timeouts_total", "at" => "connection").increment(1))?;
        // A lease that is dropped before it is given back, by a panic too, is cut off.
        if let Ok(result) = timeout_at(deadline, work(&mut lease.pooled.connection)).await {
            lease.give_back(result.is_ok());
            result
        } else {
            counter!("troupe_cold_timeouts_total", "at" => "work").increment(1);
            Err(ColdError::CutOff.into())
        }
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// As [`Cold::run`] with the budget of a command.
    pub async fn ping(&self) -> Result<(), ColdError> {
        self.run(COMMAND_BUDGET, async |connection| Ok(connection.batch_execute("SELECT 1").await?)).await
    }

    /// A wait that is none, which is the rule, is no span.
    async fn take_traced(&self, deadline: tokio::time::Instant) -> Result<Lease<'_>, ColdError> {
        // Boxed, so that types grow no deeper for the sake of traces.
        let mut take = self.take(deadline).boxed();
        if let Poll::Ready(lease) = futures::poll!(take.as_mut()) {
            return lease;
        }
        let span = trace::child!("cold wait", otel.kind = "client", db.system.name = "postgresql");
        let lease = take.instrument(span.clone()).await;
        if lease.is_err() {
            trace::fail(&span, "no_connection");
        }
        lease
    }

    async fn take(&self, deadline: tokio::time::Instant) -> Result<Lease<'_>, ColdError> {
        let shared = &*self.shared;
        let waiting = Counted::new("troupe_cold_waiting");
        let permit = match timeout_at(deadline, shared.permits.acquire()).await {
            Ok(permit) => permit.expect("the semaphore is never closed"),
            Err(_) => return Err(ColdError::Busy),
        };
        let mut last = ConnectError::Deadline;
        let acquired = timeout_at(deadline, shared.acquire(&mut last)).await;
        drop(waiting);
        let pooled = acquired.unwrap_or(Err(last))?;
        let in_use = Counted::new("troupe_cold_connections_in_use");
        Ok(Lease { pooled, shared, given_back: false, _in_use: in_use, _permit: permit })
    }
}

impl fmt::Debug for Cold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cold").field("state", &self.shared.pool.state()).finish_non_exhaustive()
    }
}

impl Shared {
    /// A connection that is not known to be dead. Goes on trying while the server is away, and notes why in `last`.
    async fn acquire(&self, last: &mut ConnectError) -> Result<PooledConnection<'_, Manager>, ConnectError> {
        let (mut pause, longest) = PAUSES;
        loop {
            let mut failures = self.failures.watch();
            tokio::select! {
                biased;
                got = self.pool.get() => match got {
                    Ok(pooled) => return Ok(pooled),
                    Err(RunError::TimedOut | RunError::User(_)) => return Err(ConnectError::Deadline),
                },
                failed = failures.changed() => {
                    failed.expect("the pool keeps the sender");
                    let error = failures.borrow_and_update().clone().unwrap_or(ConnectError::Deadline);
                    if !error.is_passing() {
                        return Err(error);
                    }
                    *last = error;
                }
            }
            sleep(pause).await;
            pause = longest.min(pause * 2);
        }
    }

    /// Has the statement of a connection that is about to be closed cancelled at the server: it would run on, and
    /// hold its locks, until it next wrote to the closed socket.
    fn cancel(&self, token: tokio_postgres::CancelToken) {
        let (manager, stop) = (self.manager.clone(), self.stop.clone());
        // Without a runtime the process is ending, and its connections with it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(stop.run_until_cancelled_owned(async move {
            if let Err(error) = manager.cancel(&token).await {
                tracing::warn!(%error, "a statement that was cut off could not be cancelled at the server");
            }
        }));
    }
}

/// A connection in use. Fields are dropped in this order: the connection goes back before its permit.
struct Lease<'a> {
    pooled: PooledConnection<'a, Manager>,
    shared: &'a Shared,
    given_back: bool,
    _in_use: Counted,
    _permit: SemaphorePermit<'a>,
}

impl Lease<'_> {
    fn give_back(mut self, well: bool) {
        self.given_back = true;
        if !well {
            // Some errors mean that the server is going or was demoted; which, the driver doesn't tell for sure.
            self.pooled.doubt();
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if !self.given_back {
            let token = self.pooled.poison();
            // The server may be gone without a word: then every connection is dead, and looks alive.
            self.shared.manager.doubt_all();
            self.shared.cancel(token);
        }
    }
}

/// Counts itself in a gauge while it lives.
struct Counted(&'static str);

impl Counted {
    fn new(name: &'static str) -> Self {
        gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1.0);
    }
}
