//! Who is closest to a character in a guild.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;

use crate::cold::{
    ColdError, Connection,
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{
    character::CharacterId,
    ids::{GuildId, UserId},
    snowflake,
};

/// A member's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub place: u64,
    /// Who.
    pub user: UserId,
    /// Their experience.
    pub xp: u64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    user_id: UserId,
    #[diesel(sql_type = BigInt)]
    xp: i64,
}

// The id's own time keeps the search to the months in question.
const LEADERS: &str = "WITH active AS (
        SELECT DISTINCT user_id FROM usage_ledger
        WHERE guild_id = $1 AND called_at >= $3 AND interaction_id >= $4 AND user_id IS NOT NULL
    ), ranked AS (
        SELECT row_number() OVER (ORDER BY xp DESC, user_id) AS place, user_id, xp
        FROM bond_state JOIN active USING (user_id)
        WHERE character_id = $2 AND xp > 0 AND NOT EXISTS (
            SELECT FROM users WHERE users.user_id = bond_state.user_id AND leaderboard_opt_out
        )
    )
    SELECT place, user_id::bigint AS user_id, xp FROM ranked WHERE place <= $5 OR user_id = $6 ORDER BY place";

/// The members of a guild who are closest to a character, closest first, and after them whoever asks, where they have a
/// place: those who asked a model there since that moment, and did not opt out.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn leaders(
    connection: &mut Connection,
    (guild, character): (GuildId, &CharacterId),
    active_since: DateTime<Utc>,
    most: u8,
    asking: UserId,
) -> Result<Vec<Place>, ColdError> {
    let rows: Vec<Row> = statement(LEADERS)
        .bind::<BigInt, _>(guild)
        .bind::<Text, _>(character)
        .bind::<Timestamptz, _>(active_since)
        .bind::<BigInt, _>(snowflake::first_at(active_since.timestamp_millis()))
        .bind::<BigInt, _>(i64::from(most))
        .bind::<BigInt, _>(asking)
        .load(connection)
        .await?;
    let place = |row: Row| Place { place: count(row.place), user: row.user_id, xp: count(row.xp) };
    Ok(rows.into_iter().map(place).collect())
}
