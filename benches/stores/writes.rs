//! PostgreSQL: what is written after a call, as one statement and as three in a transaction of the bare driver's.
//!
//! In debug builds on a busy machine of two cores: 1,319 to 1,751 a second against 690 to 963 with one client, and
//! 2,387 to 2,444 against 1,682 to 1,785 with eight. The server's own work is the same; the round trips are not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls, Statement};
use troupe::{
    cold::{
        Connection,
        after_call::{AfterCall, record},
    },
    domain::{
        bond::Reward,
        ids::{GuildId, InteractionId, UserId},
        snowflake,
        usage::{Feature, Outcome as Ended},
    },
};

use crate::{
    Outcome,
    support::postgres::{Database, migrated},
};

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(5);
/// Members who talk: each has a bond that grows.
const MEMBERS: u64 = 1000;

const LEDGER: &str = "INSERT INTO usage_ledger (interaction_id, ordinal, guild_id, user_id, character_id, feature,
        provider, model, prompt_tokens, completion_tokens, cost_micros, outcome, latency_ms, first_token_ms, called_at)
    VALUES ($1::bigint, 0, 5, $2::bigint, 'shipped:mira', 'talk', 'local', 'understudy', 100, 20, 3, 'completed', 900, 200, $3)
    ON CONFLICT (interaction_id, ordinal) DO NOTHING";
const SEEN: &str =
    "INSERT INTO user_first_seen (user_id, day) VALUES ($1::bigint, $2) ON CONFLICT (user_id) DO NOTHING";
const BOND: &str =
    "INSERT INTO bond_state AS bond (user_id, character_id, xp, xp_today, xp_day, last_spoke_at)
    VALUES ($1::bigint, 'shipped:mira', 1, 1, $2, $3)
    ON CONFLICT (user_id, character_id) DO UPDATE SET xp = bond.xp + 1, xp_today = bond.xp_today + 1,
        last_spoke_at = excluded.last_spoke_at
    RETURNING xp";

/// One client's way of writing.
enum Way {
    One(Box<Connection>),
    Three { client: Client, statements: [Statement; 3] },
}

pub(crate) async fn compare() -> Outcome<Value> {
    println!("\n| after a call | clients | writes a second |");
    println!("|---|---:|---:|");
    let mut report = json!({});
    for (name, one) in [("one statement (troupe)", true), ("three in a transaction, bare driver", false)] {
        for clients in [1, 8] {
            let database = migrated().await;
            let a_second = measure(&database, one, clients).await?;
            println!("| {name} | {clients} | {a_second} |");
            report[name][clients.to_string()] = json!(a_second);
        }
    }
    Ok(report)
}

async fn measure(database: &Database, one: bool, clients: usize) -> Outcome<u64> {
    let number = Arc::new(AtomicU64::new(1));
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let way = if one { Way::One(Box::new(database.connect().await)) } else { three(database).await? };
        tasks.push(tokio::spawn(write(way, Arc::clone(&number))));
    }
    let mut written = 0;
    for ended in try_join_all(tasks).await? {
        written += ended?;
    }
    Ok(written / SPAN.as_secs())
}

async fn three(database: &Database) -> Outcome<Way> {
    let (client, connection) = tokio_postgres::connect(database.url.expose_secret(), NoTls).await?;
    tokio::spawn(connection);
    let statements =
        [client.prepare(LEDGER).await?, client.prepare(SEEN).await?, client.prepare(BOND).await?];
    Ok(Way::Three { client, statements })
}

async fn write(mut way: Way, number: Arc<AtomicU64>) -> Outcome<u64> {
    let begun = Instant::now();
    let mut written = 0;
    while begun.elapsed() < SPAN {
        let at = Utc::now();
        let next = number.fetch_add(1, Ordering::Relaxed);
        // Ids of this month, each once.
        let id = snowflake::first_at(at.timestamp_millis()).unsigned_abs() + next % (1 << 22);
        let user = 1 + next % MEMBERS;
        match &mut way {
            Way::One(connection) => {
                record(connection, &call(id, user, at)?).await?;
            }
            Way::Three { client, statements: [ledger, seen, bond] } => {
                let (id, user) = (i64::try_from(id)?, i64::try_from(user)?);
                let transaction = client.transaction().await?;
                transaction.execute(ledger, &[&id, &user, &std::time::SystemTime::from(at)]).await?;
                // The driver is built without chrono's types: days come as PostgreSQL counts them.
                let day = Day(at);
                transaction.execute(seen, &[&user, &day]).await?;
                transaction.query_one(bond, &[&user, &day, &std::time::SystemTime::from(at)]).await?;
                transaction.commit().await?;
            }
        }
        written += 1;
    }
    Ok(written)
}

/// A day as a parameter.
#[derive(Debug)]
struct Day(DateTime<Utc>);

impl tokio_postgres::types::ToSql for Day {
    fn to_sql(
        &self,
        _: &tokio_postgres::types::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        // 2000-01-01 is the 10,957th day since 1970.
        let days = i32::try_from(self.0.timestamp() / 86_400 - 10_957)?;
        out.extend_from_slice(&days.to_be_bytes());
        Ok(tokio_postgres::types::IsNull::No)
    }

    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        *kind == tokio_postgres::types::Type::DATE
    }

    tokio_postgres::types::to_sql_checked!();
}

fn call(id: u64, user: u64, at: DateTime<Utc>) -> Outcome<AfterCall> {
    Ok(AfterCall {
        interaction: InteractionId::new(id)?,
        ordinal: 0,
        guild: Some(GuildId::new(5)?),
        user: Some(UserId::new(user)?),
        character: Some("shipped:mira".parse()?),
        feature: Feature::Talk,
        provider: "local".to_owned(),
        model: "understudy".to_owned(),
        prompt_tokens: 100,
        completion_tokens: 20,
        cost_micros: Some(3),
        outcome: Ended::Completed,
        latency_ms: 900,
        first_token_ms: Some(200),
        called_at: at,
        reward: Some(Reward { amount: 1, daily_cap: u16::MAX }),
        reply: None,
    })
}
