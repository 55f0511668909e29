//! The odds of rolls: how a random draw becomes a character, what each rarity's chance is now, and the promise that the
//! rarest come in time.
//!
//! A draw is one number from 0 to 2^63 − 1, each equally likely. It is multiplied by the sum of all shares, and what is
//! above 63 bits says which share was hit. What is below says how far into it, which picks one of the rarity's
//! characters. Nothing is taken modulo anything: a character's part of all draws is off by less than one draw in 2^63.

mod definition;

pub use self::definition::{Definition, Group, NotOdds};
use super::{
    character::CharacterId,
    collection::{Pity, Rarity},
};

/// What all shares of the table add up to.
pub const WHOLE: u32 = 10_000;

/// How likely each rarity is, in parts of [`WHOLE`], while no promise is due.
pub const TABLE: [(Rarity, u32); 5] = [
    (Rarity::Common, 5_000),
    (Rarity::Uncommon, 3_000),
    (Rarity::Rare, 1_400),
    (Rarity::Epic, 500),
    (Rarity::Legendary, 100),
];

/// That many rolls after the last one, an epic or legendary character comes at the latest.
pub const EPIC_WITHIN: u32 = 10;
/// That many rolls after the last one, a legendary character comes at the latest.
pub const LEGENDARY_WITHIN: u32 = 60;

/// Bits of a draw.
const DRAW_BITS: u32 = 63;
/// The bits of a draw that are there at all.
const DRAW_MASK: u64 = u64::MAX >> 1;

/// One rarity that can be drawn now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    /// Which.
    pub rarity: Rarity,
    /// So many parts,
    pub share: u32,
    /// of so many.
    pub of: u32,
}

/// One rarity with its characters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bucket {
    rarity: Rarity,
    /// Its own share, and those of empty rarities that fall to it.
    share: u32,
    /// At least one, sorted.
    characters: Vec<CharacterId>,
}

/// A table of shares over a pool of characters. What it gives depends on nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odds {
    definition: Definition,
    version: String,
    /// From the commonest up, none empty, at least one.
    buckets: Vec<Bucket>,
}

impl Odds {
    /// The odds in force over these characters; the order in which they come changes nothing.
    ///
    /// # Errors
    /// [`NotOdds`] when there is nobody, or somebody twice.
    pub fn of(pool: impl IntoIterator<Item = (CharacterId, Rarity)>) -> Result<Self, NotOdds> {
        Self::from_definition(Definition::of(pool))
    }

    /// The odds of an earlier time, from what was recorded of them.
    ///
    /// # Errors
    /// [`NotOdds`] for a definition that none of ours can be.
    pub fn from_definition(definition: Definition) -> Result<Self, NotOdds> {
        let buckets = buckets(&definition)?;
        Ok(Self { version: definition.version(), definition, buckets })
    }

    /// The name of table and pool together: up to 40 characters.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All that is needed to compute rolls again.
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The character that a draw gives to somebody with that luck. Of a larger number, 63 bits count.
    pub fn draw(&self, pity: Pity, draw: u64) -> (CharacterId, Rarity) {
        let due = self.due(pity);
        let whole: u32 = due.iter().map(|bucket| bucket.share).sum();
        let spread = u128::from(draw & DRAW_MASK) * u128::from(whole);
        let hit = u32::try_from(spread >> DRAW_BITS).expect("below the sum of shares");
        let mut begins = 0;
        let bucket = due
            .iter()
            .find(|bucket| {
                begins += bucket.share;
                hit < begins
            })
            .expect("shares cover the whole");
        let begins = u128::from(begins - bucket.share) << DRAW_BITS;
        let count = bucket.characters.len() as u128;
        let which = ((spread - begins) * count / u128::from(bucket.share)) >> DRAW_BITS;
        let which = usize::try_from(which).expect("below the number of characters");
        (bucket.characters[which].clone(), bucket.rarity)
    }

    /// Whether a recorded roll is what its draw gave.
    pub fn verifies(&self, pity: Pity, draw: u64, result: (&CharacterId, Rarity)) -> bool {
        let (character, rarity) = self.draw(pity, draw);
        (&character, rarity) == result
    }

    /// The chances of the next roll, from the commonest rarity up. A rarity that can't come is left out.
    pub fn chances(&self, pity: Pity) -> Vec<Chance> {
        let due = self.due(pity);
        let of = due.iter().map(|bucket| bucket.share).sum();
        due.iter().map(|bucket| Chance { rarity: bucket.rarity, share: bucket.share, of }).collect()
    }

    /// In how many rolls one of that rarity or better comes at the latest, at least 1; `None` where nothing promises
    /// it.
    pub fn at_the_latest(&self, pity: Pity, rarity: Rarity) -> Option<u32> {
        let left = |within: u32, since: u32| within.saturating_sub(since).max(1);
        let epic = self.has(Rarity::Epic).then(|| left(self.definition.epic_within, pity.since_epic));
        let legendary =
            self.has(Rarity::Legendary).then(|| left(self.definition.legendary_within, pity.since_legendary));
        match rarity {
            Rarity::Legendary => legendary,
            Rarity::Epic => [epic, legendary].into_iter().flatten().min(),
            Rarity::Common | Rarity::Uncommon | Rarity::Rare => None,
        }
    }

    /// Whether there is anybody of that rarity or better.
    fn has(&self, rarity: Rarity) -> bool {
        self.buckets.iter().any(|bucket| bucket.rarity >= rarity)
    }

    /// What can be drawn now: all of it, or what a promise leaves. A promise that nobody could keep binds nothing.
    fn due(&self, pity: Pity) -> &[Bucket] {
        let Definition { epic_within, legendary_within, .. } = self.definition;
        let floor = if self.has(Rarity::Legendary) && pity.since_legendary >= legendary_within - 1 {
            Rarity::Legendary
        } else if self.has(Rarity::Epic) && pity.since_epic >= epic_within - 1 {
            Rarity::Epic
        } else {
            Rarity::Common
        };
        let from = self.buckets.partition_point(|bucket| bucket.rarity < floor);
        &self.buckets[from..]
    }
}

/// The rarities with somebody. An empty one gives its share to the nearest commoner one that has somebody, or where
/// there is none, to the nearest rarer one.
fn buckets(definition: &Definition) -> Result<Vec<Bucket>, NotOdds> {
    definition.check()?;
    let mut buckets: Vec<Bucket> = Vec::new();
    // Shares of what is commoner than anybody there is.
    let mut waiting = 0;
    for group in &definition.groups {
        if !group.characters.is_empty() {
            let (rarity, characters) = (group.rarity, group.characters.clone());
            buckets.push(Bucket { rarity, share: group.share + std::mem::take(&mut waiting), characters });
        } else if let Some(last) = buckets.last_mut() {
            last.share += group.share;
        } else {
            waiting += group.share;
        }
    }
    if buckets.is_empty() { Err(NotOdds) } else { Ok(buckets) }
}

#[cfg(test)]
mod tests;
