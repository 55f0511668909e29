//! Gifts and trades between two members: their terms, their states, and what keeps an exchange from happening.

use super::{
    character::CharacterId,
    ids::{GuildId, InteractionId, UserId},
    named::named,
};

named! {
    /// What became of a gift or a trade.
    TradeState {
        /// The proposer sees a preview; nobody else knows of it.
        Proposed = "proposed",
        /// The proposer confirmed: the receiver may accept.
        Confirmed = "confirmed",
        /// The receiver accepted, and the copies changed hands.
        Done = "done",
        /// The receiver declined.
        Declined = "declined",
        /// The proposer took it back.
        Withdrawn = "withdrawn",
        /// Its time was over.
        Expired = "expired",
    }
}

impl TradeState {
    /// Whether something can still become of it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Confirmed)
    }
}

/// What is exchanged, and between whom. Once written it never changes: both sides confirm the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The interaction that proposed it: its identity.
    pub id: InteractionId,
    /// Where.
    pub guild: GuildId,
    /// Who proposes.
    pub proposer: UserId,
    /// Who is to agree.
    pub receiver: UserId,
    /// One copy of it goes from the proposer to the receiver.
    pub gives: CharacterId,
    /// One copy of it goes the other way; `None` for a gift.
    pub gets: Option<CharacterId>,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who proposes.
    Proposer,
    /// Who is to agree.
    Receiver,
}

impl Terms {
    /// Who is on that side.
    pub const fn who(&self, side: Side) -> UserId {
        match side {
            Side::Proposer => self.proposer,
            Side::Receiver => self.receiver,
        }
    }

    /// The side that a member is on, if on any.
    pub fn side_of(&self, user: UserId) -> Option<Side> {
        [Side::Proposer, Side::Receiver].into_iter().find(|side| self.who(*side) == user)
    }
}

/// What keeps an exchange from happening now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// On whose side.
    pub side: Side,
    /// What.
    pub what: Missing,
}

/// What is wrong on a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// The character is not in the collection.
    NotOwned(CharacterId),
    /// It is locked.
    Locked(CharacterId),
    /// There is no free slot for what would come; so many slots there are.
    Slots(u32),
}
