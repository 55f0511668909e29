//! How close a member and a character are, as prompts need it: asked of PostgreSQL once in ten minutes at most.

use std::{sync::atomic::Ordering, time::Duration};

use futures::FutureExt;

use super::Talk;
use crate::{
    cold::{COMMAND_BUDGET, ColdError, bonds, bonds::Bond},
    domain::{
        bond::{Band, level},
        character::CharacterId,
        ids::UserId,
    },
};

/// A member waits for it before their first answer only.
const BUDGET: Duration = Duration::from_millis(300);
/// While PostgreSQL is away nobody waits for it.
const AWAY_MS: u64 = 5_000;

impl Talk {
    /// The band between the two; `None` when nobody can say: the character is then as to anybody.
    pub(super) async fn band(&self, user: UserId, character: &CharacterId) -> Option<Band> {
        let key = (user, character.clone());
        if let Some(band) = self.0.bands.get(&key).await {
            return Some(band);
        }
        let now = || u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now() < self.0.bonds_away_until_ms.load(Ordering::Relaxed) {
            return None;
        }
        let read = async |connection: &mut _| bonds::get(connection, user, character).await;
        match self.0.cold.run::<_, ColdError, _>(BUDGET, read).boxed().await {
            Ok(bond) => {
                let band = Band::of(level(bond.map_or(0, |bond| bond.xp)));
                self.0.bands.insert(key, band).await;
                Some(band)
            }
            Err(error) => {
                tracing::debug!(%error, "a bond can't be read: the character is as to anybody");
                self.0.bonds_away_until_ms.store(now() + AWAY_MS, Ordering::Relaxed);
                None
            }
        }
    }

    /// The bond itself, as PostgreSQL has it now.
    ///
    /// # Errors
    /// A [`ColdError`].
    pub async fn bond(&self, user: UserId, character: &CharacterId) -> Result<Option<Bond>, ColdError> {
        self.0
            .cold
            .run(COMMAND_BUDGET, async |connection| bonds::get(connection, user, character).await)
            .await
    }
}
