//! What an operator types, read: which target a scope and a text mean, and how long a text lasts.

use chrono::TimeDelta;

use crate::domain::{
    ids::GuildId,
    oversight::{SwitchScope, SwitchTarget},
};

/// No switch is set for longer: one that shall stay is set without an end.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Why words can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unclear {
    /// The scope takes no target.
    Spare,
    /// The scope needs a target.
    Missing,
    /// No target of that scope.
    Target,
    /// No length of time, or too long a one.
    Duration,
}

/// What a scope and a text mean. A server is the one where the operator is, unless another is named; a character may go
/// by its short name.
pub(super) fn target(
    scope: SwitchScope,
    text: Option<&str>,
    here: Option<GuildId>,
) -> Result<SwitchTarget, Unclear> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let text = match (scope, text) {
        (SwitchScope::Global, Some(_)) => return Err(Unclear::Spare),
        (SwitchScope::Global, None) => String::new(),
        (SwitchScope::Guild, None) => here.ok_or(Unclear::Missing)?.to_string(),
        (_, None) => return Err(Unclear::Missing),
        (SwitchScope::Character, Some(name)) if !name.contains(':') => {
            format!("shipped:{}", name.to_lowercase())
        }
        (SwitchScope::Feature, Some(name)) => name.trim_start_matches('/').to_lowercase(),
        (_, Some(name)) => name.to_owned(),
    };
    SwitchTarget::new(scope, &text).map_err(|_| Unclear::Target)
}

/// A length of time such as `30m`, `2h`, `1d` or `1d12h`.
pub(super) fn duration(text: &str) -> Result<TimeDelta, Unclear> {
    let text: String = text.to_lowercase().split_whitespace().collect();
    let mut total = TimeDelta::zero();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(Unclear::Duration)?;
        let number: i64 = rest[..digits].parse().map_err(|_| Unclear::Duration)?;
        let letters = rest[digits..].find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len() - digits);
        let minutes = match &rest[digits..digits + letters] {
            "m" | "min" => 1,
            "h" | "std" => 60,
            "d" | "t" => 24 * 60,
            _ => return Err(Unclear::Duration),
        };
        let part = number.checked_mul(minutes).and_then(TimeDelta::try_minutes);
        total = part.and_then(|part| total.checked_add(&part)).ok_or(Unclear::Duration)?;
        rest = &rest[digits + letters..];
    }
    if total > TimeDelta::zero() && total <= LONGEST { Ok(total) } else { Err(Unclear::Duration) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn targets_are_read_as_people_write_them() {
        let here = GuildId::new(42);
        let here = here.expect("an id");
        let read = |scope, text| target(scope, text, Some(here)).map(|target| target.field());
        assert_eq!(read(SwitchScope::Global, None).as_deref(), Ok("global"));
        assert_eq!(read(SwitchScope::Global, Some(" ")).as_deref(), Ok("global"));
        assert_eq!(read(SwitchScope::Global, Some("x")), Err(Unclear::Spare));
        assert_eq!(read(SwitchScope::Feature, Some("/Talk ")).as_deref(), Ok("feature:talk"));
        assert_eq!(read(SwitchScope::Feature, Some("dance")), Err(Unclear::Target));
        assert_eq!(read(SwitchScope::Guild, None).as_deref(), Ok("guild:42"));
        assert_eq!(read(SwitchScope::Guild, Some("7")).as_deref(), Ok("guild:7"));
        assert_eq!(read(SwitchScope::Guild, Some("here")), Err(Unclear::Target));
        assert_eq!(target(SwitchScope::Guild, None, None), Err(Unclear::Missing));
        assert_eq!(read(SwitchScope::Character, Some("Mira")).as_deref(), Ok("character:shipped:mira"));
        assert_eq!(read(SwitchScope::Model, Some("a/b:free")).as_deref(), Ok("model:a/b:free"));
        assert_eq!(read(SwitchScope::Provider, None), Err(Unclear::Missing));
    }

    #[test]
    fn durations_are_read_and_nonsense_is_not() {
        for (text, minutes) in [("30m", 30), ("2h", 120), (" 1 D ", 1_440), ("1d12h", 2_160), ("90min", 90)] {
            assert_eq!(duration(text), Ok(TimeDelta::minutes(minutes)), "{text}");
        }
        for text in ["", "0m", "90", "h", "-1h", "1y", "1.5h", "367d", "9999999999999999999d", "1m️", "١h"]
        {
            assert_eq!(duration(text), Err(Unclear::Duration), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_of_a_duration_breaks_the_reader(text in "\\PC{0,20}") {
            let _read_or_not = duration(&text);
        }
    }
}
