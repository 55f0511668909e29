//! The stores, measured next to the bare libraries that do the same work on private servers.
//!
//! `script/bench stores [cold] [hot] [writes]` builds what is needed and runs these parts, or all. It prints tables and writes
//! `target/bench/stores.json`. Figures are for reading: nothing here passes or fails.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark speaks to a terminal")]

mod cold;
mod hot;
#[expect(dead_code, unreachable_pub, reason = "of what the tests stand on, this needs the servers alone")]
#[path = "../../tests/it/support/mod.rs"]
mod support;
mod writes;

use std::{error::Error, path::Path};

use serde_json::{Value, json};

/// Anything that goes wrong ends the benchmark.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    // cargo adds `--bench`; other arguments choose parts.
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|one| one == part);
    let mut report = json!({});
    if wanted("cold") {
        report["cold"] = cold::compare().await?;
    }
    if wanted("hot") {
        report["hot"] = hot::compare().await?;
    }
    if wanted("writes") {
        report["writes"] = writes::compare().await?;
    }
    save(&report)
}

fn save(report: &Value) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("stores.json");
    std::fs::write(&file, serde_json::to_vec_pretty(report)?)?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
