//! `/operator ai disable` while answers are being said: here, and in another process.

use troupe_sandbox::drive::{Message, Reply};

use super::stage::{Stage, answer, slowly, talk};

const REASON: &str = "The bill is too high";

/// Begins an answer of a hundred words.
async fn speaking(stage: &Stage) -> Reply {
    let max = stage.max();
    stage.scripted(slowly(&"word ".repeat(100))).await;
    let reply = talk(&max, "Talk on and on").await;
    max.waits_for("the first words", Message::is_from_webhook).await.expect("words");
    reply
}

/// Asserts that the answer ended with the reason, and is paid for by what came of it.
async fn stopped(stage: &Stage, reply: &Reply) -> i64 {
    let shown = answer(&stage.max(), REASON).await;
    let words = shown.text().matches("word").count();
    assert!((1..100).contains(&words) && shown.can_press("Continue"), "{}", shown.text());
    let charge = stage.charge(reply.interaction()).await;
    assert_eq!(charge.outcome, "cancelled");
    assert_eq!(charge.answer.matches("word").count(), words, "what was kept is what was shown");
    let completion = usize::try_from(charge.completion_tokens).expect("a count");
    assert!((1..100).contains(&completion), "{charge:?}");
    charge.tokens()
}

#[tokio::test]
async fn an_owners_switch_stops_what_every_process_is_saying() {
    let stage = Stage::set().await;
    let other = stage.beside(&[]).await;
    let (here, there) = (speaking(&stage).await, speaking(&other).await);
    assert_eq!(stage.held().await, 4);
    let owner = stage.member("Otto");
    let order = owner.uses("/operator ai disable").with("scope", "global").with("reason", REASON);
    let mut told = order.send().await.expect("sent");
    told.contains("All AI").await.expect("confirmed");

    let used = stopped(&stage, &here).await + stopped(&other, &there).await;
    stage.left_nothing().await;
    assert_eq!(stage.counted("talk:count:user:").await, 2);
    assert_eq!(stage.counted("talk:tokens:user:").await, used);
    // Whoever asks now is refused with the reason, at no cost.
    let mut refused = talk(&other.max(), "and now?").await;
    refused.contains(REASON).await.expect("a refusal");
    assert!(refused.is_ephemeral());
    assert_eq!(stage.counted("talk:count:user:").await, 2);
    other.end().await;
    stage.end().await;
}
