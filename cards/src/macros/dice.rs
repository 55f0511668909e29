//! Dice as macros write them: `6`, `d6`, `2d6+1`.

use super::chance;

/// Most dice in one throw.
const MOST_DICE: u64 = 100;
/// Most sides of a die, and the most that is added.
const MOST_SIDES: u64 = 1_000_000_000;

/// A throw: how many dice, of how many sides, and what is added.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dice {
    count: u64,
    sides: u64,
    added: i64,
}

impl Dice {
    /// Reads `N`, `dN`, `MdN`, `MdN+K` or `MdN-K`; `None` for anything else, and past the bounds.
    pub(super) fn parse(formula: &str) -> Option<Self> {
        let number = |digits: &str, most: u64| -> Option<u64> {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|number| plain && *number <= most)
        };
        let formula = formula.trim();
        let Some((count, rest)) = formula.split_once(['d', 'D']) else {
            let sides = number(formula, MOST_SIDES).filter(|sides| *sides > 0)?;
            return Some(Self { count: 1, sides, added: 0 });
        };
        let (sides, added) = match rest.find(['+', '-']) {
            None => (rest, 0),
            Some(sign) => {
                let added = i64::try_from(number(&rest[sign + 1..], MOST_SIDES)?).ok()?;
                (&rest[..sign], if rest[sign..].starts_with('-') { -added } else { added })
            }
        };
        let count = if count.is_empty() { 1 } else { number(count, MOST_DICE)? };
        let sides = number(sides, MOST_SIDES)?;
        (count > 0 && sides > 0).then_some(Self { count, sides, added })
    }

    /// Throws them, by a seed of their own.
    pub(super) fn throw(&self, seed: u64) -> i64 {
        let thrown: u64 =
            (0..self.count).map(|die| chance::below(chance::draw(&[seed, die]), self.sides) + 1).sum();
        i64::try_from(thrown).unwrap_or(i64::MAX).saturating_add(self.added)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_read_and_bounded() {
        let dice = |count, sides, added| Some(Dice { count, sides, added });
        let table = [
            ("6", dice(1, 6, 0)),
            ("d6", dice(1, 6, 0)),
            (" D20 ", dice(1, 20, 0)),
            ("2d6+1", dice(2, 6, 1)),
            ("2d6-3", dice(2, 6, -3)),
            ("0", None),
            ("0d6", None),
            ("2d0", None),
            ("101d6", None),
            ("2d6+", None),
            ("2d+6", None),
            ("+6", None),
            ("six", None),
            ("9999999999", None),
            ("", None),
        ];
        for (formula, expected) in table {
            assert_eq!(Dice::parse(formula), expected, "{formula}");
        }
    }

    #[test]
    fn throws_reach_both_ends_and_nothing_beyond() {
        let dice = Dice::parse("2d3+1").unwrap();
        let thrown: Vec<i64> = (0..500).map(|seed| dice.throw(seed)).collect();
        assert_eq!((thrown.iter().min(), thrown.iter().max()), (Some(&3), Some(&7)));
    }
}
