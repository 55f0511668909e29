//! Checks of Redis: what the bot asks of it, its version, memory and kind, and the keys below our prefix.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use super::Finding;
use crate::{
    config::HotSettings,
    hot::{self, Address, Clock, HotError, KeyFacts, Reason, Redis, ServerFacts, Wire},
};

/// Oldest Redis that Troupe is made for.
const VERSION: (u32, u32) = (7, 0);
/// A PING that takes longer leaves too little of an operation's 250 ms.
const SLOW: Duration = Duration::from_millis(50);
/// Families or first parts that a finding names.
const NAMED: usize = 5;

pub(super) async fn check(settings: &HotSettings) -> Vec<Finding> {
    const CHECK: &str = "redis";
    let address = match Address::from_settings(settings) {
        Ok(Some(address)) => address,
        Ok(None) => {
            let advice = "not configured: limits hold for each process alone; set REDIS_URL";
            return vec![Finding::warn(CHECK, advice)];
        }
        Err(error) => return vec![Finding::fail(CHECK, error.to_string())],
    };
    let mut wire = match address.connect().await {
        Ok(wire) => wire,
        Err(error) => {
            let advice = "check that the server runs, and host, port, password and database in REDIS_URL";
            return vec![Finding::fail(CHECK, format!("{error}; {}", advice_on(&error).unwrap_or(advice)))];
        }
    };
    if let Err(error) = hot::round_trip(&mut wire, &settings.prefix).await {
        let advice = "the user in REDIS_URL needs PING, SET, GET, EXPIRE, TTL, DEL, MULTI and EXEC, and the server free memory";
        return vec![Finding::fail(CHECK, format!("{error}; {}", advice_on(&error).unwrap_or(advice)))];
    }
    let mut findings =
        vec![Finding::ok(CHECK, format!("PING, SET, GET, EXPIRE and DEL work below {}", settings.prefix))];
    match ServerFacts::all(&mut wire).await {
        Ok(servers) => findings.extend(on_servers(&servers, address.is_cluster())),
        Err(_) => findings.push(Finding::warn(
            "redis server",
            "does not tell its version and memory policy (INFO is refused); see that it is 6.2 or newer",
        )),
    }
    findings.push(on_latency(hot::latency(&mut wire).await));
    findings.push(on_keys(keys(address, &settings.prefix, &wire).await));
    findings
}

fn advice_on(error: &HotError) -> Option<&'static str> {
    match error.reason()? {
        Reason::WrongTopology => Some(
            "REDIS_CLUSTER and the server don't agree on whether this is a cluster: set REDIS_CLUSTER=true for one, else false",
        ),
        Reason::OutOfMemory => Some("its memory is full: raise its maxmemory, or look for what fills it"),
        Reason::ReadOnly => Some("it is a read-only replica: point REDIS_URL at the primary"),
        Reason::NoWrites => {
            Some("it takes no writes: see its log for a full disk, a failed save or a lack of replicas")
        }
        Reason::Loading => Some("it has just started and loads its data: try again in a while"),
        _ => None,
    }
}

fn on_servers(servers: &[ServerFacts], cluster: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for facts in servers {
        findings.extend([on_version(facts), on_memory(facts)]);
        if facts.cluster == Some(true) && !cluster {
            findings.push(Finding::fail(
                "redis cluster",
                "this server is one of a cluster; set REDIS_CLUSTER=true",
            ));
        }
    }
    // A cluster's masters most often say the same: version, then memory, then kind, each once.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.check));
    findings.dedup();
    findings
}

fn on_version(facts: &ServerFacts) -> Finding {
    const CHECK: &str = "redis server";
    let shown: String = facts.version.as_deref().unwrap_or("unknown").chars().take(20).collect();
    let numbers = shown.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<_>>>();
    let (major, minor) = VERSION;
    match numbers.as_deref() {
        Some([a, b, ..]) if (*a, *b) >= VERSION => Finding::ok(CHECK, format!("version {shown}")),
        Some(_) => Finding::warn(
            CHECK,
            format!("version {shown} is old; Troupe is made for {major}.{minor} or newer"),
        ),
        None => Finding::warn(
            CHECK,
            format!("does not tell its version; see that it is {major}.{minor} or newer"),
        ),
    }
}

fn on_memory(facts: &ServerFacts) -> Finding {
    const CHECK: &str = "redis memory";
    let used = usage(facts);
    match facts.maxmemory_policy.as_deref() {
        Some(policy) if policy.starts_with("allkeys-") => Finding::fail(
            CHECK,
            format!(
                "{used}; when memory is full this server throws away any key, and the sync queue holds writes that are \
                 nowhere else: run CONFIG SET maxmemory-policy noeviction (or volatile-ttl), and put it in redis.conf"
            ),
        ),
        Some(_) if nearly_full(facts) => Finding::warn(
            CHECK,
            format!("{used}; when it is full the bot goes on without Redis: raise maxmemory"),
        ),
        Some("noeviction") => Finding::ok(CHECK, format!("{used}; maxmemory-policy is noeviction")),
        Some(policy) if policy.starts_with("volatile-") => {
            Finding::ok(CHECK, format!("{used}; only keys with a lifetime may be thrown away"))
        }
        Some(_) => Finding::warn(
            CHECK,
            format!("{used}; its memory policy is a new one; see that it keeps keys without a lifetime"),
        ),
        None => Finding::warn(
            CHECK,
            format!("{used}; the memory policy is not told; see that it is noeviction or volatile-ttl"),
        ),
    }
}

fn nearly_full(facts: &ServerFacts) -> bool {
    facts.used_memory.zip(facts.maxmemory).is_some_and(|(used, most)| most > 0 && used > most / 10 * 9)
}

fn usage(facts: &ServerFacts) -> String {
    let mebibytes = |bytes: u64| format!("{} MiB", bytes.div_ceil(1024 * 1024));
    match (facts.used_memory, facts.maxmemory) {
        (Some(used), Some(0) | None) => format!("{} in use, without a limit", mebibytes(used)),
        (Some(used), Some(most)) => format!("{} in use of {}", mebibytes(used), mebibytes(most)),
        (None, _) => "its use is not told".to_owned(),
    }
}

fn on_latency(measured: Result<Duration, HotError>) -> Finding {
    const CHECK: &str = "redis latency";
    match measured {
        Ok(time) if time > SLOW => Finding::warn(
            CHECK,
            format!(
                "a PING takes {} ms, and each command makes several trips; move the two closer",
                time.as_millis()
            ),
        ),
        Ok(time) => Finding::ok(CHECK, format!("a PING takes {:.1} ms", time.as_secs_f64() * 1e3)),
        Err(error) => Finding::fail(CHECK, format!("{error}; is the server overloaded?")),
    }
}

async fn keys(address: Address, prefix: &str, wire: &Wire) -> Result<KeyFacts, HotError> {
    let redis = Redis::at(address, prefix, Clock::System)?;
    KeyFacts::gather(&redis, wire).await
}

fn on_keys(gathered: Result<KeyFacts, HotError>) -> Finding {
    const CHECK: &str = "redis keys";
    let facts = match gathered {
        Ok(facts) => facts,
        Err(error) => {
            return Finding::warn(CHECK, format!("{error}; the user in REDIS_URL needs SCAN, TYPE and PTTL"));
        }
    };
    let looked_at = facts.looked_at;
    let first = if facts.truncated { "the first " } else { "" };
    let mut message = format!("{first}{looked_at} looked at");
    let before = message.len();
    if !facts.misshapen.is_empty() {
        let _ = write!(
            message,
            "; of another type than their family's, so that each use of them fails: {}; delete them",
            named(&facts.misshapen)
        );
    }
    if !facts.endless.is_empty() {
        let _ = write!(
            message,
            "; without the lifetime that they should have, so that they stay for ever: {}; delete them",
            named(&facts.endless)
        );
    }
    if !facts.ending.is_empty() {
        let _ = write!(
            message,
            "; with a lifetime that they must not have: {}; run PERSIST on them",
            named(&facts.ending)
        );
    }
    if !facts.strangers.is_empty() {
        let _ = write!(
            message,
            "; of no family of this build: {}; does another program or build share this prefix?",
            named(&facts.strangers)
        );
    }
    if facts.misshapen.is_empty() && facts.ending.is_empty() {
        if message.len() == before { Finding::ok(CHECK, message) } else { Finding::warn(CHECK, message) }
    } else {
        Finding::fail(CHECK, message)
    }
}

fn named<K: std::fmt::Display>(counts: &BTreeMap<K, usize>) -> String {
    let mut text: Vec<_> = counts.iter().take(NAMED).map(|(name, count)| format!("{count} {name}")).collect();
    if counts.len() > NAMED {
        text.push(format!("and {} more kinds", counts.len() - NAMED));
    }
    text.join(", ")
}
