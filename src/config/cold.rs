//! Settings of PostgreSQL, the cold store.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    reader::{Parsed, Reader, switch},
    variable::{Section, Variable},
};

/// Where PostgreSQL is.
pub const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    doc: "PostgreSQL 14 or newer: everything that must last. Not set: the bot keeps a private \
          PostgreSQL in DATA_DIR, run from the programs that are installed. Connections are not encrypted yet: use a server on this machine, a private network or a tunnel. \
          `sslmode` may be `disable` or `prefer`, which mean the same here; a mode that asks for TLS is refused.",
    accepted: "postgres://user:password@host:port/database, without sslmode or with disable or prefer",
    example: "postgres://troupe:password@127.0.0.1:5432/troupe",
    secret: true,
    ..Variable::PLAIN
};

/// Whether migrations are applied at start.
pub const MIGRATE_ON_START: Variable = Variable {
    name: "MIGRATE_ON_START",
    doc: "Whether `troupe run` brings the database up to date by itself. Many processes may start at once: one of \
          them migrates. When off, run `troupe migrate` before a new version.",
    accepted: "true or false",
    default: Some("true"),
    example: "false",
    ..Variable::PLAIN
};

/// Where PostgreSQL's programs are.
pub const POSTGRES_BIN_DIR: Variable = Variable {
    name: "POSTGRES_BIN_DIR",
    doc: "Folder of PostgreSQL's programs (`initdb`, `postgres`, `pg_dump`, …), for the private database and for \
          backups. Not set: the usual places and the PATH are searched, newest version first.",
    accepted: "a path",
    example: "/usr/lib/postgresql/17/bin",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section =
    Section { title: "PostgreSQL", variables: &[&DATABASE_URL, &MIGRATE_ON_START, &POSTGRES_BIN_DIR] };

/// The PostgreSQL section.
#[derive(Debug, Clone)]
pub struct ColdSettings {
    /// Connection URL, checked to be one that the driver takes and that does not ask for TLS.
    pub url: Option<SecretString>,
    /// Whether running applies pending migrations.
    pub migrate_on_start: bool,
    /// The only folder to take PostgreSQL's programs from.
    pub bin_dir: Option<PathBuf>,
}

impl ColdSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url: reader.secret(&DATABASE_URL, check_url),
            migrate_on_start: reader.or_default(&MIGRATE_ON_START, switch),
            bin_dir: reader.optional(&POSTGRES_BIN_DIR, |value| Ok(PathBuf::from(value))),
        }
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
