//! Writes that land exactly once: each claims its key in the transaction that does its work.

use diesel::sql_types::Text;
use diesel::{result::DatabaseErrorKind, result::Error as DieselError};
use diesel_async::{AsyncConnection, RunQueryDsl};
use serde_json::Value;

use super::{ColdError, Connection, queued::Kind};

/// Why a write did not land.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// What is to be written is not of its kind's form.
    #[error("the payload is not of its kind's form: {0}")]
    Payload(String),
    /// PostgreSQL is away, or refuses.
    #[error(transparent)]
    Cold(#[from] ColdError),
}

impl From<DieselError> for ApplyError {
    fn from(error: DieselError) -> Self {
        Self::Cold(error.into())
    }
}

impl ApplyError {
    /// Whether trying again can't help: the rows break a rule of the database, or the payload is none.
    ///
    /// diesel names the violations of rules and no other code: whatever else the server says counts as an outage,
    /// since a write that is tried too often is better than one that is lost.
    pub fn is_lasting(&self) -> bool {
        use DatabaseErrorKind::{
            CheckViolation, ExclusionViolation, ForeignKeyViolation, NotNullViolation, RestrictViolation,
            UniqueViolation,
        };
        match self {
            Self::Payload(_) => true,
            Self::Cold(ColdError::Query(DieselError::DatabaseError(kind, _))) => matches!(
                kind,
                CheckViolation
                    | ExclusionViolation
                    | ForeignKeyViolation
                    | NotNullViolation
                    | RestrictViolation
                    | UniqueViolation
            ),
            Self::Cold(ColdError::Query(error)) => {
                matches!(error, DieselError::SerializationError(_) | DieselError::QueryBuilderError(_))
            }
            Self::Cold(_) => false,
        }
    }
}

/// Applies a payload of `kind` and claims `key` for it, in one transaction. Answers false, and does nothing, when the key is
/// taken: that write has landed before. Two at once with one key wait for each other.
///
/// # Errors
/// An [`ApplyError`]; nothing has happened then, but for one case: an answer to COMMIT that got lost.
pub async fn once(
    connection: &mut Connection,
    key: &str,
    kind: &Kind,
    payload: &Value,
) -> Result<bool, ApplyError> {
    connection
        .transaction(async move |connection| {
            let claim = "INSERT INTO applied_writes (key, kind) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let claimed = diesel::sql_query(claim)
                .bind::<Text, _>(key)
                .bind::<Text, _>(kind.name)
                .execute(connection)
                .await?;
            if claimed == 1 {
                (kind.apply)(connection, payload).await?;
            }
            Ok(claimed == 1)
        })
        .await
}

#[derive(diesel::QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    key: String,
}

/// Those of `keys` that are taken.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn landed(connection: &mut Connection, keys: &[String]) -> Result<Vec<String>, ColdError> {
    let rows: Vec<Key> = diesel::sql_query("SELECT key FROM applied_writes WHERE key = ANY($1)")
        .bind::<diesel::sql_types::Array<Text>, _>(keys)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// Forgets keys older than that many days, at most `most` of them. Answers how many went.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn prune(connection: &mut Connection, days: i32, most: i64) -> Result<usize, ColdError> {
    let query = "DELETE FROM applied_writes WHERE key IN (
        SELECT key FROM applied_writes WHERE applied_at < now() - make_interval(days => $1) ORDER BY applied_at LIMIT $2)";
    let pruned = diesel::sql_query(query)
        .bind::<diesel::sql_types::Integer, _>(days)
        .bind::<diesel::sql_types::BigInt, _>(most)
        .execute(connection)
        .await?;
    Ok(pruned)
}
