//! One provider's stream: what comes of it, how it ends, what it used, and that nothing is left behind.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::Instant;
use troupe::ai::{Ending, Terms, Unanswered};
use troupe_sandbox::model::{Fault, FinishReason, Outcome, Pace, Script};

use super::{Model, alone, gateway, open, read, request, said, terms};

const TEXT: &str = "Well met, traveller! The kettle is on, and the storm can wait outside.";

#[tokio::test]
async fn a_whole_answer_comes_with_usage_and_cost() {
    let model = Model::start().await;
    let prices = [("OPENAI_PRICE_IN", "0.15"), ("OPENAI_PRICE_OUT", "0.60"), ("PRO_MODEL", "better-model")];
    let gateway = gateway(&[model.url()], &prices, alone());
    model.server.script(Script::text(format!("Ada: {TEXT}")).usage(1_000, 250)).expect("a script");
    let (text, finished) = read(open(&gateway).await.expect("words")).await;
    assert_eq!(text, TEXT);
    assert_eq!(finished.ending, Ending::Complete);
    assert_eq!((finished.usage.prompt, finished.usage.completion), (1_000, 250));
    assert!(finished.usage.reported);
    assert_eq!(finished.cost_micros, Some(150 + 150));
    assert_eq!((finished.provider.as_str(), finished.model.as_str()), ("first", "first-model"));
    assert!(finished.first_words <= finished.took);

    let asked = model.asked().await;
    assert!(asked[0].has_key && asked[0].outcome == Outcome::Finished);
    let body = &asked[0].body;
    assert_eq!((body["stream"].as_bool(), body["max_tokens"].as_u64()), (Some(true), Some(250)));
    assert_eq!(body["messages"][1]["content"], "Hello, \"Ada\"!\nHow are you?");
    assert_eq!(body["messages"][0]["role"], "system");

    let model_of_tier = Terms { model: gateway.pro_model().map(str::to_owned), ..terms() };
    let (_, finished) = read(gateway.open(&request(), &model_of_tier).await.expect("words")).await;
    assert_eq!(finished.model, "better-model");
    assert_eq!(model.asked().await[1].body["model"], "better-model");
}

#[tokio::test]
async fn whatever_breaks_an_answer_keeps_what_came() {
    let model = Model::start().await;
    for (fault, ending) in [
        (Fault::Cut { after: 4 }, Ending::Cut),
        (Fault::EndEarly { after: 4 }, Ending::Cut),
        (Fault::Stall { after: 4 }, Ending::Cut),
        (Fault::ErrorEvent { after: 4, message: "upstream".to_owned() }, Ending::Cut),
        (Fault::Malformed { after: 4 }, Ending::Complete),
    ] {
        let gateway = gateway(&[model.url()], &[], alone());
        model.server.clear();
        model.server.script(Script::fault(fault.clone()).saying(TEXT)).expect("a script");
        let (text, finished) = read(open(&gateway).await.expect("words")).await;
        assert_eq!(finished.ending, ending, "{fault:?}");
        assert!(!text.is_empty() && TEXT.starts_with(text.as_str()), "{fault:?}: {text}");
        assert_eq!(text == TEXT, ending == Ending::Complete, "{fault:?}: {text}");
        if ending == Ending::Cut {
            assert!(!finished.usage.reported && finished.usage.prompt > 10, "{fault:?}: {finished:?}");
            assert!((1..20).contains(&finished.usage.completion), "{fault:?}: {finished:?}");
        }
        assert_eq!(model.asked().await.len(), 1, "words that were shown are not asked for again");
    }
}

#[tokio::test]
async fn reasons_to_finish_are_told() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    for (reason, ending) in [
        (FinishReason::Stop, Ending::Complete),
        (FinishReason::Length, Ending::Length),
        (FinishReason::ContentFilter, Ending::Filtered),
        (FinishReason::ToolCalls, Ending::Complete),
    ] {
        model.server.script(Script::text(TEXT).finish(reason).without_usage()).expect("a script");
        let (text, finished) = read(open(&gateway).await.expect("words")).await;
        assert_eq!((text.as_str(), finished.ending), (TEXT, ending));
        assert!(!finished.usage.reported && (10..30).contains(&finished.usage.completion), "{finished:?}");
    }
    model.server.script(Script::text("").finish(FinishReason::ContentFilter)).expect("a script");
    assert_eq!(open(&gateway).await.expect_err("no words"), Unanswered::Refused);
}

#[tokio::test]
async fn nobody_else_speaks_and_reasoning_is_charged_but_not_shown() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    let tokens =
        ["<thi", "nk>Who is", " Max?</think>", "\n\nI am he", "re.", "\nMa", "x: Hello!", " And more."];
    model.server.script(Script::tokens(tokens)).expect("a script");
    let (text, finished) = read(open(&gateway).await.expect("words")).await;
    assert_eq!((text.as_str(), finished.ending), ("I am here.", Ending::Complete));
    assert!(finished.usage.completion >= 8, "{finished:?}");
    assert_eq!(model.asked().await.len(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_bounded_and_its_connection_closed() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    model.server.script(Script::fault(Fault::Endless).saying("on and on ")).expect("a script");
    let (text, finished) = read(open(&gateway).await.expect("words")).await;
    assert_eq!(finished.ending, Ending::Length);
    assert!(text.len() <= 250 * 32, "{} bytes", text.len());
    assert_eq!(model.asked().await[0].outcome, Outcome::ClientLeft);

    // 10 MB at once, with and without anything to show.
    let large = "x".repeat(500_000);
    for tokens in [vec![large.clone(); 20], vec![" ".repeat(500_000); 20]] {
        model.server.clear();
        model.server.script(Script::tokens(tokens)).expect("a script");
        match open(&gateway).await {
            Ok(stream) => {
                let (text, finished) = read(stream).await;
                assert!(text.len() <= 64 * 1024 && finished.ending == Ending::Length, "{}", text.len());
            }
            Err(unanswered) => assert!(matches!(unanswered, Unanswered::Away { .. }), "{unanswered}"),
        }
        // How it ended there depends on what the sockets between them hold; nothing is left of it.
        assert_eq!(model.asked().await.len(), 1);
    }
}

#[tokio::test]
async fn leaving_closes_the_connection_at_once() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    model.server.script(Script::fault(Fault::Stall { after: 3 }).saying(TEXT)).expect("a script");
    let stream = open(&gateway).await.expect("words");
    drop(stream);
    assert_eq!(model.asked().await[0].outcome, Outcome::ClientLeft);

    model.server.script(Script::fault(Fault::Stall { after: 3 }).saying(TEXT)).expect("a script");
    let stream = open(&gateway).await.expect("words");
    let finished = stream.finish(Some(Ending::Stopped));
    assert_eq!(finished.ending, Ending::Stopped);
    assert!(finished.usage.completion > 0);
    assert_eq!(model.asked().await[1].outcome, Outcome::ClientLeft);

    // Given up before the first words.
    model.server.script(Script::fault(Fault::Hang)).expect("a script");
    let waited = tokio::time::timeout(Duration::from_millis(100), open(&gateway)).await;
    assert!(waited.is_err());
    assert_eq!(model.asked().await[2].outcome, Outcome::ClientLeft);
}

#[tokio::test]
async fn a_wait_that_is_cancelled_loses_no_words() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    let pace = Pace { token_ms: 7, ..Pace::default() };
    model.server.script(Script::text(TEXT).pace(pace)).expect("a script");
    let mut stream = open(&gateway).await.expect("words");
    let mut text = String::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(3), stream.next()).await {
            Ok(Some(words)) => words.add_to(&mut text),
            Ok(None) => break,
            Err(_) => {}
        }
    }
    assert_eq!(text, TEXT);
    assert_eq!(stream.finish(None).ending, Ending::Complete);
}

#[tokio::test]
async fn the_deadline_ends_a_slow_answer() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    let pace = Pace { token_ms: 100, ..Pace::default() };
    model.server.script(Script::text(TEXT.repeat(10)).pace(pace)).expect("a script");
    let begun = Instant::now();
    let terms = Terms { deadline: begun + Duration::from_millis(600), ..terms() };
    let (text, finished) = read(gateway.open(&request(), &terms).await.expect("words")).await;
    assert_eq!(finished.ending, Ending::Cut);
    assert!(TEXT.starts_with(text.as_str()) && !text.is_empty(), "{text}");
    assert!(begun.elapsed() >= Duration::from_millis(600));
    assert_eq!(model.asked().await[0].outcome, Outcome::ClientLeft);
}

#[tokio::test]
async fn many_stream_at_once() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    let pace = Pace { token_ms: 5, ..Pace::default() };
    model.server.always(Script::text(TEXT).pace(pace)).expect("a script");
    for answers in
        [join_all((0..64).map(|_| said(&gateway))).await, join_all((0..64).map(|_| said(&gateway))).await]
    {
        for (text, ending, _) in answers {
            assert_eq!((text.as_str(), ending), (TEXT, Ending::Complete));
        }
    }
    let asked = model.asked().await;
    assert_eq!(asked.len(), 128);
    assert!(asked.iter().all(|one| one.outcome == Outcome::Finished), "whole answers are read to their end");
}

/// Tokens of an answer whose reasoning nobody announces.
const UNMARKED: [&str; 6] = ["He greets", " me,\nso I greet", " back.\n", "</think>", "\n\nWell", " met!"];

#[tokio::test]
async fn reasoning_that_nobody_announced_is_taken_back_once_and_held_back_from_then_on() {
    let model = Model::start().await;
    let gateway = gateway(&[model.url()], &[], alone());
    let pace = Pace { token_ms: 60, ..Pace::default() };
    model.server.script(Script::tokens(UNMARKED).pace(pace).times(2)).expect("a script");
    for is_first in [true, false] {
        let mut stream = open(&gateway).await.expect("words");
        let (mut text, mut before) = (String::new(), String::new());
        let mut restarts = 0;
        while let Some(words) = stream.next().await {
            if words.anew {
                restarts += 1;
                before.clone_from(&text);
            }
            words.add_to(&mut text);
        }
        assert_eq!((text.as_str(), restarts), ("Well met!", usize::from(is_first)));
        assert_eq!(before.starts_with("He greets"), is_first, "{before}");
        assert_eq!(stream.finish(None).ending, Ending::Complete);
    }
}
