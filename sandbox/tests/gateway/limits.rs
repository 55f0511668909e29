//! How often, and how many at a time, sessions may start.

use std::time::Duration;

use serde_json::json;
use troupe_sandbox::rules::Rule;

use crate::client::Client;
use crate::server::Server;

/// Identifies as a shard of four; gives the connection, and whether it got a session.
async fn start(server: &Server, shard: u64) -> (Client, bool) {
    let mut client = server.connect().await;
    client.identify(server, json!({ "shard": [shard, 4] })).await;
    let answer = client.next().await;
    let began = answer["t"] == "READY";
    assert!(began || (answer["op"] == 9 && answer["d"] == false), "{answer}");
    (client, began)
}

#[tokio::test]
async fn max_concurrency_keeps_the_shards_of_a_bucket_apart() {
    let server = Server::start().await;
    server.sandbox.hub.set_max_concurrency(server.app, 2);
    assert!(start(&server, 0).await.1);
    assert!(start(&server, 1).await.1, "another bucket");
    let (mut client, began) = start(&server, 2).await;
    assert!(!began, "too soon after shard 0");
    server.sandbox.clock.advance(Duration::from_secs(5));
    client.identify(&server, json!({ "shard": [2, 4] })).await;
    client.event("READY").await;
    assert_eq!(server.sandbox.hub.sessions().len(), 3);
}

#[tokio::test]
async fn starts_are_counted_and_end() {
    let server = Server::start().await;
    let limit = server.sandbox.hub.start_limit(server.app);
    assert_eq!((limit.total, limit.remaining, limit.max_concurrency), (1000, 1000, 1));
    server.sandbox.hub.set_max_concurrency(server.app, 1);
    for n in 0..1000 {
        let (client, began) = start(&server, 0).await;
        assert!(began, "start {n}");
        client.leave(1000).await;
        server.sandbox.clock.advance(Duration::from_secs(5));
    }
    assert_eq!(server.sandbox.hub.start_limit(server.app).remaining, 0);
    let mut client = server.connect().await;
    client.identify(&server, json!({})).await;
    assert_eq!(u16::from(client.closed().await.code), 4004);
    server.sandbox.clock.advance(Duration::from_secs(86_400));
    assert!(start(&server, 0).await.1);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let server = Server::granting(0).await;
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    for _ in 0..3 {
        let mut client = server.connect().await;
        client.identify(&server, json!({ "intents": 1 << 15 })).await;
        client.event("READY").await;
    }
    assert_eq!(server.sandbox.hub.start_limit(server.app).remaining, 1000);
}
