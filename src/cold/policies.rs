//! Policies as PostgreSQL has them: settings, lists, tiers and blocks of a guild or a user, read as one.

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension,
    sql_types::{BigInt, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use serde::de::DeserializeOwned;

use super::{ColdError, Connection};
use crate::domain::{
    ids::{GuildId, UserId},
    policy::{GuildPolicy, UserPolicy},
};

/// A policy with its version; 0 for what has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped<P> {
    /// Drawn anew by every change; 0 without a row.
    pub version: i64,
    /// The policy.
    pub policy: P,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Text)]
    body: String,
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    version: i64,
}

/// Reads a guild's policy, at one moment, without what has ended by then.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn guild(
    connection: &mut Connection,
    guild: GuildId,
    at: DateTime<Utc>,
) -> Result<Stamped<GuildPolicy>, ColdError> {
    read(connection, include_str!("guild_policy.sql"), guild.to_i64(), at).await
}

/// Reads a user's policy, at one moment, without what has ended by then.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn user(
    connection: &mut Connection,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<Stamped<UserPolicy>, ColdError> {
    read(connection, include_str!("user_policy.sql"), user.to_i64(), at).await
}

async fn read<P: DeserializeOwned>(
    connection: &mut Connection,
    query: &'static str,
    id: i64,
    at: DateTime<Utc>,
) -> Result<Stamped<P>, ColdError> {
    let query = diesel::sql_query(query).bind::<BigInt, _>(id).bind::<Timestamptz, _>(at);
    let row: Row = query.get_result(connection).await?;
    let policy = serde_json::from_str(&row.body)
        .map_err(|error| ColdError::Query(diesel::result::Error::DeserializationError(error.into())))?;
    Ok(Stamped { version: row.version, policy })
}

/// A guild's version alone; 0 without a row.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn guild_version(connection: &mut Connection, guild: GuildId) -> Result<i64, ColdError> {
    version(connection, "SELECT version FROM guild_settings WHERE guild_id = $1", guild.to_i64()).await
}

/// A user's version alone; 0 without a row.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn user_version(connection: &mut Connection, user: UserId) -> Result<i64, ColdError> {
    version(connection, "SELECT version FROM users WHERE user_id = $1", user.to_i64()).await
}

async fn version(connection: &mut Connection, query: &'static str, id: i64) -> Result<i64, ColdError> {
    let row: Option<Version> =
        diesel::sql_query(query).bind::<BigInt, _>(id).get_result(connection).await.optional()?;
    Ok(row.map_or(0, |row| row.version))
}
