//! An exchange from the wish to what is left of it, on Redis and on this process alone.

use chrono::Utc;
use troupe::{
    ai::Ending,
    domain::{denial::Denial, usage::Outcome},
    features::talk::{ButtonError, Posted, Presser, Wish},
    hot::memory::Turn,
};
use troupe_sandbox::model::{Fault, Pace, Script};

use super::stage::{Stage, asker, mira, place, say, speaker, user};
use crate::support::redis::Redis;

/// What Mira remembers: lines in their order.
async fn memory(stage: &Stage) -> Vec<String> {
    let found = stage.talk.recall(place(), user(), Some(&mira())).await;
    let turns: Vec<Turn> = found.into_iter().flat_map(|remembered| remembered.turns).collect();
    turns.into_iter().flat_map(|turn| turn.lines).map(|line| line.text).collect()
}

async fn xp(stage: &Stage) -> u64 {
    stage.talk.bonds().get(user(), &mira()).await.expect("asked").map_or(0, |bond| bond.xp)
}

#[tokio::test]
async fn a_line_is_answered_remembered_and_kept() {
    let server = Redis::start().await;
    for redis in [Some(&server), None] {
        let stage = Stage::set(redis).await;
        stage.scripted(Script::text("Shelf four."));
        let (id, text) = stage.whole(say("Where is it?")).await;
        assert_eq!(text, "Shelf four.");
        assert_eq!(memory(&stage).await, ["Where is it?", "Shelf four."]);
        assert_eq!(xp(&stage).await, 1);
        let reply = stage.talk.kept(id).await.expect("asked").expect("kept");
        assert_eq!(
            (reply.answers.as_slice(), reply.messages.as_slice()),
            (&["Shelf four.".to_owned()][..], &[77][..])
        );

        // Once more: another answer to the same line, which the model does not know as said.
        stage.scripted(Script::text("Shelf five."));
        let (again, text) = stage.whole(Wish::Again(id)).await;
        assert_eq!((again, text.as_str()), (id, "Shelf five."));
        assert_eq!(memory(&stage).await, ["Where is it?", "Shelf five."]);
        let asked = stage.model.requests();
        let asked = asked.last().expect("asked").body["messages"].to_string();
        assert_eq!(asked.matches("Where is it?").count(), 1, "{asked}");
        assert!(!asked.contains("Shelf four."), "{asked}");

        // Going on, from the shown answer.
        stage.scripted(Script::text("Behind the cello."));
        let (_, text) = stage.whole(Wish::GoOn(id)).await;
        assert_eq!(text, "Shelf five. Behind the cello.");
        let reply = stage.talk.kept(id).await.expect("asked").expect("kept");
        assert_eq!(
            (reply.answers.len(), reply.shown, reply.answer()),
            (2, 1, "Shelf five. Behind the cello.")
        );
        assert_eq!(xp(&stage).await, 1, "only a new line brings the two closer");
        let outcomes: Vec<_> = stage.calls().await.iter().map(|call| call.outcome).collect();
        assert_eq!(outcomes, [Outcome::Completed; 3]);

        // Buttons: theirs alone.
        let stranger =
            Presser { user: troupe::domain::ids::UserId::new(8).expect("an id"), moderates: false };
        assert!(matches!(stage.talk.show(id, stranger, 0).await, Err(ButtonError::Denied(Denial::NotYours))));
        assert!(matches!(
            stage.talk.show(id, asker(), 2).await,
            Err(ButtonError::Denied(Denial::AnswerGone))
        ));
        let shown = stage.talk.show(id, asker(), 0).await.expect("shown");
        assert_eq!(shown.answer(), "Shelf four.");
        assert_eq!(memory(&stage).await, ["Where is it?", "Shelf four."]);
        let moderator = Presser { moderates: true, ..stranger };
        stage.talk.delete(id, moderator).await.expect("deleted");
        assert!(memory(&stage).await.is_empty());
        assert!(stage.talk.kept(id).await.expect("asked").is_none());
        assert!(matches!(stage.talk.open(speaker(), Wish::Again(id)).await, Err(Denial::AnswerGone)));
    }
}

#[tokio::test]
async fn memories_are_shown_and_forgotten() {
    let stage = Stage::set(None).await;
    stage.scripted(Script::text("One.").times(2));
    let (id, _) = stage.whole(say("a")).await;
    stage.whole(say("b")).await;
    let found = stage.talk.recall(place(), user(), None).await;
    assert_eq!(found.len(), 1, "only those who remember");
    assert_eq!(found[0].turns.len(), 2);
    assert!(found[0].until > Utc::now().timestamp_millis());
    let forgotten = stage.talk.forget(place(), user(), Some(&mira())).await.expect("forgotten");
    assert_eq!((forgotten.memories, forgotten.replies), (1, 2));
    let again = stage.talk.forget(place(), user(), None).await.expect("forgotten");
    assert_eq!((again.memories, again.replies), (0, 0));
    assert!(memory(&stage).await.is_empty() && stage.talk.kept(id).await.expect("asked").is_none());
}

#[tokio::test]
async fn an_exchange_that_is_dropped_is_settled_by_what_came() {
    let stage = Stage::set(None).await;
    stage.scripted(Script::text("A long story, and it goes on and on."));
    let mut exchange = stage.admitted(say("tell")).await;
    exchange.start().await.expect("an answer");
    let first = exchange.next().await.expect("words").to_owned();
    drop(exchange);
    stage.settled().await;
    assert_eq!(memory(&stage).await, ["tell".to_owned(), first]);
    let calls = stage.calls().await;
    assert_eq!(calls.len(), 1);
    assert!(calls[0].completion_tokens > 0, "{calls:?}");

    // Never begun: nothing is charged and nothing is written.
    drop(stage.admitted(say("never mind")).await);
    stage.settled().await;
    assert_eq!(stage.calls().await.len(), 1);
}

#[tokio::test]
async fn a_model_that_fails_is_recorded_and_costs_nothing() {
    let stage = Stage::set(None).await;
    stage.scripted(Script::status(400).times(20));
    let mut exchange = stage.admitted(say("hello")).await;
    assert!(matches!(exchange.start().await, Err(Denial::ModelAway { .. })));
    exchange.end(Posted::default());
    stage.settled().await;
    let calls = stage.calls().await;
    assert_eq!((calls.len(), calls[0].outcome), (1, Outcome::Failed));
    assert_eq!((calls[0].prompt_tokens, calls[0].completion_tokens), (0, 0));
    assert!(memory(&stage).await.is_empty());
    assert_eq!(xp(&stage).await, 0);
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_what_came() {
    let stage = Stage::set(None).await;
    stage.scripted(
        Script::text("Once upon a time there was a lighthouse keeper who").failing(Fault::Cut { after: 8 }),
    );
    let mut exchange = stage.admitted(say("a story")).await;
    exchange.start().await.expect("an answer");
    while exchange.next().await.is_some() {}
    let ended = exchange.ended();
    assert_eq!((ended.ending, ended.answers), (Ending::Cut, (1, 0)));
    let text = exchange.text().to_owned();
    assert!(text.starts_with("Once upon"), "{text}");
    exchange.end(Posted::default());
    stage.settled().await;
    assert_eq!(stage.calls().await[0].outcome, Outcome::Partial);
    assert_eq!(memory(&stage).await, ["a story".to_owned(), text]);
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_without_a_trace() {
    let stage = Stage::set(None).await;
    let nobody =
        Wish::Say { character: Some("shipped:nobody".parse().expect("an id")), text: "hi".to_owned() };
    let table = [
        (say(&"x".repeat(6_000)), Denial::TooLong(4_000)),
        (say(" \u{200b}\n"), Denial::Empty),
        (nobody, Denial::NoSuchCharacter),
        (Wish::Again(speaker().interaction), Denial::AnswerGone),
        (Wish::GoOn(speaker().interaction), Denial::AnswerGone),
    ];
    for (wish, expected) in table {
        let denied = stage.talk.open(speaker(), wish.clone()).await.map(drop);
        assert_eq!(denied, Err(expected), "{wish:?}");
    }
    assert!(stage.model.requests().is_empty() && stage.calls().await.is_empty());
}

#[tokio::test]
async fn a_warm_talk_asks_postgres_nothing_before_the_model() {
    let server = Redis::start().await;
    let stage = Stage::set(Some(&server)).await;
    stage.scripted(Script::text("Yes.").times(2));
    stage.whole(say("warm")).await;
    let before = stage.database.statements().await;
    let mut exchange = stage.admitted(say("again")).await;
    exchange.start().await.expect("an answer");
    assert_eq!(stage.database.statements().await - before, 0);
    while exchange.next().await.is_some() {}
    exchange.end(Posted::default());
    stage.settled().await;
    let landed = stage.database.statements().await - before;
    // The record is one statement, and so one transaction.
    assert_eq!(landed, 1);
}

#[tokio::test]
async fn reasoning_that_nobody_announced_is_not_kept() {
    let stage = Stage::set(None).await;
    let pace = Pace { token_ms: 60, ..Pace::default() };
    stage.scripted(Script::tokens(["He asks,", " so I think.", "</think>"]).pace(pace));
    let mut exchange = stage.admitted(say("hello")).await;
    exchange.start().await.expect("an answer");
    let mut seen = Vec::new();
    while let Some(text) = exchange.next().await {
        seen.push(text.to_owned());
    }
    assert!(seen[0].starts_with("He asks,") && seen.last().is_some_and(String::is_empty), "{seen:?}");
    exchange.end(Posted::default());
    stage.settled().await;
    let calls = stage.calls().await;
    assert!(calls[0].outcome == Outcome::Failed && calls[0].completion_tokens > 0, "{calls:?}");
    assert!(memory(&stage).await.is_empty());

    // Of an answer that goes on, what was there before stays.
    stage.scripted(Script::text("Shelf four."));
    let (id, _) = stage.whole(say("Where?")).await;
    stage.scripted(Script::tokens(["He asks", " on.", "</think>", "Behind it."]).pace(pace));
    assert_eq!(stage.whole(Wish::GoOn(id)).await.1, "Shelf four. Behind it.");
    assert_eq!(memory(&stage).await, ["Where?", "Shelf four. Behind it."]);
}

#[tokio::test]
async fn an_answer_that_nobody_could_see_is_free_and_its_cost_is_recorded() {
    let stage = Stage::set(None).await;
    let left = stage.admitted(say("how much is left?")).await.left();
    stage.settled().await;
    stage.scripted(Script::text("Nobody hears me."));
    let mut exchange = stage.admitted(say("hello")).await;
    exchange.start().await.expect("an answer");
    let id = exchange.id();
    exchange.unseen();
    stage.settled().await;
    assert_eq!(stage.admitted(say("and now?")).await.left(), left, "nothing was charged");
    let calls = stage.calls().await;
    assert_eq!((calls.len(), calls[0].outcome), (1, Outcome::Cancelled));
    assert!(calls[0].prompt_tokens > 0 && calls[0].completion_tokens > 0, "{calls:?}");
    assert!(memory(&stage).await.is_empty() && xp(&stage).await == 0);
    assert!(stage.talk.kept(id).await.expect("asked").is_none());
}

#[tokio::test]
async fn in_an_outage_kept_answers_are_away_and_not_gone() {
    let mut stage = Stage::set_on_a_wire().await;
    stage.scripted(Script::text("Shelf four."));
    let (id, _) = stage.whole(say("Where is it?")).await;
    stage.cut();
    // Not known here: another process made it.
    let earlier = speaker().interaction;
    assert!(matches!(stage.talk.open(speaker(), Wish::Again(earlier)).await, Err(Denial::AnswersAway)));
    let failed = stage.talk.delete(id, asker()).await.expect_err("no PostgreSQL");
    assert!(matches!(&failed, ButtonError::Cold(error) if error.is_outage()), "{failed:?}");
    assert!(stage.talk.kept(id).await.expect("known").is_some(), "the button can be pressed again");
}
