//! The line of pro members: a place that moves, a turn that comes, and how it is left.

use troupe_sandbox::drive::{Member, Reply};
use troupe_sandbox::model::{Pace, Script};

use super::stage::{Stage, answer, talk};

/// One slot, and members who may wait for it.
async fn pro() -> Stage {
    let settings = [
        ("AI_CONCURRENCY_PER_GUILD", "1"),
        ("PRO_WAIT_S", "60"),
        ("PRO_USER_WINDOW", "100/30"),
        ("PRO_GUILD_WINDOW", "100/30"),
    ];
    let stage = Stage::set_with(&settings).await;
    let guild = stage.discord.state().await.expect("the state").guilds[0].id;
    let grant = format!(
        "WITH made AS (INSERT INTO premium_entitlements (guild_id, source, tier) VALUES ({guild}, 'operator', 'pro')
         RETURNING 1) SELECT 1"
    );
    let mut connection = stage.connect().await;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, &grant).await.expect("a grant");
    stage
}

/// Words for the line that contains this, for as long as two seconds and more.
async fn says_to(stage: &Stage, line: &str, words: usize) {
    let text = format!("For {line}. {}", "word ".repeat(words));
    let pace = Pace { token_ms: 200, ..Pace::default() };
    stage.scripted(Script::text(text).pace(pace).when(line)).await;
}

async fn place(reply: &mut Reply, text: &str) {
    reply.contains(text).await.expect("a place in line");
}

async fn speaking(member: &Member, line: &str) {
    let begun = format!("For {line}");
    member
        .waits_for("words", |message| message.is_from_webhook() && message.text().contains(&begun))
        .await
        .expect("words");
}

#[tokio::test]
async fn a_place_moves_up_until_the_answer_comes() {
    let stage = pro().await;
    let [max, ada, olive] = ["Max", "Ada", "Olive"].map(|name| stage.member(name));
    for line in ["alpha", "beta", "gamma"] {
        says_to(&stage, line, 20).await;
    }
    let first = talk(&max, "alpha").await;
    speaking(&max, "alpha").await;
    let mut second = talk(&ada, "beta").await;
    place(&mut second, "next in line").await;
    let mut third = talk(&olive, "gamma").await;
    place(&mut third, "number 2 in line").await;
    assert_eq!(
        stage.held().await,
        4,
        "one speaks, by guild and in all; two are in line for the guild's slot"
    );

    place(&mut third, "next in line").await;
    answer(&max, "For alpha").await;
    answer(&ada, "For beta").await;
    answer(&olive, "For gamma").await;
    // The place became each one's own line.
    for (reply, line) in [(&mut second, "beta"), (&mut third, "gamma")] {
        reply.refresh().await.expect("a look");
        assert!(reply.text().contains(&format!("> {line}")), "{}", reply.text());
    }
    for reply in [&first, &second, &third] {
        assert_eq!(stage.charge(reply.interaction()).await.outcome, "completed");
    }
    stage.left_nothing().await;
    assert_eq!(stage.counted("talk:count:user:").await, 3);
    stage.end().await;
}

#[tokio::test]
async fn who_deletes_the_message_leaves_the_line_and_pays_nothing() {
    let stage = pro().await;
    let [max, ada, olive, otto] = ["Max", "Ada", "Olive", "Otto"].map(|name| stage.member(name));
    for (line, words) in [("alpha", 20), ("delta", 5)] {
        says_to(&stage, line, words).await;
    }
    talk(&max, "alpha").await;
    speaking(&max, "alpha").await;
    let mut next = talk(&ada, "beta").await;
    place(&mut next, "next in line").await;
    let mut later = talk(&olive, "gamma").await;
    place(&mut later, "number 2 in line").await;
    let mut last = talk(&otto, "delta").await;
    place(&mut last, "number 3 in line").await;
    for left in [&next, &later] {
        let (channel, id) = (stage.channel(), left.message().expect("their place").id());
        stage.discord.sandbox().change(|world| assert!(world.delete(channel, id)));
    }
    answer(&otto, "For delta").await;
    assert_eq!(stage.charge(last.interaction()).await.outcome, "completed");
    stage.left_nothing().await;
    assert_eq!(stage.calls().await, 2, "nobody who has left is answered");
    assert_eq!(stage.counted("talk:count:user:").await, 2);
    for left in [&next, &later] {
        assert_eq!(stage.charges(left.interaction()).await, [], "nobody who has left is charged");
    }
    let seen = otto.sees().await.expect("messages");
    assert!(seen.iter().all(|message| !message.text().contains("> beta")), "what was deleted stays so");
    stage.end().await;
}
