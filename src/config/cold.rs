//! Settings of PostgreSQL, the cold store.

use secrecy::SecretString;

use super::{
    database_url::DatabaseUrl,
    reader::{Parsed, Reader},
    variable::{Section, Variable},
};

/// Where PostgreSQL is.
pub const DATABASE_URL: Variable = Variable {
    name: "DATABASE_URL",
    doc: "PostgreSQL 14 or newer: everything that must last. Not set: the bot runs without it, and whatever needs it \
          says so. TLS as in libpq: `sslmode=disable` never, `prefer` (the default) where the server offers it, \
          `require` always; these check nothing of the server, so over a network that is not yours use \
          `sslmode=verify-full` (or `verify-ca`, which does not check the host's name). Trusted are the machine's \
          authorities, or those in the PEM file `sslrootcert=/path`. Several hosts, `host1:5432,host2:5432`, are tried \
          in turn, and the first that takes writes is used (`target_session_attrs=any`: the first that answers).",
    accepted: "postgres://user:password@host:port/database, with sslmode, sslrootcert and the driver's other options",
    example: "postgres://troupe:password@127.0.0.1:5432/troupe",
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

/// This section, as documented.
pub const SECTION: Section = Section { title: "PostgreSQL", variables: &[&DATABASE_URL, &CONNECTIONS] };

/// The PostgreSQL section.
#[derive(Debug, Clone)]
pub struct ColdSettings {
    /// Connection URL, checked to be one that [`DatabaseUrl`] takes.
    pub url: Option<SecretString>,
    /// Most connections of this process, 1 to 100.
    pub connections: u32,
}

impl ColdSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url: reader.secret(&DATABASE_URL, |value| DatabaseUrl::parse(value).map(drop)),
            connections: reader.or_default(&CONNECTIONS, parse_connections),
        }
    }
}

fn parse_connections(value: &str) -> Parsed<u32> {
    match value.parse() {
        Ok(connections @ 1..=100) => Ok(connections),
        Ok(_) => Err("is out of range"),
        Err(_) => Err("is not a whole number"),
    }
}
