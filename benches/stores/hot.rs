//! The hot store: its operations on Redis and in this process, beside bare redis-rs sending the very same commands.
//!
//! What bare redis-rs sends is taken from MONITOR while the store does the operation once, so both have Redis do the
//! same work with the same scripts; they differ in what happens in this process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::StreamExt;
use redis::{Cmd, Value as Reply, aio::ConnectionManager, cmd};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use troupe::{
    domain::ids::{GuildId, InteractionId, Place, UserId},
    hot::{
        Clock, Hot, Redis,
        keys::{self, Kind},
        limits::{Budget, Check, LeaseId, Penalty, Reserve, Reserved, Settle, Window},
        memory::{Between, Caps, Line, Remember, Turn, Who},
        policy::{PutPolicy, ReadPolicy},
        seen::MarkSeen,
    },
};
use uuid::Uuid;

use crate::{Outcome, support::redis::Redis as Server};

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(3);
const MINUTE: Duration = Duration::from_secs(60);
/// Members who use the bot: each has windows, budgets and memories.
const MEMBERS: u64 = 1_000;
/// Numbers that stand for the interaction and the member in a command that is taken down.
const TEMPLATE: (u64, u64) = (888_000_000_000_001, 777_000_000_000_001);

/// What is measured.
#[derive(Clone, Copy)]
enum What {
    Seen,
    /// A full admission, and its end: two trips.
    ReserveAndSettle,
    Remember,
    ReadPolicy,
}

const ALL: [(What, &str); 4] = [
    (What::Seen, "seen"),
    (What::ReserveAndSettle, "limits: reserve and settle"),
    (What::Remember, "memory: remember"),
    (What::ReadPolicy, "policy: read"),
];

/// Who does it.
#[derive(Clone)]
enum Way {
    Troupe(Hot),
    Bare(ConnectionManager, Arc<Vec<Vec<String>>>),
}

pub(crate) async fn compare() -> Outcome<Value> {
    let server = Server::start().await;
    let redis = Redis::new(&server.secret_url(), "bench:", Clock::System)?;
    let hot = Hot::new(Some(redis), Clock::System);
    let stop = CancellationToken::new();
    let watch = tokio::spawn(hot.clone().keep(stop.clone()));
    let alone = Hot::new(None, Clock::System);
    let manager = redis::Client::open(server.url())?.get_connection_manager().await?;
    println!("\n| hot | way | in flight | a second | µs each | µs at the server |");
    println!("|---|---|---:|---:|---:|---:|");
    let mut report = json!({});
    for (what, name) in ALL {
        back_on_redis(&hot).await;
        for store in [&hot, &alone] {
            prepare(store, what).await?;
        }
        let commands = Arc::new(take_down(&server, &hot, what).await?);
        let ways = [
            ("troupe on Redis", Way::Troupe(hot.clone())),
            ("bare redis-rs", Way::Bare(manager.clone(), commands)),
            ("troupe in process", Way::Troupe(alone.clone())),
        ];
        for (way_name, way) in ways {
            for in_flight in [1, 64] {
                back_on_redis(&hot).await;
                server.run::<()>(cmd("CONFIG").arg("RESETSTAT")).await;
                let a_second = measure(&way, what, in_flight).await?;
                if hot.mode().is_local() {
                    eprintln!(
                        "{name}, {way_name}, {in_flight}: Redis was left meanwhile, on a machine too busy"
                    );
                }
                let micros = 1_000_000 / a_second.max(1);
                let at_server = micros_at_server(&server, what).await;
                println!("| {name} | {way_name} | {in_flight} | {a_second} | {micros} | {at_server} |");
                report[name][way_name][in_flight.to_string()] =
                    json!({"per_second": a_second, "us_at_server": at_server});
            }
        }
        server.run::<()>(&cmd("FLUSHALL")).await;
    }
    stop.cancel();
    watch.await?;
    Ok(report)
}

/// An answer that came too late, on a busy machine, had the store leave Redis: it returns by itself.
async fn back_on_redis(hot: &Hot) {
    while hot.mode().is_local() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn prepare(hot: &Hot, what: What) -> Outcome {
    if matches!(what, What::ReadPolicy) {
        let body = r#"{"tier":"free"}"#.repeat(20);
        hot.ask(&PutPolicy { key: policy()?, version: 1, body }).await;
    }
    Ok(())
}

/// The commands that one operation sends.
async fn take_down(server: &Server, hot: &Hot, what: What) -> Outcome<Vec<Vec<String>>> {
    // Once before, so that the scripts are there.
    one(hot, what, TEMPLATE.0 - 1, TEMPLATE.1).await?;
    let mut heard = redis::Client::open(server.url())?.get_async_monitor().await?.into_on_message::<String>();
    one(hot, what, TEMPLATE.0, TEMPLATE.1).await?;
    server.run::<String>(cmd("ECHO").arg("the-end")).await;
    let mut commands = Vec::new();
    while let Some(line) = heard.next().await {
        if line.contains("the-end") {
            break;
        }
        if line.contains("bench:") && !line.contains(" lua]") {
            commands.push(words(&line));
        }
    }
    Ok(commands)
}

/// The words of a line of MONITOR: `TIME [DB ADDRESS] "WORD" "WORD" …`.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split_once("] ").map_or("", |(_, rest)| rest).trim();
    let inner = quoted.trim_start_matches('"').trim_end_matches('"');
    inner.split("\" \"").map(|word| word.replace("\\\"", "\"")).collect()
}

/// What the server spent on a command of the measured kind, on average, in microseconds.
async fn micros_at_server(server: &Server, what: What) -> String {
    let info: String = server.run(cmd("INFO").arg("commandstats")).await;
    let of = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(&format!("cmdstat_{name}:")))?;
        Some(line.split("usec_per_call=").nth(1)?.split(',').next()?.to_owned())
    };
    // A script's own commands are counted beside it.
    let name = if matches!(what, What::Seen) { "set" } else { "evalsha" };
    of(name).unwrap_or_else(|| "-".to_owned())
}

async fn measure(way: &Way, what: What, in_flight: usize) -> Outcome<u64> {
    let (number, done) = (Arc::new(AtomicU64::new(first_number())), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let (way, number, done) = (way.clone(), Arc::clone(&number), Arc::clone(&done));
        tasks.spawn(async move {
            while begun.elapsed() < SPAN {
                let next = number.fetch_add(1, Ordering::Relaxed);
                way.once(what, next, 1 + next % MEMBERS).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let seconds = begun.elapsed().as_millis().max(1);
    Ok(u64::try_from(u128::from(done.load(Ordering::Relaxed)) * 1_000 / seconds)?)
}

/// Interactions that no earlier measurement has used.
fn first_number() -> u64 {
    static ROUND: AtomicU64 = AtomicU64::new(1);
    ROUND.fetch_add(1, Ordering::Relaxed) * 1_000_000_000
}

impl Way {
    async fn once(&self, what: What, interaction: u64, member: u64) -> Outcome {
        match self {
            Self::Troupe(hot) => one(hot, what, interaction, member).await,
            Self::Bare(manager, commands) => {
                let mut connection = manager.clone();
                for words in commands.iter() {
                    let _: Reply = filled_in(words, interaction, member).query_async(&mut connection).await?;
                }
                Ok(())
            }
        }
    }
}

fn filled_in(words: &[String], interaction: u64, member: u64) -> Cmd {
    let mut filled = Cmd::new();
    for word in words {
        let word = word.replace(&TEMPLATE.0.to_string(), &interaction.to_string());
        filled.arg(word.replace(&TEMPLATE.1.to_string(), &member.to_string()));
    }
    filled
}

async fn one(hot: &Hot, what: What, interaction: u64, member: u64) -> Outcome {
    let (interaction, user) = (InteractionId::new(interaction)?, UserId::new(member)?);
    match what {
        What::Seen => {
            hot.ask(&MarkSeen(interaction)).await;
        }
        What::ReserveAndSettle => {
            let reserve = reserve(interaction, user)?;
            let (Reserved::Granted(granted), side) = hot.ask(&reserve).await else { return Ok(()) };
            let held = reserve.held(&granted);
            hot.ask_at(side, &Settle { held: &held, used: Vec::new(), memory: None }).await?;
        }
        What::Remember => {
            let line = |who, text: &str| Line { who, text: text.repeat(10) };
            let lines = vec![line(Who::User, "How are you? "), line(Who::Character, "Well, thank you. ")];
            let between = Between { place: place()?, user, character: "shipped:mira".parse()? };
            let caps = Caps { lines: 20, bytes: 16_000 };
            hot.ask(&Remember {
                between,
                turn: Turn { interaction, lines, note: None },
                caps,
                life: 60 * MINUTE,
            })
            .await;
        }
        What::ReadPolicy => {
            hot.ask(&ReadPolicy { key: policy()?, have: None }).await;
        }
    }
    Ok(())
}

fn place() -> Outcome<Place> {
    Ok(Place::Guild(GuildId::new(5)?))
}

fn policy() -> Outcome<troupe::hot::key::RawKey> {
    Ok(keys::GuildPolicy::of(GuildId::new(5)?).into_raw())
}

/// What a talk must pass: a penalty, the member's window, budgets of a day and of a week, slots.
fn reserve(interaction: InteractionId, user: UserId) -> Outcome<Reserve> {
    let place = place()?;
    let lock = keys::Penalty::of(place, user, Kind::Ai).into_raw();
    let penalty = Penalty {
        strikes: keys::Strikes::of(place, user, Kind::Ai).into_raw(),
        level: keys::PenaltyLevel::of(place, user, Kind::Ai).into_raw(),
        lock: lock.clone(),
        most: 3,
        within: 10 * MINUTE,
        first: 10 * MINUTE,
        longest: 360 * MINUTE,
        quiet: 7 * 24 * 60 * MINUTE,
    };
    let calls = |days: u32| {
        let days = (0..days).map(|day| keys::TalkCountUser::of(place, user, 20_260_108 - day).into_raw());
        Check::Budget(Budget { days: days.collect(), amount: 1, most: 1, limit: u32::MAX })
    };
    let window = keys::WindowUser::of(place, user, Kind::Ai).into_raw();
    let slot = |key| Check::Slot { key, cap: 1_000_000 };
    let checks = vec![
        Check::Absent(lock),
        Check::Window(Window { key: window, limit: 1_000_000, period: MINUTE, penalty: Some(penalty) }),
        calls(1),
        calls(7),
        slot(keys::ConcurrencyGuild::of(place).into_raw()),
        slot(keys::ConcurrencyGlobal::key().into_raw()),
    ];
    let lease = LeaseId { interaction, call: 0 };
    Ok(Reserve { lease, place, holder: Uuid::from_u128(1), checks, life: MINUTE, recall: None, wait: None })
}
