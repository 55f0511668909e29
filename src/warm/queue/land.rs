//! One write into PostgreSQL, in one transaction, once by its key.

use super::Write;
use crate::cold::{
    COMMAND_BUDGET, Cold,
    applied::{self, ApplyError},
    queued,
};

/// Applies a write that was never kept. One that happens once by itself needs no claim: one statement in place of six.
/// Should its fate be unknown, it is kept, and its own keys make the second time harmless.
///
/// # Errors
/// As [`land`].
pub(super) async fn land_at_first(cold: &Cold, write: &Write) -> Result<bool, ApplyError> {
    let Some(kind) = queued::find(write.kind()).filter(|kind| kind.once_by_itself) else {
        return land(cold, write).await;
    };
    cold.run(COMMAND_BUDGET, async |connection| (kind.apply)(connection, write.payload()).await).await?;
    Ok(true)
}

/// Applies a write. Answers whether this was the first time.
///
/// # Errors
/// An [`ApplyError`]; one that is not lasting leaves open whether the write has landed, and its key makes trying again
/// harmless.
pub(super) async fn land(cold: &Cold, write: &Write) -> Result<bool, ApplyError> {
    let kind = queued::find(write.kind())
        .ok_or_else(|| ApplyError::Payload(format!("this build knows no kind {:?}", write.kind())))?;
    cold.run(COMMAND_BUDGET, async |connection| {
        applied::once(connection, write.key(), kind, write.payload()).await
    })
    .await
}
