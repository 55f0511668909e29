//! A guild's settings, written. They are read as part of its policy: see [`super::policies`].

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;

use super::{ColdError, Connection, schema::guild_settings as settings};
use crate::domain::{character::CharacterId, ids::GuildId};

/// Sets who answers in a guild when a member names nobody, `None` for the bot's own choice; who it was before. Belongs
/// into a transaction, with its line in the audit log.
///
/// # Errors
/// [`ColdError::Query`], also when the character was made by a member and is gone.
pub async fn set_default_character(
    connection: &mut Connection,
    guild: GuildId,
    character: Option<&CharacterId>,
) -> Result<Option<CharacterId>, ColdError> {
    let before: Option<Option<CharacterId>> = settings::table
        .find(guild)
        .select(settings::default_character)
        .for_update()
        .first(connection)
        .await
        .optional()?;
    diesel::insert_into(settings::table)
        .values((settings::guild_id.eq(guild), settings::default_character.eq(character)))
        .on_conflict(settings::guild_id)
        .do_update()
        .set(settings::default_character.eq(character))
        .execute(connection)
        .await?;
    Ok(before.flatten())
}
