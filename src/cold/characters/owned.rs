//! What a member may have: so many characters, so many of them shared in a guild, none of it passed by a race.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper, sql_types::BigInt};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    super::{
        ColdError, Connection,
        schema::character_custom_styles as styles,
        statement::{Bind, statement},
    },
    Avatar, Character, Content, Entry, create, get,
};
use crate::domain::ids::{GuildId, UserId};

/// SHA-256 of what a card says.
pub type ContentHash = [u8; 32];

/// What became of a character to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It is there; also when it was made before under the same id.
    Here(Box<Character>),
    /// The owner has as many as they may. Nothing changed.
    Full,
    /// The id is somebody else's, or of one that was deleted since.
    Gone,
}

/// What became of a change that a limit bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounded {
    /// It is done.
    Done,
    /// There are as many as there may be. Nothing changed.
    Full,
    /// The owner has no such character.
    Gone,
}

/// One that was deleted and can be brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was deleted.
    pub at: DateTime<Utc>,
}

/// Makes a character, unless the owner has `most` already. With the same id, a repeated call changes nothing.
///
/// # Errors
/// [`ColdError::Query`], also for content beyond its bounds.
pub async fn create_within(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    (content, hash): (&Content, Option<&ContentHash>),
    avatar: Option<&Avatar>,
    most: u32,
) -> Result<Made, ColdError> {
    connection
        .transaction::<Made, ColdError, _>(async |connection| {
            lock(connection, owner).await?;
            if let Some(before) = get(connection, id).await? {
                let own = before.owner == owner;
                return Ok(if own { Made::Here(Box::new(before)) } else { Made::Gone });
            }
            if count(connection, owner).await? >= u64::from(most) {
                return Ok(Made::Full);
            }
            let Some(made) = create(connection, id, owner, content, avatar).await? else {
                return Ok(Made::Gone);
            };
            let hash = hash.map(ContentHash::as_slice);
            let row: super::Row = diesel::update(styles::table.find(id))
                .set(styles::content_hash.eq(hash))
                .returning(super::Row::as_returning())
                .get_result(connection)
                .await?;
            debug_assert_eq!(row.id, made.id);
            Ok(Made::Here(Box::new(row.into())))
        })
        .await
}

/// Brings one back that was deleted after `since`, unless the owner has `most` already.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn restore_within(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    since: DateTime<Utc>,
    most: u32,
) -> Result<Bounded, ColdError> {
    connection
        .transaction::<Bounded, ColdError, _>(async |connection| {
            lock(connection, owner).await?;
            let found = deleted(connection, owner, since).await?;
            if !found.iter().any(|one| one.id == id) {
                return Ok(Bounded::Gone);
            }
            if count(connection, owner).await? >= u64::from(most) {
                return Ok(Bounded::Full);
            }
            let back = super::restore(connection, id, owner).await?;
            Ok(if back { Bounded::Done } else { Bounded::Gone })
        })
        .await
}

/// Shares one with a guild, unless the owner shares `most` others there already.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn share_within(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    guild: GuildId,
    most: u32,
) -> Result<Bounded, ColdError> {
    connection
        .transaction::<Bounded, ColdError, _>(async |connection| {
            lock(connection, owner).await?;
            let shared: i64 = styles::table
                .filter(styles::owner_id.eq(owner))
                .filter(styles::guild_id.eq(guild))
                .filter(styles::deleted_at.is_null())
                .filter(styles::id.ne(id))
                .count()
                .get_result(connection)
                .await?;
            if shared >= i64::from(most) {
                return Ok(Bounded::Full);
            }
            let done = super::share(connection, id, owner, Some(guild)).await?;
            Ok(if done { Bounded::Done } else { Bounded::Gone })
        })
        .await
}

/// How many a member has, without those that were deleted.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn count(connection: &mut Connection, owner: UserId) -> Result<u64, ColdError> {
    let own = styles::table.filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_null());
    let count: i64 = own.count().get_result(connection).await?;
    Ok(super::count(count))
}

/// Those that a member deleted after `since`, the last first: 25 at most, as a menu holds.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn deleted(
    connection: &mut Connection,
    owner: UserId,
    since: DateTime<Utc>,
) -> Result<Vec<Deleted>, ColdError> {
    let rows: Vec<(Uuid, String, Option<DateTime<Utc>>)> = styles::table
        .filter(styles::owner_id.eq(owner))
        .filter(styles::deleted_at.gt(since))
        .order((styles::deleted_at.desc(), styles::id))
        .limit(super::MOST_FOUND)
        .select((styles::id, styles::name, styles::deleted_at))
        .load(connection)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, name, at)| Some(Deleted { id, name, at: at? })).collect())
}

/// One of a member's own that says the same.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn same_content(
    connection: &mut Connection,
    owner: UserId,
    hash: &ContentHash,
) -> Result<Option<Entry>, ColdError> {
    Ok(styles::table
        .filter(styles::owner_id.eq(owner))
        .filter(styles::content_hash.eq(hash.as_slice()))
        .filter(styles::deleted_at.is_null())
        .order(styles::created_at)
        .select(Entry::as_select())
        .first(connection)
        .await
        .optional()?)
}

/// One change at a time of how many a member has, until the transaction's end.
async fn lock(connection: &mut Connection, owner: UserId) -> Result<(), ColdError> {
    statement("SELECT pg_advisory_xact_lock(hashtextextended('characters', $1))")
        .bind::<BigInt, _>(owner)
        .execute(connection)
        .await?;
    Ok(())
}
