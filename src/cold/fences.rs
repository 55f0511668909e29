//! Fencing tokens: only a job's newest leader may write.
//!
//! A lock tells a leader that it leads; it can't tell one that was paused past the lock's end. So each leader draws a
//! token, greater than all before, and each of its transactions begins by checking that the token is still the newest.
//! The check holds the token's row until the transaction ends: no newer leader can come in between.

use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncConnection, RunQueryDsl};
use futures::future::BoxFuture;

use super::{connect::Connection, error::ColdError};

/// A leader's proof that it was the newest when it drew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence {
    /// The job: small letters and `_`.
    pub job: &'static str,
    /// Greater than that of every leader before.
    pub token: i64,
}

/// Why a leader may not write.
#[derive(Debug, thiserror::Error)]
pub enum FenceError {
    /// There is a newer leader.
    #[error("another process leads this job by now")]
    Fenced,
    /// The check, or what came after it, failed.
    #[error(transparent)]
    Cold(#[from] ColdError),
}

impl From<diesel::result::Error> for FenceError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Cold(error.into())
    }
}

#[derive(diesel::QueryableByName)]
struct Token {
    #[diesel(sql_type = BigInt)]
    token: i64,
}

/// Draws the next token of a job: every leader before is kept out from here on. Waits for one in the middle of a
/// transaction.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn draw(connection: &mut Connection, job: &'static str) -> Result<Fence, ColdError> {
    let query = "INSERT INTO job_fences (job, token) VALUES ($1, 1) \
                 ON CONFLICT (job) DO UPDATE SET token = job_fences.token + 1 RETURNING token";
    let drawn: Token = diesel::sql_query(query).bind::<Text, _>(job).get_result(connection).await?;
    Ok(Fence { job, token: drawn.token })
}

/// Checks that a leader is still the newest, at the beginning of a transaction of its own; holds until its end.
///
/// # Errors
/// [`FenceError::Fenced`], and [`FenceError::Cold`] when the statement fails.
pub async fn check(connection: &mut Connection, fence: Fence) -> Result<(), FenceError> {
    let query = "SELECT token FROM job_fences WHERE job = $1 FOR SHARE";
    let rows: Vec<Token> = diesel::sql_query(query).bind::<Text, _>(fence.job).load(connection).await?;
    if rows.iter().any(|row| row.token == fence.token) { Ok(()) } else { Err(FenceError::Fenced) }
}

/// Does work in a transaction that begins with [`check`].
///
/// # Errors
/// [`FenceError::Fenced`] before the work, and [`FenceError::Cold`] when it or the transaction fails.
pub async fn guarded<T, W>(connection: &mut Connection, fence: Fence, work: W) -> Result<T, FenceError>
where
    W: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ColdError>> + Send,
    T: Send,
{
    connection
        .transaction(async move |connection| {
            check(connection, fence).await?;
            Ok(work(connection).await?)
        })
        .await
}
