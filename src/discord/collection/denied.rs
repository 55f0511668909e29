//! What a member reads when something of a collection does not happen.

use crate::discord::denials::moment;
use crate::domain::{collection::CollectionDenial, ids::UserId};
use crate::i18n::{Args, Text, texts};

/// The text of a denial, with its arguments.
pub(in crate::discord) fn denied(denial: &CollectionDenial) -> (Text, Args<'_>) {
    match denial {
        CollectionDenial::Away => (texts::DENIED_COLLECTION_AWAY, Args::new()),
        CollectionDenial::Spent { of, hours, until } => {
            let args = Args::new().number("of", (*of).into()).number("hours", *hours);
            (texts::DENIED_COLLECTION_SPENT, args.trusted("until", moment(Some(*until))))
        }
        CollectionDenial::Slots { who: owner, of } => {
            (texts::DENIED_COLLECTION_SLOTS, who(*owner).number("of", (*of).into()))
        }
        CollectionDenial::NotOwned { who: owner, name } => {
            (texts::DENIED_COLLECTION_NOT_OWNED, who(*owner).typed("character", name))
        }
        CollectionDenial::Locked { who: owner, name } => {
            (texts::DENIED_COLLECTION_LOCKED, who(*owner).typed("character", name))
        }
        CollectionDenial::Changed => (texts::DENIED_COLLECTION_CHANGED, Args::new()),
        CollectionDenial::RollGone => (texts::DENIED_COLLECTION_ROLL_GONE, Args::new()),
        CollectionDenial::OfferGone => (texts::DENIED_COLLECTION_OFFER_GONE, Args::new()),
        CollectionDenial::NotYours => (texts::DENIED_COLLECTION_NOT_YOURS, Args::new()),
        CollectionDenial::TooManyOffers(most) => {
            (texts::DENIED_COLLECTION_TOO_MANY, Args::new().number("most", (*most).into()))
        }
        CollectionDenial::Themselves => (texts::DENIED_COLLECTION_THEMSELVES, Args::new()),
        CollectionDenial::Bot => (texts::DENIED_COLLECTION_BOT, Args::new()),
        CollectionDenial::Elsewhere => (texts::DENIED_COLLECTION_ELSEWHERE, Args::new()),
        CollectionDenial::Same => (texts::DENIED_COLLECTION_SAME, Args::new()),
        CollectionDenial::Hidden => (texts::DENIED_COLLECTION_HIDDEN, Args::new()),
    }
}

/// `you`, or somebody as Discord shows them; nobody is told of it.
fn who<'a>(owner: Option<UserId>) -> Args<'a> {
    Args::new().trusted("who", owner.map_or_else(|| "you".to_owned(), |owner| format!("<@{owner}>")))
}

/// One of each, for the test of all denials.
#[cfg(test)]
pub(in crate::discord) fn every_denial() -> impl Iterator<Item = CollectionDenial> {
    let other = Some(UserId::new(5).expect("an id"));
    let name = || "**Mira** @everyone".to_owned();
    let of_somebody = [None, other].into_iter().flat_map(move |who| {
        [
            CollectionDenial::Slots { who, of: 6 },
            CollectionDenial::NotOwned { who, name: name() },
            CollectionDenial::Locked { who, name: name() },
        ]
    });
    of_somebody.chain([
        CollectionDenial::Away,
        CollectionDenial::Spent { of: 1, hours: 5, until: 1_000_000 },
        CollectionDenial::Spent { of: 3, hours: 1, until: 1_000_000 },
        CollectionDenial::Changed,
        CollectionDenial::RollGone,
        CollectionDenial::OfferGone,
        CollectionDenial::NotYours,
        CollectionDenial::TooManyOffers(5),
        CollectionDenial::Themselves,
        CollectionDenial::Bot,
        CollectionDenial::Elsewhere,
        CollectionDenial::Same,
        CollectionDenial::Hidden,
    ])
}
