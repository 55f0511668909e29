//! The frame, measured next to bare serenity on the local Discord with its limits off.
//!
//! `script/bench frame` builds what is needed and runs this. It prints a table and writes
//! `target/bench/frame.json`. Figures are for reading: nothing here passes or fails.
//!
//! Environment: `BENCH_INTERACTIONS` (how many the growth is measured over, 1,000,000) and
//! `BENCH_GUILDS` (10,000).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks to a terminal")]

mod bot;
mod streams;

use std::error::Error;
use std::path::Path;

use serde_json::{Value, json};
use troupe_sandbox::control::load::{Load, Loaded};
use troupe_sandbox::drive::LocalDiscord;
use troupe_sandbox::rules::Rule;

use bot::{Kind, Running};

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
    let bare = about(Kind::Bare).await?;
    let troupe = about(Kind::Troupe).await?;
    let bare_guilds = guilds(Kind::Bare).await?;
    let troupe_guilds = guilds(Kind::Troupe).await?;
    let growth = growth().await?;
    let streams = streams::compare().await?;
    let report = json!({
        "about": { "bare": bare, "troupe": troupe },
        "guilds": { "bare": bare_guilds, "troupe": troupe_guilds },
        "growth": growth,
        "streams": streams,
    });
    print(&report);
    save(&report)
}

/// A sandbox with every rule that costs time or stops a load switched off.
async fn unlimited() -> Outcome<LocalDiscord> {
    let mut builder = LocalDiscord::builder();
    for rule in
        [Rule::RouteLimits, Rule::GlobalLimit, Rule::InvalidRequests, Rule::OpenApi, Rule::GatewayLimits]
    {
        builder = builder.rule_off(rule);
    }
    let discord = builder.start().await?;
    discord.sandbox().journal.set_recording(false);
    Ok(discord)
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
        timeout_ms: None,
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
    println!("\n| /about | bare serenity | troupe |\n|---|---:|---:|");
    for (what, pointer) in [
        ("a second, 64 in flight", "/per_second"),
        ("µs to the callback, p50, one in flight", "/latency_us_one/p50"),
        ("µs to the callback, p99, one in flight", "/latency_us_one/p99"),
        ("µs to the callback, p50, 64 in flight", "/latency_us_64/p50"),
        ("µs of processor each", "/cpu_us_per_interaction"),
    ] {
        let of = |bot: &str| report["about"][bot].pointer(pointer).cloned().unwrap_or_default();
        println!("| {what} | {} | {} |", of("bare"), of("troupe"));
    }
    let guilds = &report["guilds"];
    println!(
        "| MiB with {} guilds | {} | {} |",
        guilds["troupe"]["guilds"], guilds["bare"]["rss_mib"], guilds["troupe"]["rss_mib"]
    );
    println!(
        "\ngrowth: {} bytes an interaction over {}",
        report["growth"]["bytes_per_interaction"], report["growth"]["interactions"]
    );
    println!(
        "64 streams of 10 edits: {} of one, {} × 429",
        report["streams"]["ratio"], report["streams"]["rate_limited"]
    );
}

fn save(report: &Value) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("frame.json");
    std::fs::write(&file, serde_json::to_vec_pretty(report)?)?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
