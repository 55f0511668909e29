//! What members own: rarities, where a character came from, and the luck that grows with each roll.

use super::named::named;

named! {
    /// How rare a shipped character is, from the commonest up.
    Rarity {
        /// One of many.
        Common = "common",
        /// A little less so.
        Uncommon = "uncommon",
        /// Seldom.
        Rare = "rare",
        /// Very seldom.
        Epic = "epic",
        /// Hardly ever.
        Legendary = "legendary",
    }

    /// How a character came into a collection.
    Origin {
        /// Drawn.
        Roll = "roll",
        /// Exchanged with another member.
        Trade = "trade",
        /// Given by another member.
        Gift = "gift",
        /// Made or brought along by the member.
        Created = "created",
        /// Given by the bot at the beginning.
        Starter = "starter",
    }

    /// What became of a roll's result.
    Decision {
        /// Nothing yet.
        Pending = "pending",
        /// It came into the collection.
        Added = "added",
        /// It took another character's place.
        Replaced = "replaced",
        /// It was let go.
        Released = "released",
    }
}

/// Rolls since the last one of a rarity or better: what the odds of the next one depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pity {
    /// Since the last epic or legendary one.
    pub since_epic: u32,
    /// Since the last legendary one.
    pub since_legendary: u32,
}

impl Pity {
    /// The counts after a roll that gave that rarity.
    #[must_use]
    pub const fn after(self, rarity: Rarity) -> Self {
        match rarity {
            Rarity::Legendary => Self { since_epic: 0, since_legendary: 0 },
            Rarity::Epic => Self { since_epic: 0, since_legendary: self.since_legendary + 1 },
            Rarity::Common | Rarity::Uncommon | Rarity::Rare => {
                Self { since_epic: self.since_epic + 1, since_legendary: self.since_legendary + 1 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rarity_ends_the_wait_for_itself_and_for_those_below() {
        let pity = Pity { since_epic: 3, since_legendary: 40 };
        assert_eq!(pity.after(Rarity::Rare), Pity { since_epic: 4, since_legendary: 41 });
        assert_eq!(pity.after(Rarity::Epic), Pity { since_epic: 0, since_legendary: 41 });
        assert_eq!(pity.after(Rarity::Legendary), Pity::default());
        assert!(Rarity::Common < Rarity::Legendary);
    }
}
