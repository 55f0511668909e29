//! Every close code, for what it is meant for.

use std::time::Duration;

use serde_json::{Value, json};
use troupe_sandbox::gateway::intents;
use troupe_sandbox::rules::Rule;

use crate::client::Client;
use crate::server::Server;

/// Connects, sends payloads, and gives the code that the connection is closed with.
async fn code_after(server: &Server, payloads: &[Value]) -> u16 {
    let mut client = server.connect().await;
    for payload in payloads {
        client.send(payload.clone()).await;
    }
    client.closed().await.code.into()
}

fn identify(server: &Server, more: &Value) -> Value {
    let mut data = json!({ "token": server.token, "intents": 0, "properties": {} });
    data.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({ "op": 2, "d": data })
}

#[tokio::test]
async fn opcodes_are_known_and_come_in_order() {
    let server = Server::start().await;
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    let hello = identify(&server, &json!({}));
    for unknown in [0, 5, 7, 9, 10, 11, 77, 300] {
        assert_eq!(code_after(&server, &[json!({ "op": unknown, "d": {} })]).await, 4001, "op {unknown}");
    }
    for early in [3, 4, 8, 31, 43] {
        assert_eq!(code_after(&server, &[json!({ "op": early, "d": {} })]).await, 4003, "op {early}");
    }
    assert_eq!(code_after(&server, &[hello.clone(), hello.clone()]).await, 4005);
    let resume = json!({ "op": 6, "d": { "token": server.token, "session_id": "x", "seq": 1 } });
    assert_eq!(code_after(&server, &[hello, resume]).await, 4005);
}

#[tokio::test]
async fn what_cannot_be_decoded_is_named() {
    let server = Server::start().await;
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    let hello = identify(&server, &json!({}));
    let wrong = [
        vec![json!([])],
        vec![json!({ "d": 1 })],
        vec![json!({ "op": "2" })],
        vec![json!({ "op": 1, "d": "x" })],
        vec![json!({ "op": 2, "d": { "token": 5 } })],
        vec![json!({ "op": 6, "d": {} })],
        vec![hello.clone(), json!({ "op": 3, "d": null })],
        vec![hello.clone(), json!({ "op": 8, "d": { "guild_id": "1" } })],
        vec![hello, json!({ "op": 1, "d": 1, "x": "x".repeat(5000) })],
    ];
    for payloads in wrong {
        assert_eq!(code_after(&server, &payloads).await, 4002, "{payloads:?}");
    }
    let mut client = server.connect().await;
    client.send_text("{\"op\":".into()).await;
    let frame = client.closed().await;
    assert_eq!(u16::from(frame.code), 4002);
    assert!(frame.reason.contains("EOF"), "says what is wrong: {}", frame.reason);
}

#[tokio::test]
async fn a_token_is_known_with_or_without_its_prefix() {
    let server = Server::start().await;
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    assert_eq!(code_after(&server, &[identify(&server, &json!({ "token": "Bot nobody" }))]).await, 4004);
    let mut client = server.connect().await;
    client.identify(&server, json!({ "token": format!("Bot {}", server.token) })).await;
    client.event("READY").await;
    let resume = json!({ "op": 6, "d": { "token": "nobody", "session_id": "x", "seq": 1 } });
    assert_eq!(code_after(&server, &[resume]).await, 4004);
}

#[tokio::test]
async fn shards_and_intents_are_checked() {
    let server = Server::granting(intents::GUILD_MEMBERS).await;
    for (more, code) in [
        (json!({ "shard": [1, 1] }), 4010),
        (json!({ "shard": "0" }), 4010),
        (json!({ "intents": 1 << 17 }), 4013),
        (json!({ "intents": null }), 4013),
        (json!({ "intents": intents::MESSAGE_CONTENT }), 4014),
        (json!({ "intents": intents::GUILD_MEMBERS | intents::GUILD_PRESENCES }), 4014),
    ] {
        assert_eq!(code_after(&server, &[identify(&server, &more)]).await, code, "{more}");
    }
    // None of these counts as a start: the next one may come at once.
    server.identified(intents::GUILD_MEMBERS).await;
}

#[tokio::test]
async fn over_2500_guilds_need_shards() {
    let server = Server::start().await;
    server.add_guilds(1, &vec![0; 2501]);
    server.sandbox.hub.set_max_concurrency(server.app, 2);
    assert_eq!(code_after(&server, &[identify(&server, &json!({}))]).await, 4011);
    let mut client = server.connect().await;
    client.identify(&server, json!({ "shard": [0, 2] })).await;
    let ready = client.event("READY").await;
    assert_eq!(ready["guilds"].as_array().expect("a list").len(), 1250);
}

#[tokio::test]
async fn another_version_or_encoding_is_not_spoken() {
    let server = Server::start().await;
    for (query, code) in
        [("v=9&encoding=json", 4012), ("v=10&encoding=etf", 4002), ("v=10&compress=lz4", 4002)]
    {
        let mut client = Client::open(&server, query).await;
        assert_eq!(u16::from(client.closed().await.code), code, "{query}");
    }
    Client::connect(&server, "").await;
}

#[tokio::test]
async fn more_than_120_payloads_in_a_minute_are_too_many() {
    let server = Server::start().await;
    let beat = json!({ "op": 1, "d": null });
    let mut client = server.connect().await;
    for _ in 0..120 {
        client.send(beat.clone()).await;
        assert_eq!(client.next().await["op"], 11);
    }
    server.sandbox.clock.advance(Duration::from_secs(60));
    for _ in 0..120 {
        client.send(beat.clone()).await;
        assert_eq!(client.next().await["op"], 11);
    }
    client.send(beat.clone()).await;
    assert_eq!(u16::from(client.closed().await.code), 4008);

    server.sandbox.rules.set(Rule::GatewayLimits, false);
    let mut client = server.connect().await;
    for _ in 0..130 {
        client.send(beat.clone()).await;
        assert_eq!(client.next().await["op"], 11);
    }
}

#[tokio::test]
async fn silence_is_timed_out_and_heartbeats_keep_alive() {
    let server = Server::start().await;
    server.sandbox.hub.set_heartbeat_interval(Duration::from_secs(1));
    let (mut client, ready) = server.identified(0).await;
    assert_eq!(client.heartbeat_interval, 1000);
    // These beats take longer than a silent connection lives (1.5 s).
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(600)).await;
        client.send(json!({ "op": 1, "d": client.seq })).await;
        assert_eq!(client.next().await["op"], 11);
    }
    assert_eq!(u16::from(client.closed().await.code), 4009);
    server.sandbox.hub.set_heartbeat_interval(Duration::from_secs(40));
    let mut again = server.connect().await;
    again.resume(&server, &ready["session_id"], client.seq).await;
    again.event("RESUMED").await;
}
