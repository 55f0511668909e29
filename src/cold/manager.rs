//! How the pool makes, checks and drops connections.
//!
//! A check costs no round trip unless there is a reason for doubt: an error, a long rest, or a server that failed to
//! answer someone else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bb8::{ErrorSink, ManageConnection};
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection as _, RunQueryDsl, pooled_connection::PoolableConnection};
use secrecy::SecretString;
use tokio::sync::{OnceCell, watch};
use tokio_postgres::CancelToken;

use super::{
    connect::{Connection, Target},
    error::ConnectError,
    watched::Watched,
};
use crate::trace::Shown;

/// Server-side bound of every statement: the longest usual budget. Shorter ones are kept by cancelling.
pub(super) const STATEMENT_TIMEOUT: Duration = super::BACKGROUND_BUDGET;
/// Rest after which a connection is asked before it is used: something on the way may have forgotten it.
const LONG_REST: Duration = Duration::from_secs(30);
/// Time for the answer. A server that needs longer is treated as gone.
const CHECK_DEADLINE: Duration = Duration::from_millis(500);

/// A connection of the pool, and what is known of it.
pub(super) struct Pooled {
    pub(super) connection: Connection,
    /// Never to be used again.
    poisoned: bool,
    /// To be asked before it is used again.
    doubted: bool,
    /// The state of [`Manager::doubts`] when it was last known to answer.
    answered: u64,
    rested_since: Instant,
}

impl Pooled {
    /// Keeps it from being used again, and gives what cancels the statement that it may be running.
    pub(super) fn poison(&mut self) -> CancelToken {
        self.poisoned = true;
        self.connection.cancel_token()
    }

    /// Has it asked before it is used again.
    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }
}

/// Makes and checks connections. Clones share everything.
#[derive(Clone)]
pub(super) struct Manager {
    url: SecretString,
    target: Arc<OnceCell<Target>>,
    /// Grows when the server failed to answer: no connection is above doubt then.
    doubts: Arc<AtomicU64>,
    /// Whether statements are traced, and how much of them is shown.
    watched: Option<Shown>,
}

/// Why a connection was not made, or not used.
#[derive(Debug)]
pub(super) enum Fault {
    /// It could not be made.
    Connect(ConnectError),
    /// It was made earlier, and is of no use any more.
    Stale,
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn current_setting(name: Text) -> Text;
}

impl Manager {
    pub(super) fn new(url: &SecretString, watched: Option<Shown>) -> Self {
        Self { url: url.clone(), target: Arc::default(), doubts: Arc::default(), watched }
    }

    /// Has every connection asked before it is used again.
    pub(super) fn doubt_all(&self) {
        self.doubts.fetch_add(1, Ordering::Relaxed);
    }

    fn doubts(&self) -> u64 {
        // Called by its full path: diesel gives a `load` to everything.
        AtomicU64::load(&self.doubts, Ordering::Relaxed)
    }

    async fn target(&self) -> Result<&Target, ConnectError> {
        self.target.get_or_try_init(|| Target::load(&self.url)).await
    }

    /// Asks the server to cancel a statement.
    pub(super) async fn cancel(&self, token: &CancelToken) -> Result<(), ConnectError> {
        self.target().await?.cancel(token).await
    }
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Fault;

    async fn connect(&self) -> Result<Pooled, Fault> {
        let answered = self.doubts();
        let made = async { self.target().await?.connect(STATEMENT_TIMEOUT).await };
        let mut connection = made.await.map_err(Fault::Connect)?;
        if let Some(shown) = self.watched {
            connection.set_instrumentation(Watched::new(shown));
        }
        Ok(Pooled { connection, poisoned: false, doubted: false, answered, rested_since: Instant::now() })
    }

    async fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Fault> {
        if pooled.connection.is_broken() {
            return Err(Fault::Stale);
        }
        let doubts = self.doubts();
        let sure = !pooled.doubted && pooled.answered == doubts && pooled.rested_since.elapsed() < LONG_REST;
        if sure {
            return Ok(());
        }
        // Stays doubted when the caller goes away in the middle of the question.
        pooled.doubted = true;
        let question = diesel::select(current_setting("transaction_read_only"));
        let asked = question.get_result::<String>(&mut pooled.connection);
        match tokio::time::timeout(CHECK_DEADLINE, asked).await {
            // A primary that became a replica still answers, and takes no writes.
            Ok(Ok(read_only)) if read_only == "off" => {
                pooled.doubted = false;
                pooled.answered = doubts;
                Ok(())
            }
            _ => Err(Fault::Stale),
        }
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.rested_since = Instant::now();
        pooled.poisoned || pooled.connection.is_broken()
    }
}

/// Tells whoever waits for a connection why the one being made failed: bb8 alone would let them wait.
#[derive(Debug, Clone)]
pub(super) struct Failures(watch::Sender<Option<ConnectError>>);

impl Failures {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// From here on.
    pub(super) fn watch(&self) -> watch::Receiver<Option<ConnectError>> {
        self.0.subscribe()
    }
}

impl ErrorSink<Fault> for Failures {
    fn sink(&self, fault: Fault) {
        if let Fault::Connect(error) = fault {
            self.0.send_replace(Some(error));
        }
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<Fault>> {
        Box::new(self.clone())
    }
}
