//! Compression of every kind, over a whole session.

use serde_json::json;
use troupe_sandbox::gateway::intents;

use crate::client::Client;
use crate::server::Server;

/// Reads a session's beginning, a heartbeat, a small event and a large one.
async fn session(server: &Server, client: &mut Client) -> [bool; 3] {
    client.identify(server, json!({ "intents": intents::GUILDS, "compress": true })).await;
    client.event("READY").await;
    let ready = client.was_binary;
    client.event("GUILD_CREATE").await;
    client.send(json!({ "op": 1, "d": client.seq })).await;
    assert_eq!(client.next().await["op"], 11);
    server.tell("INTERACTION_CREATE", json!({ "id": "1" }));
    assert_eq!(client.event("INTERACTION_CREATE").await["id"], "1");
    let small = client.was_binary;
    let text = "Ünïcode ✨ ".repeat(20_000);
    server.tell("INTERACTION_CREATE", json!({ "id": "2", "text": text }));
    assert_eq!(client.event("INTERACTION_CREATE").await["text"], text);
    [ready, small, client.was_binary]
}

#[tokio::test]
async fn transport_compression_is_one_stream() {
    for compress in ["zlib-stream", "zstd-stream"] {
        let server = Server::start().await;
        server.add_guilds(1, &[0]);
        let mut client = Client::connect(&server, &format!("v=10&encoding=json&compress={compress}")).await;
        assert!(client.was_binary, "from hello on");
        assert_eq!(session(&server, &mut client).await, [true; 3]);
        assert_eq!(server.session().compress, compress);
    }
}

#[tokio::test]
async fn payload_compression_packs_ready_and_what_is_large() {
    let server = Server::start().await;
    server.add_guilds(1, &[0]);
    let mut client = server.connect().await;
    assert!(!client.was_binary);
    assert_eq!(session(&server, &mut client).await, [true, false, true]);
    assert_eq!(server.session().compress, "payload");
}

#[tokio::test]
async fn without_compression_everything_is_text() {
    let server = Server::start().await;
    let (client, _) = server.identified(0).await;
    assert!(!client.was_binary);
    assert_eq!(server.session().compress, "none");
}
