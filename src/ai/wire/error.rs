//! What a provider says when it does not answer, read out of whatever form that has.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use super::fold::Complaint;

/// Most characters of a provider's message that a log shows.
const SHOWN: usize = 200;
/// No wait that a provider asks for is taken for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// A provider's complaint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its message: shortened, one line, without anything that looks like a key.
    pub(crate) message: String,
    /// Its code and type, in lower case, to be looked for words.
    kind: String,
    /// The status that an error inside of a stream claims.
    pub(crate) status: Option<u16>,
    /// What it has against the roles of the prompt, if that is it.
    pub(crate) about_roles: Option<Complaint>,
}

impl Said {
    /// Reads the body of an answer that is an error.
    pub(crate) fn in_body(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            // Gemini wraps it into a list.
            Ok(Value::Array(list)) => list.first().map(Self::in_json).unwrap_or_default(),
            Ok(value) => Self::in_json(&value),
            Err(_) => Self::default(),
        }
    }

    /// Reads an error, or an object with one: `{"error": {"message": …}}`, `{"error": "…"}`, `{"message": …}`.
    pub(crate) fn in_json(value: &Value) -> Self {
        let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(value);
        let text = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let message = match error {
            Value::String(text) => text.clone(),
            _ => [text("message"), text("detail")]
                .into_iter()
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
        };
        // A relay hands on what the server behind it has said.
        let relayed = error.pointer("/metadata/raw").and_then(Value::as_str).unwrap_or_default();
        let status = ["code", "status"].into_iter().find_map(|name| error.get(name)?.as_u64());
        Self {
            message: shown(&message),
            kind: format!("{} {} {}", text("code"), text("type"), text("param")).to_lowercase(),
            about_roles: Complaint::of(&message).or_else(|| Complaint::of(relayed)),
            status: status.and_then(|status| u16::try_from(status).ok()).filter(|status| *status >= 400),
        }
    }

    /// Whether a filter has refused the words.
    pub(crate) fn is_filter(&self) -> bool {
        let words = ["content_filter", "content_policy", "moderation", "safety", "flagged"];
        words.iter().any(|word| self.kind.contains(word))
            || self.message.to_lowercase().contains("content management policy")
    }

    /// Whether money is what is missing: waiting does not help.
    pub(crate) fn is_unpaid(&self) -> bool {
        ["insufficient_quota", "billing", "credit"].iter().any(|word| self.kind.contains(word))
    }

    /// Whether too much was asked for, as an error inside of a stream says it.
    pub(crate) fn is_overload(&self) -> bool {
        ["rate_limit", "overloaded", "too_many"].iter().any(|word| self.kind.contains(word))
    }

    /// All of it, for [`super::Quirks::learn`].
    pub(crate) fn complaint(&self) -> String {
        format!("{} {}", self.message, self.kind)
    }
}

/// One line of bounded length, with everything that may be a key left out.
fn shown(message: &str) -> String {
    let mut line = String::new();
    for word in message.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if line.chars().count() + word.chars().count().min(40) > SHOWN {
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let is_key = word.contains("sk-") || word.chars().count() > 40;
        line.push_str(if is_key { "…" } else { word });
    }
    line
}

/// How long a provider asks to be left alone: in seconds (with decimals), in milliseconds, or until a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |text: &str, unit: f64| {
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)?;
        Some(Duration::from_secs_f64((number * unit).min(LONGEST_WAIT.as_secs_f64())))
    };
    if let Some(wait) = text("retry-after-ms").and_then(|text| seconds(text, 0.001)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    seconds(value, 1.0).or_else(|| {
        let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
        let wait = SystemTime::from(date).duration_since(SystemTime::now()).unwrap_or_default();
        Some(wait.min(LONGEST_WAIT))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_an_error_is_read() {
        for body in [
            json!({"error": {"message": "No.", "type": "server_error", "code": null}}),
            json!({"error": "No."}),
            json!({"message": "No.", "type": "x"}),
            json!({"detail": "No."}),
            json!([{"error": {"message": "No.", "code": 400}}]),
        ] {
            assert_eq!(Said::in_body(body.to_string().as_bytes()).message, "No.", "{body}");
        }
        assert_eq!(Said::in_body(b"<html>"), Said::default());
        let relayed = Said::in_json(&json!({"error": {"code": 502, "message": "bad"}}));
        assert_eq!(relayed.status, Some(502));
        assert!(Said::in_json(&json!({"error": {"code": "content_filter"}})).is_filter());
        assert!(Said::in_json(&json!({"error": {"code": "insufficient_quota"}})).is_unpaid());
    }

    #[test]
    fn messages_are_short_and_without_keys() {
        let key = "sk-secretsecret";
        let said =
            Said::in_json(&json!({"error": format!("Incorrect API key provided: {key}.\nSee \u{1b}[31m x")}));
        assert_eq!(said.message, "Incorrect API key provided: … See [31m x");
        let long = Said::in_json(&json!({"error": "word ".repeat(1000)})).message;
        assert!(long.chars().count() <= SHOWN + 1, "{long}");
        assert_eq!(
            Said::in_json(&json!({"error": "x".repeat(100)})).message,
            "…",
            "a long word may be anything"
        );
    }

    #[test]
    fn waits_are_read_in_all_their_forms() {
        let wait = |name: &'static str, value: &str| {
            let value = value.parse().expect("a header");
            retry_after(&HeaderMap::from_iter([(name.parse().expect("a name"), value)]))
        };
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(wait("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("retry-after", "1e300"), Some(LONGEST_WAIT));
        assert_eq!(wait("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "NaN", ""] {
            assert_eq!(wait("retry-after", nonsense), None, "{nonsense}");
        }
    }
}
