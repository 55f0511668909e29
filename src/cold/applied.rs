//! Keys of writes that have landed, so that none lands twice.

use diesel::sql_types::{BigInt, Integer};
use diesel_async::RunQueryDsl;

use super::{connect::Connection, error::ColdError};

/// Forgets keys older than that many days, at most `most` of them. Answers how many went.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn prune(connection: &mut Connection, days: i32, most: i64) -> Result<usize, ColdError> {
    let query = "DELETE FROM applied_writes WHERE key IN (
        SELECT key FROM applied_writes WHERE applied_at < now() - make_interval(days => $1) ORDER BY applied_at LIMIT $2)";
    let pruned =
        diesel::sql_query(query).bind::<Integer, _>(days).bind::<BigInt, _>(most).execute(connection).await?;
    Ok(pruned)
}
