//! The pace over real HTTP, against a small server that counts in Discord's windows and sends Discord's headers.

mod server;

use futures::future::join_all;
use serde_json::json;
use serenity::all::{ApplicationId, ChannelId, InteractionId, MessageId, WebhookId};

use super::*;
use server::{Fault, Server};

const APP: ApplicationId = ApplicationId::new(7);

async fn edit(rest: &Rest, token: &str, text: &str) -> Result<(), RestError> {
    rest.edit_interaction_message(APP, token, None, &json!({"content": text}), Vec::new()).await
}

async fn post(rest: &Rest, channel: u64, text: &str) -> Result<(), RestError> {
    rest.create_message(ChannelId::new(channel), &json!({"content": text}), Vec::new()).await.map(drop)
}

async fn stream(rest: Rest, token: String) {
    for n in 0..10 {
        edit(&rest, &token, &n.to_string()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_edits_do_not_wait_for_each_other() {
    let server = Server::start(5, 1_500).await;
    let rest = server.rest();
    let one = Instant::now();
    stream(rest.clone(), "warm-up".to_owned()).await;
    let one = one.elapsed();
    let all = Instant::now();
    join_all((0..64).map(|n| stream(rest.clone(), format!("token-{n}")))).await;
    println!("one stream of 10 edits: {one:?}; 64 at once: {:?}", all.elapsed());

    assert_eq!(server.refused(), 0, "a 429 was caused");
    // One bucket for all would let five of them through in a window, ten across the edge of two.
    let times: Vec<Instant> = server.seen().iter().map(|seen| seen.at).collect();
    assert!(most_within(&times, Duration::from_millis(1_500)) >= 64);
}

/// The most of these times that fall into one span.
fn most_within(times: &[Instant], span: Duration) -> usize {
    let within = |from: &Instant| times.iter().filter(|at| **at >= *from && **at - *from < span).count();
    times.iter().map(within).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_to_one_channel_keep_order_and_cause_no_429() {
    let server = Server::start(5, 400).await;
    let rest = server.rest();
    let texts: Vec<String> = (0..20).map(|n| format!("post {n}")).collect();
    // Polled in order, so queued in order.
    join_all(texts.iter().map(async |text| post(&rest, 1, text).await.unwrap())).await;
    assert_eq!(server.refused(), 0);
    assert_eq!(server.seen().len(), 20);
    // Five travel at once, so order holds from one window to the next.
    for (place, seen) in server.seen().iter().enumerate() {
        let window = place / 5 * 5..place / 5 * 5 + 5;
        assert!(
            texts[window].iter().any(|text| seen.body.contains(&format!("\"{text}\""))),
            "{place}: {}",
            seen.body
        );
    }
}

#[tokio::test]
async fn whether_there_is_room_is_known_before_a_call() {
    let server = Server::start(2, 600).await;
    let rest = server.rest();
    let room = || rest.interaction_edit_wait(APP, "token", None);
    assert_eq!(room(), Duration::ZERO, "nothing is known yet");
    edit(&rest, "token", "one").await.unwrap();
    for _ in 0..10 {
        assert_eq!(room(), Duration::ZERO, "asking takes nothing");
    }
    edit(&rest, "token", "two").await.unwrap();
    let wait = room();
    assert!(wait > Duration::from_millis(100) && wait < Duration::from_millis(700), "{wait:?}");
    assert_eq!(rest.interaction_edit_wait(APP, "another", None), Duration::ZERO);
    tokio::time::sleep(wait).await;
    assert_eq!(room(), Duration::ZERO);
    assert_eq!((server.seen().len(), server.refused()), (2, 0));
}

#[tokio::test]
async fn a_second_channel_needs_no_probe() {
    let server = Server::start(5, 2_000).await;
    let rest = server.rest();
    post(&rest, 1, "teaches what such buckets take").await.unwrap();
    let route = Route::channel_messages(ChannelId::new(2));
    let soon = || Instant::now() + Duration::from_millis(100);
    let mut under_way = Vec::new();
    for _ in 0..5 {
        under_way.push(rest.inner.pacer.acquire(&route, soon()).await.expect("goes at once"));
    }
    assert!(rest.inner.pacer.acquire(&route, soon()).await.is_err(), "five are all it takes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_of_one_bucket_share_its_slots() {
    let server = Server::start(4, 300).await;
    let rest = server.rest();
    let channel = ChannelId::new(1);
    // Both start unknown, with provisional buckets of their own and a queue in each.
    let posts = join_all((0..10).map(async |n| post(&rest, 1, &n.to_string()).await.unwrap()));
    let typing = join_all((0..10).map(async |_| rest.typing(channel).await.unwrap()));
    tokio::join!(posts, typing);
    assert_eq!(server.refused(), 0);
    assert_eq!(server.seen().len(), 20);
}

#[tokio::test]
async fn a_caller_may_set_its_own_deadline() {
    let server = Server::start(1, 1_000).await;
    let rest = server.rest();
    post(&rest, 1, "x").await.unwrap();
    let hurried = rest.within(Duration::from_millis(100));
    assert!(matches!(post(&hurried, 1, "x").await, Err(RestError::RateLimited { .. })));
    post(&rest, 1, "x").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_global_429_stops_everyone_but_interactions() {
    let server = Server::start(50, 1_000).await;
    let rest = server.rest();
    server.fault(Fault::TooMany { scope: "global", after: 0.7 });
    let first = tokio::spawn({
        let rest = rest.clone();
        async move { post(&rest, 1, "first").await }
    });
    server.saw(1).await;
    // The refusal is on its way; only what comes after it is in may be held to it.
    while rest.inner.global.blocked_for(Instant::now()).is_zero() {
        tokio::task::yield_now().await;
    }
    let others = join_all((0..20).map(async |n| post(&rest, 100 + n, "other").await.unwrap()));
    let exempt = async {
        edit(&rest, "token", "goes on").await.unwrap();
        Instant::now()
    };
    let (_, exempt_at) = tokio::join!(others, exempt);
    first.await.unwrap().unwrap();
    let until = server.state.lock().unwrap().global_until.unwrap();
    assert!(exempt_at < until, "interactions are exempt");
    assert_eq!(server.refused(), 0, "a request was sent into the global stop");
    let early =
        server.seen().iter().skip(1).filter(|seen| seen.at < until && !seen.path.contains("token")).count();
    assert_eq!(early, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn never_more_than_fifty_in_any_second() {
    let server = Server::start(1_000, 60_000).await;
    let rest = server.rest();
    join_all((0..90).map(async |n| post(&rest, 1 + n, "x").await.unwrap())).await;
    let times: Vec<Instant> = server.seen().iter().map(|seen| seen.at).collect();
    assert!(most_within(&times, Duration::from_secs(1)) <= 50);
}

#[tokio::test]
async fn a_shared_429_is_obeyed_and_not_counted() {
    let server = Server::start(5, 500).await;
    let rest = server.rest();
    server.fault(Fault::TooMany { scope: "shared", after: 0.2 });
    post(&rest, 1, "x").await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(200));
    assert_eq!(rest.inner.invalid.record(Instant::now()), 1, "only this one counts");

    server.fault(Fault::TooMany { scope: "user", after: 0.05 });
    post(&rest, 1, "x").await.unwrap();
    assert_eq!(rest.inner.invalid.record(Instant::now()), 3);
}

#[tokio::test]
async fn calls_that_were_dropped_leave_nothing_behind() {
    let server = Server::start(1, 300).await;
    let rest = server.rest();
    post(&rest, 1, "teaches the limit").await.unwrap();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let rest = rest.clone();
            tokio::spawn(async move { post(&rest, 1, "dropped").await })
        })
        .collect();
    tokio::task::yield_now().await;
    for task in &waiting {
        task.abort();
    }
    join_all(waiting).await;
    tokio::time::timeout(Duration::from_secs(5), post(&rest, 1, "goes")).await.unwrap().unwrap();
    assert_eq!(server.refused(), 0);
    assert!(server.seen().iter().filter(|seen| seen.body.contains("dropped")).count() <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spent_tokens_are_forgotten() {
    let server = Server::start(5, 30).await;
    let rest = server.rest();
    let mut most = 0;
    for round in 0..40 {
        join_all((0..100).map(async |n| edit(&rest, &format!("{round}-{n}"), "x").await.unwrap())).await;
        most = most.max(rest.buckets());
    }
    assert_eq!(server.seen().len(), 4_000);
    assert!(most < 1_500, "{most} buckets alive");
}

#[tokio::test]
async fn a_wait_that_would_be_too_long_ends_at_once() {
    let server = Server::start(1, 60_000).await;
    let rest = server.rest();
    post(&rest, 1, "takes the only slot").await.unwrap();
    let error = tokio::time::timeout(Duration::from_secs(5), post(&rest, 1, "x")).await.unwrap().unwrap_err();
    assert!(matches!(error, RestError::RateLimited { .. }), "{error:?}");
    assert!(error.after().unwrap() > Duration::from_secs(50));
    assert!(error.is_retryable());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_rejected_token_stops_everything() {
    let server = Server::start(5, 500).await;
    let rest = server.rest();
    server.fault(Fault::Status(401, r#"{"message": "401: Unauthorized", "code": 0}"#));
    let error = rest.current_user().await.unwrap_err();
    assert!(matches!(error, RestError::TokenRejected));
    assert!(error.to_string().contains("DISCORD_TOKEN"));
    assert!(matches!(post(&rest, 1, "x").await, Err(RestError::TokenRejected)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_wrong_webhook_token_is_not_our_token() {
    let server = Server::start(5, 500).await;
    let rest = server.rest();
    server.fault(Fault::Status(401, r#"{"message": "Invalid Webhook Token", "code": 50027}"#));
    let target = WebhookTarget { id: WebhookId::new(9), token: "wh-s3cret", thread: None };
    let error = rest.execute_webhook(target, &json!({"content": "x"}), Vec::new()).await.unwrap_err();
    assert_eq!(error.code(), Some(code::INVALID_WEBHOOK_TOKEN));
    assert!(!format!("{error} {error:?} {target:?}").contains("s3cret"));
    post(&rest, 1, "goes on").await.unwrap();
}

#[tokio::test]
async fn only_what_may_be_repeated_is_repeated() {
    let server = Server::start(50, 500).await;
    let rest = server.rest();
    for status in [500, 502, 503] {
        server.fault(Fault::Status(status, ""));
    }
    edit(&rest, "token", "x").await.unwrap();
    assert_eq!(server.seen().len(), 4);

    server.fault(Fault::Status(502, ""));
    assert_eq!(post(&rest, 1, "x").await.unwrap_err().status(), Some(502));
    for status in [400, 403, 404] {
        server.fault(Fault::Status(status, r#"{"message": "No", "code": 50013}"#));
        assert_eq!(edit(&rest, "token", "x").await.unwrap_err().status(), Some(status));
    }
    assert_eq!(server.seen().len(), 8);
    assert!(server.seen().iter().all(|seen| seen.method == "PATCH" || seen.method == "POST"));
}

#[tokio::test]
async fn faults_of_a_body_are_named() {
    let server = Server::start(5, 500).await;
    server.fault(Fault::Status(
        400,
        r#"{"message": "Invalid Form Body", "code": 50035,
            "errors": {"embeds": {"0": {"title": {"_errors": [{"code": "X", "message": "Too long."}]}}}}}"#,
    ));
    let error = post(&server.rest(), 1, "x").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /channels/{channel}/messages: Discord answered 400 (code 50035): Invalid Form Body \
         [embeds.0.title: Too long.]"
    );
}

#[tokio::test]
async fn nobody_there_is_a_clear_error_without_the_token() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
    };
    let rest =
        Rest::new(&SecretString::from("t0ken"), Some(&closed), None, Rest::REQUESTS_PER_SECOND).unwrap();
    let error = rest.callback(InteractionId::new(1), "s3cret", Bytes::from_static(b"{}")).await.unwrap_err();
    assert!(matches!(error, RestError::Transport { unsent: true, .. }), "{error:?}");
    let shown = format!("{error} {error:?} {rest:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");
}

#[tokio::test]
async fn uploads_travel_beside_the_message() {
    let server = Server::start(5, 500).await;
    let file = Attachment { id: 0, name: "card.txt".to_owned(), data: Bytes::from_static(b"hello file") };
    let body = json!({"content": "look", "attachments": [{"id": 0, "filename": "card.txt"}]});
    server.rest().create_message(ChannelId::new(1), &body, vec![file]).await.unwrap();
    let seen = server.seen();
    for part in
        ["name=\"payload_json\"", "name=\"files[0]\"", "filename=\"card.txt\"", "hello file", "\"look\""]
    {
        assert!(seen[0].body.contains(part), "{part} in {}", seen[0].body);
    }
}

#[tokio::test]
async fn routes_are_those_of_discord() {
    let server = Server::start(50, 500).await;
    let rest = server.rest();
    let (channel, message) = (ChannelId::new(1), MessageId::new(2));
    let webhook = WebhookTarget { id: WebhookId::new(9), token: "wt", thread: Some(ChannelId::new(3)) };
    let text = json!({"content": "x"});
    assert_eq!(rest.current_user().await.unwrap().username, "bot");
    assert_eq!(rest.current_application().await.unwrap().id, APP);
    rest.callback(InteractionId::new(4), "it", Bytes::from_static(b"{}")).await.unwrap();
    rest.callback_with_response(InteractionId::new(4), "it", &text, Vec::new()).await.unwrap();
    rest.follow_up(APP, "it", &text, Vec::new()).await.unwrap();
    rest.interaction_message(APP, "it", None).await.unwrap();
    rest.delete_interaction_message(APP, "it", Some(message)).await.unwrap();
    rest.edit_message(channel, message, &text, Vec::new()).await.unwrap();
    rest.delete_message(channel, message).await.unwrap();
    rest.typing(channel).await.unwrap();
    rest.execute_webhook(webhook, &text, Vec::new()).await.unwrap();
    rest.edit_webhook_message(webhook, message, &text, Vec::new()).await.unwrap();
    rest.delete_webhook_message(webhook, message).await.unwrap();
    let seen: Vec<String> =
        server.seen().iter().map(|seen| format!("{} {}", seen.method, &seen.path[8..])).collect();
    assert_eq!(
        seen,
        [
            "GET /users/@me",
            "GET /applications/@me",
            "POST /interactions/4/it/callback",
            "POST /interactions/4/it/callback",
            "POST /webhooks/7/it",
            "GET /webhooks/7/it/messages/@original",
            "DELETE /webhooks/7/it/messages/2",
            "PATCH /channels/1/messages/2",
            "DELETE /channels/1/messages/2",
            "POST /channels/1/typing",
            "POST /webhooks/9/wt",
            "PATCH /webhooks/9/wt/messages/2",
            "DELETE /webhooks/9/wt/messages/2",
        ]
    );
}
