//! The pool of PostgreSQL connections: bounded, checked, and never waited for without a deadline.

use std::{sync::Arc, time::Duration};

use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig,
        bb8::{Pool, PooledConnection, RunError},
    },
};
use futures::FutureExt;
use secrecy::SecretString;

use super::connect::{ColdError, connect};

/// Connections a process may hold; PostgreSQL takes 100 in all by default.
const MAX_CONNECTIONS: u32 = 10;
/// Longest wait for a connection of the pool.
const GET_DEADLINE: Duration = Duration::from_secs(3);
/// Server-side bound of every statement of the bot.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// Age at which a connection is replaced, so that a failover or a changed password is noticed.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// The cold store's pool. Clones share it.
#[derive(Debug, Clone)]
pub struct Cold {
    pool: Pool<AsyncPgConnection>,
    last_error: LastError,
}

impl Cold {
    /// A pool that connects when first used: PostgreSQL may be down at start. Needs a tokio runtime.
    pub fn new(url: &SecretString) -> Self {
        let last_error = LastError::default();
        let mut config = ManagerConfig::default();
        let (url, errors) = (url.clone(), last_error.clone());
        config.custom_setup = Box::new(move |_| {
            let (url, errors) = (url.clone(), errors.clone());
            async move {
                connect(&url, STATEMENT_TIMEOUT).await.map_err(|error| {
                    let told = error.to_string();
                    errors.put(Some(error));
                    diesel::ConnectionError::BadConnection(told)
                })
            }
            .boxed()
        });
        // The manager's own copy of the address stays empty: the closure above has it as a secret.
        let manager = AsyncDieselConnectionManager::new_with_config(String::new(), config);
        let pool = Pool::builder()
            .max_size(MAX_CONNECTIONS)
            .min_idle(None)
            .connection_timeout(GET_DEADLINE)
            .max_lifetime(Some(MAX_AGE))
            .build_unchecked(manager);
        Self { pool, last_error }
    }

    /// A connection of the pool, known to answer.
    ///
    /// # Errors
    /// [`ColdError::Connect`] with the last reason, or [`ColdError::PoolExhausted`].
    pub async fn get(&self) -> Result<PooledConnection<'_, AsyncPgConnection>, ColdError> {
        self.last_error.clear();
        self.pool.get().await.map_err(|error| match error {
            RunError::User(error) => ColdError::Connect(error.to_string()),
            RunError::TimedOut => self.last_error.take().unwrap_or(ColdError::PoolExhausted),
        })
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// As [`Cold::get`], and [`ColdError::Query`].
    pub async fn ping(&self) -> Result<(), ColdError> {
        let mut connection = self.get().await?;
        connection.batch_execute("SELECT 1").await?;
        Ok(())
    }
}

/// Keeps why connecting in the background failed, for the pool itself only says that time is over.
#[derive(Debug, Clone, Default)]
struct LastError(Arc<std::sync::Mutex<Option<ColdError>>>);

impl LastError {
    fn clear(&self) {
        self.put(None);
    }

    fn take(&self) -> Option<ColdError> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }

    fn put(&self, value: Option<ColdError>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = value;
    }
}
