//! One interaction that is delivered twice: to one process, to two, and to two that have lost their Redis.

use troupe_sandbox::drive::Message;

use super::stage::{Stage, answer, talk};
use crate::support::program::Running;

/// Asserts that the talk was answered once, and charged once.
async fn once(stage: &Stage, has_redis: bool) {
    let max = stage.max();
    stage.says("Only once.").await;
    stage.says("Only once.").await;
    let reply = talk(&max, "Say it").await;
    let shown = answer(&max, "Only once.").await;
    let charge = stage.charge(reply.interaction()).await;
    assert_eq!((charge.outcome.as_str(), charge.messages), ("completed", 1), "{charge:?}");
    assert_eq!(charge.answer, "Only once.");
    if has_redis {
        stage.left_nothing().await;
        assert_eq!(stage.calls().await, 1);
        assert_eq!(stage.counted("talk:count:user:").await, 1);
        assert_eq!(stage.counted("talk:tokens:user:").await, charge.tokens());
    }
    let seen = max.sees().await.expect("messages");
    let answers: Vec<_> = seen.iter().filter(|message| message.text().contains("Only once.")).collect();
    assert_eq!(answers.len(), 1, "{:?}", seen.iter().map(Message::text).collect::<Vec<_>>());
    // What the buttons need was kept, by whichever process.
    max.presses(&shown, "Delete").await.expect("pressed");
}

async fn ended(mut twin: Running) {
    twin.signal("TERM").await;
    assert_eq!(twin.ended().await, Some(0));
}

#[tokio::test]
async fn to_one_process() {
    let stage = Stage::set().await;
    stage.discord.gateway().duplicate("INTERACTION_CREATE", 1).await.expect("ordered");
    once(&stage, true).await;
    stage.end().await;
}

#[tokio::test]
async fn to_two_processes() {
    let stage = Stage::set().await;
    let twin = stage.twin().await;
    once(&stage, true).await;
    ended(twin).await;
    stage.end().await;
}

#[tokio::test]
async fn to_two_processes_without_their_redis() {
    let mut stage = Stage::set().await;
    let twin = stage.twin().await;
    stage.redis_mut().kill();
    once(&stage, false).await;
    ended(twin).await;
    assert_eq!(stage.number("SELECT count(*) FROM usage_ledger").await, 1);
    stage.end().await;
}
