//! The buttons under an answer, before and after a restart, by the one who asked and by others.

use troupe_sandbox::model::{Pace, Script};

use super::stage::{Stage, answer, talk};
use crate::support::eventually;

#[tokio::test]
async fn another_answer_is_one_more_swipe_away_and_survives_a_restart() {
    let mut stage = Stage::set().await;
    let max = stage.max();
    stage.says("First take.").await;
    talk(&max, "Say something").await;
    let first = answer(&max, "First take.").await;

    stage.says("Second take.").await;
    max.presses(&first, "Again").await.expect("pressed");
    let second = answer(&max, "Second take.").await;
    assert_eq!(second.id(), first.id(), "the same message");
    assert!(second.buttons().contains(&"2/2".to_owned()), "{:?}", second.buttons());

    stage.restart().await;
    max.presses(&second, "◀").await.expect("pressed");
    let back = answer(&max, "First take.").await;
    assert!(back.id() == first.id() && back.buttons().contains(&"1/2".to_owned()), "{:?}", back.buttons());
    assert_eq!(stage.calls().await, 2);

    // Somebody's own words stay; of the bot's, the answer goes and the line above it.
    max.says("a word in between").await.expect("said");
    max.presses(&back, "Delete").await.expect("pressed");
    eventually("the answer and its line are gone", async || {
        let seen = max.sees().await.expect("messages");
        let texts: Vec<_> = seen.iter().map(troupe_sandbox::drive::Message::text).collect();
        (texts == ["a word in between"]).then_some(())
    })
    .await;
    stage.end().await;
}

#[tokio::test]
async fn others_may_reply_but_not_change() {
    let stage = Stage::set().await;
    let (max, mia) = (stage.max(), stage.mia());
    stage.says("To Max.").await;
    talk(&max, "Say something").await;
    let shown = answer(&max, "To Max.").await;
    for label in ["Again", "Delete"] {
        let mut refused = mia.presses(&shown, label).await.expect("pressed");
        let told =
            refused.until("a refusal", |reply| !reply.followups().is_empty() || reply.is_ephemeral()).await;
        told.unwrap_or_else(|error| panic!("{label}: {error}"));
    }
    assert_eq!(stage.calls().await, 1);

    stage.says("To Mia.").await;
    let form = mia.presses(&shown, "Reply").await.expect("pressed").modal().expect("a form");
    assert!(form.title().contains(shown.author()), "{}", form.title());
    form.fill("line", "And what about me?").submit().await.expect("sent off");
    let answered = mia
        .waits_for("an answer", |message| message.text().contains("To Mia.") && !message.buttons().is_empty())
        .await
        .expect("an answer");
    assert_eq!(answered.author(), shown.author());
    stage.end().await;
}

#[tokio::test]
async fn a_second_press_meanwhile_is_told_so() {
    let stage = Stage::set().await;
    let max = stage.max();
    stage.says("One.").await;
    talk(&max, "Count").await;
    let shown = answer(&max, "One.").await;
    // The buttons go with the first new words: until then they can be pressed.
    let thinking = Pace { first_token_ms: 3_000, ..Pace::default() };
    stage.scripted(Script::text("One two three four five six seven eight nine ten").pace(thinking)).await;
    max.presses(&shown, "Again").await.expect("pressed");
    let mut second = max.presses(&shown, "Again").await.expect("pressed");
    second
        .until("a hint", |reply| {
            reply.text().contains("being changed")
                || reply.followups().iter().any(|more| more.text().contains("being changed"))
        })
        .await
        .expect("told");
    answer(&max, "nine ten").await;
    assert_eq!(stage.calls().await, 2);
    stage.end().await;
}

#[tokio::test]
async fn a_private_answer_of_many_pages_is_changed_whole() {
    let stage = Stage::set_with(&[("FREE_TALK_REPLY_TOKENS", "1000")]).await;
    let max = stage.max();
    let pages = async |count: usize| {
        eventually(&format!("{count} pages"), async || {
            (max.sees().await.expect("messages").len() == count).then_some(())
        })
        .await;
    };
    let long = "A sentence of prose. ".repeat(150);
    stage.says(&long).await;
    max.uses("/talk").with("message", "psst").with("private", true).send().await.expect("sent");
    let two = answer(&max, "A sentence").await;
    pages(2).await;

    stage.says("Short.").await;
    max.presses(&two, "Again").await.expect("pressed");
    let one = answer(&max, "Short.").await;
    pages(1).await;
    max.presses(&one, "◀").await.expect("pressed");
    let two = answer(&max, "A sentence").await;
    pages(2).await;
    max.presses(&two, "▶").await.expect("pressed");
    answer(&max, "Short.").await;
    pages(1).await;
    max.presses(&one, "◀").await.expect("pressed");
    let two = answer(&max, "A sentence").await;
    max.presses(&two, "Delete").await.expect("pressed");
    pages(0).await;
    stage.end().await;
}
