//! The process dies in the middle of a talk: what is reserved comes back by itself, and nobody pays twice.

use axum::http::Method;
use troupe_sandbox::drive::{Message, Reply};
use troupe_sandbox::faults::{Effect, Fault};
use troupe_sandbox::model::{Pace, Script, Times};

use super::stage::{Stage, answer, slowly, talk};
use crate::support::eventually;

/// One slot in all, which a dead process holds for ten seconds.
const SMALL: [(&str, &str); 3] =
    [("AI_LEASE_TTL_S", "10"), ("AI_CONCURRENCY_PER_GUILD", "1"), ("FREE_TALK_USER_DAY", "2")];

/// When the process dies.
#[derive(Debug, Clone, Copy)]
enum Step {
    Deferred,
    Speaking,
    /// The last edit is on screen, and its answer on the way.
    Shown,
}

async fn dies_at(step: Step) {
    let mut stage = Stage::set_with(&SMALL).await;
    let max = stage.max();
    stage
        .scripted(match step {
            Step::Deferred => {
                Script::text("Too late.").pace(Pace { first_token_ms: 60_000, ..Pace::default() })
            }
            Step::Speaking => slowly(&"word ".repeat(100)),
            Step::Shown => {
                Script::tokens(["Just ", "in time."]).pace(Pace { token_ms: 2_000, ..Pace::default() })
            }
        })
        .await;
    let reply = talk(&max, "Hello").await;
    match step {
        Step::Deferred => {
            eventually("the model is asked", async || (stage.calls().await == 1).then_some(())).await;
        }
        Step::Speaking => {
            max.waits_for("the first words", Message::is_from_webhook).await.expect("words");
        }
        Step::Shown => {
            max.waits_for("the first words", Message::is_from_webhook).await.expect("words");
            // Discord does what it is asked, and is long in saying so.
            let slow = Fault::new(Effect::SlowBody { ms: 60_000 });
            let fault = slow.on(Method::PATCH, "/webhooks/*/*/messages/*");
            stage.discord.fault(fault).await.expect("a fault");
            answer(&max, "Just in time.").await;
        }
    }
    assert_eq!(stage.held().await, 2, "{step:?}: by guild and in all");
    stage.crash().await;
    stage.discord.clear_faults().await.expect("no faults");
    stage.comes_back().await;

    // Its slot frees itself, and what it had reserved comes back with it: both talks of the day are still to be had.
    let mut tokens = 0;
    for text in ["The first.", "The second."] {
        stage.discord.model().clear().await.expect("no scripts");
        stage.scripted(Script { times: Times::Always, ..Script::text(text) }).await;
        let done = eventually("an answer", async || {
            let mut again = talk(&max, "And now?").await;
            let told = |reply: &Reply| reply.message().is_ok_and(|message| !message.is_loading());
            again.until("an answer or a refusal", told).await.expect("told");
            (!again.is_ephemeral()).then_some(again)
        })
        .await;
        answer(&max, text).await;
        tokens += stage.charge(done.interaction()).await.tokens();
    }
    assert_eq!(stage.counted("talk:count:user:").await, 2, "{step:?}");
    assert_eq!(stage.counted("talk:tokens:user:").await, tokens, "{step:?}");
    assert_eq!(stage.charges(reply.interaction()).await, [], "{step:?}: nobody was left to write it down");
    assert_eq!(stage.number("SELECT count(*) FROM talk_replies").await, 2, "{step:?}");
    stage.left_nothing().await;
    stage.end().await;
}

#[tokio::test]
async fn after_the_defer() {
    dies_at(Step::Deferred).await;
}

#[tokio::test]
async fn in_mid_stream() {
    dies_at(Step::Speaking).await;
}

#[tokio::test]
async fn after_the_last_edit() {
    dies_at(Step::Shown).await;
}

#[tokio::test]
async fn a_record_that_waits_outlives_the_process_and_redis() {
    let mut stage = Stage::set_on_own(&[]).await;
    let max = stage.max();
    stage.scripted(slowly("One two three four five six seven eight")).await;
    let reply = talk(&max, "Count").await;
    max.waits_for("the first words", Message::is_from_webhook).await.expect("words");
    stage.postgres().kill_hard();
    answer(&max, "seven eight").await;
    eventually("the record waits", async || (stage.mirrored().await == 1).then_some(())).await;
    stage.crash().await;
    stage.redis_mut().kill();
    stage.redis_mut().restart().await;
    stage.postgres().restart().await;
    stage.comes_back().await;
    let charge = stage.charge(reply.interaction()).await;
    assert_eq!((charge.outcome.as_str(), charge.messages), ("completed", 1), "{charge:?}");
    stage.left_nothing().await;
    assert_eq!(stage.number("SELECT count(*) FROM usage_ledger").await, 1);
    stage.end().await;
}
