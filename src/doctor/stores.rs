//! Checks of PostgreSQL: its version, rights and migrations.

use chrono::Utc;
use secrecy::ExposeSecret;

use super::{DEADLINE, Finding};
use crate::{
    cold::{self, ColdError, migrations, switches},
    config::{ColdSettings, DatabaseUrl, Verify},
};

/// Kill switches that are named.
const MOST_SWITCHES: usize = 10;
/// Oldest PostgreSQL that Troupe is made for.
const POSTGRES_MAJOR: i32 = 14;

pub(super) async fn postgres(settings: &ColdSettings) -> Vec<Finding> {
    const CHECK: &str = "postgres";
    // The private database has a check of its own.
    let Some(url) = &settings.url else { return Vec::new() };
    let mut connection = match cold::connect(url, DEADLINE).await {
        Ok(connection) => connection,
        Err(error) => {
            let advice =
                "check that the server runs, and host, port, user, password and database in DATABASE_URL";
            return vec![Finding::fail(CHECK, format!("{error}; {advice}"))];
        }
    };
    let facts = match cold::facts(&mut connection).await {
        Ok(facts) => facts,
        Err(error) => {
            return vec![Finding::fail(CHECK, format!("{error}; can this user read the system catalogue?"))];
        }
    };
    let mut findings = postgres_findings(&facts);
    findings.extend(DatabaseUrl::parse(url.expose_secret()).ok().map(|url| encryption_finding(&url, &facts)));
    let standing = migrations::standing(&mut connection).await;
    let migrated = standing.as_ref().is_ok_and(|standing| standing.pending.is_empty());
    findings.push(migration_finding(standing));
    if migrated {
        findings.push(switches_finding(&switches::in_force(&mut connection, Utc::now()).await));
    }
    findings
}

/// Which kill switches are in force: no fault, but the answer to why nobody answers.
fn switches_finding(standing: &Result<switches::Standing, ColdError>) -> Finding {
    const CHECK: &str = "kill switches";
    match standing {
        Err(error) => Finding::fail(CHECK, format!("{error}; can this user read ai_switches?")),
        Ok(standing) if standing.switches.is_empty() => Finding::ok(CHECK, "none in force"),
        Ok(standing) => {
            let named = |switch: &switches::Switch| match switch.until {
                None => switch.target.field(),
                Some(until) => format!("{} until {}", switch.target.field(), until.format("%F %R UTC")),
            };
            let named: Vec<_> = standing.switches.iter().take(MOST_SWITCHES).map(named).collect();
            let more = standing.switches.len().saturating_sub(MOST_SWITCHES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Finding::warn(
                CHECK,
                format!("AI is off: {}{more}; `/operator ai enable` switches it on", named.join(", ")),
            )
        }
    }
}

fn postgres_findings(facts: &cold::ServerFacts) -> Vec<Finding> {
    let major = facts.version / 10_000;
    let version = if major < POSTGRES_MAJOR {
        let advice = format!("Troupe needs {POSTGRES_MAJOR} or newer; upgrade the server");
        Finding::fail("postgres", format!("connected, but this is version {major}; {advice}"))
    } else {
        Finding::ok("postgres", format!("connected, version {major}"))
    };
    let rights = if facts.replica {
        Finding::fail(
            "postgres rights",
            "this server is a read-only replica; point DATABASE_URL at the primary",
        )
    } else {
        match &facts.schema {
            None => {
                Finding::fail("postgres rights", "the search_path names no schema that exists; create one")
            }
            Some(_) if facts.may_create => Finding::ok("postgres rights", "tables can be created"),
            Some(_) => Finding::fail(
                "postgres rights",
                "this user may not create tables; run as the owner: GRANT CREATE ON SCHEMA public TO <user>",
            ),
        }
    };
    vec![version, rights]
}

/// Who could read along, or stand between.
fn encryption_finding(url: &DatabaseUrl, facts: &cold::ServerFacts) -> Finding {
    const CHECK: &str = "postgres encryption";
    if !facts.encrypted {
        return if url.is_local() {
            Finding::ok(CHECK, "none, and none needed: the server is on this machine")
        } else {
            let advice = "add sslmode=verify-full to DATABASE_URL unless the network is your own";
            Finding::warn(CHECK, format!("none: the network can read along; {advice}"))
        };
    }
    match url.verify {
        Verify::Full => Finding::ok(CHECK, "TLS, and the server's certificate names it"),
        Verify::Authority => {
            Finding::ok(CHECK, "TLS, and a trusted authority signed the server's certificate")
        }
        Verify::Nothing if url.is_local() => Finding::ok(CHECK, "TLS on this machine"),
        Verify::Nothing => Finding::warn(
            CHECK,
            "TLS, and anyone could pose as the server: add sslmode=verify-full to DATABASE_URL, and sslrootcert where \
             its authority is your own",
        ),
    }
}

fn migration_finding(standing: Result<migrations::Standing, ColdError>) -> Finding {
    const CHECK: &str = "migrations";
    match standing {
        Err(error) => {
            Finding::fail(CHECK, format!("{error}; can this user read __diesel_schema_migrations?"))
        }
        Ok(standing) if !standing.unknown.is_empty() => {
            let unknown = standing.unknown.len();
            Finding::fail(
                CHECK,
                format!("{unknown} that this build does not know: the database is newer; run a newer build"),
            )
        }
        Ok(standing) if !standing.pending.is_empty() => {
            Finding::fail(CHECK, format!("{} pending; run `troupe migrate`", standing.pending.len()))
        }
        Ok(standing) => Finding::ok(CHECK, format!("all {} applied", standing.applied.len())),
    }
}
