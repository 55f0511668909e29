//! Settings of Redis, the hot store, and of the namespace that its keys live in.

use secrecy::SecretString;
use url::Url;

use super::{
    ops::Environment,
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};

/// Where Redis is.
pub const REDIS_URL: Variable = Variable {
    name: "REDIS_URL",
    doc: "Redis: limits and caches that all processes share. Not set: each process keeps its own. \
          `rediss://` (TLS) is not supported yet.",
    accepted: "redis://user:password@host:port/database",
    example: "redis://127.0.0.1:6379/0",
    secret: true,
    ..Variable::PLAIN
};

/// Prefix of all keys.
pub const REDIS_PREFIX: Variable = Variable {
    name: "REDIS_PREFIX",
    doc: "Prefix of every Redis key, in place of the one that ENVIRONMENT gives. A `:` is added when it does not end \
          in one.",
    accepted: "1 to 32 letters, digits, `-`, `_`, `.` or `:`",
    example: "mybot:",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section { title: "Redis", variables: &[&REDIS_URL, &REDIS_PREFIX] };

/// The Redis section.
#[derive(Debug, Clone)]
pub struct HotSettings {
    /// Connection URL, checked to be one that the client takes.
    pub url: Option<SecretString>,
    /// Prefix of every key, ending in `:`.
    pub prefix: String,
}

impl HotSettings {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment) -> Self {
        Self {
            url: reader.secret(&REDIS_URL, check_url),
            prefix: reader
                .optional(&REDIS_PREFIX, parse_prefix)
                .unwrap_or_else(|| environment.namespace().to_owned()),
        }
    }
}

fn check_url(value: &str) -> Parsed<()> {
    if value.starts_with("rediss://") {
        return Err("asks for TLS, which is not supported yet for Redis");
    }
    let url = Url::parse(value).map_err(|_| "is not an address")?;
    if url.scheme() != "redis" {
        return Err("does not start with redis://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host");
    }
    let database = url.path().trim_start_matches('/');
    if !database.is_empty() && database.parse::<u16>().is_err() {
        return Err("names a database that is not a number");
    }
    Ok(())
}

fn parse_prefix(value: &str) -> Parsed<String> {
    if value.len() > 32 {
        return Err("is too long");
    }
    if !value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c)) {
        return Err("has a character that keys may not have");
    }
    let prefix = value.trim_end_matches(':');
    if prefix.is_empty() { Err("has nothing before its `:`") } else { Ok(format!("{prefix}:")) }
}
