//! Does Redis do what the bot needs of it? Scripts and writes, as the bot's own probe tries them; a write, read,
//! expiry and delete on one key, as the doctor does.

use std::{sync::LazyLock, time::Duration};

use futures::future::try_join_all;
use redis::{Script, aio::ConnectionLike, cmd, pipe};

use super::{
    HotError,
    key::{KeyFamily, Lifetime, RawKey},
    keys::{HealthCheck, HealthPart},
    millis,
    redis::Redis,
};

/// The key's lifetime.
const LIFETIME: Duration = match HealthCheck::FAMILY.lifetime {
    Lifetime::Fixed(life) => life,
    _ => panic!("the family has a fixed lifetime"),
};
/// Keys written in a cluster: enough that each of a handful of masters has one.
const PARTS: u8 = 16;

static PROBE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("probe.lua")));

/// Whether Redis takes scripts and writes: on one server in one round trip, in a cluster on each of its masters.
pub(super) async fn probe(redis: &Redis) -> Result<(), HotError> {
    if redis.is_cluster() {
        try_join_all((0..PARTS).map(|part| write(redis, HealthPart::of(part).into_raw()))).await?;
        return Ok(());
    }
    write(redis, HealthCheck::key().into_raw()).await
}

async fn write(redis: &Redis, key: RawKey) -> Result<(), HotError> {
    let value = rand::random::<u32>();
    let read: Option<u32> = redis.script(&PROBE).key(&key).arg(value).arg(millis(LIFETIME)).ask().await?;
    expect(read == Some(value), "a script did not read what it had written")
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
    let key = format!("{prefix}{}", HealthCheck::key().name());
    let lifetime_s = i64::try_from(LIFETIME.as_secs()).expect("a minute");
    let value = rand::random::<u32>().to_string();
    let pong: String = cmd("PING").query_async(connection).await?;
    expect(pong == "PONG", "PING was not answered with PONG")?;
    let (read, expiring, left, deleted): (Option<String>, i64, i64, i64) = pipe()
        .atomic()
        .set(&key, &value)
        .ignore()
        .get(&key)
        .expire(&key, lifetime_s)
        .ttl(&key)
        .del(&key)
        .query_async(connection)
        .await?;
    expect(read.as_deref() == Some(value.as_str()), "GET did not give back what SET wrote")?;
    expect(expiring == 1 && (1..=lifetime_s).contains(&left), "EXPIRE did not give the key a lifetime")?;
    expect(deleted == 1, "DEL did not delete the key")
}

fn expect(holds: bool, otherwise: &'static str) -> Result<(), HotError> {
    if holds { Ok(()) } else { Err(HotError::Unexpected(otherwise)) }
}
