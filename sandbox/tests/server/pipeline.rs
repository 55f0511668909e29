//! What becomes of a request before and after its handler.

use std::sync::Arc;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use troupe_sandbox::journal::Filter;
use troupe_sandbox::rest::body;
use troupe_sandbox::rest::request::Caller;
use troupe_sandbox::rules::Rule;

use crate::support::{BOUND, Local, header, outcome};

#[tokio::test]
async fn a_handler_is_given_caller_and_body() {
    let local = Local::start().await;
    let form = Form::new()
        .text("payload_json", r#"{"content":"hi"}"#)
        .part("files[7]", Part::bytes(vec![1, 2, 3]).file_name("a.bin"));
    let answer = local.bot(Method::POST, "/channels/41/messages").multipart(form).send().await.unwrap();
    let caller = format!("{:?}", Caller::Bot(local.app));
    let expected = json!({
        "channel_id": "41", "caller": caller, "json": {"content": "hi"}, "files": [[7, "a.bin", 3]],
    });
    assert_eq!(outcome(answer).await, (200, expected));
}

#[tokio::test]
async fn tokens_are_checked_where_they_count() {
    let local = Local::start().await;
    let unauthorized = (401, json!({"message": "401: Unauthorized", "code": 0}));
    let me = || local.anonymous(Method::GET, "/users/@me");
    assert_eq!(outcome(local.bot(Method::GET, "/users/@me").send().await.unwrap()).await.0, 200);
    for authorization in ["Bot nonsense", "Bot ", "Bearer x", &local.token.clone()] {
        let answer = me().header("Authorization", authorization).send().await.unwrap();
        assert_eq!(outcome(answer).await, unauthorized, "{authorization}");
    }
    assert_eq!(outcome(me().send().await.unwrap()).await, unauthorized);
    // A webhook's token stands for itself; clients that know nothing else send an empty one.
    for path in ["/webhooks/1/abc", "/interactions/1/abc/callback"] {
        let answer =
            local.anonymous(Method::POST, path).header("Authorization", "Bot ").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn unknown_routes_and_methods_are_answered_and_recorded() {
    let local = Local::start().await;
    let root = format!("http://{}", local.running.addr());
    let missing = (404, json!({"message": "404: Not Found", "code": 0}));
    for path in
        ["/api/v10/nowhere", "/api/v10", "/api/v10/", "/api/v6/gateway", "/api/v10/channels/1/nothing?a=b"]
    {
        let answer = local.client.get(format!("{root}{path}")).send().await.unwrap();
        assert_eq!(outcome(answer).await, missing, "{path}");
        assert_eq!(local.sandbox.journal.unknown().last().unwrap().path, path);
    }
    let answer = local.bot(Method::DELETE, "/channels/1/typing").send().await.unwrap();
    assert_eq!(outcome(answer).await, (405, json!({"message": "405: Method Not Allowed", "code": 0})));
    let unknown = local.sandbox.journal.unknown();
    assert_eq!(unknown.last().unwrap().template.as_deref(), Some("/channels/{channel_id}/typing"));
    assert_eq!(local.sandbox.journal.counts().unknown, 6);

    let options = local.anonymous(Method::OPTIONS, "/channels/1/typing").send().await.unwrap();
    assert_eq!((options.status().as_u16(), header(&options, "allow")), (204, Some("POST")));
    let head = local.anonymous(Method::HEAD, "/gateway").send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (200, String::new()));
    assert_eq!(local.sandbox.journal.counts().unknown, 6);
}

#[tokio::test]
async fn bad_bodies_are_refused_as_discord_does() {
    let local = Local::start().await;
    let post = || local.bot(Method::POST, "/channels/1/messages");
    let invalid = (400, json!({"message": "The request body contains invalid JSON.", "code": 50109}));
    let answer = post().header("Content-Type", "application/json").body("{\"content\"").send().await.unwrap();
    assert_eq!(header(&answer, "x-ratelimit-remaining"), Some("4"));
    assert_eq!(outcome(answer).await, invalid);
    let answer =
        post().header("Content-Type", "multipart/form-data; boundary=x").body("--x").send().await.unwrap();
    assert_eq!(outcome(answer).await, invalid);
    let (status, body) = outcome(post().body("hi").send().await.unwrap()).await;
    assert_eq!(
        (status, &body["code"], &body["errors"]["_errors"][0]["code"]),
        (400, &json!(50035), &json!("CONTENT_TYPE_INVALID"))
    );
    assert_eq!(local.messages(), 0);
}

#[tokio::test]
async fn a_body_of_25_mib_is_taken_and_a_longer_one_is_not() {
    let local = Local::start().await;
    let post = |size: usize| {
        let body = format!("\"{}\"", "a".repeat(size - 2));
        local
            .bot(Method::POST, "/channels/1/messages")
            .header("Content-Type", "application/json")
            .body(body)
            .send()
    };
    assert_eq!(post(body::MAX).await.unwrap().status(), 200);
    let refused = (413, json!({"message": "Request entity too large", "code": 40005}));
    assert_eq!(outcome(post(body::MAX + 1).await.unwrap()).await, refused);
    // Far too long, and sent without a stop: the answer still arrives.
    assert_eq!(outcome(post(2 * body::MAX).await.unwrap()).await, refused);
    assert_eq!(local.messages(), 1);
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_and_answered() {
    let local = Local::start().await;
    let form = Form::new()
        .text("payload_json", r#"{"content":"hi"}"#)
        .part("files[0]", Part::bytes(vec![0; 5]).file_name("a.png").mime_str("image/png").unwrap());
    let path = format!("/channels/41/messages?secret={}", local.token);
    local.bot(Method::POST, &path).multipart(form).send().await.unwrap();
    let filter = Filter::on(Method::POST, "/channels/{}/messages");
    let entry = tokio::time::timeout(BOUND, local.sandbox.journal.wait_for(&filter)).await.unwrap();
    let seen = serde_json::to_value(&*entry).unwrap();
    assert_eq!(seen["path"], "/api/v10/channels/41/messages?secret=[bot token]");
    assert_eq!(seen["template"], "/channels/{channel_id}/messages");
    assert_eq!(seen["caller"], format!("bot {}", local.app));
    assert_eq!(
        (&seen["method"], &seen["status"], &seen["remaining"]),
        (&json!("POST"), &json!(200), &json!(4))
    );
    assert_eq!(seen["request"], json!({"content": "hi"}));
    assert_eq!(
        seen["files"],
        json!([{"index": 0, "filename": "a.png", "content_type": "image/png", "size": 5}])
    );
    assert_eq!(seen["response"]["channel_id"], "41");
    assert!(!seen.to_string().contains(&local.token));

    local.sandbox.journal.set_recording(false);
    local.post_message(41).await;
    assert_eq!(local.sandbox.journal.entries(&Filter::default()).len(), 1);
    let counts = local.sandbox.journal.counts();
    assert_eq!((counts.total, counts.unknown, counts.by_status[&200]), (2, 0, 2));
}

#[tokio::test]
async fn a_client_that_leaves_is_recorded_too() {
    let local = Local::start().await;
    let waiting = tokio::spawn(local.anonymous(Method::GET, "/wait").send());
    local.seen.waiting.notified().await;
    waiting.abort();
    let filter = Filter::on(Method::GET, "/wait");
    let entry = local.sandbox.journal.wait_for(&filter);
    assert_eq!(tokio::time::timeout(BOUND, entry).await.unwrap().status, None);
    assert_eq!(local.sandbox.journal.counts().unanswered, 1);
}

#[tokio::test]
async fn violations_are_recorded_and_refused_on_demand() {
    let local = Local::start().await;
    local.sandbox.checks.install(Arc::new(|checked| {
        let fine = checked.body.json["content"] != Value::Null;
        if fine { Vec::new() } else { vec![format!("{}: no content", checked.route.template.unwrap())] }
    }));
    let post = || local.bot(Method::POST, "/channels/1/messages").json(&json!({})).send();
    assert_eq!(post().await.unwrap().status(), 200);
    local.post_message(1).await;
    let violations = local.sandbox.journal.violations();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].violations, ["/channels/{channel_id}/messages: no content"]);

    local.sandbox.checks.refuse_violations(true);
    let (status, body) = outcome(post().await.unwrap()).await;
    assert_eq!((status, &body["code"]), (400, &json!(50035)));
    assert_eq!(body["errors"]["_errors"][0]["code"], "OPENAPI_VIOLATION");
    local.sandbox.rules.set(Rule::OpenApi, false);
    assert_eq!(post().await.unwrap().status(), 200);
    assert_eq!(local.sandbox.journal.counts().violating, 2);
}
