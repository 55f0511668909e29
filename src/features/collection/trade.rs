//! Gifts and trades, from the preview to the exchange.

use chrono::TimeDelta;

use super::{BUDGET, Collection, denied, told};
use crate::{
    cold::{
        ColdError, Connection,
        trades::{self, Ending, Proposed, Slots, Stepped, Trade},
    },
    domain::{
        collection::CollectionDenial,
        denial::Denial,
        ids::{InteractionId, UserId},
        trade::{Lack, Missing, Side, Terms},
    },
    error::Result,
};

/// Open offers of one member at most.
pub const MOST_OFFERS: u32 = 5;
/// Hours for which an offer can be accepted.
pub const OFFER_HOURS: u32 = 24;

/// What a step led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The trade as it stands now.
    pub trade: Trade,
    /// Whether this step did that; else it was so before.
    pub now: bool,
}

impl Collection {
    /// Proposes a gift or a trade, for its proposer to confirm. The same interaction proposes once.
    ///
    /// # Errors
    /// [`CollectionDenial::TooManyOffers`], [`CollectionDenial::NotOwned`], [`CollectionDenial::Locked`],
    /// [`CollectionDenial::Away`], [`CollectionDenial::Themselves`], [`CollectionDenial::Same`].
    pub async fn propose(&self, terms: &Terms) -> Result<Trade> {
        if terms.proposer == terms.receiver {
            return denied(CollectionDenial::Themselves);
        }
        if terms.gets.as_ref() == Some(&terms.gives) {
            return denied(CollectionDenial::Same);
        }
        // Nobody finds out by offers what somebody keeps to themselves.
        let hidden = self.is_hidden(terms.proposer, terms.receiver).await?;
        let sides: &[Side] = if hidden { &[Side::Proposer] } else { &[Side::Proposer, Side::Receiver] };
        let at = self.clock().now();
        let life = TimeDelta::hours(OFFER_HOURS.into());
        let proposed = self.cold().run(BUDGET, async |connection| {
            trades::propose(connection, terms, at, life, MOST_OFFERS, sides).await
        });
        match proposed.await.map_err(told)? {
            Proposed::There(trade) => Ok(trade),
            Proposed::TooMany => denied(CollectionDenial::TooManyOffers(MOST_OFFERS)),
            Proposed::Lacks(lack) => Err(self.lack(terms, terms.proposer, lack).into()),
        }
    }

    /// Confirms a proposal of one's own: it becomes an offer.
    ///
    /// # Errors
    /// [`CollectionDenial::TooManyOffers`], [`CollectionDenial::OfferGone`], [`CollectionDenial::NotYours`],
    /// [`CollectionDenial::Away`].
    pub async fn confirm(&self, id: InteractionId, user: UserId) -> Result<Ended> {
        let at = self.clock().now();
        self.step(user, async |connection: &mut Connection| {
            trades::confirm(connection, id, user, MOST_OFFERS, at).await
        })
        .await
    }

    /// Takes a proposal or an offer of one's own back.
    ///
    /// # Errors
    /// As [`Collection::confirm`].
    pub async fn withdraw(&self, id: InteractionId, user: UserId) -> Result<Ended> {
        let at = self.clock().now();
        self.step(user, async |connection: &mut Connection| {
            trades::end(connection, id, user, Ending::Withdraw, at).await
        })
        .await
    }

    /// Declines an offer.
    ///
    /// # Errors
    /// As [`Collection::confirm`].
    pub async fn decline(&self, id: InteractionId, user: UserId) -> Result<Ended> {
        let at = self.clock().now();
        self.step(user, async |connection: &mut Connection| {
            trades::end(connection, id, user, Ending::Decline, at).await
        })
        .await
    }

    /// Accepts an offer: the copies change hands, all at once or not at all.
    ///
    /// # Errors
    /// As [`Collection::confirm`]; [`CollectionDenial::NotOwned`], [`CollectionDenial::Locked`] or
    /// [`CollectionDenial::Slots`] of whoever lacks what it takes. The offer stays open then.
    pub async fn accept(&self, id: InteractionId, user: UserId) -> Result<Ended> {
        let trade = self.cold().run(BUDGET, async |connection| trades::get(connection, id).await);
        let Some(Trade { terms, .. }) = trade.await.map_err(told)? else {
            return denied(CollectionDenial::OfferGone);
        };
        if terms.receiver != user {
            return denied(CollectionDenial::NotYours);
        }
        let guild = Some(terms.guild);
        let slots = Slots {
            proposer: self.allowance(terms.proposer, guild).await?.slots,
            receiver: self.allowance(terms.receiver, guild).await?.slots,
        };
        let at = self.clock().now();
        let ended = self
            .step(user, async |connection: &mut Connection| {
                trades::accept(connection, id, user, slots, at).await
            })
            .await;
        // Also after an error: it may have been kept.
        self.forget(terms.proposer, &terms.gives).await;
        if let Some(gets) = &terms.gets {
            self.forget(terms.receiver, gets).await;
        }
        ended
    }

    async fn step<W>(&self, user: UserId, work: W) -> Result<Ended>
    where
        W: for<'c> AsyncFnOnce(&'c mut Connection) -> Result<Stepped, ColdError>
            + for<'c> crate::cold::Work<&'c mut Connection, Result<Stepped, ColdError>, Future: Send>
            + Send,
    {
        match self.cold().run(BUDGET, work).await.map_err(told)? {
            Stepped::Now(trade) => Ok(Ended { trade, now: true }),
            Stepped::Before(trade) => Ok(Ended { trade, now: false }),
            Stepped::Unknown => denied(CollectionDenial::OfferGone),
            Stepped::NotTheirs => denied(CollectionDenial::NotYours),
            Stepped::TooMany => denied(CollectionDenial::TooManyOffers(MOST_OFFERS)),
            Stepped::Lacks(trade, lack) => Err(self.lack(&trade.terms, user, lack).into()),
        }
    }

    /// What is lacking, as `reader` is told it.
    fn lack(&self, terms: &Terms, reader: UserId, lack: Lack) -> Denial {
        let who = Some(terms.who(lack.side)).filter(|who| *who != reader);
        Denial::Collection(match lack.what {
            Missing::NotOwned(character) => CollectionDenial::NotOwned { who, name: self.name(&character) },
            Missing::Locked(character) => CollectionDenial::Locked { who, name: self.name(&character) },
            Missing::Slots(of) => CollectionDenial::Slots { who, of },
        })
    }
}
