//! Settings of PostgreSQL, the cold store.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    database_url::DatabaseUrl,
    reader::{Parsed, Reader, switch},
    variable::{Section, Variable},
};

/// Where PostgreSQL is.
pub const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    doc: "PostgreSQL 14 or newer: everything that must last. Not set: the bot keeps a private PostgreSQL in DATA_DIR, run \
          from the programs that are installed. TLS as in libpq: `sslmode=disable` never, `prefer` (the default) where \
          the server offers it, `require` always; these check nothing of the server, so over a network that is not yours \
          use `sslmode=verify-full` (or `verify-ca`, which does not check the host's name). Trusted are the machine's \
          authorities, or those in the PEM file `sslrootcert=/path`. Several hosts, `host1:5432,host2:5432`, are tried \
          in turn, and the first that takes writes is used (`target_session_attrs=any`: the first that answers).",
    accepted: "postgres://user:password@host:port/database, with sslmode, sslrootcert and the driver's other options",
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

/// Connections of one process.
pub const CONNECTIONS: Variable = Variable {
    name: "DATABASE_CONNECTIONS",
    doc: "Connections to PostgreSQL that one process holds at most. All processes together must stay below the \
          server's `max_connections` (100 by default).",
    accepted: "a whole number from 1 to 100",
    default: Some("10"),
    example: "20",
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
pub const SECTION: Section = Section {
    title: "PostgreSQL",
    variables: &[&DATABASE_URL, &DATABASE_MIGRATE_URL, &CONNECTIONS, &MIGRATE_ON_START, &POSTGRES_BIN_DIR],
};

/// The PostgreSQL section.
#[derive(Debug, Clone)]
pub struct ColdSettings {
    /// Connection URL, checked to be one that [`DatabaseUrl`] takes.
    pub url: Option<SecretString>,
    /// The same for migrating, where it differs.
    pub migrate_url: Option<SecretString>,
    /// Most connections of this process, 1 to 100.
    pub connections: u32,
    /// Whether running applies pending migrations.
    pub migrate_on_start: bool,
    /// The only folder to take PostgreSQL's programs from.
    pub bin_dir: Option<PathBuf>,
}

impl ColdSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url: reader.secret(&DATABASE_URL, check_url),
            migrate_url: reader.secret(&DATABASE_MIGRATE_URL, check_url),
            connections: reader.or_default(&CONNECTIONS, parse_connections),
            migrate_on_start: reader.or_default(&MIGRATE_ON_START, switch),
            bin_dir: reader.optional(&POSTGRES_BIN_DIR, |value| Ok(PathBuf::from(value))),
        }
    }
}

fn check_url(value: &str) -> Parsed<()> {
    DatabaseUrl::parse(value).map(drop)
}

fn parse_connections(value: &str) -> Parsed<u32> {
    match value.parse() {
        Ok(connections @ 1..=100) => Ok(connections),
        Ok(_) => Err("is out of range"),
        Err(_) => Err("is not a whole number"),
    }
}
