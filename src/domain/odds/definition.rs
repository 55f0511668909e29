//! What odds are made of, in a form that is kept with the rolls they decided.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{EPIC_WITHIN, LEGENDARY_WITHIN, TABLE, WHOLE};
use crate::domain::{character::CharacterId, collection::Rarity};

/// Something that no odds can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no odds: each rarity once with a share, and each character once, at least one of them")]
pub struct NotOdds;

/// Which form a definition has: part of its version.
const FORM: u32 = 1;
/// Most that all shares of any table together may be: what keeps the arithmetic of a draw within 128 bits.
const MOST_SHARES: u32 = 1_000_000;

/// Everything that a roll's result depends on, but for the draw and the luck. As JSON it is kept for good, and read
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// After so many rolls, an epic or legendary character comes at the latest. At least 1.
    pub epic_within: u32,
    /// After so many rolls, a legendary character comes at the latest. At least 1.
    pub legendary_within: u32,
    /// Each rarity once, from the commonest up.
    pub groups: Vec<Group>,
}

/// One rarity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    pub rarity: Rarity,
    /// Its share. All shares together are the whole.
    pub share: u32,
    /// Its characters, sorted.
    pub characters: Vec<CharacterId>,
}

impl Definition {
    /// The table in force over these characters.
    pub(super) fn of(pool: impl IntoIterator<Item = (CharacterId, Rarity)>) -> Self {
        let mut groups: Vec<Group> =
            TABLE.map(|(rarity, share)| Group { rarity, share, characters: Vec::new() }).into();
        for (character, rarity) in pool {
            let group = groups.iter_mut().find(|group| group.rarity == rarity);
            group.expect("the table has every rarity").characters.push(character);
        }
        for group in &mut groups {
            group.characters.sort_unstable();
        }
        Self { epic_within: EPIC_WITHIN, legendary_within: LEGENDARY_WITHIN, groups }
    }

    /// Its name: the form, and a hash of all of it.
    pub(super) fn version(&self) -> String {
        let text = serde_json::to_string(self).expect("a definition is plain data");
        format!("{FORM}-{:016x}", fnv1a(text.as_bytes()))
    }

    /// Whether odds can be made of it.
    pub(super) fn check(&self) -> Result<(), NotOdds> {
        let in_order = self.groups.windows(2).all(|pair| pair[0].rarity < pair[1].rarity);
        let shares: u64 = self.groups.iter().map(|group| u64::from(group.share)).sum();
        let has_shares = self.groups.iter().all(|group| group.share > 0) && shares <= MOST_SHARES.into();
        let mut all = BTreeSet::new();
        let once = self.groups.iter().flat_map(|group| &group.characters).all(|one| all.insert(one));
        let promises = self.epic_within > 0 && self.legendary_within > 0;
        if in_order && has_shares && once && promises { Ok(()) } else { Err(NotOdds) }
    }
}

// The whole that members are told of is what the table adds up to.
const _: () = {
    let (mut sum, mut at) = (0, 0);
    while at < TABLE.len() {
        sum += TABLE[at].1;
        at += 1;
    }
    assert!(sum == WHOLE, "the table's shares make a whole");
};

/// A hash that is the same in every build; nobody gains by finding two texts of one hash.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
