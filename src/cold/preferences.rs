//! What a member has chosen in a guild, or in direct messages: the active character, and preferences by name.

use diesel::{
    OptionalExtension, QueryDsl,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value};

use super::{
    ColdError, Connection,
    schema::character_user_state as state,
    statement::{Bind, statement},
};
use crate::domain::{
    character::CharacterId,
    ids::{GuildId, UserId},
};

/// A member's choices in one place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preferences {
    /// Who answers; `None`: whoever the guild chose.
    pub active: Option<CharacterId>,
    /// Preferences by name.
    pub values: Map<String, Value>,
}

/// A member's choices in a guild, or with `None` in direct messages; the defaults where they made none.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(
    connection: &mut Connection,
    user: UserId,
    guild: Option<GuildId>,
) -> Result<Preferences, ColdError> {
    let row: Option<(Option<CharacterId>, Value)> = state::table
        .find((user, guild.map_or(0, GuildId::to_i64)))
        .select((state::active_character, state::preferences))
        .first(connection)
        .await
        .optional()?;
    let Some((active, values)) = row else { return Ok(Preferences::default()) };
    // The database holds nothing but objects there.
    let values = if let Value::Object(values) = values { values } else { Map::new() };
    Ok(Preferences { active, values })
}

/// Sets who answers, or with `None` leaves it to the guild.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn set_active(
    connection: &mut Connection,
    user: UserId,
    guild: Option<GuildId>,
    character: Option<&CharacterId>,
) -> Result<(), ColdError> {
    const SET: &str =
        "INSERT INTO character_user_state (user_id, guild_id, active_character) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, guild_key) DO UPDATE SET active_character = excluded.active_character";
    statement(SET)
        .bind::<BigInt, _>(user)
        .bind::<Nullable<BigInt>, _>(guild)
        .bind::<Nullable<Text>, _>(character)
        .execute(connection)
        .await?;
    Ok(())
}

/// Sets one preference, or with `None` takes it away; the others stay, whoever sets them at the same time.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn set(
    connection: &mut Connection,
    user: UserId,
    guild: Option<GuildId>,
    (name, value): (&str, Option<Value>),
) -> Result<(), ColdError> {
    const SET: &str = "INSERT INTO character_user_state AS state (user_id, guild_id, preferences)
        VALUES ($1, $2, CASE WHEN $4 IS NULL THEN '{}' ELSE jsonb_build_object($3, $4) END)
        ON CONFLICT (user_id, guild_key) DO UPDATE SET preferences = (state.preferences - $3) || excluded.preferences";
    statement(SET)
        .bind::<BigInt, _>(user)
        .bind::<Nullable<BigInt>, _>(guild)
        .bind::<Text, _>(name)
        .bind::<Nullable<Jsonb>, _>(value)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a member off all leaderboards, or back on them; whether they are off now. Part of their policy.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn toggle_leaderboard(connection: &mut Connection, user: UserId) -> Result<bool, ColdError> {
    const TOGGLE: &str = "INSERT INTO users AS known (user_id, leaderboard_opt_out) VALUES ($1, true)
        ON CONFLICT (user_id) DO UPDATE SET leaderboard_opt_out = NOT known.leaderboard_opt_out
        RETURNING leaderboard_opt_out AS hidden";
    let row: Hidden = statement(TOGGLE).bind::<BigInt, _>(user).get_result(connection).await?;
    Ok(row.hidden)
}

#[derive(diesel::QueryableByName)]
struct Hidden {
    #[diesel(sql_type = Bool)]
    hidden: bool,
}
