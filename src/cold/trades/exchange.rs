//! The exchange itself: everything checked again, then all copies moved at once, or none.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::{Stepped, Trade, close, locked};
use crate::{
    cold::{
        ColdError, Connection,
        collection::{self, Item, Owned, put, remove, slots_taken},
    },
    domain::{
        character::CharacterId,
        collection::Origin,
        ids::{InteractionId, UserId},
        trade::{Lack, Missing, Side, Terms, TradeState},
    },
};

/// How many slots the two have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Who proposed.
    pub proposer: u32,
    /// Who accepts.
    pub receiver: u32,
}

/// Accepts an offer at that moment: in one transaction all is checked again, and the copies change hands.
///
/// # Errors
/// [`ColdError::Query`]; nothing has changed then.
pub async fn accept(
    connection: &mut Connection,
    id: InteractionId,
    user: UserId,
    slots: Slots,
    at: DateTime<Utc>,
) -> Result<Stepped, ColdError> {
    connection
        .transaction(async |connection| {
            let Some(trade) = locked(connection, id, at).await? else { return Ok(Stepped::Unknown) };
            let terms = &trade.terms;
            if terms.receiver != user || trade.state == TradeState::Proposed {
                return Ok(Stepped::NotTheirs);
            }
            if trade.state != TradeState::Confirmed {
                return Ok(Stepped::Before(trade));
            }
            for side in [Side::Proposer, Side::Receiver] {
                let mut lack = lack_of(connection, terms, side).await?;
                if lack.is_none() {
                    lack = lack_of_slots(connection, terms, side, slots).await?;
                }
                if let Some(lack) = lack {
                    return Ok(Stepped::Lacks(trade, lack));
                }
            }
            // First: who erases themselves does so in this order too, and neither waits for the other for ever.
            let Some(done) = close(connection, id, TradeState::Done, at).await? else {
                return Ok(Stepped::Unknown);
            };
            exchange(connection, &done).await?;
            Ok(Stepped::Now(done))
        })
        .await
}

async fn exchange(connection: &mut Connection, Trade { terms, .. }: &Trade) -> Result<(), ColdError> {
    let origin = if terms.gets.is_some() { Origin::Trade } else { Origin::Gift };
    let mut moved = Vec::new();
    for (side, to) in [(Side::Proposer, terms.receiver), (Side::Receiver, terms.proposer)] {
        let Some(character) = given(terms, side) else { continue };
        let from = terms.who(side);
        let held = collection::get(connection, from, character).await?;
        let held = held.ok_or(diesel::result::Error::NotFound)?;
        remove(connection, from, &held).await?;
        moved.push((to, held));
    }
    for (to, Owned { character, rarity, .. }) in moved {
        // Slots were counted under the same lock, with what goes taken off.
        put(connection, to, Item { character: &character, rarity, origin }, u32::MAX).await?;
    }
    Ok(())
}

/// Whether a side has what it gives.
pub(super) async fn lack_of(
    connection: &mut Connection,
    terms: &Terms,
    side: Side,
) -> Result<Option<Lack>, ColdError> {
    let Some(character) = given(terms, side) else { return Ok(None) };
    let held = collection::get(connection, terms.who(side), character).await?;
    let what = match held {
        None => Missing::NotOwned(character.clone()),
        Some(held) if held.locked => Missing::Locked(character.clone()),
        Some(_) => return Ok(None),
    };
    Ok(Some(Lack { side, what }))
}

/// Whether a side has room for what it gets, with what it gives taken off.
async fn lack_of_slots(
    connection: &mut Connection,
    terms: &Terms,
    side: Side,
    slots: Slots,
) -> Result<Option<Lack>, ColdError> {
    let (who, other, slots) = match side {
        Side::Proposer => (terms.proposer, Side::Receiver, slots.proposer),
        Side::Receiver => (terms.receiver, Side::Proposer, slots.receiver),
    };
    let Some(comes) = given(terms, other) else { return Ok(None) };
    if copies(connection, who, comes).await? > 0 {
        return Ok(None);
    }
    let frees = match given(terms, side) {
        Some(goes) => copies(connection, who, goes).await? == 1,
        None => false,
    };
    // One for one fits wherever it was, also above a bound that was lowered since.
    if frees || slots_taken(connection, who).await? < u64::from(slots) {
        return Ok(None);
    }
    Ok(Some(Lack { side, what: Missing::Slots(slots) }))
}

async fn copies(
    connection: &mut Connection,
    user: UserId,
    character: &CharacterId,
) -> Result<u64, ColdError> {
    Ok(collection::get(connection, user, character).await?.map_or(0, |held| held.copies))
}

/// What that side gives.
fn given(terms: &Terms, side: Side) -> Option<&CharacterId> {
    match side {
        Side::Proposer => Some(&terms.gives),
        Side::Receiver => terms.gets.as_ref(),
    }
}
