//! Checks of the stores: PostgreSQL with its version, rights and migrations; Redis with what the bot asks of it.

use secrecy::ExposeSecret;

use super::{DEADLINE, Finding};
use crate::{
    cold::{self, ColdError, migrations},
    config::{ColdSettings, DatabaseUrl, HotSettings, Verify},
    hot,
};

/// Oldest PostgreSQL that Troupe is made for.
const POSTGRES_MAJOR: i32 = 14;
/// Oldest Redis that Troupe is made for.
const REDIS_VERSION: (u32, u32) = (6, 2);

pub(super) async fn postgres(settings: &ColdSettings) -> Vec<Finding> {
    const CHECK: &str = "postgres";
    let Some(url) = &settings.url else {
        return vec![Finding::warn(CHECK, "not configured: nothing will last; set DATABASE_URL")];
    };
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
    findings.push(migration_finding(migrations::standing(&mut connection).await));
    findings
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

pub(super) async fn redis(settings: &HotSettings) -> Vec<Finding> {
    const CHECK: &str = "redis";
    let Some(url) = &settings.url else {
        return vec![Finding::warn(
            CHECK,
            "not configured: limits hold for each process alone; set REDIS_URL",
        )];
    };
    let mut connection = match hot::connect(url).await {
        Ok(connection) => connection,
        Err(error) => {
            let advice = "check that the server runs, and host, port, password and database in REDIS_URL";
            return vec![Finding::fail(CHECK, format!("{error}; {advice}"))];
        }
    };
    if let Err(error) = hot::round_trip(&mut connection, &settings.prefix).await {
        let advice = "the user in REDIS_URL needs PING, SET, GET, EXPIRE, TTL, DEL, MULTI and EXEC, and the server free memory";
        return vec![Finding::fail(CHECK, format!("{error}; {advice}"))];
    }
    let mut findings =
        vec![Finding::ok(CHECK, format!("PING, SET, GET, EXPIRE and DEL work below {}", settings.prefix))];
    match hot::facts(&mut connection).await {
        Ok(facts) => findings.extend(redis_facts(&facts)),
        Err(_) => findings.push(Finding::warn(
            "redis server",
            "does not tell its version and memory policy (INFO is refused); see that it is 6.2 or newer",
        )),
    }
    findings
}

fn redis_facts(facts: &hot::ServerFacts) -> Vec<Finding> {
    const CHECK: &str = "redis server";
    let mut findings = Vec::new();
    let shown: String = facts.version.as_deref().unwrap_or("unknown").chars().take(20).collect();
    let numbers = shown.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
    let (major, minor) = REDIS_VERSION;
    findings.push(match numbers.as_deref() {
        Some([a, b, ..]) if (*a, *b) >= REDIS_VERSION => Finding::ok(CHECK, format!("version {shown}")),
        Some(_) => Finding::warn(
            CHECK,
            format!("version {shown} is old; Troupe is made for {major}.{minor} or newer"),
        ),
        None => Finding::warn(
            CHECK,
            format!("does not tell its version; see that it is {major}.{minor} or newer"),
        ),
    });
    let policy = facts.maxmemory_policy.as_deref();
    findings.push(match policy {
        Some("noeviction") => Finding::ok("redis memory", "maxmemory-policy is noeviction"),
        Some(policy) if policy.starts_with("volatile-") => {
            Finding::ok("redis memory", "only keys with a lifetime may be thrown away")
        }
        Some(_) => Finding::warn(
            "redis memory",
            "keys without a lifetime may be thrown away when memory is full, and a queue is one; set maxmemory-policy \
             to noeviction or volatile-ttl",
        ),
        None => Finding::warn("redis memory", "the memory policy is not told; see that it is noeviction or volatile-ttl"),
    });
    findings
}
