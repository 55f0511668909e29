//! Monthly partitions: made ahead, made on demand for rows of another time, and retired when their term is over.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use diesel::{
    result::{DatabaseErrorKind, Error},
    sql_types::{BigInt, Bool, Date, Integer, Text, Timestamptz},
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};

use super::{connect::Connection, error::ColdError};
use crate::config::RetentionSettings;

/// Months kept ready beyond the present one.
pub(super) const MONTHS_AHEAD: i32 = 3;
/// Server-side bound for retiring one table's months: blanking a big one takes longer than a command may.
const RETIRE_TIMEOUT: &str = "SET LOCAL statement_timeout = '10min'";

/// A table that is kept by month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partitioned {
    /// By interaction id.
    UsageLedger,
    /// By scene id.
    SceneTurns,
    /// By time.
    AuditLog,
}

impl Partitioned {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::UsageLedger, Self::SceneTurns, Self::AuditLog];

    /// The table's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsageLedger => "usage_ledger",
            Self::SceneTurns => "scene_turns",
            Self::AuditLog => "audit_log",
        }
    }

    /// Whole months that stay beside the present one.
    const fn months(self, terms: &RetentionSettings) -> u32 {
        match self {
            Self::UsageLedger => terms.usage_months,
            Self::SceneTurns => terms.scene_months,
            Self::AuditLog => terms.audit_months,
        }
    }
}

/// What tells a row's month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A snowflake of Discord's, which carries its time.
    Id(i64),
    /// The time itself.
    At(DateTime<Utc>),
}

#[derive(diesel::QueryableByName)]
struct Made {
    #[diesel(sql_type = Integer)]
    made: i32,
}

#[derive(diesel::QueryableByName)]
struct MadeOne {
    #[diesel(sql_type = Bool)]
    made: bool,
}

#[derive(diesel::QueryableByName)]
struct Retired {
    #[diesel(sql_type = Text)]
    partition: String,
}

/// Makes the partitions of this month and the next ones, for every table, and returns how many were missing.
/// Safe to call at any time, by several processes at once, and with the rights of running.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn ensure(connection: &mut Connection) -> Result<i32, ColdError> {
    let query = diesel::sql_query("SELECT troupe_ensure_partitions($1) AS made");
    let answer: Made = query.bind::<Integer, _>(MONTHS_AHEAD).get_result(connection).await?;
    Ok(answer.made)
}

/// Makes the partition that one row needs, and returns whether it was missing. For whoever meets
/// [`is_missing`]: a clock ran ahead, or an old row is brought in. The insert that failed may then be tried again,
/// in a new transaction.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails, or the key lies outside Discord's time (2015 to 2084).
pub async fn ensure_for(
    connection: &mut Connection,
    table: Partitioned,
    key: Key,
) -> Result<bool, ColdError> {
    let query = diesel::sql_query("SELECT troupe_ensure_partition_for($1, $2) AS made");
    let query = query.bind::<Text, _>(table.name());
    let answer: MadeOne = match key {
        Key::Id(id) => query.bind::<BigInt, _>(id).get_result(connection).await?,
        Key::At(at) => query.bind::<Timestamptz, _>(at).get_result(connection).await?,
    };
    Ok(answer.made)
}

/// Whether an insert failed because its month has no partition yet. PostgreSQL reports that as a violated check
/// without a name.
pub fn is_missing(error: &Error) -> bool {
    let Error::DatabaseError(DatabaseErrorKind::CheckViolation, facts) = error else { return false };
    let ours = |table: &str| Partitioned::ALL.iter().any(|known| known.name() == table);
    facts.constraint_name().is_none() && facts.table_name().is_some_and(ours)
}

/// Retires the months whose term is over on that day (UTC), and returns their partitions' names. Each table is one
/// transaction. May take minutes when a month is big. Harmless when several do it at once.
///
/// # Errors
/// [`ColdError::Query`] when a statement fails; tables that were done before it stay done.
pub async fn retire(
    connection: &mut Connection,
    terms: &RetentionSettings,
    today: NaiveDate,
) -> Result<Vec<String>, ColdError> {
    let mut retired = Vec::new();
    for table in Partitioned::ALL {
        let Some(before) = kept_from(table.months(terms), today) else { continue };
        let done = connection
            .transaction::<_, Error, _>(async |connection| {
                connection.batch_execute(RETIRE_TIMEOUT).await?;
                diesel::sql_query("SELECT troupe_retire_partitions($1, $2) AS partition")
                    .bind::<Text, _>(table.name())
                    .bind::<Date, _>(before)
                    .load::<Retired>(connection)
                    .await
            })
            .await?;
        retired.extend(done.into_iter().map(|row| row.partition));
    }
    Ok(retired)
}

/// First day of the oldest month that is kept; `None` when there was no such day.
fn kept_from(months: u32, today: NaiveDate) -> Option<NaiveDate> {
    today.with_day(1)?.checked_sub_months(Months::new(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(kept_from(12, day(2026, 3, 31)), Some(day(2025, 3, 1)));
        assert_eq!(kept_from(13, day(2026, 1, 1)), Some(day(2024, 12, 1)));
    }
}
