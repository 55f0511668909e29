//! The frame, measured next to bare serenity on the local Discord with its limits off.
//!
//! `script/bench frame [about] [guilds] [growth] [streams]` builds what is needed and runs these parts, or all. It prints a table and writes
//! `target/bench/frame.json`. Figures are for reading: nothing here passes or fails.
//!
//! Environment: `BENCH_INTERACTIONS` (how many the growth is measured over, 1,000,000) and
//! `BENCH_GUILDS` (10,000).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks to a terminal")]

mod bot;
mod streams;
mod unlimited;

use std::error::Error;
use std::path::Path;

use serde_json::{Value, json};
use troupe_sandbox::control::load::{Load, Loaded};

use bot::{Kind, Running};
use unlimited::unlimited;

/// Anything that goes wrong ends the benchmark.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How many interactions warm a bot up.
const WARM_UP: usize = 5_000;
/// How many are under way at once when the rate is measured.
const IN_FLIGHT: usize = 64;
/// A guild's size on the wire, in bytes.
const GUILD_BYTES: usize = 15_000;

#[tokio::main]
async fn main() -> Outcome {
    // cargo adds `--bench`; other arguments choose parts.
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|one| one == part);
    let mut report = json!({});
    if wanted("about") {
        report["about"] = json!({ "bare": about(Kind::Bare).await?, "troupe": about(Kind::Troupe).await? });
    }
    if wanted("guilds") {
        report["guilds"] =
            json!({ "bare": guilds(Kind::Bare).await?, "troupe": guilds(Kind::Troupe).await? });
    }
    if wanted("growth") {
        report["growth"] = growth().await?;
    }
    if wanted("streams") {
        report["streams"] = streams::compare().await?;
    }
    print(&report);
    save(&report)
}

fn load(total: usize, in_flight: usize, distinct_users: bool) -> Load {
    Load {
        user: None,
        channel: "general".into(),
        command: "about".into(),
        options: serde_json::Map::new(),
        app: None,
        total,
        in_flight,
        distinct_users,
        timeout_ms: Some(1_800_000),
    }
}

/// `/about`: how many a second, how late the callback, how much processor time.
async fn about(kind: Kind) -> Outcome<Value> {
    eprintln!("{kind:?}: /about");
    let discord = unlimited().await?;
    let bot = Running::start(kind, &discord)?;
    discord.bot_ready_with(&["about"]).await?;
    discord.load(&load(WARM_UP, IN_FLIGHT, false)).await?;
    let before = bot.cpu_us()?;
    let many = discord.load(&load(100_000, IN_FLIGHT, false)).await?;
    let cpu_us = bot.cpu_us()?.saturating_sub(before);
    let one = discord.load(&load(10_000, 1, false)).await?;
    let per = cpu_us / u64::try_from(many.completed.max(1))?;
    Ok(json!({
        "per_second": many.per_second.round(),
        "failed": many.failed + one.failed,
        "latency_us_one": latency(&one),
        "latency_us_64": latency(&many),
        "cpu_us_per_interaction": per,
        "rss_mib_after": bot.rss_mib()?,
    }))
}

fn latency(loaded: &Loaded) -> Value {
    json!({ "p50": loaded.latency_us.p50, "p99": loaded.latency_us.p99, "max": loaded.latency_us.max })
}

/// Memory with many guilds.
async fn guilds(kind: Kind) -> Outcome<Value> {
    let guilds: usize = setting("BENCH_GUILDS", 10_000)?;
    eprintln!("{kind:?}: {guilds} guilds of {GUILD_BYTES} bytes");
    let discord = unlimited().await?;
    discord.control("POST", "/crowd", &json!({ "guilds": guilds, "bytes": GUILD_BYTES })).await?;
    discord.set_deadline(std::time::Duration::from_secs(180));
    let bot = Running::start(kind, &discord)?;
    discord.bot_ready_with(&["about"]).await?;
    // The guilds that are still on their way come before what is sent after them.
    discord.load(&load(20_000, IN_FLIGHT, false)).await?;
    Ok(json!({ "guilds": guilds, "rss_mib": bot.rss_mib()?, "peak_mib": bot.peak_mib()? }))
}

/// What a million interactions by as many people leave behind.
async fn growth() -> Outcome<Value> {
    let total: usize = setting("BENCH_INTERACTIONS", 1_000_000)?;
    eprintln!("growth over {total} interactions by distinct users");
    let discord = unlimited().await?;
    let bot = Running::start(Kind::Troupe, &discord)?;
    discord.bot_ready_with(&["about"]).await?;
    discord.load(&load(100_000, IN_FLIGHT, true)).await?;
    let before = bot.rss_bytes()?;
    let loaded = discord.load(&load(total, IN_FLIGHT, true)).await?;
    let after = bot.rss_bytes()?;
    let grown = i64::try_from(after)? - i64::try_from(before)?;
    #[expect(clippy::cast_precision_loss, reason = "a rounded figure")]
    let each = grown as f64 / loaded.completed.max(1) as f64;
    Ok(json!({
        "interactions": loaded.completed,
        "failed": loaded.failed,
        "rss_mib_before": before >> 20,
        "rss_mib_after": after >> 20,
        "bytes_per_interaction": (each * 1000.0).round() / 1000.0,
    }))
}

fn setting(name: &str, default: usize) -> Outcome<usize> {
    match std::env::var(name) {
        Ok(value) => value.parse().map_err(|_| format!("{name} takes a whole number, not {value:?}").into()),
        Err(_) => Ok(default),
    }
}

fn print(report: &Value) {
    let at = |pointer: &str| report.pointer(pointer).map_or("–".to_owned(), ToString::to_string);
    println!("\n| | bare serenity | troupe |\n|---|---:|---:|");
    for (what, part, figure) in [
        ("/about a second, 64 in flight", "about", "per_second"),
        ("µs to the callback, p50, one in flight", "about", "latency_us_one/p50"),
        ("µs to the callback, p99, one in flight", "about", "latency_us_one/p99"),
        ("µs to the callback, p50, 64 in flight", "about", "latency_us_64/p50"),
        ("µs of processor for each", "about", "cpu_us_per_interaction"),
        ("MiB with many guilds", "guilds", "rss_mib"),
    ] {
        let of = |bot: &str| at(&format!("/{part}/{bot}/{figure}"));
        println!("| {what} | {} | {} |", of("bare"), of("troupe"));
    }
    println!(
        "| bytes left behind by each of {} interactions | | {} |",
        at("/growth/interactions"),
        at("/growth/bytes_per_interaction")
    );
    println!("| 64 streams of 10 edits, in times of one | | {} |", at("/streams/ratio"));
    println!("| 429 met by them | | {} |", at("/streams/rate_limited"));
}

fn save(report: &Value) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("frame.json");
    std::fs::write(&file, serde_json::to_vec_pretty(report)?)?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
