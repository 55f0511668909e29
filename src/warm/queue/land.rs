//! One write into PostgreSQL, in one transaction, once by its key.

use std::time::Duration;

use super::Write;
use crate::cold::{
    Cold, ColdError,
    applied::{self, ApplyError},
    queued,
};

/// Time for a connection and the transaction.
const BUDGET: Duration = Duration::from_secs(2);

/// Applies a write. Answers whether this was the first time.
///
/// # Errors
/// An [`ApplyError`]; one that is not lasting leaves open whether the write has landed, and its key makes trying again
/// harmless.
pub(super) async fn land(cold: &Cold, write: &Write) -> Result<bool, ApplyError> {
    let kind = queued::find(write.kind())
        .ok_or_else(|| ApplyError::Payload(format!("this build knows no kind {:?}", write.kind())))?;
    let attempt = async {
        let mut connection = cold.get().await?;
        applied::once(&mut connection, write.key(), kind, write.payload()).await
    };
    match tokio::time::timeout(BUDGET, attempt).await {
        Ok(result) => result,
        Err(_) => Err(ColdError::Connect(format!("no answer within {} s", BUDGET.as_secs())).into()),
    }
}
