//! Each fault as the client sees it.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncReadExt;
use troupe_sandbox::faults::{Effect, ErrorBody, Fault};
use troupe_sandbox::journal::Filter;
use troupe_sandbox::limits::Scope;

use crate::support::{BOUND, Local, header, outcome, read_to_end, through, trusting};

const ROUTE: &str = "/channels/{}/messages";

fn once(local: &Local, effect: Effect) -> u64 {
    local.sandbox.faults.add(Fault::new(effect).on(Method::POST, ROUTE).times(1)).unwrap()
}

/// Sends a message by hand; what comes back, and how it ends.
async fn raw(local: &Local) -> (String, std::io::Result<()>) {
    read_to_end(&mut local.raw(&local.raw_message()).await).await
}

#[tokio::test]
async fn latency_is_measured_on_the_sandboxs_clock() {
    let local = Local::start().await;
    once(&local, Effect::Latency { ms: 3_600_000, jitter_ms: 3_600_000 });
    let path = "/channels/1/messages";
    let answer = tokio::spawn(local.bot(Method::POST, path).json(&json!({})).send());
    let hit = async {
        while local.sandbox.faults.list()[0].hits == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, hit).await.unwrap();
    assert!(!answer.is_finished());
    local.advance_ms(7_200_000);
    assert_eq!(answer.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn a_429_has_the_scope_it_was_given() {
    let local = Local::start().await;
    for (scope, name, global, remaining) in [
        (Scope::User, "user", false, Some("0")),
        (Scope::Global, "global", true, None),
        (Scope::Shared, "shared", false, Some("3")),
    ] {
        once(&local, Effect::RateLimit { retry_after_ms: 1529, scope });
        let answer = local.post_message(1).await;
        assert_eq!(header(&answer, "retry-after"), Some("2"));
        assert_eq!(header(&answer, "x-ratelimit-scope"), Some(name));
        assert_eq!(header(&answer, "x-ratelimit-global"), global.then_some("true"));
        assert_eq!(header(&answer, "x-ratelimit-remaining"), remaining);
        let wait = header(&answer, "x-ratelimit-reset-after");
        assert!((scope == Scope::User) == (wait == Some("1.529")), "{scope:?} {wait:?}");
        let (status, body) = outcome(answer).await;
        assert_eq!((status, &body["retry_after"], &body["global"]), (429, &json!(1.529), &json!(global)));
    }
    assert_eq!(local.messages(), 0);
}

#[tokio::test]
async fn errors_come_as_json_as_a_page_or_bare() {
    let local = Local::start().await;
    once(&local, Effect::Status { status: 503, body: ErrorBody::Json });
    let answer = outcome(local.post_message(1).await).await;
    assert_eq!(answer, (503, json!({"message": "503: Service Unavailable", "code": 0})));
    once(&local, Effect::Status { status: 502, body: ErrorBody::Html });
    let page = local.post_message(1).await;
    assert_eq!(
        (page.status().as_u16(), header(&page, "content-type")),
        (502, Some("text/html; charset=utf-8"))
    );
    assert!(page.text().await.unwrap().contains("502: Bad Gateway"));
    once(&local, Effect::Status { status: 500, body: ErrorBody::Empty });
    assert_eq!(local.post_message(1).await.text().await.unwrap(), "");
    assert_eq!(local.messages(), 0);
    assert_eq!(local.post_message(1).await.status(), 200);
}

#[tokio::test]
async fn a_reset_before_the_handler_leaves_no_trace_and_one_after_it_does() {
    let local = Local::start().await;
    for (effect, messages) in [(Effect::Reset, 0), (Effect::ResetAfter, 1)] {
        let id = once(&local, effect);
        let (text, end) = raw(&local).await;
        assert_eq!((text.as_str(), end.unwrap_err().kind()), ("", ErrorKind::ConnectionReset));
        assert_eq!(local.messages(), messages);
        let entry = local.sandbox.journal.entries(&Filter::default()).pop().unwrap();
        assert_eq!((entry.status, &entry.faults[..]), (None, &[id][..]));
    }
    assert_eq!(local.sandbox.journal.counts().unanswered, 2);

    // A client that reuses its connection sees it too, and gets on with a new one.
    assert_eq!(local.post_message(1).await.status(), 200);
    once(&local, Effect::Reset);
    let path = "/channels/1/messages";
    let error = local.bot(Method::POST, path).json(&json!({})).send().await.unwrap_err();
    assert!(was_reset(&error), "{error:?}");
    assert_eq!(local.post_message(1).await.status(), 200);
}

#[tokio::test]
async fn a_reset_reaches_through_a_tunnel_and_tls() {
    let local = Local::start().await;
    let client = trusting(&local).proxy(through(&local)).build().unwrap();
    let post = || {
        let request = client.post("https://discord.com/api/v10/channels/1/messages");
        request.header("Authorization", format!("Bot {}", local.token)).json(&json!({})).send()
    };
    assert_eq!(post().await.unwrap().status(), 200);
    once(&local, Effect::Reset);
    let error = post().await.unwrap_err();
    assert!(was_reset(&error), "{error:?}");
    assert_eq!(local.messages(), 1);
}

/// Whether a TCP reset is what an error comes from.
fn was_reset(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::ConnectionReset) {
            return true;
        }
        cause = error.source();
    }
    false
}

#[tokio::test]
async fn a_hang_ends_when_the_client_leaves_or_its_time_is_over() {
    let local = Local::start().await;
    let id = once(&local, Effect::Hang { max_ms: 3_600_000 });
    let mut patient = local.raw(&local.raw_message()).await;
    let met = async {
        while local.sandbox.faults.list()[0].hits == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, met).await.unwrap();
    local.advance_ms(3_600_000);
    assert_eq!(read_to_end(&mut patient).await.1.unwrap_err().kind(), ErrorKind::ConnectionReset);
    local.sandbox.faults.remove(id);

    once(&local, Effect::Hang { max_ms: 3_600_000 });
    let hasty =
        local.bot(Method::POST, "/channels/1/messages").timeout(Duration::from_millis(200)).json(&json!({}));
    assert!(hasty.send().await.unwrap_err().is_timeout());
    let left = async {
        while local.sandbox.journal.counts().unanswered < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(BOUND, left).await.unwrap();
    assert_eq!(local.messages(), 0);
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_it_holds() {
    let local = Local::start().await;
    once(&local, Effect::Truncate { bytes: Some(10) });
    let (text, _) = raw(&local).await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"));
    let promised: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), 10);
    assert!(promised > 10);
    once(&local, Effect::Truncate { bytes: None });
    let answer = local.post_message(1).await;
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap_err();
    assert_eq!(local.messages(), 2);
}

#[tokio::test]
async fn a_slow_answer_comes_in_pieces() {
    let local = Local::start().await;
    once(&local, Effect::SlowBody { ms: 3_600_000 });
    let mut tcp = local.raw(&local.raw_message()).await;
    let mut seen = Vec::new();
    let head = async {
        while !seen.ends_with(b"\r\n\r\n") {
            seen.push(tcp.read_u8().await.unwrap());
        }
    };
    tokio::time::timeout(BOUND, head).await.unwrap();
    // Time passes, and one piece after the other arrives.
    let mut pieces = 0;
    let mut body = Vec::new();
    while serde_json::from_slice::<serde_json::Value>(&body).is_err() {
        local.advance_ms(360_000);
        let mut piece = [0; 1024];
        let read = tokio::time::timeout(BOUND, tcp.read(&mut piece)).await.unwrap().unwrap();
        assert_ne!(read, 0);
        body.extend_from_slice(&piece[..read]);
        pieces += 1;
    }
    assert!(pieces > 5, "{pieces}");
}

#[tokio::test]
async fn an_answer_can_claim_another_type() {
    let local = Local::start().await;
    once(&local, Effect::ContentType { value: "text/html".into() });
    let answer = local.post_message(1).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, Some("text/html")));
}

#[tokio::test]
async fn faults_add_up_in_their_order() {
    let local = Local::start().await;
    once(&local, Effect::Latency { ms: 1, jitter_ms: 0 });
    once(&local, Effect::Status { status: 500, body: ErrorBody::Json });
    once(&local, Effect::ContentType { value: "text/plain".into() });
    let answer = local.post_message(1).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (500, Some("text/plain")));
    assert_eq!(local.sandbox.journal.entries(&Filter::default())[0].faults, [1, 2, 3]);
}
