//! Inserts into tables that are kept by month, for months that have no partition yet.

use diesel_async::{AnsiTransactionManager, AsyncConnection, TransactionManager};
use futures::future::BoxFuture;

use super::{
    ColdError, Connection,
    partitions::{Key, Partitioned, ensure_for, is_missing},
};

/// Runs an insert, and when its month is missing, makes that and runs it once more. Inside a transaction, the
/// insert has a savepoint, since the failed one would end the transaction.
pub(super) async fn insert<T: Sync, R: Send>(
    connection: &mut Connection,
    month: (Partitioned, Key),
    row: &T,
    work: for<'a> fn(&'a mut Connection, &'a T) -> BoxFuture<'a, Result<R, ColdError>>,
) -> Result<R, ColdError> {
    match attempt(connection, row, work).await {
        Err(ColdError::Query(error)) if is_missing(&error) => {
            ensure_for(connection, month.0, month.1).await?;
            work(connection, row).await
        }
        ended => ended,
    }
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
