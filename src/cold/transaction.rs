//! Transactions for callers above this room, who don't know diesel.

use std::time::Duration;

use diesel_async::AsyncConnection;
use futures::future::BoxFuture;

use super::{connect::Connection, error::ColdError, pool::Cold};

impl Cold {
    /// Runs `work` in one transaction, within `budget`: an error rolls all of it back.
    ///
    /// # Errors
    /// As [`Cold::run`]. After [`ColdError::CutOff`] the transaction may have been kept.
    pub async fn transaction<T, W>(&self, budget: Duration, work: W) -> Result<T, ColdError>
    where
        W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ColdError>> + Send,
        T: Send,
    {
        self.run(budget, async move |connection| {
            connection.transaction::<T, ColdError, _>(async move |connection| work(connection).await).await
        })
        .await
    }
}
