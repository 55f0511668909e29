//! Whom a member has chosen to talk with, in a guild or in direct messages.

use std::time::Duration;

use moka::future::Cache;

use super::Characters;
use crate::{
    cold::{COMMAND_BUDGET, ColdError, preferences},
    domain::{
        character::CharacterId,
        ids::{GuildId, UserId},
    },
};

/// Choices in memory, and for how long: a member may choose on one process and talk on another.
const MOST: u64 = 20_000;
const LIVE: Duration = Duration::from_secs(30);

pub(super) struct Choices(Cache<(UserId, Option<GuildId>), Option<CharacterId>>);

impl Choices {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(LIVE).build())
    }
}

impl Characters {
    /// Whom a member has chosen there; `None`: nobody.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn chosen(
        &self,
        user: UserId,
        guild: Option<GuildId>,
    ) -> Result<Option<CharacterId>, ColdError> {
        let key = (user, guild);
        if let Some(choice) = self.0.choices.0.get(&key).await {
            return Ok(choice);
        }
        let read = async |connection: &mut _| preferences::get(connection, user, guild).await;
        let choice = self.0.cold.run(COMMAND_BUDGET, read).await?.active;
        self.0.choices.0.insert(key, choice.clone()).await;
        Ok(choice)
    }

    /// Sets whom a member talks with there; `None`: whoever the guild chose.
    ///
    /// # Errors
    /// A [`ColdError`], also when the character was made by a member and is gone.
    pub async fn choose(
        &self,
        user: UserId,
        guild: Option<GuildId>,
        character: Option<&CharacterId>,
    ) -> Result<(), ColdError> {
        let write =
            async |connection: &mut _| preferences::set_active(connection, user, guild, character).await;
        let written = self.0.cold.run(COMMAND_BUDGET, write).await;
        // Also after a failure: it may have been written.
        self.0.choices.0.invalidate(&(user, guild)).await;
        written
    }
}
