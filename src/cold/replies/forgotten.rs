//! Forgetting what was said in a place, whether it is kept already or still waits somewhere for PostgreSQL.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::cold::{
    ColdError, Connection,
    statement::{Bind, statement},
};
use crate::domain::{
    character::CharacterId,
    ids::{Place, UserId},
};

/// Deletes a member's exchanges in a place, with one character or with all, and keeps those out that were made until
/// `now` and land later. Answers how many went.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn forget_at(
    connection: &mut Connection,
    user: UserId,
    place: Place,
    character: Option<&CharacterId>,
    now: DateTime<Utc>,
) -> Result<usize, ColdError> {
    const FORGET: &str = "WITH noted AS (
            INSERT INTO talk_forgotten AS known (user_id, guild_id, character_id, forgotten_at)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, coalesce(guild_id, 0), coalesce(character_id, ''))
            DO UPDATE SET forgotten_at = greatest(known.forgotten_at, excluded.forgotten_at)
        )
        DELETE FROM talk_replies
        WHERE user_id = $1 AND guild_id IS NOT DISTINCT FROM $2 AND ($3 IS NULL OR character_id = $3)";
    let gone = statement(FORGET)
        .bind::<BigInt, _>(user)
        .bind::<Nullable<BigInt>, _>(place.guild())
        .bind::<Nullable<Text>, _>(character)
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .await?;
    Ok(gone)
}

/// Deletes what was noted of forgetting before that moment. Answers how much went.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn prune_forgotten(connection: &mut Connection, before: DateTime<Utc>) -> Result<usize, ColdError> {
    let pruned = statement("DELETE FROM talk_forgotten WHERE forgotten_at < $1")
        .bind::<Timestamptz, _>(before)
        .execute(connection)
        .await?;
    Ok(pruned)
}
