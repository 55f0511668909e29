//! Who answers in a guild when a member names nobody: a setting of its admins.

use serde_json::Value;

use super::{Characters, Trouble};
use crate::{
    cold::{audit, characters, guild_settings},
    domain::{
        character::CharacterId,
        ids::{GuildId, UserId},
        oversight::Action,
    },
    warm::policies::Policies,
};

impl Characters {
    /// Sets who answers in a guild, or with `None` leaves it to the bot; every process knows at once.
    ///
    /// # Errors
    /// A [`Trouble`]: [`Trouble::NotShared`] for a member's that isn't shared with the guild.
    pub async fn set_default(
        &self,
        policies: &Policies,
        (guild, actor): (GuildId, UserId),
        character: Option<CharacterId>,
    ) -> Result<(), Trouble> {
        let at = self.0.clock.now();
        let written = policies.change_guild(guild, move |connection| {
            Box::pin(async move {
                if let Some(CharacterId::Custom(id)) = &character {
                    let found = characters::get(connection, *id).await?;
                    if found.is_none_or(|found| found.guild != Some(guild)) {
                        return Ok(false);
                    }
                }
                let before =
                    guild_settings::set_default_character(connection, guild, character.as_ref()).await?;
                let mut entry = audit::Entry::new(Some(actor), Action::DEFAULT_CHARACTER_SET, at);
                let told = |id: CharacterId| Value::from(id.to_string());
                entry.guild = Some(guild);
                "default_character".clone_into(&mut entry.target);
                entry.before = before.map(told);
                entry.after = character.map(told);
                audit::append(connection, &entry).await?;
                Ok(true)
            })
        });
        if written.await? { Ok(()) } else { Err(Trouble::NotShared) }
    }
}
