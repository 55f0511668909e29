//! Settings of PostgreSQL, the cold store.

use secrecy::SecretString;

use super::{
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};

/// Where PostgreSQL is.
pub const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    doc: "PostgreSQL 14 or newer: everything that must last. Not set: the bot runs without it, and whatever needs it \
          says so. Connections are not encrypted yet: use a server on this machine, a private network or a tunnel. \
          `sslmode` may be `disable` or `prefer`, which mean the same here; a mode that asks for TLS is refused.",
    accepted: "postgres://user:password@host:port/database, without sslmode or with disable or prefer",
    example: "postgres://troupe:password@127.0.0.1:5432/troupe",
    secret: true,
    ..Variable::PLAIN
};

/// How to reach it with the rights to change tables.
pub const DATABASE_MIGRATE_URL: Variable = Variable {
    name: "DATABASE_MIGRATE_URL",
    doc: "The same database with the role that owns the tables; only migrating uses it. Then the role in DATABASE_URL needs \
          no more than the rights of running: see docs/database-roles.md. Not set: migrating uses DATABASE_URL.",
    accepted: "an address as for DATABASE_URL",
    example: "postgres://troupe_owner:password@127.0.0.1:5432/troupe",
    secret: true,
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section =
    Section { title: "PostgreSQL", variables: &[&DATABASE_URL, &DATABASE_MIGRATE_URL] };

/// The PostgreSQL section.
#[derive(Debug, Clone)]
pub struct ColdSettings {
    /// Connection URL, checked to be one that the driver takes and that does not ask for TLS.
    pub url: Option<SecretString>,
    /// The same for migrating, where it differs.
    pub migrate_url: Option<SecretString>,
}

impl ColdSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url: reader.secret(&DATABASE_URL, check_url),
            migrate_url: reader.secret(&DATABASE_MIGRATE_URL, check_url),
        }
    }

    /// Where to migrate, with the owner's role if there is one apart.
    pub fn for_migrating(&self) -> Option<&SecretString> {
        self.migrate_url.as_ref().or(self.url.as_ref())
    }
}

fn check_url(value: &str) -> Parsed<()> {
    if !value.starts_with("postgres://") && !value.starts_with("postgresql://") {
        return Err("does not start with postgres://");
    }
    // The driver is built without TLS. It would take `prefer` for plain text, refuse `require` late and by
    // another name, and not know the stricter modes at all: say it here, once.
    let query = value.split_once('?').map_or("", |(_, query)| query);
    for (name, mode) in url::form_urlencoded::parse(query.as_bytes()) {
        if name == "sslmode" && !matches!(&*mode, "disable" | "prefer") {
            return Err("asks for TLS, which is not supported yet for PostgreSQL");
        }
        if name.starts_with("ssl") && name != "sslmode" {
            return Err("has TLS options, and TLS is not supported yet for PostgreSQL");
        }
    }
    let config: tokio_postgres::Config = value.parse().map_err(|_| "is not a PostgreSQL address")?;
    if config.get_hosts().is_empty() {
        return Err("has no host");
    }
    Ok(())
}
