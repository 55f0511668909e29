//! Whether a member may talk with a shipped character somewhere.

use moka::ops::compute::Op;

use super::{BUDGET, Collection};
use crate::{
    cold::{ColdError, collection},
    domain::{
        character::CharacterId,
        collection::Rarity,
        ids::{Place, UserId},
        policy::GuildPolicy,
    },
    features::cast::Member,
};

impl Collection {
    /// Whether that member may talk with that shipped character there: it is common, or in their collection, or open
    /// to everybody in the guild.
    ///
    /// What a collection holds is believed for ten minutes, and then asked again; what it does not hold is asked each
    /// time. While nobody can tell, because a store is away, the answer is yes.
    pub async fn opens(&self, user: UserId, place: Place, character: &Member) -> bool {
        let id = &character.persona.id;
        if character.rarity == Rarity::Common {
            return true;
        }
        let key = (user, id.clone());
        if self.0.opened.contains_key(&key) {
            return true;
        }
        if let Some(guild) = place.guild() {
            match self.0.parts.policies.guild(guild).await {
                Ok(policy) if self.is_open_to_all(&policy, id) => return true,
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "a guild's packs can't be read: everybody is let in");
                    return true;
                }
            }
        }
        self.holds(key).await.unwrap_or_else(|error| {
            tracing::debug!(%error, "a collection can't be read: everybody is let in");
            metrics::counter!("troupe_collection_let_in_total").increment(1);
            true
        })
    }

    fn is_open_to_all(&self, policy: &GuildPolicy, character: &CharacterId) -> bool {
        let of_packs = || {
            self.packs()
                .iter()
                .any(|pack| policy.packs.contains(pack.name) && pack.characters.contains(character))
        };
        policy.default_character.as_ref() == Some(character) || of_packs()
    }

    /// Whether the collection holds it; that it does is remembered.
    async fn holds(&self, key: (UserId, CharacterId)) -> Result<bool, ColdError> {
        let (user, character) = key.clone();
        // One at a time for each key, and never across `forget`: what it takes away was read before.
        let held = self
            .0
            .opened
            .entry(key)
            .and_try_compute_with(|entry| async move {
                if entry.is_some() {
                    return Ok(Op::Nop);
                }
                let held = self
                    .cold()
                    .run(BUDGET, async |connection| collection::get(connection, user, &character).await)
                    .await?;
                Ok::<_, ColdError>(if held.is_some() { Op::Put(()) } else { Op::Nop })
            })
            .await?;
        Ok(held.into_entry().is_some())
    }

    /// Forgets that a member had a character: some of it has just gone.
    pub(super) async fn forget(&self, user: UserId, character: &CharacterId) {
        let key = (user, character.clone());
        self.0.opened.entry(key).and_compute_with(|_| async { Op::Remove }).await;
    }
}
