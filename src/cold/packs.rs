//! Packs of characters that a guild's admins have opened, as part of its settings. They are read with its policy.

use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::{
    ColdError, Connection,
    statement::{Bind, statement},
};
use crate::domain::ids::GuildId;

/// Opens a pack for a guild, or closes it; whether that changed anything. Other packs stay as they are, whoever
/// changes them at the same time.
///
/// # Errors
/// [`ColdError::Query`].
pub async fn set(
    connection: &mut Connection,
    guild: GuildId,
    pack: &str,
    open: bool,
) -> Result<bool, ColdError> {
    const OPEN: &str = "INSERT INTO guild_settings AS settings (guild_id, extra)
        VALUES ($1, jsonb_build_object('packs', jsonb_build_array($2::text)))
        ON CONFLICT (guild_id) DO UPDATE
        SET extra = jsonb_set(settings.extra, '{packs}', coalesce(settings.extra -> 'packs', '[]') || to_jsonb($2::text))
        WHERE NOT coalesce(settings.extra -> 'packs', '[]') ? $2";
    const CLOSE: &str =
        "UPDATE guild_settings SET extra = jsonb_set(extra, '{packs}', (extra -> 'packs') - $2)
        WHERE guild_id = $1 AND extra -> 'packs' ? $2";
    let set = statement(if open { OPEN } else { CLOSE });
    let changed = set.bind::<BigInt, _>(guild).bind::<Text, _>(pack).execute(connection).await?;
    Ok(changed > 0)
}
