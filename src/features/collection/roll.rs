//! Rolls: drawn, shown until they are decided, and computed again by whoever doubts them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rand::{TryRngCore as _, rngs::OsRng};

use super::{BUDGET, Collection, denied, told};
use crate::{
    cold::{
        ColdError, Connection, collection,
        rolls::{self, Choice, Decided, NewRoll, Roll, Rolled},
    },
    domain::{
        collection::{CollectionDenial, Decision, Pity},
        ids::{GuildId, InteractionId, UserId},
        odds::Odds,
    },
    error::{Error, Result},
};

/// Rolls that the history has.
const LATEST: u8 = 10;
/// What one roll costs of the window's.
const COST: u16 = 1;

/// A roll with what its member needs to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The roll.
    pub roll: Roll,
    /// Whether it waited from earlier, and was not drawn now.
    pub waited: bool,
    /// Copies of the character that the member has.
    pub copies: u64,
    /// Slots that are taken,
    pub taken: u64,
    /// of so many.
    pub slots: u32,
}

impl Drawn {
    /// Whether it can be added as things are.
    pub fn fits(&self) -> bool {
        self.copies > 0 || self.taken < u64::from(self.slots)
    }
}

/// How a member's luck and window stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Luck {
    /// Rolls since something rare.
    pub pity: Pity,
    /// Rolls left now,
    pub left: u64,
    /// of so many in a window.
    pub of: u32,
    /// When there is one again; `None` where there is one now.
    pub next_at: Option<DateTime<Utc>>,
    /// Whether a roll waits to be decided.
    pub undecided: bool,
}

/// A roll of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// As it was recorded.
    pub roll: Roll,
    /// The odds it was drawn by; `None` where they are not known.
    pub odds: Option<Odds>,
}

impl Recorded {
    /// Whether draw, luck and odds give that very result again; `None` where the odds are not known.
    pub fn verifies(&self) -> Option<bool> {
        let Roll { pity, draw, character, rarity, .. } = &self.roll;
        self.odds.as_ref().map(|odds| odds.verifies(*pity, *draw, (character, *rarity)))
    }
}

impl Collection {
    /// Rolls for a member, or shows what waits for their decision. The same interaction rolls once.
    ///
    /// # Errors
    /// [`CollectionDenial::Spent`], [`CollectionDenial::Away`]; a failure when the machine gives no randomness.
    pub async fn roll(&self, id: InteractionId, user: UserId, guild: Option<GuildId>) -> Result<Drawn> {
        let allowance = self.allowance(user, guild).await?;
        let draw = OsRng.try_next_u64().map_err(Error::failed)? >> 1;
        let (odds, length, most) = (self.odds(), self.window(), allowance.rolls);
        let at = self.clock().now();
        let rolled = self.cold().run(BUDGET, async |connection| {
            let window = rolls::window(connection, user, at, length, most).await?;
            rolls::keep_odds(connection, odds).await?;
            let new = NewRoll {
                id,
                user,
                guild,
                draw,
                odds_version: odds.version().to_owned(),
                cost: COST,
                at,
                window_begins: window.begins,
                window_most: most,
            };
            let rolled = rolls::roll(connection, &new, |pity, draw| odds.draw(pity, draw)).await?;
            let (roll, waited) = match rolled {
                Rolled::Now(roll) | Rolled::Before(roll) => (roll, false),
                Rolled::Undecided(roll) => (roll, true),
                // By one of this very moment, perhaps: looked at anew.
                Rolled::Spent => return rolls::window(connection, user, at, length, most).await.map(Err),
            };
            drawn(connection, user, roll, allowance.slots).await.map(|drawn| Ok(Drawn { waited, ..drawn }))
        });
        match rolled.await.map_err(told)? {
            Ok(drawn) => Ok(drawn),
            Err(window) => {
                let until = window.next_at.unwrap_or(at).timestamp_millis();
                denied(CollectionDenial::Spent { of: most, hours: self.settings().window_hours(), until })
            }
        }
    }

    /// A member's roll as it stands.
    ///
    /// # Errors
    /// [`CollectionDenial::RollGone`], [`CollectionDenial::Away`].
    pub async fn drawn(&self, id: InteractionId, user: UserId, guild: Option<GuildId>) -> Result<Drawn> {
        let allowance = self.allowance(user, guild).await?;
        let found = self.cold().run(BUDGET, async |connection| {
            let Some(roll) = rolls::find(connection, user, id).await? else { return Ok(None) };
            drawn(connection, user, roll, allowance.slots).await.map(Some)
        });
        match found.await.map_err(told)? {
            Some(drawn) => Ok(drawn),
            None => denied(CollectionDenial::RollGone),
        }
    }

    /// Decides about a roll, once; what was decided before stays, and is shown.
    ///
    /// # Errors
    /// [`CollectionDenial::Slots`], [`CollectionDenial::NotOwned`], [`CollectionDenial::Locked`],
    /// [`CollectionDenial::RollGone`], [`CollectionDenial::Away`].
    pub async fn decide(
        &self,
        id: InteractionId,
        user: UserId,
        guild: Option<GuildId>,
        choice: Choice<'_>,
    ) -> Result<Drawn> {
        let slots = self.allowance(user, guild).await?.slots;
        let at = self.clock().now();
        let decided = self.cold().run(BUDGET, async |connection| {
            let decided = rolls::decide(connection, user, id, choice, slots, at).await?;
            let (Decided::Now(roll) | Decided::Before(roll)) = decided else { return Ok(Err(decided)) };
            drawn(connection, user, roll, slots).await.map(Ok)
        });
        let decided = decided.await.map_err(told);
        if let Choice::Replace(old) = choice {
            // Also after an error: it may have been kept.
            self.forget(user, old).await;
        }
        let name = || if let Choice::Replace(old) = choice { self.name(old) } else { String::new() };
        match decided? {
            Ok(drawn) => Ok(drawn),
            Err(Decided::Full) => denied(CollectionDenial::Slots { who: None, of: slots }),
            Err(Decided::NotOwned) => denied(CollectionDenial::NotOwned { who: None, name: name() }),
            Err(Decided::Locked) => denied(CollectionDenial::Locked { who: None, name: name() }),
            Err(Decided::Unknown | Decided::Now(_) | Decided::Before(_)) => {
                denied(CollectionDenial::RollGone)
            }
        }
    }

    /// How a member's luck and window stand. Changes nothing.
    ///
    /// # Errors
    /// [`CollectionDenial::Away`].
    pub async fn luck(&self, user: UserId, guild: Option<GuildId>) -> Result<Luck> {
        let of = self.allowance(user, guild).await?.rolls;
        let (at, length) = (self.clock().now(), self.window());
        let luck = self.cold().run(BUDGET, async |connection| {
            let window = rolls::window(connection, user, at, length, of).await?;
            let pity = rolls::luck(connection, user).await?;
            let undecided = rolls::undecided(connection, user).await?.is_some();
            let left = u64::from(of).saturating_sub(window.spent);
            Ok(Luck { pity, left, of, next_at: window.next_at, undecided })
        });
        luck.await.map_err(told)
    }

    /// A member's latest rolls, the newest first, with what is needed to compute them again.
    ///
    /// # Errors
    /// [`CollectionDenial::Away`].
    pub async fn history(&self, user: UserId) -> Result<Vec<Recorded>> {
        let recorded = self.cold().run(BUDGET, async |connection| {
            let latest = rolls::latest(connection, user, LATEST).await?;
            let mut known = BTreeMap::new();
            for roll in &latest {
                if !known.contains_key(&roll.odds_version) {
                    let odds = rolls::odds(connection, &roll.odds_version).await?;
                    known.insert(roll.odds_version.clone(), odds);
                }
            }
            let recorded = latest.into_iter().map(|roll| {
                let odds = known.get(&roll.odds_version).cloned().flatten();
                Recorded { roll, odds }
            });
            Ok(recorded.collect())
        });
        recorded.await.map_err(told)
    }
}

async fn drawn(
    connection: &mut Connection,
    user: UserId,
    roll: Roll,
    slots: u32,
) -> Result<Drawn, ColdError> {
    let is_kept = matches!(roll.decision, Decision::Pending | Decision::Added | Decision::Replaced);
    let copies = if is_kept {
        collection::get(connection, user, &roll.character).await?.map_or(0, |held| held.copies)
    } else {
        0
    };
    let taken = collection::slots_taken(connection, user).await?;
    Ok(Drawn { roll, waited: false, copies, taken, slots })
}
