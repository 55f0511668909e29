//! What a button under an answer carries: `talk:VERB:LINE:ASKER`. It outlives a restart, and anyone may have forged it.

use std::fmt;

use crate::domain::ids::{InteractionId, UserId};

/// The most characters that Discord takes.
const LONGEST: usize = 100;
/// Whose buttons these are.
const FEATURE: &str = "talk";

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Shows another answer, counted from 0.
    See(u8),
    /// Asks for another answer.
    Again,
    /// Asks for more of this one.
    GoOn,
    /// Opens a form for the member's next line.
    Reply,
    /// Takes the answer away.
    Delete,
    /// Nothing: it is there to be read, or stands where there is nothing more to see.
    Nothing(Place),
}

/// Where a button stands that does nothing: no two of a message may have one custom id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Left of the count.
    First,
    /// The count.
    Count,
    /// Right of it.
    Last,
}

/// A button's custom id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomId {
    /// What it does.
    pub verb: Verb,
    /// The line whose answer it is under.
    pub line: InteractionId,
    /// Who said the line.
    pub asker: UserId,
}

impl fmt::Display for Verb {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::See(index) => write!(out, "see.{index}"),
            Self::Again => out.write_str("again"),
            Self::GoOn => out.write_str("on"),
            Self::Reply => out.write_str("reply"),
            Self::Delete => out.write_str("delete"),
            Self::Nothing(Place::First) => out.write_str("first"),
            Self::Nothing(Place::Count) => out.write_str("count"),
            Self::Nothing(Place::Last) => out.write_str("last"),
        }
    }
}

impl Verb {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "again" => Self::Again,
            "on" => Self::GoOn,
            "reply" => Self::Reply,
            "delete" => Self::Delete,
            "first" => Self::Nothing(Place::First),
            "count" => Self::Nothing(Place::Count),
            "last" => Self::Nothing(Place::Last),
            _ => Self::See(text.strip_prefix("see.")?.parse().ok()?),
        })
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{FEATURE}:{}:{}:{}", self.verb, self.line, self.asker)
    }
}

impl CustomId {
    /// Reads one; `None`: it is another feature's, or nothing that [`CustomId`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.split(':');
        let (feature, verb, line, asker) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if feature != FEATURE || parts.next().is_some() {
            return None;
        }
        let id = Self { verb: Verb::parse(verb)?, line: line.parse().ok()?, asker: asker.parse().ok()? };
        // One spelling: no leading zeros, no signs.
        (id.to_string() == text).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_verbs() -> Vec<Verb> {
        let nothing = [Place::First, Place::Count, Place::Last].map(Verb::Nothing);
        let mut verbs =
            vec![Verb::See(0), Verb::See(u8::MAX), Verb::Again, Verb::GoOn, Verb::Reply, Verb::Delete];
        verbs.extend(nothing);
        verbs
    }

    #[test]
    fn what_is_written_is_read_and_fits() {
        for verb in all_verbs() {
            let largest = i64::MAX.unsigned_abs();
            let id = CustomId {
                verb,
                line: InteractionId::new(largest).expect("an id"),
                asker: UserId::new(largest).expect("an id"),
            };
            let text = id.to_string();
            assert!(text.len() <= LONGEST, "{text}");
            assert_eq!(CustomId::parse(&text), Some(id), "{text}");
        }
    }

    #[test]
    fn what_is_forged_is_refused() {
        let good = "talk:again:1:2";
        assert!(CustomId::parse(good).is_some());
        for bad in [
            "",
            "talk",
            "talk:again:1",
            "talk:again:1:2:3",
            "talk:again:1:2 ",
            "Talk:again:1:2",
            "talk:AGAIN:1:2",
            "talk:again:0:2",
            "talk:again:01:2",
            "talk:again:+1:2",
            "talk:again:-1:2",
            "talk:again:1:",
            "talk:see.256:1:2",
            "talk:see.+1:1:2",
            "talk:see.01:1:2",
            "talk:see.:1:2",
            "talk:see:1:2",
            "talk:again:9223372036854775808:2",
            "talk:again:18446744073709551616:2",
            "scene:again:1:2",
            "talk:drop:1:2",
        ] {
            assert_eq!(CustomId::parse(bad), None, "{bad}");
        }
        assert_eq!(CustomId::parse(&format!("{good}{}", "0".repeat(200))), None);
    }

    proptest! {
        #[test]
        fn anything_at_all_is_read_or_refused(text in ".{0,120}") {
            if let Some(id) = CustomId::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
