//! What a member keeps: looked at, locked, released.

use super::{BUDGET, Collection, denied, told};
use crate::{
    cold::collection::{self, Owned},
    domain::{
        character::CharacterId,
        collection::CollectionDenial,
        denial::Denial,
        ids::{GuildId, UserId},
    },
    error::Result,
};

/// Characters of a collection that are shown at most: more than any tier has slots.
const MOST: u8 = 250;

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Shipped characters, the rarest first, by name.
    pub owned: Vec<Owned>,
    /// Slots that are taken,
    pub taken: u64,
    /// of so many.
    pub slots: u32,
}

impl Collection {
    /// Somebody's collection, as `asker` may see it.
    ///
    /// # Errors
    /// [`CollectionDenial::Hidden`], [`CollectionDenial::Away`].
    pub async fn shelf(&self, asker: UserId, owner: UserId, guild: Option<GuildId>) -> Result<Shelf> {
        if self.is_hidden(asker, owner).await? {
            return denied(CollectionDenial::Hidden);
        }
        let slots = self.allowance(owner, guild).await?.slots;
        let (mut owned, taken) = self
            .cold()
            .run(BUDGET, async |connection| {
                let owned = collection::list(connection, owner, None, MOST).await?;
                Ok((owned, collection::slots_taken(connection, owner).await?))
            })
            .await
            .map_err(told)?;
        owned.retain(|one| matches!(one.character, CharacterId::Shipped(_)));
        owned.sort_by_cached_key(|one| (std::cmp::Reverse(one.rarity), self.name(&one.character)));
        Ok(Shelf { owned, taken, slots })
    }

    /// Whether a member keeps their collection from others.
    ///
    /// # Errors
    /// [`Denial::SettingsUnknown`].
    pub(super) async fn is_hidden(&self, asker: UserId, owner: UserId) -> Result<bool> {
        if asker == owner {
            return Ok(false);
        }
        let policy = self.0.parts.policies.user(owner).await;
        Ok(policy.map_err(|_| Denial::SettingsUnknown)?.leaderboard_opt_out)
    }

    /// Locks a character against release and exchange, or unlocks it; whether it is locked now. Doing it twice undoes
    /// it: whoever asks makes sure that an interaction does it once.
    ///
    /// # Errors
    /// [`CollectionDenial::NotOwned`], [`CollectionDenial::Away`].
    pub async fn turn_lock(&self, user: UserId, character: &CharacterId) -> Result<bool> {
        let turned = self
            .cold()
            .run(BUDGET, async |connection| collection::turn_lock(connection, user, character).await);
        match turned.await.map_err(told)? {
            Some(locked) => Ok(locked),
            None => denied(CollectionDenial::NotOwned { who: None, name: self.name(character) }),
        }
    }

    /// What a member has of a character that they may release.
    ///
    /// # Errors
    /// [`CollectionDenial::NotOwned`], [`CollectionDenial::Locked`], [`CollectionDenial::Away`].
    pub async fn releasable(&self, user: UserId, character: &CharacterId) -> Result<Owned> {
        let held =
            self.cold().run(BUDGET, async |connection| collection::get(connection, user, character).await);
        let name = || self.name(character);
        match held.await.map_err(told)? {
            None => denied(CollectionDenial::NotOwned { who: None, name: name() }),
            Some(held) if held.locked => denied(CollectionDenial::Locked { who: None, name: name() }),
            Some(held) => Ok(held),
        }
    }

    /// Releases one copy, if there are as many as the member was told of: so a confirmation counts once. Answers how
    /// many are left.
    ///
    /// # Errors
    /// [`CollectionDenial::Changed`], [`CollectionDenial::NotOwned`], [`CollectionDenial::Locked`],
    /// [`CollectionDenial::Away`].
    pub async fn release(&self, user: UserId, character: &CharacterId, copies: u64) -> Result<u64> {
        let taken = self
            .cold()
            .run(BUDGET, async |connection| collection::take_of(connection, user, character, copies).await);
        let taken = taken.await.map_err(told);
        self.forget(user, character).await;
        let name = || self.name(character);
        match taken? {
            Some(collection::Taken::Done) => Ok(copies - 1),
            Some(collection::Taken::NotOwned) => {
                denied(CollectionDenial::NotOwned { who: None, name: name() })
            }
            Some(collection::Taken::Locked) => denied(CollectionDenial::Locked { who: None, name: name() }),
            None => denied(CollectionDenial::Changed),
        }
    }
}
