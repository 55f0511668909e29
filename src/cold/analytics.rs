//! Statistics: daily sums of what guilds did, and the day a member was first seen.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{connect::Connection, error::ColdError};
use crate::domain::ids::{GuildId, UserId};

/// Counters to be added up once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Its own key, 200 characters at most: whatever was added under it is not added again.
    pub key: String,
    /// The day, UTC.
    pub day: NaiveDate,
    /// The guild; `None` for all direct messages together.
    pub guild: Option<GuildId>,
    /// By metric's name: small letters, digits, `_` and `.`; not negative.
    pub counters: BTreeMap<String, i64>,
}

#[derive(diesel::QueryableByName)]
struct Fresh {
    #[diesel(sql_type = Text)]
    key: String,
}

#[derive(diesel::QueryableByName)]
struct First {
    #[diesel(sql_type = Bool)]
    is_first: bool,
}

/// Adds to the daily sums, each addition once by its key, all of them or none. One statement: keys and sums are
/// written together. Returns the keys that were new.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn add(connection: &mut Connection, additions: &[Addition]) -> Result<Vec<String>, ColdError> {
    let keys: Vec<_> = additions.iter().map(|addition| addition.key.as_str()).collect();
    let (mut of, mut days, mut guilds) = (Vec::new(), Vec::new(), Vec::new());
    let (mut metrics, mut values) = (Vec::new(), Vec::new());
    for addition in additions {
        for (metric, value) in &addition.counters {
            of.push(addition.key.as_str());
            days.push(addition.day);
            guilds.push(addition.guild.map(GuildId::to_i64));
            metrics.push(metric.as_str());
            values.push(*value);
        }
    }
    // In one order everywhere: two processes that add to the same rows wait for each other, and never in a ring.
    let query = "WITH fresh AS (
            INSERT INTO applied_writes (key, kind)
            SELECT DISTINCT key, 'stats' FROM unnest($1) AS key ORDER BY key
            ON CONFLICT (key) DO NOTHING RETURNING key
        ), added AS (
            INSERT INTO analytics_daily_metrics (day, guild_id, metric, value)
            SELECT day, guild, metric, sum(value)::bigint
            FROM unnest($2, $3, $4, $5, $6) AS counted (key, day, guild, metric, value) JOIN fresh USING (key)
            GROUP BY day, guild, metric ORDER BY day, guild, metric
            ON CONFLICT (day, guild_key, metric) DO UPDATE SET value = analytics_daily_metrics.value + excluded.value
        )
        SELECT key FROM fresh ORDER BY key";
    let fresh: Vec<Fresh> = diesel::sql_query(query)
        .bind::<Array<Text>, _>(keys)
        .bind::<Array<Text>, _>(of)
        .bind::<Array<Date>, _>(days)
        .bind::<Array<Nullable<BigInt>>, _>(guilds)
        .bind::<Array<Text>, _>(metrics)
        .bind::<Array<BigInt>, _>(values)
        .load(connection)
        .await?;
    Ok(fresh.into_iter().map(|row| row.key).collect())
}

/// Notes that a member was seen on a day, UTC, and returns whether that is the first that is known of them. An earlier
/// day that comes later takes the place of the one noted.
///
/// # Errors
/// [`ColdError::Query`] when the statement fails.
pub async fn seen(connection: &mut Connection, user: UserId, day: NaiveDate) -> Result<bool, ColdError> {
    // A row that this statement made has no earlier version that it could have locked.
    let query = "INSERT INTO user_first_seen (user_id, day) VALUES ($1, $2)
        ON CONFLICT (user_id) DO UPDATE SET day = excluded.day WHERE excluded.day < user_first_seen.day
        RETURNING xmax = 0 AS is_first";
    let rows: Vec<First> = diesel::sql_query(query)
        .bind::<BigInt, _>(user.to_i64())
        .bind::<Date, _>(day)
        .load(connection)
        .await?;
    Ok(rows.iter().any(|row| row.is_first))
}
