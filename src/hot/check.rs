//! Does Redis do what the bot needs of it? A write, read, expiry and delete on one key, and facts about the server.

use redis::{InfoDict, aio::ConnectionLike, cmd, pipe};

use super::HotError;

/// The probe's key, below the namespace.
const KEY: &str = "health:check";
/// The key's lifetime in seconds.
const LIFETIME_S: i64 = 60;

/// What the server says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Version, such as `7.2.4`; `None` when it does not say.
    pub version: Option<String>,
    /// What it throws away when memory is full; `None` when it does not say, as managed services often don't.
    pub maxmemory_policy: Option<String>,
}

/// PING, then SET, GET, EXPIRE with TTL, and DEL on `health:check` below `prefix`, as one transaction: two
/// processes that check at once must not take each other's key for a fault.
///
/// # Errors
/// The first command that failed, or whose answer was not the one promised.
pub async fn round_trip<C>(connection: &mut C, prefix: &str) -> Result<(), HotError>
where
    C: ConnectionLike + Send,
{
    let key = format!("{prefix}{KEY}");
    let value = rand::random::<u32>().to_string();
    let pong: String = cmd("PING").query_async(connection).await?;
    expect(pong == "PONG", "PING was not answered with PONG")?;
    let (read, expiring, left, deleted): (Option<String>, i64, i64, i64) = pipe()
        .atomic()
        .set(&key, &value)
        .ignore()
        .get(&key)
        .expire(&key, LIFETIME_S)
        .ttl(&key)
        .del(&key)
        .query_async(connection)
        .await?;
    expect(read.as_deref() == Some(value.as_str()), "GET did not give back what SET wrote")?;
    expect(expiring == 1 && (1..=LIFETIME_S).contains(&left), "EXPIRE did not give the key a lifetime")?;
    expect(deleted == 1, "DEL did not delete the key")
}

fn expect(holds: bool, otherwise: &'static str) -> Result<(), HotError> {
    if holds { Ok(()) } else { Err(HotError::Unexpected(otherwise)) }
}

/// Asks the server for its version and memory policy.
///
/// # Errors
/// [`HotError::Redis`] when INFO is refused.
pub async fn facts<C>(connection: &mut C) -> Result<ServerFacts, HotError>
where
    C: ConnectionLike + Send,
{
    let info: InfoDict = cmd("INFO").query_async(connection).await?;
    Ok(ServerFacts { version: info.get("redis_version"), maxmemory_policy: info.get("maxmemory_policy") })
}
