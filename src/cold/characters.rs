//! Custom characters: what members made or brought along.
//!
//! A card is kept as the text it came as, byte for byte. A character that is deleted stays for a while, out of sight,
//! and is purged later with all that hangs on it.

mod owned;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension,
    PgTextExpressionMethods, QueryDsl, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{ColdError, Connection, schema::character_custom_styles as styles, types::count};
use crate::domain::ids::{GuildId, UserId};

pub use self::owned::{
    Bounded, ContentHash, Deleted, Made, count as count_of, create_within, deleted, restore_within,
    same_content, share_within,
};

/// Days for which a deleted character can be brought back.
pub const KEPT_DAYS: u64 = 7;
/// Most bytes of a card and of an avatar; the database holds no more.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// Most characters that autocompletion shows; Discord takes no more.
const MOST_FOUND: i64 = 25;

/// A picture with its type: `image/png`, `image/webp`, `image/jpeg` or `image/gif`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// The file, [`LARGEST`] bytes at most.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: String,
}

/// What a character consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Its card: JSON as text, 2 to [`LARGEST`] bytes.
    pub card: String,
}

/// A custom character, without its avatar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Character {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub owner: UserId,
    /// The guild it is shared with.
    pub guild: Option<GuildId>,
    /// Name and card.
    pub content: Content,
    /// Drawn anew by each change; grows.
    pub version: u64,
    /// Whether it has an avatar.
    pub has_avatar: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// A custom character as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = styles, check_for_backend(diesel::pg::Pg))]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    #[diesel(column_name = owner_id)]
    pub owner: UserId,
    /// The guild it is shared with.
    #[diesel(column_name = guild_id)]
    pub guild: Option<GuildId>,
    /// Its name.
    pub name: String,
}

/// Which characters a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// A member's own.
    Owner(UserId),
    /// Those shared with a guild.
    Guild(GuildId),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done, and this is the new version.
    Now(u64),
    /// Somebody changed it first: the version is this one. Nothing changed.
    Conflict(u64),
    /// The owner has no such character.
    Gone,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = styles, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    owner_id: UserId,
    guild_id: Option<GuildId>,
    name: String,
    card: String,
    version: i64,
    avatar_type: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Character {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            owner: row.owner_id,
            guild: row.guild_id,
            content: Content { name: row.name, card: row.card },
            version: count(row.version),
            has_avatar: row.avatar_type.is_some(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Makes a character under an id that the caller chose: with the same id, a repeated call changes nothing and
/// gives `None`.
///
/// # Errors
/// [`ColdError::Query`], also for content beyond its bounds.
pub async fn create(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    content: &Content,
    avatar: Option<&Avatar>,
) -> Result<Option<Character>, ColdError> {
    let row: Option<Row> = diesel::insert_into(styles::table)
        .values((
            styles::id.eq(id),
            styles::owner_id.eq(owner),
            styles::name.eq(&content.name),
            styles::card.eq(&content.card),
            styles::avatar.eq(avatar.map(|avatar| &avatar.bytes)),
            styles::avatar_type.eq(avatar.map(|avatar| &avatar.media_type)),
        ))
        .on_conflict_do_nothing()
        .returning(Row::as_returning())
        .get_result(connection)
        .await
        .optional()?;
    Ok(row.map(Character::from))
}

/// One character, unless it was deleted.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn get(connection: &mut Connection, id: Uuid) -> Result<Option<Character>, ColdError> {
    let query = styles::table.find(id).filter(styles::deleted_at.is_null()).select(Row::as_select());
    Ok(query.first(connection).await.optional()?.map(Character::from))
}

/// A character's avatar, if it has one and was not deleted.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn avatar(connection: &mut Connection, id: Uuid) -> Result<Option<Avatar>, ColdError> {
    let row: Option<(Vec<u8>, String)> = styles::table
        .find(id)
        .filter(styles::deleted_at.is_null())
        .filter(styles::avatar.is_not_null())
        .select((styles::avatar.assume_not_null(), styles::avatar_type.assume_not_null()))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(|(bytes, media_type)| Avatar { bytes, media_type }))
}

/// Characters by name, from after that one on.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn list(
    connection: &mut Connection,
    among: Among,
    after: Option<&Entry>,
    limit: u8,
) -> Result<Vec<Entry>, ColdError> {
    let mut query = styles::table.filter(styles::deleted_at.is_null()).into_boxed();
    query = match among {
        Among::Owner(owner) => query.filter(styles::owner_id.eq(owner)),
        Among::Guild(guild) => query.filter(styles::guild_id.eq(guild)),
    };
    if let Some(last) = after {
        let same = styles::name.eq(&last.name).and(styles::id.gt(last.id));
        query = query.filter(styles::name.gt(&last.name).or(same));
    }
    let query = query.order((styles::name, styles::id)).limit(limit.into()).select(Entry::as_select());
    Ok(query.load(connection).await?)
}

/// What a member may choose from, by a part of the name: their own, and those shared with the guild; 25 at most.
/// The text is taken literally.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn find_by_name(
    connection: &mut Connection,
    user: UserId,
    guild: Option<GuildId>,
    text: &str,
) -> Result<Vec<Entry>, ColdError> {
    let mut query = styles::table.filter(styles::deleted_at.is_null()).into_boxed();
    query = match guild {
        Some(guild) => {
            query.filter(styles::owner_id.eq(user).or(styles::guild_id.assume_not_null().eq(guild)))
        }
        None => query.filter(styles::owner_id.eq(user)),
    };
    Ok(query
        .filter(styles::name.ilike(format!("%{}%", escaped(text))))
        .order((styles::name, styles::id))
        .limit(MOST_FOUND)
        .select(Entry::as_select())
        .load(connection)
        .await?)
}

/// A text in which no character is a wildcard of LIKE. No name has a zero byte, and no parameter takes one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars().filter(|char| *char != '\0') {
        if matches!(char, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// Changes name and card, with what the card's content comes to, if the character still is what the owner saw, of that version.
///
/// # Errors
/// [`ColdError::Query`], also for content beyond its bounds.
pub async fn update(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    seen: u64,
    (content, hash): (&Content, Option<&ContentHash>),
) -> Result<Changed, ColdError> {
    let live = styles::table.find(id).filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_null());
    let version: Option<i64> = diesel::update(live.filter(styles::version.eq(super::types::bigint(seen))))
        .set((
            styles::name.eq(&content.name),
            styles::card.eq(&content.card),
            styles::content_hash.eq(hash.map(ContentHash::as_slice)),
        ))
        .returning(styles::version)
        .get_result(connection)
        .await
        .optional()?;
    if let Some(version) = version {
        return Ok(Changed::Now(count(version)));
    }
    let other: Option<i64> = live.select(styles::version).first(connection).await.optional()?;
    Ok(other.map_or(Changed::Gone, |version| Changed::Conflict(count(version))))
}

/// Changes or takes away the avatar; whether the owner has such a character.
///
/// # Errors
/// [`ColdError::Query`], also for a picture beyond its bounds.
pub async fn set_avatar(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    avatar: Option<&Avatar>,
) -> Result<bool, ColdError> {
    let live = styles::table.find(id).filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_null());
    let changed = diesel::update(live)
        .set((
            styles::avatar.eq(avatar.map(|avatar| &avatar.bytes)),
            styles::avatar_type.eq(avatar.map(|avatar| &avatar.media_type)),
        ))
        .execute(connection)
        .await?;
    Ok(changed > 0)
}

/// Shares a character with a guild, or with none; whether the owner has such a character.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn share(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    guild: Option<GuildId>,
) -> Result<bool, ColdError> {
    let live = styles::table.find(id).filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_null());
    Ok(diesel::update(live).set(styles::guild_id.eq(guild)).execute(connection).await? > 0)
}

/// Puts a character out of sight until it is purged; whether the owner had it.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn delete(
    connection: &mut Connection,
    id: Uuid,
    owner: UserId,
    at: DateTime<Utc>,
) -> Result<bool, ColdError> {
    let live = styles::table.find(id).filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_null());
    Ok(diesel::update(live).set(styles::deleted_at.eq(at)).execute(connection).await? > 0)
}

/// Brings a deleted character back, unless it was purged; whether there was one.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn restore(connection: &mut Connection, id: Uuid, owner: UserId) -> Result<bool, ColdError> {
    let deleted =
        styles::table.find(id).filter(styles::owner_id.eq(owner)).filter(styles::deleted_at.is_not_null());
    let none = None::<DateTime<Utc>>;
    Ok(diesel::update(deleted).set(styles::deleted_at.eq(none)).execute(connection).await? > 0)
}

/// Purges characters that were deleted before a moment, with the bonds, copies and sounds that hang on them; how
/// many. No more than `limit`: the caller asks again until it is 0.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn purge(
    connection: &mut Connection,
    deleted_before: DateTime<Utc>,
    limit: u8,
) -> Result<usize, ColdError> {
    let old: Vec<Uuid> = styles::table
        .filter(styles::deleted_at.lt(deleted_before))
        .order(styles::deleted_at)
        .limit(limit.into())
        .select(styles::id)
        .load(connection)
        .await?;
    // Asked again: one may have been brought back meanwhile.
    let still = styles::table.filter(styles::id.eq_any(old)).filter(styles::deleted_at.lt(deleted_before));
    Ok(diesel::delete(still).execute(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_themselves() {
        assert_eq!(escaped(r"100%_\o/"), r"100\%\_\\o/");
    }
}
