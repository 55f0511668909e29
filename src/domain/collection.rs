//! What members own: rarities, where a character came from, and the luck that grows with each roll.

use super::{ids::UserId, named::named};

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

/// Why something of a collection does not happen. Names are those of shipped characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CollectionDenial {
    /// Collections can't be read or changed: PostgreSQL is away.
    Away,
    /// All rolls of the window are used up.
    Spent {
        /// How many there are,
        of: u32,
        /// in so many hours.
        hours: u64,
        /// When there is one again, in milliseconds since 1970.
        until: i64,
    },
    /// All slots are taken.
    Slots {
        /// Whose; `None`: the member's own.
        who: Option<UserId>,
        /// How many there are.
        of: u32,
    },
    /// The character is not in the collection.
    NotOwned {
        /// Whose; `None`: the member's own.
        who: Option<UserId>,
        /// The character's name.
        name: String,
    },
    /// The character is locked.
    Locked {
        /// Whose; `None`: the member's own.
        who: Option<UserId>,
        /// The character's name.
        name: String,
    },
    /// The number of copies changed since the member was asked.
    Changed,
    /// There is no such roll of that member's.
    RollGone,
    /// There is no such offer any more.
    OfferGone,
    /// The button is somebody else's.
    NotYours,
    /// The member has as many open offers as one may have.
    TooManyOffers(u32),
    /// Members can't deal with themselves.
    Themselves,
    /// Bots collect nothing.
    Bot,
    /// The other one is no member of the server.
    Elsewhere,
    /// A character can't be traded for itself.
    Same,
    /// The other member keeps their collection to themselves.
    Hidden,
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
