//! Trips, commands, microseconds and statements of one talk: admitted, refused, settled.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream::BoxStream};
use serde_json::{Map, Value, json};

use crate::{
    Outcome,
    figures::rounded,
    model::Pace,
    stage::{Begin, Stage},
    support::postgres::Database,
};

/// What a process asks by itself, talks or not; and what this benchmark asks.
const BACKGROUND: [&str; 11] = [
    "queue:{sync}",
    "health:check",
    "\"app:lock:",
    "app:ai:breaker",
    "\"app:switches\"",
    "\"HGETALL\" \"app:ai:disabled\"",
    "\"PING\"",
    "\"CLIENT\"",
    "\"AUTH\"",
    "\"INFO\"",
    "\"SCAN\"",
];
/// Nothing of a talk comes for so long: it is through.
const QUIET: Duration = Duration::from_millis(1_500);

/// Counts by MONITOR what the bot sends.
struct Monitor {
    heard: BoxStream<'static, String>,
}

impl Monitor {
    async fn over(stage: &Stage) -> Outcome<Self> {
        let client = redis::Client::open(stage.redis.url())?;
        let heard = client.get_async_monitor().await?.into_on_message::<String>();
        Ok(Self { heard: heard.boxed() })
    }

    /// What came until nothing more comes: trips, and commands with those inside scripts.
    async fn until_quiet(&mut self) -> Heard {
        let (mut heard, mut last) = (Heard::default(), Instant::now());
        while last.elapsed() < QUIET {
            let Ok(Some(line)) = tokio::time::timeout(QUIET, self.heard.next()).await else { break };
            if BACKGROUND.iter().any(|known| line.contains(known)) {
                continue;
            }
            last = Instant::now();
            heard.commands += 1;
            if !line.contains(" lua] ") {
                eprintln!("  {}", line.chars().take(230).collect::<String>());
                heard.trips.push(line);
            }
        }
        heard
    }
}

/// What was asked of Redis.
#[derive(Default)]
struct Heard {
    trips: Vec<String>,
    /// With those inside scripts.
    commands: usize,
}

fn fields(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

/// One command's calls and microseconds, as the server counts them.
async fn scripts(stage: &Stage) -> Outcome<(u64, u64)> {
    let info: String = stage.redis.run(redis::cmd("INFO").arg("commandstats")).await;
    let line = info.lines().find(|line| line.starts_with("cmdstat_evalsha:")).ok_or("no script ran")?;
    let field = |name: &str| -> Option<u64> {
        let rest = line.split_once(&format!("{name}="))?.1;
        rest.split(',').next()?.parse().ok()
    };
    Ok((field("calls").ok_or("no calls")?, field("usec").ok_or("no time")?))
}

/// What the database was asked, by statement, but for what a process asks by itself.
type Statements = BTreeMap<String, i64>;

async fn statements(database: &Database) -> Statements {
    let mut known = database.statements_by_text().await;
    known.retain(|text, _| {
        let own = text == "SELECT $1" || text.starts_with("SELECT count");
        !own && !text.contains("ai_switch") && !text.contains("pg_stat")
    });
    known
}

fn since(before: &Statements, after: &Statements) -> Statements {
    let more = |(text, count): (&String, &i64)| {
        let more = count - before.get(text).copied().unwrap_or_default();
        (more > 0).then(|| (text.clone(), more))
    };
    after.iter().filter_map(more).collect()
}

/// How many, and in how many transactions: those that none encloses are one each.
fn sums(of: &Statements) -> (i64, i64) {
    for (text, count) in of {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        eprintln!("  {count} x {}", text.chars().take(150).collect::<String>());
    }
    let begun = of.get("BEGIN").copied().unwrap_or_default();
    let all = of.values().sum();
    (all, if begun > 0 { begun } else { all })
}

pub(crate) async fn count() -> Outcome<Map<String, Value>> {
    eprintln!("counts: one talk at a time");
    let mut stage = Stage::start(0, &[]).await?;
    stage.warm_up().await?;
    // Before anything listens in: that would cost the server more than the scripts.
    let before = scripts(&stage).await?;
    stage.talk(500, Begin::InFlight(4)).await?;
    let after = scripts(&stage).await?;
    stage.model.set_pace(Pace { first: Duration::from_secs(4), tokens: 4, every: Duration::from_millis(1) });
    let mut monitor = Monitor::over(&stage).await?;
    monitor.until_quiet().await;

    let database = Arc::clone(&stage.database);
    let before_talk = statements(&database).await;
    // The model is silent for a while before it speaks: what came until then was admission.
    let (admission, asked) = {
        let talk = stage.talk(1, Begin::InFlight(1));
        tokio::pin!(talk);
        tokio::select! {
            ended = &mut talk => return Err(format!("the talk ended before it was counted: {ended:?}").into()),
            heard = monitor.until_quiet() => {
                let asked = statements(&database).await;
                talk.await?;
                (heard, asked)
            }
        }
    };
    let settled = monitor.until_quiet().await;
    let (before_model, _) = sums(&since(&before_talk, &asked));
    let (after_model, transactions) = sums(&since(&asked, &statements(&database).await));
    #[expect(clippy::cast_precision_loss, reason = "a rounded figure")]
    let micros = (after.1 - before.1) as f64 / (after.0 - before.0).max(1) as f64;
    let mut fields = fields(json!({
        "admission_redis_trips": admission.trips.len(),
        "admission_redis_commands": admission.commands,
        "settled_redis_trips": settled.trips.len(),
        "settled_redis_commands": settled.commands,
        "talk_redis_trips": admission.trips.len() + settled.trips.len(),
        "redis_us_per_script": rounded(micros),
        "pg_statements_before_model": before_model,
        "pg_statements_after_model": after_model,
        "pg_transactions_after": transactions,
    }));
    drop((monitor, stage));

    // A member whose window is full.
    let mut stage = Stage::start(0, &[("FREE_USER_WINDOW", "1/60")]).await?;
    stage.talk(1, Begin::InFlight(1)).await?;
    stage.refused().await?;
    let mut monitor = Monitor::over(&stage).await?;
    monitor.until_quiet().await;
    // Jobs of a process that has just begun may fall into one: they only add.
    let mut least: Option<(usize, usize, i64)> = None;
    for _ in 0..5 {
        let before = statements(&stage.database).await;
        stage.refused().await?;
        let refused = monitor.until_quiet().await;
        let (asked, _) = sums(&since(&before, &statements(&stage.database).await));
        let this = (refused.trips.len(), refused.commands, asked);
        least = Some(least.map_or(this, |least| least.min(this)));
    }
    let (trips, commands, asked) = least.unwrap_or_default();
    fields.insert("refused_redis_trips".into(), json!(trips));
    fields.insert("refused_redis_commands".into(), json!(commands));
    fields.insert("refused_pg_statements".into(), json!(asked));
    Ok(fields)
}
