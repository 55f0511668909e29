//! PostgreSQL: the cold pool beside bare connections, plain bb8 and deadpool, all on one private server.

use std::time::{Duration, Instant};

use diesel::{IntoSql, sql_types::Integer};
use diesel_async::{
    RunQueryDsl,
    pooled_connection::{AsyncDieselConnectionManager, bb8, deadpool},
};
use futures::future::try_join_all;
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};
use troupe::cold::{BACKGROUND_BUDGET, Cold, ColdError, Connection, connect};

use crate::{Outcome, support::postgres::Postgres};

/// Connections of each pool.
const CONNECTIONS: u32 = 4;
/// Tasks that share them when it is crowded.
const CROWD: usize = 64;
/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(5);

/// A way to a connection.
#[derive(Clone)]
enum Way {
    /// A connection of its own for each task.
    Bare(String),
    Bb8(bb8::Pool<Connection>),
    Deadpool(deadpool::Pool<Connection>),
    Troupe(Cold),
}

/// What one task did.
#[derive(Clone, Copy, Default)]
struct Share {
    selects: u64,
    /// Longest select, the wait for a connection included.
    longest: Duration,
}

pub(crate) async fn compare() -> Outcome<Value> {
    let server = Postgres::start().await;
    let url = server.url();
    let ways = [
        ("bare, a connection a task", Way::Bare(url.clone()), 4),
        ("bb8, tested on check-out", plain_bb8(&url, true).await?, CROWD),
        ("bb8, not tested", plain_bb8(&url, false).await?, CROWD),
        ("deadpool, tested", plain_deadpool(&url)?, CROWD),
        ("troupe", Way::Troupe(Cold::with_connections(&server.secret_url(), CONNECTIONS)), CROWD),
    ];
    println!(
        "\n| {CONNECTIONS} connections | µs a select, alone | selects a second, crowded | a task's share, least to most | longest wait, ms |"
    );
    println!("|---|---:|---:|---:|---:|");
    let mut report = json!({});
    for (name, way, crowd) in ways {
        eprintln!("{name}");
        measure(&way, 1, Duration::from_secs(1)).await?;
        let alone = measure(&way, 1, SPAN).await?;
        let shares = measure(&way, crowd, SPAN).await?;
        let micros = SPAN.as_micros() / u128::from(alone[0].selects.max(1));
        let total: u64 = shares.iter().map(|share| share.selects).sum();
        let least = shares.iter().map(|share| share.selects).min().unwrap_or_default();
        let most = shares.iter().map(|share| share.selects).max().unwrap_or_default();
        let longest = shares.iter().map(|share| share.longest).max().unwrap_or_default();
        let a_second = total / SPAN.as_secs();
        println!("| {name} | {micros} | {a_second} | {least} to {most} | {} |", longest.as_millis());
        report[name] = json!({
            "tasks": crowd, "us_alone": u64::try_from(micros)?, "per_second": a_second,
            "least": least, "most": most, "longest_ms": u64::try_from(longest.as_millis())?,
        });
    }
    Ok(report)
}

async fn plain_bb8(url: &str, tested: bool) -> Outcome<Way> {
    let manager = AsyncDieselConnectionManager::<Connection>::new(url);
    let pool = bb8::Pool::builder().max_size(CONNECTIONS).test_on_check_out(tested).build(manager).await?;
    Ok(Way::Bb8(pool))
}

fn plain_deadpool(url: &str) -> Outcome<Way> {
    let manager = AsyncDieselConnectionManager::<Connection>::new(url);
    let most = usize::try_from(CONNECTIONS)?;
    Ok(Way::Deadpool(deadpool::Pool::builder(manager).max_size(most).build()?))
}

async fn measure(way: &Way, tasks: usize, span: Duration) -> Outcome<Vec<Share>> {
    let ready = std::sync::Arc::new(Barrier::new(tasks));
    let mut set = JoinSet::new();
    for _ in 0..tasks {
        let (way, ready) = (way.clone(), ready.clone());
        set.spawn(async move {
            ready.wait().await;
            way.select_for(span).await
        });
    }
    try_join_all(set.join_all().await.into_iter().map(std::future::ready)).await
}

async fn select(connection: &mut Connection) -> Result<i32, ColdError> {
    Ok(diesel::select(1_i32.into_sql::<Integer>()).get_result(connection).await?)
}

impl Way {
    async fn select_for(&self, span: Duration) -> Outcome<Share> {
        let mut own = match self {
            Self::Bare(url) => Some(connect(&url.clone().into(), Duration::ZERO).await?),
            _ => None,
        };
        let (mut share, until) = (Share::default(), Instant::now() + span);
        while Instant::now() < until {
            let begun = Instant::now();
            match (self, &mut own) {
                (_, Some(connection)) => select(connection).await?,
                (Self::Bb8(pool), _) => select(&mut *pool.get().await?).await?,
                (Self::Deadpool(pool), _) => select(&mut *pool.get().await?).await?,
                (Self::Troupe(cold), _) => cold.run(BACKGROUND_BUDGET, select).await?,
                (Self::Bare(_), None) => unreachable!("made above"),
            };
            share.selects += 1;
            share.longest = share.longest.max(begun.elapsed());
        }
        Ok(share)
    }
}
