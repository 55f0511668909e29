//! What is known of rolls beside the next one: the window they count in, the latest, and the odds they were drawn by.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    sql_types::{BigInt, Nullable, Timestamptz},
};
use diesel_async::RunQueryDsl;

use super::{Roll, Row};
use crate::{
    cold::{
        ColdError, Connection,
        schema::{roll_odds, rolls},
        statement::{Bind, statement},
        types::count,
    },
    domain::{
        ids::UserId,
        odds::{Definition, Odds},
    },
};

/// How a member's window of rolls stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Where it begins: rolls from then on count.
    pub begins: DateTime<Utc>,
    /// What its rolls have cost.
    pub spent: u64,
    /// When a roll is to be had again; `None` where one is to be had now.
    pub next_at: Option<DateTime<Utc>>,
}

#[derive(diesel::QueryableByName)]
struct WindowRow {
    #[diesel(sql_type = BigInt)]
    spent: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    full_since: Option<DateTime<Utc>>,
}

/// How the window of that length that ends at a moment stands for a member who may roll `most` times in it, at a cost
/// of 1 each.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn window(
    connection: &mut Connection,
    user: UserId,
    at: DateTime<Utc>,
    length: TimeDelta,
    most: u32,
) -> Result<Window, ColdError> {
    // The roll with which the window became full, and with whose end there is room again.
    const LOOK: &str = "WITH of_window AS MATERIALIZED (
            SELECT rolled_at, cost FROM rolls
            WHERE user_id = $1 AND rolled_at >= $2
        )
        SELECT (SELECT coalesce(sum(cost), 0)::bigint FROM of_window) AS spent,
            (SELECT rolled_at FROM of_window WHERE cost > 0 ORDER BY rolled_at DESC OFFSET $3 LIMIT 1) AS full_since";
    let begins = at.checked_sub_signed(length).unwrap_or(DateTime::UNIX_EPOCH);
    let row: WindowRow = statement(LOOK)
        .bind::<BigInt, _>(user)
        .bind::<Timestamptz, _>(begins)
        .bind::<BigInt, _>(i64::from(most.saturating_sub(1)))
        .get_result(connection)
        .await?;
    let next_at = row.full_since.map(|since| since + length);
    Ok(Window { begins, spent: count(row.spent), next_at })
}

/// A member's latest rolls, the newest first.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn latest(connection: &mut Connection, user: UserId, limit: u8) -> Result<Vec<Roll>, ColdError> {
    let query = rolls::table
        .filter(rolls::user_id.eq(user))
        .order((rolls::rolled_at.desc(), rolls::roll_id.desc()))
        .limit(limit.into())
        .select(Row::as_select());
    let rows: Vec<Row> = query.load(connection).await?;
    Ok(rows.into_iter().map(Roll::from).collect())
}

/// Keeps what odds are made of, under their version. What is kept already stays.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn keep_odds(connection: &mut Connection, odds: &Odds) -> Result<(), ColdError> {
    let definition = serde_json::to_value(odds.definition()).expect("a definition is plain data");
    diesel::insert_into(roll_odds::table)
        .values((roll_odds::odds_version.eq(odds.version()), roll_odds::definition.eq(definition)))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

/// The odds of that version; `None` where they were never kept, or make no sense.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn odds(connection: &mut Connection, version: &str) -> Result<Option<Odds>, ColdError> {
    let query = roll_odds::table.find(version).select(roll_odds::definition);
    let found: Option<serde_json::Value> = query.first(connection).await.optional()?;
    let definition = found.and_then(|found| serde_json::from_value::<Definition>(found).ok());
    let odds = definition.and_then(|definition| Odds::from_definition(definition).ok());
    Ok(odds.filter(|odds| odds.version() == version))
}
