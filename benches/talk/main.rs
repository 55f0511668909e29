//! A whole `/talk`, measured from the key press to the last edit, next to bare serenity answering `/about` and to the
//! model asked directly.
//!
//! `script/bench talk [counts] [rate] [latency] [callback] [streams] [memory]` builds what is needed and runs these parts, or
//! all. It prints a table and writes `target/bench/talk.json`. Figures are for reading: nothing here passes or fails.
//!
//! Environment: `BENCH_TALKS` (how many the rate is measured over, 20,000) and `BENCH_GUILDS` (10,000).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks to a terminal")]

#[path = "../frame/bot.rs"]
mod bot;
mod counts;
mod figures;
mod model;
mod parts;
mod settings;
mod stage;
#[expect(dead_code, unreachable_pub, reason = "of what the tests stand on, this needs the servers alone")]
#[path = "../../tests/it/support/mod.rs"]
mod support;
#[path = "../frame/unlimited.rs"]
mod unlimited;

use std::{error::Error, path::Path};

use serde_json::{Map, Value};

/// Anything that goes wrong ends the benchmark.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    // cargo adds `--bench`; other arguments choose parts.
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|one| one == part);
    let mut report = Map::new();
    if wanted("counts") {
        report.extend(counts::count().await?);
    }
    if wanted("rate") {
        report.extend(parts::rate().await?);
    }
    if wanted("latency") {
        let rate = report.get("talks_per_s").and_then(Value::as_f64);
        report.extend(parts::latency(rate).await?);
    }
    if wanted("callback") {
        report.extend(parts::callback().await?);
    }
    if wanted("streams") {
        report.extend(parts::streams().await?);
    }
    if wanted("memory") {
        report.extend(parts::memory().await?);
    }
    print(&report);
    save(&Value::Object(report))
}

fn print(report: &Map<String, Value>) {
    println!("\n| | |\n|---|---:|");
    for (name, value) in report {
        println!("| {name} | {value} |");
    }
}

fn save(report: &Value) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("talk.json");
    std::fs::write(&file, serde_json::to_vec_pretty(report)?)?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
