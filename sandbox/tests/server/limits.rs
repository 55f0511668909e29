//! Each limit as a client meets it, with the clock pushed forward in place of waiting.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::json;
use troupe_sandbox::limits::BanPolicy;
use troupe_sandbox::rules::Rule;

use crate::support::{Local, header, outcome};

/// A number with exactly three decimals, in milliseconds.
fn milliseconds(text: &str) -> u64 {
    let (whole, decimals) = text.split_once('.').unwrap();
    assert_eq!(decimals.len(), 3, "{text}");
    format!("{whole}{decimals}").parse().unwrap()
}

#[tokio::test]
async fn five_messages_in_five_seconds_with_discords_headers() {
    let local = Local::start().await;
    let mut bucket = String::new();
    for remaining in ["4", "3", "2", "1", "0"] {
        let answer = local.post_message(1).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "x-ratelimit-limit"), Some("5"));
        assert_eq!(header(&answer, "x-ratelimit-remaining"), Some(remaining));
        let reset = milliseconds(header(&answer, "x-ratelimit-reset").unwrap());
        let after = milliseconds(header(&answer, "x-ratelimit-reset-after").unwrap());
        assert!(after <= 5000 && reset.abs_diff(local.sandbox.clock.now_ms() + after) < 4000);
        bucket = header(&answer, "x-ratelimit-bucket").unwrap().to_owned();
        assert_eq!(header(&answer, "x-ratelimit-scope"), None);
        assert_eq!(header(&answer, "retry-after"), None);
        assert_eq!(header(&answer, "via"), Some("1.1 google"));
    }
    let refused = local.post_message(1).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(header(&refused, "x-ratelimit-limit"), Some("5"));
    assert_eq!(header(&refused, "x-ratelimit-remaining"), Some("0"));
    assert_eq!(header(&refused, "x-ratelimit-bucket"), Some(bucket.as_str()));
    assert_eq!(header(&refused, "x-ratelimit-scope"), Some("user"));
    assert_eq!(header(&refused, "x-ratelimit-global"), None);
    assert_eq!(header(&refused, "via"), Some("1.1 google"));
    let after = milliseconds(header(&refused, "x-ratelimit-reset-after").unwrap());
    assert_eq!(header(&refused, "retry-after").unwrap().parse(), Ok(after.div_ceil(1000)));
    let (_, body) = outcome(refused).await;
    let retry_after = body["retry_after"].as_f64().unwrap();
    assert!((retry_after * 1000.0).round().to_string() == after.to_string(), "{retry_after} {after}");
    assert_eq!(
        body,
        json!({"message": "You are being rate limited.", "retry_after": retry_after, "global": false})
    );
    assert_eq!(local.messages(), 5);

    // Another channel has a bucket of its own, of the same name.
    let other = local.post_message(2).await;
    assert_eq!(other.status(), 200);
    assert_eq!(header(&other, "x-ratelimit-remaining"), Some("4"));
    assert_eq!(header(&other, "x-ratelimit-bucket"), Some(bucket.as_str()));

    local.advance_ms(after);
    assert_eq!(local.post_message(1).await.status(), 200);
    assert_eq!(local.sandbox.journal.counts().rate_limited(), 1);
}

/// How many of 60 requests pass, and the limit that the headers tell.
async fn passed(local: &Local, method: Method, path: &str, body: Option<&str>) -> (usize, Option<u32>) {
    let (mut passed, mut limit) = (0, None);
    for _ in 0..60 {
        let mut request = local.bot(method.clone(), path);
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_owned());
        }
        let answer = request.send().await.unwrap();
        passed += usize::from(answer.status() == 200);
        limit = header(&answer, "x-ratelimit-limit").map(|text| text.parse().unwrap());
    }
    (passed, limit)
}

/// Makes windows long, so that a slow machine sees the same as a fast one.
fn lengthen(local: &Local, routes: &[(&str, &str, u32)]) {
    for (method, template, limit) in routes {
        local.sandbox.limits.set(method, template, *limit, 600_000).unwrap();
    }
}

#[tokio::test]
async fn each_route_has_its_limit() {
    let local = Local::start().await;
    local.sandbox.rules.set(Rule::GlobalLimit, false);
    let (post, patch, put, delete) = (Method::POST, Method::PATCH, Method::PUT, Method::DELETE);
    lengthen(
        &local,
        &[
            ("DELETE", "/channels/{}/messages/{}", 5),
            ("POST", "/channels/{}/messages/bulk-delete", 1),
            ("PUT", "/channels/{}/messages/{}/reactions/{}/@me", 1),
            ("POST", "/webhooks/{}/{}", 5),
            ("GET", "/users/@me", 50),
        ],
    );
    assert_eq!(passed(&local, delete, "/channels/1/messages/2", None).await, (5, Some(5)));
    assert_eq!(passed(&local, post.clone(), "/channels/1/messages/bulk-delete", None).await, (1, Some(1)));
    assert_eq!(
        passed(&local, put, "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me", None).await,
        (1, Some(1))
    );
    let remove = local.bot(Method::DELETE, "/channels/1/messages/3/reactions/x/@me").send().await.unwrap();
    assert_eq!(remove.status(), 429, "reactions share a bucket");
    assert_eq!(passed(&local, Method::GET, "/users/@me", None).await, (50, Some(50)));
    assert_eq!(passed(&local, patch, "/channels/1", Some(r#"{"name":"new"}"#)).await, (2, Some(2)));
    let topicless =
        local.bot(Method::PATCH, "/channels/1").json(&json!({"nsfw": true})).send().await.unwrap();
    assert_eq!(topicless.status(), 200, "other changes of a channel have a bucket of their own");

    // A webhook is its id and token; whose token calls makes no difference.
    assert_eq!(passed(&local, post.clone(), "/webhooks/1/abc", None).await, (5, Some(5)));
    let stranger = local.anonymous(Method::POST, "/webhooks/1/abc").send().await.unwrap();
    assert_eq!(stranger.status(), 429);
    assert_eq!(local.anonymous(Method::POST, "/webhooks/1/def").send().await.unwrap().status(), 200);

    assert_eq!(passed(&local, post, "/interactions/1/abc/callback", None).await, (60, None));
}

#[tokio::test]
async fn the_real_routes_have_these_limits_too() {
    let local = Local::with(troupe_sandbox::rest::routes()).await;
    let follow_up = format!("/webhooks/{}/abc", local.app);
    let answer_of = format!("{follow_up}/messages/@original");
    for (method, path, limit, window) in [
        ("POST", "/channels/1/messages", "5", "5.000"),
        ("PATCH", "/channels/1/messages/2", "5", "5.000"),
        ("DELETE", "/channels/1/messages/2", "5", "1.000"),
        ("POST", "/channels/1/messages/bulk-delete", "1", "1.000"),
        ("POST", "/channels/1/typing", "5", "5.000"),
        ("PUT", "/channels/1/messages/2/reactions/x/@me", "1", "0.250"),
        ("DELETE", "/channels/2/messages/2/reactions/x/@me", "1", "0.250"),
        ("DELETE", "/channels/3/messages/2/reactions/x/4", "1", "0.250"),
        ("DELETE", "/channels/4/messages/2/reactions/x", "1", "0.250"),
        ("DELETE", "/channels/5/messages/2/reactions", "1", "0.250"),
        ("PATCH", "/channels/1", "2", "600.000"),
        ("POST", "/webhooks/1/abc", "5", "2.000"),
        ("PATCH", "/webhooks/1/abc/messages/2", "5", "5.000"),
        ("POST", &follow_up, "5", "5.000"),
        ("PATCH", &answer_of, "5", "5.000"),
        ("GET", "/users/@me", "50", "1.000"),
    ] {
        let request = local.bot(method.parse().unwrap(), path).json(&json!({"name": "new"}));
        let answer = request.send().await.unwrap();
        let found = ["limit", "reset-after"].map(|name| header(&answer, &format!("x-ratelimit-{name}")));
        assert_eq!(found, [Some(limit), Some(window)], "{method} {path}: {}", answer.status());
    }
    assert_eq!(local.sandbox.journal.counts().unknown, 0);
}

#[tokio::test]
async fn a_bucket_opens_again_when_its_window_ends() {
    let local = Local::start().await;
    for (method, path, window_ms) in [
        (Method::PUT, "/channels/1/messages/2/reactions/x/@me", 250),
        (Method::POST, "/channels/1/messages/bulk-delete", 1000),
        (Method::PATCH, "/channels/1/messages/2", 5000),
        (Method::POST, "/channels/1/typing", 5000),
        (Method::POST, "/webhooks/1/abc", 2000),
        (Method::PATCH, "/webhooks/1/abc/messages/@original", 5000),
    ] {
        let first = local.bot(method.clone(), path).send().await.unwrap();
        let reset_after = milliseconds(header(&first, "x-ratelimit-reset-after").unwrap());
        assert_eq!(reset_after, window_ms, "{method} {path}");
        let limit = header(&first, "x-ratelimit-limit").unwrap().to_owned();
        local.advance_ms(window_ms);
        let next = local.bot(method.clone(), path).send().await.unwrap();
        let remaining: u32 = header(&next, "x-ratelimit-remaining").unwrap().parse().unwrap();
        assert_eq!((remaining + 1).to_string(), limit, "{method} {path}");
    }
}

#[tokio::test]
async fn fifty_requests_a_second_in_all_but_for_interactions() {
    let local = Local::start().await;
    let mut refused = None;
    for channel in 0..2000 {
        let answer = local.post_message(channel).await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    // A slow machine may need more than one second's window to run into the limit, but runs into it.
    let refused = refused.expect("the limit was met");
    assert!(local.messages() >= 50);
    assert_eq!(header(&refused, "x-ratelimit-global"), Some("true"));
    assert_eq!(header(&refused, "x-ratelimit-scope"), Some("global"));
    assert_eq!(header(&refused, "retry-after"), Some("1"));
    assert_eq!(header(&refused, "x-ratelimit-limit"), None);
    let (_, body) = outcome(refused).await;
    let retry_after = body["retry_after"].as_f64().unwrap();
    assert!(retry_after > 0.0 && retry_after <= 1.0);
    assert_eq!(
        body,
        json!({"message": "You are being rate limited.", "retry_after": retry_after, "global": true})
    );

    local.advance_ms(1000);
    assert_eq!(local.post_message(1).await.status(), 200);
}

#[tokio::test]
async fn interactions_are_exempt_from_the_global_limit() {
    let local = Local::start().await;
    // Windows are a second long: with a limit of one, two requests of the same kind would meet it.
    local.sandbox.limits.set_global(1).unwrap();
    for n in 0..20 {
        for path in [format!("/interactions/{n}/abc/callback"), format!("/webhooks/{}/abc{n}", local.app)] {
            let answer = local.bot(Method::POST, &path).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
        }
    }
    // The bucket of a follow-up isn't a webhook's.
    let follow_up = local.bot(Method::POST, &format!("/webhooks/{}/new", local.app)).send().await.unwrap();
    assert_eq!(header(&follow_up, "x-ratelimit-reset-after"), Some("5.000"));
    let webhook = local.anonymous(Method::POST, "/webhooks/7/new").send().await.unwrap();
    assert_eq!(header(&webhook, "x-ratelimit-reset-after"), Some("2.000"));
}

#[tokio::test]
async fn limits_can_be_changed_forgotten_and_switched_off() {
    let local = Local::start().await;
    local.sandbox.limits.set("POST", "/channels/{channel_id}/messages", 1, 600_000).unwrap();
    assert_eq!(header(&local.post_message(1).await, "x-ratelimit-limit"), Some("1"));
    assert_eq!(local.post_message(1).await.status(), 429);
    local.sandbox.limits.forget();
    assert_eq!(local.post_message(1).await.status(), 200);
    assert_eq!(local.post_message(1).await.status(), 429);
    local.sandbox.rules.set(Rule::RouteLimits, false);
    let free = local.post_message(1).await;
    assert_eq!((free.status().as_u16(), header(&free, "x-ratelimit-limit")), (200, None));
    for (method, limit, window) in [("POST", 0, 1), ("POST", 1, 0), ("post", 1, 1), ("PO ST", 1, 1)] {
        local.sandbox.limits.set(method, "/gateway", limit, window).unwrap_err();
    }
    local.sandbox.limits.set_global(0).unwrap_err();
}

#[tokio::test]
async fn too_many_invalid_requests_bring_a_ban() {
    let local = Local::start().await;
    local.sandbox.limits.set_ban(BanPolicy { threshold: 3, window_ms: 600_000, ban_ms: 60_000 }).unwrap();
    let forbidden = || local.bot(Method::GET, "/forbidden").send();
    let me = || local.bot(Method::GET, "/users/@me").send();

    // Two, and a window later two more: no ban.
    for _ in 0..2 {
        assert_eq!(forbidden().await.unwrap().status(), 403);
    }
    local.advance_ms(600_000);
    for _ in 0..2 {
        assert_eq!(forbidden().await.unwrap().status(), 403);
    }
    assert_eq!(me().await.unwrap().status(), 200);
    assert_eq!(forbidden().await.unwrap().status(), 403);

    let banned = me().await.unwrap();
    assert_eq!(banned.status(), 429);
    assert!(matches!(header(&banned, "retry-after").unwrap().parse(), Ok(1..=60)));
    assert_eq!(header(&banned, "content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(header(&banned, "x-ratelimit-scope"), None);
    assert_eq!(header(&banned, "via"), None, "the answer comes from before Discord");
    assert_eq!(banned.text().await.unwrap(), "error code: 1015");
    // Each bears its own faults.
    assert_eq!(local.anonymous(Method::GET, "/gateway").send().await.unwrap().status(), 200);

    local.advance_ms(60_000);
    assert_eq!(me().await.unwrap().status(), 200);
    assert_eq!(local.seen.messages.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn wrong_tokens_are_held_against_the_address_and_shared_limits_against_nobody() {
    let local = Local::start().await;
    local.sandbox.limits.set_ban(BanPolicy { threshold: 2, window_ms: 600_000, ban_ms: 60_000 }).unwrap();
    let wrong = || local.anonymous(Method::GET, "/users/@me").header("Authorization", "Bot wrong").send();
    assert_eq!(wrong().await.unwrap().status(), 401);
    assert_eq!(wrong().await.unwrap().status(), 401);
    assert_eq!(wrong().await.unwrap().status(), 429);
    assert_eq!(local.bot(Method::GET, "/users/@me").send().await.unwrap().status(), 200);

    let shared = serde_json::from_value(json!({
        "effect": {"kind": "rate_limit", "retry_after_ms": 1337, "scope": "shared"}, "times": 5,
    }));
    local.sandbox.faults.add(shared.unwrap()).unwrap();
    for _ in 0..5 {
        let answer = local.bot(Method::GET, "/users/@me").send().await.unwrap();
        assert_eq!(header(&answer, "x-ratelimit-scope"), Some("shared"));
    }
    assert_eq!(local.bot(Method::GET, "/users/@me").send().await.unwrap().status(), 200);
}
