//! Faults by command, and what is recorded.

use std::time::{Duration, Instant};

use serde_json::json;
use troupe_sandbox::ids::Id;

use crate::server::Server;

#[tokio::test]
async fn a_zombie_gets_no_acknowledgement() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    let beat = json!({ "op": 1, "d": 1 });
    server.sandbox.hub.zombie(server.everywhere(), true);
    client.send(beat.clone()).await;
    // Payloads are answered in order, so this one's answer would come after the acknowledgement's.
    client.send(json!({ "op": 31, "d": { "guild_ids": [server.add_guilds(1, &[0])[0]] } })).await;
    client.event("SOUNDBOARD_SOUNDS").await;
    server.sandbox.hub.zombie(server.everywhere(), false);
    client.send(beat).await;
    assert_eq!(client.next().await, json!({ "t": null, "s": null, "op": 11, "d": null }));
}

#[tokio::test]
async fn a_resume_is_refused() {
    let server = Server::start().await;
    let (client, ready) = server.identified(0).await;
    server.sandbox.hub.refuse_resume(server.everywhere(), true);
    drop(client);
    let mut again = server.connect().await;
    again.resume(&server, &ready["session_id"], 1).await;
    assert_eq!(again.next().await["d"], false);
    assert_eq!(server.sandbox.hub.sessions(), []);
}

#[tokio::test]
async fn an_event_comes_twice_with_numbers_of_its_own() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    server.sandbox.hub.duplicate(server.everywhere(), "INTERACTION_CREATE", 1);
    server.tell("ENTITLEMENT_CREATE", json!({ "id": "0" }));
    server.tell("INTERACTION_CREATE", json!({ "id": "1" }));
    server.tell("INTERACTION_CREATE", json!({ "id": "2" }));
    client.event("ENTITLEMENT_CREATE").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(client.event("INTERACTION_CREATE").await["id"].clone());
    }
    assert_eq!(ids, ["1", "1", "2"]);
    assert_eq!(client.seq, 5);
}

#[tokio::test]
async fn a_delayed_event_is_overtaken_and_comes_when_it_is_due() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    let hub = &server.sandbox.hub;
    hub.delay(server.everywhere(), "INTERACTION_CREATE", Duration::from_secs(3600));
    server.tell("INTERACTION_CREATE", json!({ "id": "1" }));
    server.tell("ENTITLEMENT_CREATE", json!({}));
    client.event("ENTITLEMENT_CREATE").await;
    server.sandbox.clock.advance(Duration::from_secs(3601));
    assert_eq!(client.event("INTERACTION_CREATE").await["id"], "1");
    hub.delay(server.everywhere(), "INTERACTION_CREATE", Duration::ZERO);
    server.tell("INTERACTION_CREATE", json!({ "id": "2" }));
    client.event("INTERACTION_CREATE").await;
}

#[tokio::test]
async fn a_heartbeat_can_be_asked_for() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    assert_eq!(server.sandbox.hub.heartbeat_now(server.everywhere()), 1);
    assert_eq!(client.next().await, json!({ "t": null, "s": null, "op": 1, "d": null }));
}

#[tokio::test]
async fn an_interaction_is_timed_when_it_is_written() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    let before = Instant::now();
    assert_eq!(server.sandbox.hub.sent_at(Id(77)), None);
    server.tell("INTERACTION_CREATE", json!({ "id": "77" }));
    client.event("INTERACTION_CREATE").await;
    let sent = server.sandbox.hub.sent_at(Id(77)).expect("was written");
    assert!(before <= sent && sent <= Instant::now());
}
