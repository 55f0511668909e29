//! The registry of key families as a Markdown table.

use std::{fmt::Write as _, time::Duration};

use super::{
    key::{Family, Lifetime, Personal},
    keys::FAMILIES,
};

/// All families, in the registry's order.
pub fn markdown() -> String {
    let mut text = String::from(
        "| key | type | holds | written by | lives | when lost | personal data, and what erasing does to it |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for family in FAMILIES {
        let Family { pattern, shape, purpose, recovery, writer, .. } = family;
        let (kind, lives, personal) = (shape.redis_type(), lives(family.lifetime), personal(family.personal));
        writeln!(text, "| `{pattern}` | {kind} | {purpose} | {writer} | {lives} | {recovery} | {personal} |")
            .expect("a string takes any text");
    }
    text
}

fn lives(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Fixed(time) => span(time),
        Lifetime::Setting(name) => format!("as long as `{name}` says"),
        Lifetime::Until(when) => format!("until {when}"),
        Lifetime::Forever(why) => format!("for ever: {why}"),
    }
}

/// In the largest unit that says it exactly.
fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let fits = units.into_iter().find(|(unit, _)| seconds >= 2 * unit && seconds.is_multiple_of(*unit));
    let (unit, name) = fits.unwrap_or((1, "seconds"));
    format!("{} {name}", seconds / unit)
}

fn personal(personal: Personal) -> String {
    match personal {
        Personal::No => "none".to_owned(),
        Personal::InKey => "the member in the key: the key is deleted".to_owned(),
        Personal::InPlace => "in direct messages, the member's: the key is deleted".to_owned(),
        Personal::InPlaceAndPassing(why) => {
            format!("in direct messages, the member's: the key is deleted; else left to its lifetime: {why}")
        }
        Personal::InWrites => "in writes about the member: taken out of each before it lands".to_owned(),
        Personal::Passing(why) => format!("left to its lifetime: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_row_for_each_family() {
        let page = markdown();
        assert_eq!(page.lines().count(), FAMILIES.len() + 2);
        assert!(page.lines().all(|line| line.matches('|').count() == 8), "{page}");
        assert!(page.contains("| `seen:{INTERACTION}` | string |"), "{page}");
    }

    #[test]
    fn spans_are_told_in_the_largest_unit_that_is_exact() {
        for (seconds, told) in [
            (30, "30 seconds"),
            (60, "60 seconds"),
            (90, "90 seconds"),
            (600, "10 minutes"),
            (691_200, "8 days"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
