//! Discord's rate limit headers, read with care: a missing or senseless one counts as not sent.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::bucket::Observed;

/// The longest wait that is believed.
const MAX_SECONDS: f64 = 86_400.0;

/// Whose limit a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// This bot's own use of this bucket.
    User,
    /// The resource's limit, shared with others: not our fault, and not counted against us.
    Shared,
    /// This bot's use of the whole API.
    Global,
}

impl Scope {
    /// The scope's name, as Discord and the metrics have it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
            Self::Global => "global",
        }
    }
}

/// The bucket's name in an answer.
pub(super) fn bucket(headers: &HeaderMap) -> Option<&str> {
    text(headers, "x-ratelimit-bucket").filter(|hash| !hash.is_empty() && hash.len() <= 128)
}

/// What an answer says of its bucket; `None` unless all of it is there.
pub(super) fn observed(headers: &HeaderMap) -> Option<Observed> {
    Some(Observed {
        limit: text(headers, "x-ratelimit-limit")?.parse().ok()?,
        remaining: text(headers, "x-ratelimit-remaining")?.parse().ok()?,
        reset_after: seconds(text(headers, "x-ratelimit-reset-after")?)?,
        window_id: text(headers, "x-ratelimit-reset").and_then(epoch_millis),
    })
}

/// The scope of a 429. Without a word of Discord's own (a proxy before it refused us) it is global.
pub(super) fn scope(headers: &HeaderMap, body_says_global: bool) -> Scope {
    match text(headers, "x-ratelimit-scope") {
        Some("shared") => Scope::Shared,
        Some("global") => Scope::Global,
        Some(_) => Scope::User,
        None if body_says_global || headers.contains_key("x-ratelimit-global") => Scope::Global,
        None if headers.contains_key("x-ratelimit-bucket") => Scope::User,
        None => Scope::Global,
    }
}

/// How long to wait, by the `Retry-After` header.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    seconds(text(headers, "retry-after")?)
}

/// A duration of so many seconds, fractions allowed.
pub(super) fn duration(seconds: f64) -> Option<Duration> {
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(MAX_SECONDS)))
}

fn seconds(text: &str) -> Option<Duration> {
    duration(text.parse().ok()?)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn epoch_millis(text: &str) -> Option<u64> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..1.0e12).contains(&seconds).then_some((seconds * 1000.0) as u64)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (name.parse().expect("a header name"), value.parse().expect("a header value"))
            })
            .collect()
    }

    #[test]
    fn a_whole_set_is_read_and_a_broken_one_is_not() {
        let whole = [
            ("x-ratelimit-limit", "5"),
            ("x-ratelimit-remaining", "4"),
            ("x-ratelimit-reset-after", "1.25"),
            ("x-ratelimit-reset", "1470173023.123"),
        ];
        let seen = observed(&headers(&whole)).unwrap();
        assert_eq!((seen.limit, seen.remaining), (5, 4));
        assert_eq!(seen.reset_after, Duration::from_millis(1250));
        assert_eq!(seen.window_id, Some(1_470_173_023_123));
        for broken in ["", "-1", "NaN", "inf", "soon"] {
            let mut pairs = headers(&whole);
            pairs.insert("x-ratelimit-reset-after", broken.parse().unwrap());
            assert!(observed(&pairs).is_none(), "{broken:?}");
        }
    }

    #[test]
    fn a_429_is_somebodys() {
        assert_eq!(scope(&headers(&[("x-ratelimit-scope", "shared")]), false), Scope::Shared);
        assert_eq!(scope(&headers(&[("x-ratelimit-scope", "user")]), false), Scope::User);
        assert_eq!(scope(&headers(&[("x-ratelimit-scope", "global")]), false), Scope::Global);
        assert_eq!(scope(&headers(&[("x-ratelimit-bucket", "b")]), true), Scope::Global);
        assert_eq!(scope(&headers(&[("x-ratelimit-bucket", "b")]), false), Scope::User);
        assert_eq!(scope(&headers(&[]), false), Scope::Global);
    }
}
