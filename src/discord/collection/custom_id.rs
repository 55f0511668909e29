//! What the buttons and menus of collections carry. They outlive a restart, and anyone may have forged them: whose they
//! are is only a hint, and the stores decide.

use std::fmt;

use crate::domain::{
    character::Slug,
    ids::{InteractionId, UserId},
};

/// The most characters that Discord takes.
const LONGEST: usize = 100;
/// Whose buttons these are.
const FEATURE: &str = "coll";

/// What a button under a roll does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RollVerb {
    /// Takes the result in.
    Add,
    /// Shows who could make room for it.
    Swap,
    /// One of the menus of those who could.
    Pick(u8),
    /// Back from there.
    Back,
    /// Lets the result go.
    Release,
}

/// What a button under an offer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TradeVerb {
    /// Its proposer makes it an offer.
    Confirm,
    /// Its proposer takes it back.
    Withdraw,
    /// Its receiver accepts.
    Accept,
    /// Its receiver declines.
    Decline,
}

/// A button's or menu's custom id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomId {
    /// Under a roll.
    Roll {
        /// What it does.
        verb: RollVerb,
        /// The roll.
        roll: InteractionId,
        /// Who rolled.
        asker: UserId,
    },
    /// Under a proposal or an offer.
    Trade {
        /// What it does.
        verb: TradeVerb,
        /// The trade.
        trade: InteractionId,
    },
    /// Turns to a page of a collection, counted from 0.
    Page {
        /// Which.
        page: u16,
        /// Whose collection.
        owner: UserId,
        /// Who looks.
        asker: UserId,
    },
    /// Releases one copy of so many.
    Release {
        /// How many there were.
        copies: u32,
        /// Whose.
        asker: UserId,
        /// The character.
        slug: Slug,
    },
    /// The menu of a server's packs.
    Packs {
        /// Who asked for it.
        asker: UserId,
    },
}

impl fmt::Display for CustomId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FEATURE}:")?;
        match self {
            Self::Roll { verb, roll, asker } => {
                match verb {
                    RollVerb::Add => out.write_str("add")?,
                    RollVerb::Swap => out.write_str("swap")?,
                    RollVerb::Pick(menu) => write!(out, "pick.{menu}")?,
                    RollVerb::Back => out.write_str("back")?,
                    RollVerb::Release => out.write_str("release")?,
                }
                write!(out, ":{roll}:{asker}")
            }
            Self::Trade { verb, trade } => {
                out.write_str(match verb {
                    TradeVerb::Confirm => "confirm",
                    TradeVerb::Withdraw => "withdraw",
                    TradeVerb::Accept => "accept",
                    TradeVerb::Decline => "decline",
                })?;
                write!(out, ":{trade}")
            }
            Self::Page { page, owner, asker } => write!(out, "page.{page}:{owner}:{asker}"),
            Self::Release { copies, asker, slug } => write!(out, "drop.{copies}:{asker}:{}", slug.as_str()),
            Self::Packs { asker } => write!(out, "packs:{asker}"),
        }
    }
}

impl CustomId {
    /// Reads one; `None`: it is another feature's, or nothing that is written here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let parts: Vec<_> = text.strip_prefix(FEATURE)?.strip_prefix(':')?.split(':').collect();
        let (verb, number) = parts.first().map(|verb| verb.split_once('.').unwrap_or((verb, "")))?;
        let id = match (verb, &parts[1..]) {
            ("packs", [asker]) => Self::Packs { asker: asker.parse().ok()? },
            ("page", [owner, asker]) => Self::Page {
                page: number.parse().ok()?,
                owner: owner.parse().ok()?,
                asker: asker.parse().ok()?,
            },
            ("drop", [asker, slug]) => Self::Release {
                copies: number.parse().ok()?,
                asker: asker.parse().ok()?,
                slug: Slug::new(slug).ok()?,
            },
            (verb, [trade]) => {
                let verb = match verb {
                    "confirm" => TradeVerb::Confirm,
                    "withdraw" => TradeVerb::Withdraw,
                    "accept" => TradeVerb::Accept,
                    "decline" => TradeVerb::Decline,
                    _ => return None,
                };
                Self::Trade { verb, trade: trade.parse().ok()? }
            }
            (verb, [roll, asker]) => {
                let verb = match verb {
                    "add" => RollVerb::Add,
                    "swap" => RollVerb::Swap,
                    "pick" => RollVerb::Pick(number.parse().ok()?),
                    "back" => RollVerb::Back,
                    "release" => RollVerb::Release,
                    _ => return None,
                };
                Self::Roll { verb, roll: roll.parse().ok()?, asker: asker.parse().ok()? }
            }
            _ => return None,
        };
        // One spelling: no leading zeros, no signs, nothing behind.
        (id.to_string() == text).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all() -> Vec<CustomId> {
        let largest = i64::MAX.unsigned_abs();
        let user = UserId::new(largest).expect("an id");
        let interaction = InteractionId::new(largest).expect("an id");
        let rolls = [RollVerb::Add, RollVerb::Swap, RollVerb::Pick(3), RollVerb::Back, RollVerb::Release];
        let trades = [TradeVerb::Confirm, TradeVerb::Withdraw, TradeVerb::Accept, TradeVerb::Decline];
        let slug = Slug::new(&"s".repeat(64)).expect("a slug");
        rolls
            .map(|verb| CustomId::Roll { verb, roll: interaction, asker: user })
            .into_iter()
            .chain(trades.map(|verb| CustomId::Trade { verb, trade: interaction }))
            .chain([
                CustomId::Page { page: u16::MAX, owner: user, asker: user },
                CustomId::Release { copies: 9_999, asker: user, slug },
                CustomId::Packs { asker: user },
            ])
            .collect()
    }

    #[test]
    fn what_is_written_is_read_and_fits() {
        for id in all() {
            let text = id.to_string();
            assert!(text.len() <= LONGEST, "{text}");
            assert_eq!(CustomId::parse(&text), Some(id), "{text}");
        }
    }

    #[test]
    fn what_is_forged_is_refused() {
        assert!(CustomId::parse("coll:add:1:2").is_some());
        for bad in [
            "",
            "coll",
            "coll:",
            "coll:add",
            "coll:add:1",
            "coll:add:1:2:3",
            "coll:add.1:1:2",
            "coll:add:01:2",
            "coll:add:+1:2",
            "coll:pick:1:2",
            "coll:pick.256:1:2",
            "coll:page.1:1",
            "coll:drop.1:1:Mira",
            "coll:drop.01:1:mira",
            "coll:accept:0",
            "coll:accept:1:2",
            "coll:packs",
            "talk:again:1:2",
        ] {
            assert_eq!(CustomId::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn anything_at_all_is_read_or_refused(text in "(coll:)?.{0,120}") {
            if let Some(id) = CustomId::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
