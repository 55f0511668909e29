//! Signals on the real program: SIGTERM stops it in order, a second one at once, SIGHUP rereads what may change.

use std::fs;

use crate::support::{
    discord::{self, TOKEN},
    program::{Running, get},
};

async fn start(env_file: &str, environment: &[(&str, &str)]) -> (Running, String, crate::support::Server) {
    let discord = discord::start(discord::Answers::default()).await;
    let url = discord.url();
    let mut all =
        vec![("HTTP_ADDR", "127.0.0.1:0"), ("DISCORD_TOKEN", TOKEN), ("DISCORD_API_URL", url.as_str())];
    all.extend(environment);
    let mut running = Running::start(env_file, &all);
    let address = running.address().await;
    (running, address, discord)
}

#[tokio::test]
async fn sigterm_stops_in_order_with_exit_code_0() {
    let (mut running, address, _discord) = start("", &[]).await;
    assert_eq!(get(&format!("http://{address}/healthz")).await.0, 200);
    running.signal("TERM").await;
    let entry = running.logged("stopping").await;
    assert_eq!(entry["signal"], "SIGTERM");
    running.logged("stopped").await;
    assert_eq!(running.ended().await, Some(0));
}

#[tokio::test]
async fn sigint_stops_too() {
    let (mut running, _, _discord) = start("", &[]).await;
    running.signal("INT").await;
    running.logged("stopped").await;
    assert_eq!(running.ended().await, Some(0));
}

#[tokio::test]
async fn sighup_rereads_the_file_and_keeps_old_values_on_mistakes() {
    let (mut running, _, _discord) = start("AI_DISABLED=false\n", &[]).await;
    let file = running.folder.path().join(".env");

    fs::write(&file, "AI_DISABLED=true\nRUST_LOG=debug\nREDIS_PREFIX=new\n").expect("a file");
    running.signal("HUP").await;
    assert_eq!(
        running.logged("changed, and takes effect at the next start").await["variable"],
        "REDIS_PREFIX"
    );
    let entry = running.logged("configuration reread").await;
    assert_eq!((&entry["ai_disabled"], &entry["changed"]), (&true.into(), &true.into()));
    assert_eq!(entry["log_filter"], "debug");

    fs::write(&file, "AI_DISABLED=nonsense\nRUST_LOG=warn\n").expect("a file");
    running.signal("HUP").await;
    let entry = running.logged("configuration not reread").await;
    assert!(entry["problem"].as_str().is_some_and(|text| text.starts_with("AI_DISABLED: ")), "{entry}");

    // Had the filter of the bad file been taken, this line at `info` would be missing.
    fs::write(&file, "AI_DISABLED=false\nRUST_LOG=debug\n").expect("a file");
    running.signal("HUP").await;
    let entry = running.logged("configuration reread").await;
    assert_eq!((&entry["ai_disabled"], &entry["changed"]), (&false.into(), &true.into()));

    fs::write(&file, "RUST_LOG=error\n").expect("a file");
    running.signal("HUP").await;
    running.signal("TERM").await;
    assert_eq!(running.ended().await, Some(0));
}
