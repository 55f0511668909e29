//! What a button of `/bond` carries: `bond:ACT:ASKER:WHAT`. It outlives a restart, and anyone may have forged it.

use std::fmt;

use crate::domain::character::CharacterId;
use crate::domain::ids::UserId;

/// The most characters that Discord takes.
const LONGEST: usize = 100;
/// Whose buttons these are.
const FEATURE: &str = "bond";

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discord) enum Act {
    /// Shows a page of bonds, from 0.
    List(u8),
    /// Erases a bond.
    Erase(CharacterId),
    /// Erases nothing.
    Keep(CharacterId),
}

/// A button's custom id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discord) struct BondButton {
    /// What it does.
    pub(super) act: Act,
    /// Whose bonds these are.
    pub(super) asker: UserId,
}

impl fmt::Display for BondButton {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asker = self.asker;
        match &self.act {
            Act::List(page) => write!(out, "{FEATURE}:list:{asker}:{page}"),
            Act::Erase(character) => write!(out, "{FEATURE}:erase:{asker}:{character}"),
            Act::Keep(character) => write!(out, "{FEATURE}:keep:{asker}:{character}"),
        }
    }
}

impl BondButton {
    /// Reads one; `None`: it is another feature's, or nothing that is written here.
    pub(in crate::discord) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.splitn(4, ':');
        let (feature, act, asker, what) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if feature != FEATURE {
            return None;
        }
        let act = match act {
            "list" => Act::List(what.parse().ok()?),
            "erase" => Act::Erase(what.parse().ok()?),
            "keep" => Act::Keep(what.parse().ok()?),
            _ => return None,
        };
        let id = Self { act, asker: asker.parse().ok()? };
        // One spelling: no leading zeros, no signs.
        (id.to_string() == text).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_fits() {
        let asker = UserId::new(i64::MAX.unsigned_abs()).expect("an id");
        let custom = CharacterId::Custom(uuid::Uuid::max());
        let shipped: CharacterId = "shipped:mira".parse().expect("an id");
        for act in [Act::List(u8::MAX), Act::Erase(custom.clone()), Act::Keep(custom), Act::Erase(shipped)] {
            let id = BondButton { act, asker };
            let text = id.to_string();
            assert!(text.len() <= LONGEST, "{text}");
            assert_eq!(BondButton::parse(&text), Some(id), "{text}");
        }
    }

    #[test]
    fn what_is_forged_is_refused() {
        assert!(BondButton::parse("bond:list:1:2").is_some());
        for bad in [
            "",
            "bond",
            "bond:list:1",
            "bond:list:1:256",
            "bond:list:1:+2",
            "bond:list:01:2",
            "bond:list:0:2",
            "bond:erase:1:mira",
            "bond:erase:1:shipped:mira:x",
            "bond:drop:1:shipped:mira",
            "talk:list:1:2",
            "bond:LIST:1:2",
            "bond:list:1:2 ",
        ] {
            assert_eq!(BondButton::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn anything_at_all_is_read_or_refused(text in "(bond:(list|erase|keep):)?.{0,100}") {
            if let Some(id) = BondButton::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
