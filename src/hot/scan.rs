//! A walk over the keys of our namespace, step by step, on one server or on all masters of a cluster.

use std::collections::BTreeSet;

use redis::{
    Cmd, FromRedisValue, Value,
    aio::ConnectionLike,
    cluster_async::ClusterConnection,
    cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo, SingleNodeRoutingInfo},
};

use super::{
    HotError,
    redis::{Bulk, Redis},
};

/// Most keys that a walk brings back.
const MOST_KEYS: usize = 100_000;
/// Keys that the server looks at in one step: small, because it serves nobody else meanwhile.
const STEP: usize = 500;

/// Keys that a walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Names without the prefix, in alphabetical order.
    pub names: Vec<String>,
    /// Whether the walk ended early, at its bound.
    pub truncated: bool,
}

impl Redis {
    /// Names, without the prefix, of all our keys that match `pattern` (SCAN's, below the prefix). A key that comes
    /// or goes during the walk may or may not be among them.
    ///
    /// # Errors
    /// [`HotError::TooMany`] above 100,000 keys; [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn scan(&self, pattern: &str) -> Result<Vec<String>, HotError> {
        let walk = self.scan_some(pattern, MOST_KEYS).await?;
        if walk.truncated { Err(HotError::TooMany(MOST_KEYS)) } else { Ok(walk.names) }
    }

    /// As [`Redis::scan`], and ends early when there are more than `most`.
    ///
    /// # Errors
    /// [`HotError::Deadline`] or [`HotError::Redis`].
    pub async fn scan_some(&self, pattern: &str, most: usize) -> Result<Walk, HotError> {
        let mut found = Found { prefix: self.prefix(), names: BTreeSet::new(), most };
        let pattern = format!("{}{pattern}", self.prefix());
        match self.bulk().await? {
            Bulk::Cluster(mut connection) => walk_cluster(&mut connection, &pattern, &mut found).await?,
            mut server @ Bulk::Server(_) => walk_server(&mut server, &pattern, &mut found).await?,
        }
        let truncated = found.names.len() > most;
        Ok(Walk { names: found.names.into_iter().take(most).collect(), truncated })
    }
}

struct Found<'a> {
    prefix: &'a str,
    names: BTreeSet<String>,
    most: usize,
}

impl Found<'_> {
    /// Takes a step's answer and gives the cursor of the next; 0 ends the walk.
    fn take(&mut self, answer: Value) -> Result<u64, HotError> {
        let (cursor, keys): (u64, Vec<String>) =
            redis::from_redis_value(answer).map_err(redis::RedisError::from)?;
        self.names.extend(keys.iter().filter_map(|key| key.strip_prefix(self.prefix)).map(str::to_owned));
        Ok(if self.names.len() > self.most { 0 } else { cursor })
    }
}

fn step(cursor: u64, pattern: &str) -> Cmd {
    let mut command = redis::cmd("SCAN");
    command.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(STEP);
    command
}

async fn walk_server(
    connection: &mut (impl ConnectionLike + Send),
    pattern: &str,
    found: &mut Found<'_>,
) -> Result<(), HotError> {
    let mut cursor = 0;
    loop {
        cursor = found.take(step(cursor, pattern).query_async(connection).await?)?;
        if cursor == 0 {
            return Ok(());
        }
    }
}

/// The first step goes to all masters at once, and their answers say who they are.
async fn walk_cluster(
    connection: &mut ClusterConnection,
    pattern: &str,
    found: &mut Found<'_>,
) -> Result<(), HotError> {
    let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
    let answers = connection.route_command(step(0, pattern), all).await?;
    for (master, answer) in
        Vec::<(String, Value)>::from_redis_value(answers).map_err(redis::RedisError::from)?
    {
        let (host, port) =
            master.rsplit_once(':').ok_or(HotError::Unexpected("a node's address has no port"))?;
        let port = port.parse().map_err(|_| HotError::Unexpected("a node's port is not a number"))?;
        let mut cursor = found.take(answer)?;
        while cursor != 0 {
            let node = SingleNodeRoutingInfo::ByAddress { host: host.to_owned(), port };
            let answer =
                connection.route_command(step(cursor, pattern), RoutingInfo::SingleNode(node)).await?;
            cursor = found.take(answer)?;
        }
        if found.names.len() > found.most {
            break;
        }
    }
    Ok(())
}
