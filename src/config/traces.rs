//! Settings of traces: where they are sent, how many, and how much of what a request touched is in them.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;

use super::{
    reader::{Parsed, Reader, switch},
    url::BaseUrl,
    variable::{Section, Variable},
};

/// Where traces are sent.
pub const ENDPOINT: Variable = Variable {
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    doc: "Where traces are sent: an OpenTelemetry collector, or anything else that takes OTLP over HTTP in JSON (Jaeger, \
          Tempo, the local Discord), at `<address>/v1/traces`. Not set: no traces, and no cost.",
    accepted: "an http:// or https:// address",
    example: "http://127.0.0.1:4318",
    ..Variable::PLAIN
};

/// What is sent along.
pub const HEADERS: Variable = Variable {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    doc: "Headers that are sent along with traces, such as a key. Values are percent-encoded where they hold a comma.",
    accepted: "name=value, with commas between several",
    example: "authorization=Bearer%20KEY",
    secret: true,
    ..Variable::PLAIN
};

/// The service's name.
pub const SERVICE_NAME: Variable = Variable {
    name: "OTEL_SERVICE_NAME",
    doc: "What this bot is called in traces.",
    accepted: "a name",
    default: Some("troupe"),
    example: "troupe",
    ..Variable::PLAIN
};

/// How many requests are traced.
pub const RATIO: Variable = Variable {
    name: "OTEL_TRACES_SAMPLER_ARG",
    doc: "Which share of interactions and messages is traced.",
    accepted: "a number from 0 to 1",
    default: Some("1"),
    example: "0.1",
    ..Variable::PLAIN
};

/// How much is shown.
pub const VALUES: Variable = Variable {
    name: "TRACE_VALUES",
    doc: "Whether traces name what a request touched: Redis keys as they are, and the ids and numbers bound to SQL. `false` \
          gives the patterns of keys and the statements alone, without the id of a member or server. Members' words, prompts \
          and secrets are in no trace either way.",
    accepted: "true or false",
    default: Some("false"),
    example: "true",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section =
    Section { title: "Traces", variables: &[&ENDPOINT, &HEADERS, &SERVICE_NAME, &RATIO, &VALUES] };

/// The traces section.
#[derive(Debug, Clone)]
pub struct TraceSettings {
    /// Where they go; `None`: there are none.
    pub endpoint: Option<BaseUrl>,
    /// Names and values of headers.
    pub headers: Vec<(String, SecretString)>,
    /// What this bot is called.
    pub service: String,
    /// Which share is traced, 0 to 1.
    pub ratio: f64,
    /// Whether ids and numbers are shown.
    pub values: bool,
}

impl TraceSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            endpoint: reader.optional(&ENDPOINT, BaseUrl::parse),
            headers: reader.optional(&HEADERS, parse_headers).unwrap_or_default(),
            service: reader.or_default(&SERVICE_NAME, parse_name),
            ratio: reader.or_default(&RATIO, parse_ratio),
            values: reader.or_default(&VALUES, switch),
        }
    }

    pub(super) fn warn(&self, warnings: &mut Vec<String>) {
        let Some(endpoint) = &self.endpoint else { return };
        if endpoint.is_exposed() {
            let what = if self.headers.is_empty() { "traces" } else { "traces and their headers" };
            warnings.push(format!(
                "{}: {} gets {what} over the network in the clear; use https://",
                ENDPOINT.name,
                endpoint.origin()
            ));
        }
        if self.values && !endpoint.is_loopback() {
            warnings.push(format!(
                "{}: traces carry members' ids to {}; switch it off unless that is meant",
                VALUES.name,
                endpoint.origin()
            ));
        }
    }
}

fn parse_headers(value: &str) -> Parsed<Vec<(String, SecretString)>> {
    let pairs = value.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or("has a header without a `=`")?;
            let name = name.trim();
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if name.is_empty() || !name.bytes().all(is_name) {
                return Err("has a header with a name that none has");
            }
            let value = percent_decode_str(value.trim()).decode_utf8();
            let value = value.map_err(|_| "has a value that is not UTF-8 text")?;
            if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
                return Err("has a value with a character that no header takes");
            }
            Ok((name.to_owned(), SecretString::from(value.into_owned())))
        })
        .collect()
}

fn parse_name(value: &str) -> Parsed<String> {
    if value.chars().count() > 100 || value.chars().any(char::is_control) {
        return Err("is too long for a name, or has a control character in it");
    }
    Ok(value.to_owned())
}

fn parse_ratio(value: &str) -> Parsed<f64> {
    match value.parse::<f64>() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        _ => Err("is not a number from 0 to 1"),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn headers_are_pairs() {
        let read = |text| {
            let pairs = parse_headers(text)?;
            let shown = pairs.iter().map(|(name, value)| format!("{name}: {}", value.expose_secret()));
            Ok::<_, &'static str>(shown.collect::<Vec<_>>())
        };
        assert_eq!(read("a=b").unwrap(), ["a: b"]);
        assert_eq!(
            read("authorization=Basic%20YWJj%3D, x-org = 7,").unwrap(),
            ["authorization: Basic YWJj=", "x-org: 7"]
        );
        assert_eq!(read("key=a=b").unwrap(), ["key: a=b"]);
        for bad in ["word", "=x", "a b=c", "a=%0d%0ax", "a=%ff", "a=é"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
