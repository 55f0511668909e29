//! Sounds that characters can make: what is known about each file.

use diesel::{ExpressionMethods, QueryDsl, SelectableHelper, upsert::excluded};
use diesel_async::RunQueryDsl;

use super::{
    ColdError, Connection,
    schema::voice_sounds,
    types::{bigint, count, integer},
};
use crate::domain::character::CharacterId;

/// A sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Whose voice it is.
    pub character: CharacterId,
    /// Its name, 1 to 100 characters; with character and language it names one sound.
    pub name: String,
    /// Its language, such as `en` or `pt-BR`.
    pub locale: String,
    /// Its media type, such as `audio/ogg`.
    pub media_type: String,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Size of the file in bytes, at least 1.
    pub bytes: u64,
    /// How long it lasts, in milliseconds, at least 1.
    pub duration_ms: u32,
    /// Where the file lies, from the root of the sounds' store.
    pub path: String,
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = voice_sounds, check_for_backend(diesel::pg::Pg))]
struct Row {
    character_id: CharacterId,
    name: String,
    locale: String,
    content_type: String,
    sha256: Vec<u8>,
    size_bytes: i64,
    duration_ms: i32,
    path: String,
}

impl TryFrom<Row> for Sound {
    type Error = ColdError;

    fn try_from(row: Row) -> Result<Self, ColdError> {
        let sha256 = <[u8; 32]>::try_from(row.sha256.as_slice())
            .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
        Ok(Self {
            character: row.character_id,
            name: row.name,
            locale: row.locale,
            media_type: row.content_type,
            sha256,
            bytes: count(row.size_bytes),
            duration_ms: row.duration_ms.unsigned_abs(),
            path: row.path,
        })
    }
}

/// Adds a sound, or changes the one that has its character, name and language.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone, or a value is beyond its bounds.
pub async fn put(connection: &mut Connection, sound: &Sound) -> Result<(), ColdError> {
    diesel::insert_into(voice_sounds::table)
        .values((
            voice_sounds::character_id.eq(&sound.character),
            voice_sounds::name.eq(&sound.name),
            voice_sounds::locale.eq(&sound.locale),
            voice_sounds::content_type.eq(&sound.media_type),
            voice_sounds::sha256.eq(sound.sha256.as_slice()),
            voice_sounds::size_bytes.eq(bigint(sound.bytes)),
            voice_sounds::duration_ms.eq(integer(sound.duration_ms)),
            voice_sounds::path.eq(&sound.path),
        ))
        .on_conflict((voice_sounds::character_id, voice_sounds::name, voice_sounds::locale))
        .do_update()
        .set((
            voice_sounds::content_type.eq(excluded(voice_sounds::content_type)),
            voice_sounds::sha256.eq(excluded(voice_sounds::sha256)),
            voice_sounds::size_bytes.eq(excluded(voice_sounds::size_bytes)),
            voice_sounds::duration_ms.eq(excluded(voice_sounds::duration_ms)),
            voice_sounds::path.eq(excluded(voice_sounds::path)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// A character's sounds by name and language.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn list(
    connection: &mut Connection,
    character: &CharacterId,
    limit: u8,
) -> Result<Vec<Sound>, ColdError> {
    let rows: Vec<Row> = voice_sounds::table
        .filter(voice_sounds::character_id.eq(character))
        .order((voice_sounds::name, voice_sounds::locale))
        .limit(limit.into())
        .select(Row::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(Sound::try_from).collect()
}

/// Forgets a sound; whether it was known.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn remove(
    connection: &mut Connection,
    character: &CharacterId,
    name: &str,
    locale: &str,
) -> Result<bool, ColdError> {
    let row = voice_sounds::table
        .filter(voice_sounds::character_id.eq(character))
        .filter(voice_sounds::name.eq(name))
        .filter(voice_sounds::locale.eq(locale));
    Ok(diesel::delete(row).execute(connection).await? > 0)
}
