//! Settings of collections: how often a member rolls, and how many characters they keep.

use std::time::Duration;

use super::{
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};
use crate::domain::policy::Tier;

/// How long the window of rolls is.
pub const ROLL_WINDOW_HOURS: Variable = Variable {
    name: "ROLL_WINDOW_HOURS",
    doc: "Hours after which a roll of `/collection roll` no longer counts against the next ones.",
    accepted: "a whole number of hours from 1 to 168",
    default: Some("5"),
    example: "5",
    ..Variable::PLAIN
};

const ROLLS: Variable = Variable { accepted: "a whole number of rolls from 1 to 1000", ..Variable::PLAIN };
const SLOTS: Variable =
    Variable { accepted: "a whole number of characters from 1 to 100", ..Variable::PLAIN };

/// Rolls in a window, tier free.
pub const ROLLS_FREE: Variable = Variable {
    name: "ROLLS_FREE",
    doc: "Rolls that one member has in `ROLL_WINDOW_HOURS`, tier free.",
    default: Some("1"),
    example: "1",
    ..ROLLS
};

/// Rolls in a window, tier pro.
pub const ROLLS_PRO: Variable = Variable {
    name: "ROLLS_PRO",
    doc: "Rolls that one member has in `ROLL_WINDOW_HOURS`, tier pro.",
    default: Some("3"),
    example: "3",
    ..ROLLS
};

/// Slots of a collection, tier free.
pub const COLLECTION_SLOTS_FREE: Variable = Variable {
    name: "COLLECTION_SLOTS_FREE",
    doc: "Different characters that one member can keep, tier free. Whoever has more keeps them, and gets no new one.",
    default: Some("6"),
    example: "6",
    ..SLOTS
};

/// Slots of a collection, tier pro.
pub const COLLECTION_SLOTS_PRO: Variable = Variable {
    name: "COLLECTION_SLOTS_PRO",
    doc: "Different characters that one member can keep, tier pro.",
    default: Some("30"),
    example: "30",
    ..SLOTS
};

/// This section, as documented.
pub const SECTION: Section = Section {
    title: "Collections",
    variables: &[&ROLL_WINDOW_HOURS, &ROLLS_FREE, &ROLLS_PRO, &COLLECTION_SLOTS_FREE, &COLLECTION_SLOTS_PRO],
};

/// What one tier has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Rolls in a window, at least 1.
    pub rolls: u32,
    /// Different characters in a collection, at least 1.
    pub slots: u32,
}

/// The collection section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollectionSettings {
    /// How long a roll counts.
    pub window: Duration,
    /// Tier free.
    pub free: Allowance,
    /// Tier pro.
    pub pro: Allowance,
}

impl Default for CollectionSettings {
    /// As declared.
    fn default() -> Self {
        Self {
            window: Duration::from_secs(5 * 60 * 60),
            free: Allowance { rolls: 1, slots: 6 },
            pro: Allowance { rolls: 3, slots: 30 },
        }
    }
}

impl CollectionSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let hours = reader.or_default(&ROLL_WINDOW_HOURS, |value| number(value, 168));
        let allowance = |reader: &mut Reader<'_>, rolls, slots| Allowance {
            rolls: reader.or_default(rolls, |value| number(value, 1_000)),
            slots: reader.or_default(slots, |value| number(value, 100)),
        };
        let free = allowance(reader, &ROLLS_FREE, &COLLECTION_SLOTS_FREE);
        let pro = allowance(reader, &ROLLS_PRO, &COLLECTION_SLOTS_PRO);
        for (less, more, is_less) in [
            (&ROLLS_PRO, &ROLLS_FREE, pro.rolls < free.rolls),
            (&COLLECTION_SLOTS_PRO, &COLLECTION_SLOTS_FREE, pro.slots < free.slots),
        ] {
            if is_less {
                let (less, more) = (less.name, more.name);
                reader.warnings.push(format!("{less} is smaller than {more}: the better tier has less"));
            }
        }
        Self { window: Duration::from_secs(u64::from(hours) * 3_600), free, pro }
    }

    /// What a tier has.
    pub const fn of(&self, tier: Tier) -> Allowance {
        match tier {
            Tier::Free => self.free,
            Tier::Pro => self.pro,
        }
    }

    /// The window in whole hours.
    pub const fn window_hours(&self) -> u64 {
        self.window.as_secs() / 3_600
    }
}

fn number(value: &str, most: u32) -> Parsed<u32> {
    match value.parse::<u32>() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err("is not a whole number in that range"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Values;

    fn read(pairs: &[(&str, &str)]) -> (CollectionSettings, usize, usize) {
        let file = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let values = Values::merge([], file);
        let mut reader = Reader::new(&values);
        let settings = CollectionSettings::read(&mut reader);
        (settings, reader.warnings.len(), reader.problems.len())
    }

    #[test]
    fn declared_defaults_are_the_default() {
        assert_eq!(read(&[]), (CollectionSettings::default(), 0, 0));
        assert_eq!(CollectionSettings::default().window_hours(), 5);
    }

    #[test]
    fn each_variable_sets_its_own_and_nonsense_is_told() {
        let mut seen = vec![read(&[]).0];
        for variable in SECTION.variables {
            let (settings, _, problems) = read(&[(variable.name, "50")]);
            assert_eq!(problems, 0, "{}", variable.name);
            assert!(!seen.contains(&settings), "{}", variable.name);
            seen.push(settings);
            for nonsense in ["0", "-1", "1001", "many"] {
                assert_eq!(read(&[(variable.name, nonsense)]).2, 1, "{}={nonsense}", variable.name);
            }
        }
        assert_eq!(read(&[("ROLLS_FREE", "4")]).1, 1);
    }
}
