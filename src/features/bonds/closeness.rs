//! How close a member and a character are, as talks need it: asked of PostgreSQL once in ten minutes at most.

use std::{sync::atomic::Ordering, time::Duration};

use futures::FutureExt;
use moka::future::Cache;

use super::Bonds;
use crate::{
    cold::{ColdError, bonds, bonds::Bond},
    domain::{
        bond::{Band, Nickname, Reward, level},
        character::CharacterId,
        ids::UserId,
    },
};

/// Bonds in memory, and for how long: closeness changes slowly.
const MOST_KNOWN: u64 = 10_000;
const KNOWN_FOR: Duration = Duration::from_secs(10 * 60);
/// A member waits for it before their first answer only.
const BUDGET: Duration = Duration::from_millis(300);
/// While PostgreSQL is away nobody waits for it.
const AWAY_MS: u64 = 5_000;

/// What a talk is to know of a bond.
#[derive(Clone, PartialEq, Eq)]
pub struct Closeness {
    /// The band.
    pub band: Band,
    /// What the character calls the member.
    pub nickname: Option<Nickname>,
    /// The band up to which the member was told.
    told: Band,
    /// At least so much, when it was read, and what may have come to it since.
    xp: u64,
}

/// Without the nickname.
impl std::fmt::Debug for Closeness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Closeness").field("band", &self.band).finish_non_exhaustive()
    }
}

impl Default for Closeness {
    fn default() -> Self {
        Self { band: Band::Acquaintance, nickname: None, told: Band::Acquaintance, xp: 0 }
    }
}

impl From<Bond> for Closeness {
    fn from(bond: Bond) -> Self {
        let band = Band::of(level(bond.xp));
        Self { band, nickname: bond.nickname, told: bond.told, xp: bond.xp }
    }
}

impl Closeness {
    /// The band, if the member was not told of it yet.
    pub fn untold(&self) -> Option<Band> {
        (self.band > self.told).then_some(self.band)
    }
}

/// No bond is known yet.
pub(super) fn cache() -> Cache<(UserId, CharacterId), Closeness> {
    Cache::builder().max_capacity(MOST_KNOWN).time_to_live(KNOWN_FOR).build()
}

impl Bonds {
    /// How close the two are; `None` when nobody can say: the character is then as to anybody.
    pub async fn closeness(&self, user: UserId, character: &CharacterId) -> Option<Closeness> {
        let inner = &*self.0;
        let key = (user, character.clone());
        if let Some(known) = inner.known.get(&key).await {
            return Some(known);
        }
        let now = || u64::try_from(inner.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now() < inner.away_until_ms.load(Ordering::Relaxed) {
            return None;
        }
        let changes = inner.changes.load(Ordering::Acquire);
        let read = async |connection: &mut _| bonds::get(connection, user, character).await;
        match inner.cold.run::<_, ColdError, _>(BUDGET, read).boxed().await {
            Ok(bond) => {
                let closeness = bond.map(Closeness::from).unwrap_or_default();
                inner.known.insert(key.clone(), closeness.clone()).await;
                if inner.changes.load(Ordering::Acquire) != changes {
                    inner.known.invalidate(&key).await;
                }
                Some(closeness)
            }
            Err(error) => {
                tracing::debug!(%error, "a bond can't be read: the character is as to anybody");
                inner.away_until_ms.store(now() + AWAY_MS, Ordering::Relaxed);
                None
            }
        }
    }

    /// A bond has grown, or will have: it is read anew where that may open a band.
    pub(in crate::features) async fn grew(&self, user: UserId, character: &CharacterId, by: Reward) {
        let key = (user, character.clone());
        let Some(mut known) = self.0.known.get(&key).await else { return };
        known.xp += u64::from(by.amount);
        if Band::of(level(known.xp)) > known.band {
            self.forget(user, character).await;
        } else {
            self.0.known.insert(key, known).await;
        }
    }

    /// The band, if the member is to be told of it now: whoever asks first in all processes tells it. While PostgreSQL is
    /// away nobody does.
    pub(in crate::features) async fn tell(
        &self,
        user: UserId,
        character: &CharacterId,
        band: Band,
    ) -> Option<Band> {
        let tell = async |connection: &mut _| bonds::tell(connection, user, character, band).await;
        let told = self.0.cold.run::<_, ColdError, _>(BUDGET, tell).boxed().await;
        self.forget(user, character).await;
        match told {
            Ok(first) => first.then_some(band),
            Err(error) => {
                tracing::debug!(%error, "a member is not told of a band now");
                None
            }
        }
    }

    /// What is known of a bond is read anew, also by whoever reads it now.
    pub(super) async fn forget(&self, user: UserId, character: &CharacterId) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
        self.0.known.invalidate(&(user, character.clone())).await;
    }
}
