//! What the doctor asks of Redis: facts about each server, how fast it answers, and whether the keys below our
//! prefix are what the registry says.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, stream};
use redis::{
    FromRedisValue, InfoDict, RedisError, Value,
    cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo},
    cmd, pipe,
};

use super::{
    HotError,
    connect::Wire,
    key::{Family, Lifetime},
    keys::FAMILIES,
    redis::Redis,
};

/// Keys looked at.
const MOST_KEYS: usize = 10_000;
/// Keys asked about at once.
const AT_ONCE: usize = 64;
/// PINGs timed.
const PINGS: usize = 15;
/// Longest part of a foreign key that is told.
const SHOWN: usize = 20;

/// What one server says about itself. `None` where it does not say, as managed services often don't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Version, such as `7.2.4`: Redis's, or the one of Redis that a Valkey is compatible with.
    pub version: Option<String>,
    /// What it throws away when memory is full.
    pub maxmemory_policy: Option<String>,
    /// Memory that it may use, in bytes; 0 for as much as there is.
    pub maxmemory: Option<u64>,
    /// Memory in use, in bytes.
    pub used_memory: Option<u64>,
    /// Whether it is one of a cluster.
    pub cluster: Option<bool>,
}

impl ServerFacts {
    /// Of the server, or of each master of a cluster.
    ///
    /// # Errors
    /// [`HotError::Redis`] when INFO is refused.
    pub async fn all(wire: &mut Wire) -> Result<Vec<Self>, HotError> {
        let command = cmd("INFO");
        match wire {
            Wire::Server(_) => Ok(vec![Self::from(&command.query_async::<InfoDict>(wire).await?)]),
            Wire::Cluster(connection) => {
                let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                let answers = connection.route_command(command, masters).await?;
                let infos = Vec::<(String, InfoDict)>::from_redis_value(answers).map_err(RedisError::from)?;
                Ok(infos.iter().map(|(_, info)| Self::from(info)).collect())
            }
        }
    }
}

impl From<&InfoDict> for ServerFacts {
    fn from(info: &InfoDict) -> Self {
        Self {
            version: info.get("redis_version"),
            maxmemory_policy: info.get("maxmemory_policy"),
            maxmemory: info.get("maxmemory"),
            used_memory: info.get("used_memory"),
            cluster: info.get::<u8>("cluster_enabled").map(|enabled| enabled == 1),
        }
    }
}

/// The median time of a PING.
///
/// # Errors
/// [`HotError::Redis`].
pub async fn latency(wire: &mut Wire) -> Result<Duration, HotError> {
    let mut times = Vec::with_capacity(PINGS);
    for _ in 0..PINGS {
        let begun = Instant::now();
        let _pong: Value = cmd("PING").query_async(wire).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[PINGS / 2])
}

/// What was found among the keys below our prefix: how many keys of which family, or of which first part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFacts {
    /// Keys looked at.
    pub looked_at: usize,
    /// Whether there are more.
    pub truncated: bool,
    /// Keys of no family, by what stands before their first colon (cut short, and without odd characters).
    pub strangers: BTreeMap<String, usize>,
    /// Keys that never end, of families whose keys do.
    pub endless: BTreeMap<&'static str, usize>,
    /// Keys that will end, of families whose keys stay.
    pub ending: BTreeMap<&'static str, usize>,
    /// Keys of another shape than their family's.
    pub misshapen: BTreeMap<&'static str, usize>,
}

impl KeyFacts {
    /// Looks at the first 10,000 keys.
    ///
    /// # Errors
    /// [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn gather(redis: &Redis, wire: &Wire) -> Result<Self, HotError> {
        let walk = redis.scan_some("*", MOST_KEYS).await?;
        let mut facts = Self { looked_at: walk.names.len(), truncated: walk.truncated, ..Self::default() };
        let mut looks = stream::iter(walk.names.into_iter().map(|name| look(redis.prefix(), wire, name)))
            .buffer_unordered(AT_ONCE);
        while let Some(key) = looks.try_next().await? {
            facts.count(&key);
        }
        Ok(facts)
    }

    fn count(&mut self, key: &LiveKey) {
        // It ended between the walk and the look.
        if key.shape == "none" {
            return;
        }
        let Some(family) = Family::of(&key.name, FAMILIES) else {
            *self.strangers.entry(first_part(&key.name)).or_default() += 1;
            return;
        };
        if key.shape != family.shape.redis_type() {
            *self.misshapen.entry(family.name).or_default() += 1;
        }
        match (family.lifetime, key.ends) {
            (Lifetime::Forever(_), true) => *self.ending.entry(family.name).or_default() += 1,
            (Lifetime::Forever(_), false) | (_, true) => {}
            (_, false) => *self.endless.entry(family.name).or_default() += 1,
        }
    }
}

struct LiveKey {
    name: String,
    shape: String,
    ends: bool,
}

async fn look(prefix: &str, wire: &Wire, name: String) -> Result<LiveKey, HotError> {
    let key = format!("{prefix}{name}");
    let mut both = pipe();
    both.cmd("TYPE").arg(&key).cmd("PTTL").arg(&key);
    let (shape, left_ms): (String, i64) = both.query_async(&mut wire.clone()).await?;
    Ok(LiveKey { name, shape, ends: left_ms >= 0 })
}

/// A stranger's key may hold anything.
fn first_part(name: &str) -> String {
    let part = name.split(':').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '?' };
    part.chars().take(SHOWN).map(plain).collect()
}
