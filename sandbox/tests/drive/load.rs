//! A load of interactions, and crowds.

use troupe_sandbox::control::load::Load;
use troupe_sandbox::control::outcome::Status;
use troupe_sandbox::drive::LocalDiscord;

use crate::bot;

fn load(command: &str, total: usize, in_flight: usize) -> Load {
    Load {
        user: None,
        channel: "general".into(),
        command: command.into(),
        options: serde_json::Map::new(),
        app: None,
        total,
        in_flight,
        distinct_users: true,
        timeout_ms: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_is_answered_by_distinct_users_who_leave_again() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let before = discord.state().await.unwrap();
    let loaded = discord.load(&load("ping", 300, 16)).await.unwrap();
    assert_eq!((loaded.completed, loaded.failed), (300, 0));
    assert!(loaded.latency_us.p50 > 0 && loaded.latency_us.p50 <= loaded.latency_us.max, "{loaded:?}");
    let after = discord.state().await.unwrap();
    assert_eq!(after.guilds[0].members.len(), before.guilds[0].members.len());
    assert_eq!(after.users.len(), before.users.len());
    let report = discord.report().await.unwrap();
    assert_eq!((report.interactions, report.rate_limited), (300, 0));
    let newest = discord.member("Max").sees().await.unwrap();
    let authors: std::collections::HashSet<_> = newest
        .iter()
        .map(|message| message.json()["interaction_metadata"]["user"]["id"].to_string())
        .collect();
    assert_eq!(authors.len(), newest.len());
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn a_load_that_nobody_answers_fails_in_time() {
    let discord = LocalDiscord::start().await.unwrap();
    let alone = discord.load(&load("ping", 10, 2)).await.unwrap_err();
    assert!(alone.refusal().unwrap().contains("no command"), "{alone}");
    let _bot = bot::start(&discord).await;
    let hasty = Load { timeout_ms: Some(100), ..load("mute", 10, 4) };
    let loaded = discord.load(&hasty).await.unwrap();
    assert_eq!((loaded.completed, loaded.failed), (0, 4));
    let too_much = discord.load(&load("ping", 1, 0)).await.unwrap_err();
    assert!(too_much.refusal().unwrap().contains("in flight"), "{too_much}");
    assert_eq!(discord.member("Max").uses("ping").send().await.unwrap().outcome().status, Status::Answered);
}
