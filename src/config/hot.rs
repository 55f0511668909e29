//! Settings of Redis, the hot store, and of the namespace that its keys live in.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    ops::Environment,
    problem::Problem,
    reader::{Parsed, Reader, switch},
    variable::{Section, Variable},
};

/// Where Redis is.
pub const REDIS_URL: Variable = Variable {
    name: "REDIS_URL",
    doc: "Redis 7.0 or newer, or Valkey: limits and caches that all processes share. Not set: each process keeps its \
          own. `rediss://` is TLS, checked against this machine's certificate authorities or REDIS_CA_FILE.",
    accepted: "redis:// or rediss://user:password@host:port/database; for a cluster, some of its nodes, with commas between",
    example: "redis://127.0.0.1:6379/0",
    secret: true,
    ..Variable::PLAIN
};

/// Whether Redis is a cluster.
pub const REDIS_CLUSTER: Variable = Variable {
    name: "REDIS_CLUSTER",
    doc: "Whether REDIS_URL names nodes of a Redis Cluster. `troupe doctor` says when the server thinks otherwise.",
    accepted: "true or false",
    default: Some("false"),
    example: "true",
    ..Variable::PLAIN
};

/// Certificate authorities for TLS.
pub const REDIS_CA_FILE: Variable = Variable {
    name: "REDIS_CA_FILE",
    doc: "A PEM file with the certificate authorities to trust for `rediss://`, in place of this machine's.",
    accepted: "the path of a PEM file",
    example: "/etc/ssl/redis-ca.pem",
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
pub const SECTION: Section =
    Section { title: "Redis", variables: &[&REDIS_URL, &REDIS_CLUSTER, &REDIS_CA_FILE, &REDIS_PREFIX] };

/// The Redis section.
#[derive(Debug, Clone)]
pub struct HotSettings {
    /// Connection URL, checked to be one that the client takes.
    pub url: Option<SecretString>,
    /// Whether that is a cluster.
    pub cluster: bool,
    /// Certificate authorities to trust, in place of this machine's.
    pub ca_file: Option<PathBuf>,
    /// Prefix of every key, ending in `:`.
    pub prefix: String,
}

impl HotSettings {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment) -> Self {
        let settings = Self {
            url: reader.secret(&REDIS_URL, check_url),
            cluster: reader.or_default(&REDIS_CLUSTER, switch),
            ca_file: reader.optional(&REDIS_CA_FILE, |value| Ok(PathBuf::from(value))),
            prefix: reader
                .optional(&REDIS_PREFIX, parse_prefix)
                .unwrap_or_else(|| environment.namespace().to_owned()),
        };
        settings.cross_check(reader);
        settings
    }

    fn cross_check(&self, reader: &mut Reader<'_>) {
        let Some(url) = self.url.as_ref().map(ExposeSecret::expose_secret) else { return };
        let mut fault = |what: &str| {
            reader.problems.push(Problem::general(format!("{}: {what}", REDIS_URL.name)));
        };
        if !self.cluster && addresses(url).nth(1).is_some() {
            fault("names several servers; set REDIS_CLUSTER=true if they are a cluster, else name one");
        }
        if self.cluster && addresses(url).any(|url| database(url) != Some(0)) {
            fault("names a database, and a cluster has only database 0");
        }
        if self.ca_file.is_some() && !url.starts_with("rediss://") {
            let (file, url) = (REDIS_CA_FILE.name, REDIS_URL.name);
            reader.warnings.push(format!("{file} is not used: {url} does not start with rediss://"));
        }
    }
}

/// The addresses that REDIS_URL holds. A comma parts them only where the next one begins, since a password may
/// have one too.
pub fn addresses(value: &str) -> impl Iterator<Item = &str> {
    let begins = |at: usize| {
        ["redis://", "rediss://"].iter().any(|scheme| value[at..].trim_start().starts_with(scheme))
    };
    let ends = value.match_indices(',').map(|(at, _)| at).filter(move |at| begins(at + 1));
    let mut from = 0;
    ends.chain([value.len()]).map(move |end| {
        let one = value[from..end].trim();
        from = end + 1;
        one
    })
}

fn check_url(value: &str) -> Parsed<()> {
    let mut first: Option<Url> = None;
    for address in addresses(value) {
        let url = check_address(address)?;
        let same = |first: &Url| {
            (first.scheme(), first.username(), first.password())
                == (url.scheme(), url.username(), url.password())
        };
        if !first.as_ref().is_none_or(same) {
            return Err("names nodes of one cluster with different users, passwords or kinds of connection");
        }
        first.get_or_insert(url);
    }
    Ok(())
}

fn check_address(value: &str) -> Parsed<Url> {
    let url = Url::parse(value).map_err(|_| "is not an address")?;
    if !matches!(url.scheme(), "redis" | "rediss") {
        return Err("does not start with redis:// or rediss://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host");
    }
    if url.fragment().is_some() {
        return Err(
            "has a `#`; write %23 where it is part of the password, and don't turn off the check of certificates",
        );
    }
    if database(value).is_none() {
        return Err("names a database that is not a number");
    }
    Ok(url)
}

/// The database's number; `None` for one that is no number.
fn database(address: &str) -> Option<u16> {
    let url = Url::parse(address).ok()?;
    let path = url.path().trim_start_matches('/');
    if path.is_empty() { Some(0) } else { path.parse().ok() }
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
