//! Connections that end, and sessions that go on.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::client::Client;
use crate::server::Server;

fn invalid(resumable: bool) -> Value {
    json!({ "t": null, "s": null, "op": 9, "d": resumable })
}

/// A new connection that asks to go on after `seq`.
async fn resuming(server: &Server, ready: &Value, seq: u64) -> Client {
    let mut client = server.connect().await;
    client.resume(server, &ready["session_id"], seq).await;
    client
}

#[tokio::test]
async fn a_dropped_connection_is_reset_and_resumes_with_what_it_missed() {
    let server = Server::start().await;
    let (mut client, ready) = server.identified(0).await;
    server.tell("INTERACTION_CREATE", json!({ "id": "1" }));
    client.event("INTERACTION_CREATE").await;
    assert_eq!(server.sandbox.hub.drop_connections(server.everywhere()), 1);
    match client.broken().await {
        Error::Io(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        other => panic!("no reset: {other}"),
    }
    server.sessions(|sessions| !sessions[0].connected).await;
    server.tell("INTERACTION_CREATE", json!({ "id": "2" }));
    server.tell("INTERACTION_CREATE", json!({ "id": "3" }));

    let mut again = resuming(&server, &ready, client.seq).await;
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], "2");
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], "3");
    again.event("RESUMED").await;
    assert_eq!(again.seq, 5, "numbers go on");
    server.tell("INTERACTION_CREATE", json!({ "id": "4" }));
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], "4");
    let session = server.session();
    assert_eq!((session.connected, session.resumed, session.seq), (true, 1, 6));
}

#[tokio::test]
async fn what_was_written_but_not_received_is_replayed() {
    let server = Server::start().await;
    let (mut client, ready) = server.identified(0).await;
    for n in 1..=3 {
        server.tell("INTERACTION_CREATE", json!({ "id": n.to_string() }));
        client.event("INTERACTION_CREATE").await;
    }
    // A second connection takes over; the first, still open, is cut off.
    let mut again = resuming(&server, &ready, 2).await;
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], "2");
    assert_eq!(again.event("INTERACTION_CREATE").await["id"], "3");
    again.event("RESUMED").await;
    client.broken().await;
    // What a heartbeat says has arrived is forgotten.
    again.send(json!({ "op": 1, "d": 4 })).await;
    assert_eq!(again.next().await["op"], 11);
    let mut late = resuming(&server, &ready, 2).await;
    assert_eq!(late.next().await, invalid(false));
}

#[tokio::test]
async fn a_seq_from_the_future_is_invalid() {
    let server = Server::start().await;
    let (_client, ready) = server.identified(0).await;
    let mut again = resuming(&server, &ready, 99).await;
    assert_eq!(u16::from(again.closed().await.code), 4007);
    assert_eq!(resuming(&server, &ready, 1).await.next().await, invalid(false), "and ends the session");
}

#[tokio::test]
async fn an_unknown_session_is_invalid_and_the_connection_may_identify() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.resume(&server, &json!("nonsense"), 1).await;
    assert_eq!(client.next().await, invalid(false));
    client.identify(&server, json!({})).await;
    client.event("READY").await;
}

#[tokio::test]
async fn a_session_belongs_to_its_application() {
    let server = Server::start().await;
    let (_client, ready) = server.identified(0).await;
    let token = server.sandbox.change(|world| {
        let owner = world.add_user("Eve", "en-US");
        world.add_app("Other", owner, 0).1
    });
    let mut thief = server.connect().await;
    thief
        .send(json!({ "op": 6, "d": { "token": token, "session_id": ready["session_id"], "seq": 1 } }))
        .await;
    assert_eq!(thief.next().await, invalid(false));
    assert!(server.session().connected);
}

#[tokio::test]
async fn a_session_without_a_connection_expires() {
    let server = Server::start().await;
    let (client, ready) = server.identified(0).await;
    drop(client);
    server.sessions(|sessions| !sessions[0].connected).await;
    server.sandbox.clock.advance(Duration::from_secs(179));
    let mut again = resuming(&server, &ready, 1).await;
    again.event("RESUMED").await;
    drop(again);
    server.sessions(|sessions| !sessions[0].connected).await;
    server.sandbox.clock.advance(Duration::from_secs(181));
    assert_eq!(server.sandbox.hub.sessions(), []);
    assert_eq!(resuming(&server, &ready, 2).await.next().await, invalid(false));
}

#[tokio::test]
async fn a_goodbye_ends_the_session_and_another_code_does_not() {
    let server = Server::start().await;
    let (client, ready) = server.identified(0).await;
    client.leave(4000).await;
    let mut again = resuming(&server, &ready, 1).await;
    again.event("RESUMED").await;
    again.leave(1000).await;
    server.sessions(<[_]>::is_empty).await;
    assert_eq!(resuming(&server, &ready, 2).await.next().await, invalid(false));
}

#[tokio::test]
async fn closing_by_command_keeps_the_session_where_discord_does() {
    let server = Server::start().await;
    let (mut client, ready) = server.identified(0).await;
    server.sandbox.hub.close(server.everywhere(), 4000);
    assert_eq!(u16::from(client.closed().await.code), 4000);
    let mut again = resuming(&server, &ready, 1).await;
    again.event("RESUMED").await;
    server.sandbox.hub.close(server.everywhere().shard(0), 4004);
    assert_eq!(u16::from(again.closed().await.code), 4004);
    assert_eq!(resuming(&server, &ready, 2).await.next().await, invalid(false));
}

#[tokio::test]
async fn reconnect_and_invalid_session_by_command() {
    let server = Server::start().await;
    let (mut client, ready) = server.identified(0).await;
    let hub = &server.sandbox.hub;
    assert_eq!(hub.reconnect(server.everywhere().shard(1)), 0, "there is no such shard");
    assert_eq!(hub.reconnect(server.everywhere()), 1);
    assert_eq!(client.next().await, json!({ "t": null, "s": null, "op": 7, "d": null }));
    hub.invalidate(server.everywhere(), true);
    assert_eq!(client.next().await, invalid(true));
    client.send(json!({ "op": 3, "d": {} })).await;
    assert_eq!(u16::from(client.closed().await.code), 4003, "without a session");
    let mut again = resuming(&server, &ready, 1).await;
    again.event("RESUMED").await;
    hub.invalidate(server.everywhere(), false);
    assert_eq!(again.next().await, invalid(false));
    assert_eq!(hub.sessions(), []);
    assert_eq!(resuming(&server, &ready, 2).await.next().await, invalid(false));
}

#[tokio::test]
async fn stopping_says_goodbye_to_everyone() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(0).await;
    let mut stranger = server.connect().await;
    let hub = &server.sandbox.hub;
    let ((), first, second) = tokio::join!(hub.stop(), client.closed(), stranger.closed());
    assert_eq!([first, second].map(|frame| u16::from(frame.code)), [1001, 1001]);
}
