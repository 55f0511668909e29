//! Members' collections: which characters are theirs, and how many copies.
//!
//! Every change first takes a lock on the collections it touches, in the order of their owners' ids: what it then
//! reads stays so until it has written. That makes slots a true bound, and two members who give each other the same
//! character at once neither mint nor lose one, nor block each other.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
    sql_types::{Array, BigInt},
    upsert::excluded,
};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{
    ColdError, Connection,
    schema::character_owned_styles as owned_styles,
    statement::{Bind, statement},
    types::count,
};
use crate::domain::{
    character::CharacterId,
    collection::{Origin, Rarity},
    ids::UserId,
};

/// A character in a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// The character.
    pub character: CharacterId,
    /// How many of it, at least 1.
    pub copies: u64,
    /// How rare it is; custom characters have no rarity.
    pub rarity: Option<Rarity>,
    /// How the first copy came.
    pub origin: Origin,
    /// When the first copy came.
    pub obtained_at: DateTime<Utc>,
    /// Kept from trades, gifts and release.
    pub locked: bool,
}

/// What comes into a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// The character.
    pub character: &'a CharacterId,
    /// How rare it is; custom characters have no rarity.
    pub rarity: Option<Rarity>,
    /// How it comes.
    pub origin: Origin,
}

/// What became of giving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The collection has one character more.
    New,
    /// It was there, and has so many copies now.
    Copies(u64),
    /// All slots are taken; nothing changed.
    Full,
}

/// What became of taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// One copy is gone.
    Done,
    /// There was none; nothing changed.
    NotOwned,
    /// It is locked; nothing changed.
    Locked,
}

/// What became of handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transferred {
    /// One copy has changed hands.
    Done,
    /// The giver had none; nothing changed.
    NotOwned,
    /// The giver locked it; nothing changed.
    Locked,
    /// The receiver's slots are all taken; nothing changed.
    Full,
    /// Giver and receiver are one; nothing changed.
    Themselves,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = owned_styles, check_for_backend(diesel::pg::Pg))]
struct Row {
    character_id: CharacterId,
    copies: i32,
    rarity: Option<Rarity>,
    obtained_from: Origin,
    obtained_at: DateTime<Utc>,
    locked: bool,
}

impl From<Row> for Owned {
    fn from(row: Row) -> Self {
        Self {
            character: row.character_id,
            copies: count(row.copies.into()),
            rarity: row.rarity,
            origin: row.obtained_from,
            obtained_at: row.obtained_at,
            locked: row.locked,
        }
    }
}

/// A member's characters in the order of their ids, from after that one on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn list(
    connection: &mut Connection,
    user: UserId,
    after: Option<&CharacterId>,
    limit: u8,
) -> Result<Vec<Owned>, ColdError> {
    let mut query = owned_styles::table.filter(owned_styles::user_id.eq(user)).into_boxed();
    if let Some(last) = after {
        query = query.filter(owned_styles::character_id.gt(last));
    }
    let query = query.order(owned_styles::character_id).limit(limit.into()).select(Row::as_select());
    let rows: Vec<Row> = query.load(connection).await?;
    Ok(rows.into_iter().map(Owned::from).collect())
}

/// One character of a member's, if they have it.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<Option<Owned>, ColdError> {
    let query = owned_styles::table.find((user, character)).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Owned::from))
}

/// How many slots are taken: one a character, however many copies.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn slots_taken(connection: &mut Connection, user: UserId) -> Result<u64, ColdError> {
    let query = owned_styles::table.filter(owned_styles::user_id.eq(user)).count();
    Ok(count(query.get_result(connection).await?))
}

/// Adds one copy, unless it needs a slot and all `slots` are taken.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn give(
    connection: &mut Connection,
    user: UserId,
    item: Item<'_>,
    slots: u32,
) -> Result<Given, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            put(connection, user, item, slots).await
        })
        .await
}

/// Takes one copy away.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn take(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<Taken, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            let Some(held) = get(connection, user, character).await? else { return Ok(Taken::NotOwned) };
            if held.locked {
                return Ok(Taken::Locked);
            }
            remove(connection, user, &held).await?;
            Ok(Taken::Done)
        })
        .await
}

/// Takes one copy away, if there are exactly so many; `None`: there are more or fewer, and nothing changed.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn take_of(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    copies: u64,
) -> Result<Option<Taken>, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            match get(connection, user, character).await? {
                None => Ok(Some(Taken::NotOwned)),
                Some(held) if held.copies != copies => Ok(None),
                Some(held) if held.locked => Ok(Some(Taken::Locked)),
                Some(held) => {
                    remove(connection, user, &held).await?;
                    Ok(Some(Taken::Done))
                }
            }
        })
        .await
}

/// Hands one copy over, in one transaction. Several at once, as in a trade, are several calls in a transaction of
/// the caller's, after one [`lock`] of all who take part.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn transfer(
    connection: &mut Connection,
    from: UserId,
    to: UserId,
    (character, origin): (&CharacterId, Origin),
    slots: u32,
) -> Result<Transferred, ColdError> {
    if from == to {
        return Ok(Transferred::Themselves);
    }
    connection
        .transaction(async |connection| {
            lock(connection, &[from, to]).await?;
            let Some(held) = get(connection, from, character).await? else {
                return Ok(Transferred::NotOwned);
            };
            if held.locked {
                return Ok(Transferred::Locked);
            }
            let item = Item { character, rarity: held.rarity, origin };
            if put(connection, to, item, slots).await? == Given::Full {
                return Ok(Transferred::Full);
            }
            remove(connection, from, &held).await?;
            Ok(Transferred::Done)
        })
        .await
}

/// Keeps a character from trades, gifts and release, or frees it; whether the member has it.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn set_locked(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
    locked: bool,
) -> Result<bool, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            let held = diesel::update(owned_styles::table.find((user, character)))
                .set(owned_styles::locked.eq(locked))
                .execute(connection)
                .await?;
            Ok(held > 0)
        })
        .await
}

/// Turns a character's lock over; whether it is locked now, and `None` where the member does not have it.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn turn_lock(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<Option<bool>, ColdError> {
    connection
        .transaction(async |connection| {
            lock(connection, &[user]).await?;
            let turned = diesel::update(owned_styles::table.find((user, character)))
                .set(owned_styles::locked.eq(diesel::dsl::not(owned_styles::locked)))
                .returning(owned_styles::locked);
            Ok(turned.get_result(connection).await.optional()?)
        })
        .await
}

/// Locks members' collections and rolls until the transaction ends. Whoever changes more than one collection in
/// one transaction locks them all at first, in one call: else two such may wait for each other.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn lock(connection: &mut Connection, users: &[UserId]) -> Result<(), ColdError> {
    // Rows could not be locked: those that are still to come are not there.
    const LOCK: &str =
        "SELECT pg_advisory_xact_lock(hashtextextended('collection', id)) FROM unnest($1) AS id";
    let mut ids: Vec<i64> = users.iter().map(|user| user.to_i64()).collect();
    ids.sort_unstable();
    ids.dedup();
    statement(LOCK).bind::<Array<BigInt>, _>(ids).execute(connection).await?;
    Ok(())
}

/// Adds one copy, under the lock.
pub(super) async fn put(
    connection: &mut Connection,
    user: UserId,
    item: Item<'_>,
    slots: u32,
) -> Result<Given, ColdError> {
    let held = get(connection, user, item.character).await?;
    if held.is_none() && slots_taken(connection, user).await? >= u64::from(slots) {
        return Ok(Given::Full);
    }
    let copies: i32 = diesel::insert_into(owned_styles::table)
        .values((
            owned_styles::user_id.eq(user),
            owned_styles::character_id.eq(item.character),
            owned_styles::rarity.eq(item.rarity),
            owned_styles::obtained_from.eq(item.origin),
        ))
        .on_conflict((owned_styles::user_id, owned_styles::character_id))
        .do_update()
        .set(owned_styles::copies.eq(owned_styles::copies + excluded(owned_styles::copies)))
        .returning(owned_styles::copies)
        .get_result(connection)
        .await?;
    Ok(if held.is_none() { Given::New } else { Given::Copies(count(copies.into())) })
}

/// Takes one copy away, under the lock.
pub(super) async fn remove(connection: &mut Connection, user: UserId, held: &Owned) -> Result<(), ColdError> {
    let row = owned_styles::table.find((user, &held.character));
    if held.copies > 1 {
        let fewer = owned_styles::copies.eq(owned_styles::copies - 1);
        diesel::update(row).set(fewer).execute(connection).await?;
    } else {
        diesel::delete(row).execute(connection).await?;
    }
    Ok(())
}

/// Takes all copies away, under the lock: the slot is free then.
pub(super) async fn clear(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<Taken, ColdError> {
    let Some(held) = get(connection, user, character).await? else { return Ok(Taken::NotOwned) };
    if held.locked {
        return Ok(Taken::Locked);
    }
    diesel::delete(owned_styles::table.find((user, character))).execute(connection).await?;
    Ok(Taken::Done)
}
