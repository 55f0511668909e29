//! Routes: a request's template and path, and patterns that choose among them.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// What stands before every documented path.
pub const PREFIX: &str = "/api/v10";

/// A request's route. Both texts are without [`PREFIX`].
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// The method.
    pub method: &'a Method,
    /// The route that matched, such as `/channels/{channel_id}/messages`; none for an unknown one.
    pub template: Option<&'a str>,
    /// The path as the client wrote it, such as `/channels/41/messages`.
    pub path: &'a str,
}

impl<'a> Route<'a> {
    /// The `n`th segment of the path.
    pub fn segment(&self, n: usize) -> Option<&'a str> {
        self.path.trim_start_matches('/').split('/').nth(n)
    }

    /// Whether the template's `n`th segment is a parameter.
    pub fn is_parameter(&self, n: usize) -> bool {
        let template = self.template.unwrap_or_default();
        template.trim_start_matches('/').split('/').nth(n).is_some_and(|segment| segment.starts_with('{'))
    }

    /// Whether a token in the path proves the right to call it: a webhook's or an interaction's.
    pub fn carries_token(&self) -> bool {
        matches!(self.segment(0), Some("webhooks" | "interactions")) && self.is_parameter(2)
    }
}

/// A template with its parameters' names removed: `/channels/{}/messages`.
pub fn nameless(template: &str) -> String {
    let mut text = String::with_capacity(template.len());
    for segment in without_prefix(template).split('/').filter(|segment| !segment.is_empty()) {
        text.push('/');
        text.push_str(if segment.starts_with('{') { "{}" } else { segment });
    }
    text
}

/// A path or a template without [`PREFIX`].
pub fn without_prefix(path: &str) -> &str {
    path.strip_prefix(PREFIX).unwrap_or(path)
}

/// Chooses routes, segment by segment: `{name}` is a parameter of the template, `*` any run of
/// characters within a segment, `**` any run of segments, and anything else is itself, in the path.
///
/// `/channels/{}/messages` is the route, for every channel; `/channels/41/**` is all of one channel;
/// `/webhooks/*/*/messages/@original` is edits of first answers, and of no other message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pattern {
    text: String,
    segments: Vec<String>,
}

impl Pattern {
    /// Whether it chooses this route.
    pub fn matches(&self, route: &Route<'_>) -> bool {
        let template: Vec<&str> = segments(route.template.unwrap_or_default()).collect();
        // The template has as many segments as the path, or, for an unknown route, none.
        let path: Vec<(&str, Option<&str>)> = segments(route.path)
            .enumerate()
            .map(|(n, segment)| (segment, template.get(n).copied()))
            .collect();
        wild(
            &self.segments,
            &path,
            |pattern| pattern == "**",
            |pattern, (segment, template)| {
                if pattern.starts_with('{') {
                    template.is_none_or(|template| template.starts_with('{'))
                } else {
                    wild(pattern.as_bytes(), segment.as_bytes(), |byte| *byte == b'*', |a, b| a == b)
                }
            },
        )
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// Matches `text` against a pattern with one kind of wildcard, which stands for any run of items. On
/// a mismatch only the last wildcard need grow, so the time is bounded by the product of the lengths.
fn wild<P, T>(pattern: &[P], text: &[T], star: impl Fn(&P) -> bool, one: impl Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && star(&pattern[p]) {
            p += 1;
            last_star = Some((p, t));
        } else if p < pattern.len() && one(&pattern[p], &text[t]) {
            p += 1;
            t += 1;
        } else if let Some((after, swallowed)) = last_star {
            p = after;
            t = swallowed + 1;
            last_star = Some((after, t));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(star)
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self { text: text.into(), segments: segments(without_prefix(text)).map(str::to_owned).collect() }
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(pattern: &str, template: Option<&str>, path: &str) -> bool {
        Pattern::from(pattern).matches(&Route { method: &Method::GET, template, path })
    }

    #[test]
    fn a_pattern_chooses_by_template_and_by_path() {
        let messages = Some("/channels/{channel_id}/messages");
        for pattern in [
            "/channels/{}/messages",
            "/channels/{channel.id}/messages",
            "/api/v10/channels/{channel_id}/messages",
            "/channels/41/messages",
            "/channels/*/messages",
            "/channels/4*/mess*",
            "/channels/**",
            "**",
            "/**/messages",
        ] {
            assert!(chosen(pattern, messages, "/channels/41/messages"), "{pattern}");
        }
        for pattern in
            ["/channels/42/messages", "/channels", "/channels/*", "/{}/41/messages", "", "/**/pins"]
        {
            assert!(!chosen(pattern, messages, "/channels/41/messages"), "{pattern}");
        }
    }

    #[test]
    fn a_parameter_is_no_literal() {
        let one = "/channels/{}/messages/{}";
        assert!(chosen(one, Some("/channels/{c}/messages/{m}"), "/channels/1/messages/2"));
        assert!(!chosen(one, Some("/channels/{c}/messages/bulk-delete"), "/channels/1/messages/bulk-delete"));
        assert!(chosen(one, None, "/channels/1/messages/2"));
    }

    #[test]
    fn names_of_parameters_and_the_prefix_make_no_difference() {
        assert_eq!(nameless("/api/v10/channels/{channel_id}/messages/{id}"), "/channels/{}/messages/{}");
    }
}
