//! How close a member and a character are: experience, the level it makes, and the band that changes manner.

use serde::{Deserialize, Serialize};

/// Level at so much experience: ⌊√xp⌋ + 1, exact for every number.
pub const fn level(xp: u64) -> u64 {
    xp.isqrt() + 1
}

/// Experience at which a level begins; `None` for level 0, which there is not, and for levels beyond all numbers.
pub const fn level_begins(level: u64) -> Option<u64> {
    match level.checked_sub(1) {
        Some(root) => root.checked_mul(root),
        None => None,
    }
}

/// What closeness is called, and from which level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// From level 1.
    Acquaintance,
    /// From level 3.
    Friend,
    /// From level 5.
    Trusted,
    /// From level 10.
    Close,
    /// From level 15.
    Devoted,
    /// From level 20.
    Soulbound,
}

impl Band {
    /// All of them, from the outside in.
    pub const ALL: [Self; 6] =
        [Self::Acquaintance, Self::Friend, Self::Trusted, Self::Close, Self::Devoted, Self::Soulbound];

    /// Level it begins at.
    pub const fn from_level(self) -> u64 {
        match self {
            Self::Acquaintance => 1,
            Self::Friend => 3,
            Self::Trusted => 5,
            Self::Close => 10,
            Self::Devoted => 15,
            Self::Soulbound => 20,
        }
    }

    /// Its name, one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acquaintance => "acquaintance",
            Self::Friend => "friend",
            Self::Trusted => "trusted",
            Self::Close => "close",
            Self::Devoted => "devoted",
            Self::Soulbound => "soulbound",
        }
    }

    /// The next one, if there is any.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|band| *band > self)
    }

    /// The band of a level.
    pub fn of(level: u64) -> Self {
        Self::ALL.into_iter().rev().find(|band| band.from_level() <= level).unwrap_or(Self::Acquaintance)
    }
}

/// A text that can't be a nickname.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a nickname: 1 to {} characters on one line", Nickname::LONGEST)]
pub struct NotANickname;

/// What a character calls a member: 1 to 32 characters without control characters, and no blanks round them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nickname(String);

impl Nickname {
    /// Most characters.
    pub const LONGEST: usize = 32;

    /// The nickname with that text; blanks round it are cut off.
    ///
    /// # Errors
    /// [`NotANickname`] for an empty text, a long one, and one with control characters.
    pub fn new(text: &str) -> Result<Self, NotANickname> {
        let text = text.trim();
        let fits = (1..=Self::LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotANickname) }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Nickname {
    type Error = NotANickname;

    fn try_from(text: String) -> Result<Self, NotANickname> {
        Self::new(&text)
    }
}

impl From<Nickname> for String {
    fn from(nickname: Nickname) -> Self {
        nickname.0
    }
}

/// What one talk may add to a bond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reward {
    /// Experience, unless the day's cap is nearer.
    pub amount: u16,
    /// Most experience a day (UTC) with one character.
    pub daily_cap: u16,
}

/// What became of a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gain {
    /// Experience before.
    pub before: u64,
    /// Experience after.
    pub after: u64,
    /// Gained on that day so far.
    pub today: u64,
}

impl Gain {
    /// The level that was reached by it, if a new one was.
    pub const fn new_level(self) -> Option<u64> {
        let reached = level(self.after);
        if reached > level(self.before) { Some(reached) } else { None }
    }

    /// The band that was reached by it, if a new one was.
    pub fn new_band(self) -> Option<Band> {
        let reached = Band::of(level(self.after));
        (reached > Band::of(level(self.before))).then_some(reached)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_level_holds_all_experience_from_its_beginning_to_the_next(xp in 0..=i64::MAX.unsigned_abs()) {
            let level = level(xp);
            prop_assert!(level_begins(level).is_some_and(|begins| begins <= xp));
            prop_assert!(level_begins(level + 1).is_none_or(|next| xp < next));
        }

        #[test]
        fn levels_begin_exactly_at_squares(root in 1..3_037_000_499_u64) {
            prop_assert_eq!(level(root * root), root + 1);
            prop_assert_eq!(level(root * root - 1), root);
        }

        #[test]
        fn more_experience_never_makes_a_lower_band(xp in 0..1000_u64, more in 0..1000_u64) {
            let (before, after) = (Band::of(level(xp)), Band::of(level(xp + more)));
            prop_assert!(before <= after);
            let gain = Gain { before: xp, after: xp + more, today: more };
            prop_assert_eq!(gain.new_band(), (after > before).then_some(after));
            prop_assert_eq!(gain.new_level().is_some(), level(xp + more) > level(xp));
        }
    }

    #[test]
    fn the_largest_numbers_are_exact() {
        assert_eq!(level(i64::MAX.unsigned_abs()), 3_037_000_500);
        assert_eq!(
            (level(0), level_begins(0), level_begins(1), level_begins(u64::MAX)),
            (1, None, Some(0), None)
        );
    }

    #[test]
    fn bands_begin_where_they_say() {
        let found: Vec<_> = [1, 2, 3, 4, 5, 9, 10, 14, 15, 19, 20, 9999].map(Band::of).into();
        let expected = [
            Band::Acquaintance,
            Band::Acquaintance,
            Band::Friend,
            Band::Friend,
            Band::Trusted,
            Band::Trusted,
            Band::Close,
            Band::Close,
            Band::Devoted,
            Band::Devoted,
            Band::Soulbound,
            Band::Soulbound,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn nicknames_are_short_and_on_one_line() {
        assert_eq!(Nickname::new("  Captain é ").map(String::from), Ok("Captain é".to_owned()));
        assert!(Nickname::new(&"é".repeat(32)).is_ok());
        for text in ["", "   ", "a\nb", "a\u{0}b", &"é".repeat(33)] {
            assert_eq!(Nickname::new(text), Err(NotANickname), "{text:?}");
        }
    }
}
