//! Several providers: who is asked, how often, and what is left to say when none answers.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use troupe::{
    ai::{Avoid, Ending, Gateway, Provided, Terms, Unanswered},
    hot::{Clock, Hot, Redis as HotRedis},
};
use troupe_sandbox::model::{Fault, Script};

use super::{KEY, Model, alone, gateway, open, request, said, terms};
use crate::support::{eventually, free_port, redis::Redis};

const FIRST: &str = "From the first.";
const SECOND: &str = "From the second.";

async fn two() -> [Model; 2] {
    let models = [Model::start().await, Model::start().await];
    models[0].server.always(Script::text(FIRST)).expect("a script");
    models[1].server.always(Script::text(SECOND)).expect("a script");
    models
}

fn to(models: &[Model], further: &[(&str, &str)]) -> Gateway {
    gateway(&models.iter().map(Model::url).collect::<Vec<_>>(), further, alone())
}

#[tokio::test]
async fn every_fault_before_the_first_words_falls_back() {
    let models = two().await;
    let status = |status| Fault::Status { status, retry_after_s: None, message: None };
    for (fault, asked) in [
        (status(500), 3),
        (status(503), 3),
        (status(429), 3),
        (status(400), 1),
        (status(401), 1),
        (status(404), 1),
        (Fault::Disconnect, 3),
        (Fault::Hang, 1),
        (Fault::Stall { after: 0 }, 1),
        (Fault::Cut { after: 0 }, 3),
        (Fault::EndEarly { after: 0 }, 3),
        (Fault::ErrorEvent { after: 0, message: "upstream".to_owned() }, 3),
        (Fault::EmptyBody, 3),
        (Fault::WrongType, 3),
    ] {
        models[0].server.clear();
        models[0].server.always(Script::fault(fault.clone())).expect("a script");
        let gateway = to(&models, &[]);
        let trouble = gateway.trouble();
        assert_eq!(
            said(&gateway).await,
            (SECOND.to_owned(), Ending::Complete, "fallback-1".to_owned()),
            "{fault:?}"
        );
        assert_eq!(models[0].asked().await.len(), asked, "{fault:?}");
        assert!(trouble.borrow().is_none(), "somebody answers");
    }
    assert!(!models[1].asked().await.iter().any(|one| one.has_key), "the first one's key is its own");
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let models = two().await;
    for fault in [
        Script::status(500),
        Script::fault(Fault::Disconnect),
        Script::status(429),
        Script::fault(Fault::EmptyBody),
    ] {
        models[0].server.script(fault).expect("a script");
        assert_eq!(said(&to(&models, &[])).await.0, FIRST);
    }
    assert_eq!(models[1].asked().await.len(), 0);
}

#[tokio::test]
async fn nobody_at_home_and_nobody_who_talks() {
    let port = free_port();
    let nobody = format!("http://127.0.0.1:{port}/v1");
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let silent = format!("http://{}/v1", silent.local_addr().expect("an address"));
    let model = Model::start().await;
    model.server.always(Script::text(FIRST)).expect("a script");
    let third = gateway(&[nobody.clone(), silent.clone(), model.url()], &[], alone());
    assert_eq!(said(&third).await, (FIRST.to_owned(), Ending::Complete, "fallback-2".to_owned()));
    let names = |at: &Provided| format!("{} {}", at.provider, at.model);
    assert_eq!(
        third.providers().iter().map(names).collect::<Vec<_>>(),
        ["first first-model", "fallback-1 second-model", "fallback-2 third-model"]
    );

    let none = gateway(&[nobody, silent], &[], alone());
    let begun = Instant::now();
    let deadline = begun + Duration::from_secs(2);
    let unanswered = none.open(&request(), &Terms { deadline, ..terms() }).await.expect_err("nobody");
    let Unanswered::Away { why, .. } = unanswered else { panic!("{unanswered}") };
    assert!(why.contains("first: no connection") && why.contains("fallback-1: no answer in time"), "{why}");
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(none.trouble().borrow().as_deref(), Some(why.as_str()));
}

#[tokio::test]
async fn a_wish_to_be_left_alone_is_obeyed() {
    let models = two().await;
    // Short, and nobody else is there: it is waited for.
    models[0].server.script(Script::rate_limited(1)).expect("a script");
    let alone = to(&models[..1], &[]);
    let begun = Instant::now();
    assert_eq!(said(&alone).await.0, FIRST);
    assert!(begun.elapsed() >= Duration::from_secs(1));

    // Too long for this call, and nobody else: it is told when to come back.
    models[0].server.script(Script::rate_limited(60)).expect("a script");
    let Err(Unanswered::Away { retry_after, .. }) = open(&alone).await else { panic!("an answer") };
    assert!(retry_after.is_some_and(|wait| wait > Duration::from_secs(50)), "{retry_after:?}");
    let asked = models[0].asked().await.len();
    assert!(open(&alone).await.is_err());
    assert_eq!(models[0].asked().await.len(), asked, "it is left alone");

    // Long, and there is another.
    models[0].server.script(Script::rate_limited(60)).expect("a script");
    let both = to(&models, &[]);
    let begun = Instant::now();
    assert_eq!(said(&both).await.0, SECOND);
    assert_eq!(said(&both).await.0, SECOND);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(models[0].asked().await.len(), asked + 1, "once, and then it is left alone");
}

#[tokio::test]
async fn a_request_that_nobody_takes_is_the_operators_to_mend() {
    let models = two().await;
    for model in &models {
        model.server.require_key(Some("another-key".to_owned()));
    }
    let gateway = to(&models, &[("AI_FALLBACK_1_API_KEY", KEY)]);
    let Err(Unanswered::Rejected { why }) = open(&gateway).await else { panic!("an answer") };
    assert!(why.contains("first: it answers 401: Incorrect API key provided."), "{why}");
    assert!(!why.contains(KEY) && !format!("{gateway:?}").contains(KEY), "{why}");

    let filtered = "The response was filtered due to the prompt triggering our content management policy.";
    let fault = Fault::Status { status: 400, retry_after_s: None, message: Some(filtered.to_owned()) };
    models[0].server.require_key(None);
    models[0].server.script(Script::fault(fault)).expect("a script");
    assert_eq!(open(&gateway).await.expect_err("filtered"), Unanswered::Refused);
}

#[tokio::test]
async fn what_is_switched_off_is_not_asked() {
    let models = two().await;
    let gateway = to(&models, &[]);
    let off = |providers: &[&str], names: &[&str]| {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Terms { avoid: Avoid { providers: list(providers), models: list(names) }, ..terms() }
    };
    for avoided in [off(&["first"], &[]), off(&[], &["first-model"])] {
        let stream = gateway.open(&request(), &avoided).await.expect("words");
        assert_eq!((stream.provider(), stream.model()), ("fallback-1", "second-model"));
    }
    let other_model = Terms { model: Some("better".to_owned()), ..off(&[], &["first-model"]) };
    let stream = gateway.open(&request(), &other_model).await.expect("words");
    assert_eq!((stream.provider(), stream.model()), ("first", "better"));
    drop(stream);
    let asked = models[0].asked().await.len();
    let all_off = off(&["first"], &["second-model"]);
    let (provider, model) = ("first".to_owned(), "first-model".to_owned());
    let unanswered = gateway.open(&request(), &all_off).await.expect_err("nobody");
    assert_eq!(unanswered, Unanswered::SwitchedOff { provider, model });
    assert_eq!(models[0].asked().await.len(), asked);
}

#[tokio::test]
async fn a_pace_that_is_used_up_is_the_next_ones_turn() {
    let models = two().await;
    let gateway = to(&models, &[("OPENAI_RPM", "2")]);
    let mut by = Vec::new();
    for _ in 0..4 {
        by.push(said(&gateway).await.2);
    }
    assert_eq!(by, ["first", "first", "fallback-1", "fallback-1"]);
}

#[tokio::test]
async fn a_breaker_is_shared_by_all_processes() {
    let (redis, models) = (Redis::start().await, two().await);
    let urls: Vec<_> = models.iter().map(Model::url).collect();
    let stop = CancellationToken::new();
    let process = || {
        let store =
            HotRedis::new(&SecretString::from(redis.url()), "test:", Clock::System).expect("an address");
        let gateway = gateway(&urls, &[], Hot::new(Some(store), Clock::System));
        tokio::spawn(gateway.clone().keep(stop.clone()));
        gateway
    };
    let (one, other) = (process(), process());
    assert_eq!(said(&other).await.0, FIRST);
    models[0].server.always(Script::status(500)).expect("a script");
    eventually("the breaker opens", async || {
        let before = models[0].asked().await.len();
        assert_eq!(said(&one).await.0, SECOND, "members never notice");
        (models[0].asked().await.len() == before).then_some(())
    })
    .await;
    eventually("the other process knows", async || {
        let before = models[0].asked().await.len();
        assert_eq!(said(&other).await.0, SECOND);
        (models[0].asked().await.len() == before).then_some(())
    })
    .await;
    // After its pause one call finds out that it is well again.
    models[0].server.always(Script::text(FIRST)).expect("a script");
    eventually("it is tried again", async || (said(&other).await.0 == FIRST).then_some(())).await;
    eventually("everybody knows", async || (said(&one).await.0 == FIRST).then_some(())).await;
    stop.cancel();
}

#[tokio::test]
async fn tokens_are_counted_exactly_once_the_tokenizer_is_loaded() {
    let port = free_port();
    let nobody = [format!("http://127.0.0.1:{port}/v1")];
    let gateway = gateway(&nobody, &[("OPENAI_MODEL", "gpt-4o-mini")], alone());
    let text = "The lighthouse keeper poured another cup of tea. ".repeat(20);
    let stop = CancellationToken::new();
    let keeper = tokio::spawn(gateway.clone().keep(stop.clone()));
    eventually("the tokenizer is loaded", async || (gateway.count(&text) == 181).then_some(())).await;
    stop.cancel();
    keeper.await.expect("the keeper ends");
}
