//! Inserts into tables that are kept by month, for months that have no partition yet.

use std::time::Duration;

use diesel_async::{AnsiTransactionManager, AsyncConnection, TransactionManager};
use futures::future::BoxFuture;

use super::{
    ColdError, Connection,
    partitions::{Key, Partitioned, ensure_for, is_missing},
};

/// Tries after the month was made, and between them: a month that another process has just made is there a moment
/// before every connection knows it, since PostgreSQL tells of a change after it is committed.
const TRIES: u32 = 6;
const BETWEEN: Duration = Duration::from_millis(20);

/// Runs an insert, and when its month is missing, makes that and runs it again. Inside a transaction, the insert has a
/// savepoint, since the failed one would end the transaction.
pub(super) async fn insert<T: Sync, R: Send>(
    connection: &mut Connection,
    month: (Partitioned, Key),
    row: &T,
    work: for<'a> fn(&'a mut Connection, &'a T) -> BoxFuture<'a, Result<R, ColdError>>,
) -> Result<R, ColdError> {
    let mut ended = attempt(connection, row, work).await;
    for tried in 0..TRIES {
        match &ended {
            Err(ColdError::Query(error)) if is_missing(error) => {}
            _ => break,
        }
        if tried > 0 {
            tokio::time::sleep(BETWEEN * tried).await;
        }
        ensure_for(connection, month.0, month.1).await?;
        ended = attempt(connection, row, work).await;
    }
    ended
}

async fn attempt<T: Sync, R: Send>(
    connection: &mut Connection,
    row: &T,
    work: for<'a> fn(&'a mut Connection, &'a T) -> BoxFuture<'a, Result<R, ColdError>>,
) -> Result<R, ColdError> {
    let status = AnsiTransactionManager::transaction_manager_status_mut(connection);
    if status.transaction_depth()?.is_none() {
        return work(connection, row).await;
    }
    connection.transaction(async |connection| work(connection, row).await).await
}
