//! What a session is told: READY, its guilds, and events by shard and intent.

use serde_json::{Value, json};
use troupe_sandbox::gateway::{Audience, intents};
use troupe_sandbox::ids::Id;
use troupe_sandbox::rules::Rule;

use crate::client::Client;
use crate::server::Server;

/// Identifies as one shard of two.
async fn shard(server: &Server, number: u64) -> (Client, Value) {
    let mut client = server.connect().await;
    client.identify(server, json!({ "intents": intents::GUILDS, "shard": [number, 2] })).await;
    let ready = client.event("READY").await;
    (client, ready)
}

#[tokio::test]
async fn ready_says_who_where_and_how_to_resume() {
    let server = Server::granting(intents::MESSAGE_CONTENT).await;
    let guilds = server.add_guilds(1, &[0, 0]);
    let (mut client, ready) = server.identified(intents::GUILDS).await;
    assert_eq!(ready["v"], 10);
    assert_eq!(ready["user"]["id"], json!(server.app));
    assert_eq!(ready["application"], json!({ "id": server.app, "flags": 1 << 19 }));
    assert_eq!(ready["resume_gateway_url"], format!("ws://{}", server.address));
    assert_eq!(ready["session_id"], server.session().session_id);
    assert_eq!(ready.get("shard"), None, "not asked for");
    let stubs: Vec<_> = guilds.iter().map(|id| json!({ "id": id, "unavailable": true })).collect();
    assert_eq!(ready["guilds"], json!(stubs));
    for guild in guilds {
        let created = client.event("GUILD_CREATE").await;
        assert_eq!(created["id"], json!(guild));
        assert_eq!(created["unavailable"], false);
    }
    assert_eq!(client.seq, 3);
}

#[tokio::test]
async fn a_shard_has_its_own_guilds_and_the_first_has_the_rest() {
    let server = Server::start().await;
    server.sandbox.hub.set_max_concurrency(server.app, 2);
    let guilds = server.add_guilds(2, &[0, 1, 1]);
    let (mut first, ready) = shard(&server, 0).await;
    assert_eq!(ready["shard"], json!([0, 2]));
    assert_eq!(ready["guilds"].as_array().expect("a list").len(), 1);
    first.event("GUILD_CREATE").await;
    let (mut second, ready) = shard(&server, 1).await;
    assert_eq!(ready["guilds"].as_array().expect("a list").len(), 2);
    for _ in 0..2 {
        second.event("GUILD_CREATE").await;
    }

    let app = server.app;
    server.emit(Audience::Guild(guilds[1]), intents::GUILDS, "CHANNEL_UPDATE", json!({ "n": 1 }));
    server.emit(Audience::App { app, guild: Some(guilds[2]) }, 0, "INTERACTION_CREATE", json!({ "n": 2 }));
    server.emit(Audience::App { app, guild: None }, 0, "INTERACTION_CREATE", json!({ "n": 3 }));
    server.emit(Audience::Guild(guilds[0]), intents::GUILDS, "CHANNEL_UPDATE", json!({ "n": 4 }));
    assert_eq!(second.event("CHANNEL_UPDATE").await["n"], 1);
    assert_eq!(second.event("INTERACTION_CREATE").await["n"], 2);
    assert_eq!(first.event("INTERACTION_CREATE").await["n"], 3);
    assert_eq!(first.event("CHANNEL_UPDATE").await["n"], 4);
}

#[tokio::test]
async fn intents_and_membership_choose_the_events() {
    let server = Server::start().await;
    let guild = server.add_guilds(1, &[0])[0];
    let (mut client, ready) = server.identified(intents::GUILD_MESSAGES).await;
    assert_eq!(ready["guilds"].as_array().expect("a list").len(), 1, "listed, though without GUILD_CREATE");
    let here = Audience::Guild(guild);
    server.emit(here, intents::GUILDS, "CHANNEL_UPDATE", json!({}));
    server.emit(here, intents::DIRECT_MESSAGES, "MESSAGE_CREATE", json!({}));
    let elsewhere = server.sandbox.change(|world| {
        let owner = world.add_user("Eve", "en-US");
        world.add_guild(Id(999 << 22), "Elsewhere", owner)
    });
    server.emit(Audience::Guild(elsewhere), intents::GUILD_MESSAGES, "MESSAGE_DELETE", json!({ "n": 1 }));
    server.emit(here, intents::GUILDS | intents::GUILD_MESSAGES, "MESSAGE_DELETE", json!({ "n": 2 }));
    server.emit(here, 0, "INTEGRATION_UPDATE", json!({ "n": 3 }));
    assert_eq!(client.event("MESSAGE_DELETE").await["n"], 2);
    assert_eq!(client.event("INTEGRATION_UPDATE").await["n"], 3);
}

#[tokio::test]
async fn joining_and_leaving_a_guild_is_told() {
    let server = Server::start().await;
    let (mut client, _) = server.identified(intents::GUILDS).await;
    let guild = server.add_guilds(1, &[0])[0];
    // Nothing of the guild comes before it.
    assert_eq!(client.event("GUILD_CREATE").await["id"], json!(guild));
    server.emit(Audience::Guild(guild), intents::GUILDS, "CHANNEL_UPDATE", json!({ "n": 1 }));
    server.sandbox.change(|world| world.remove_member(guild, server.app));
    server.emit(Audience::Guild(guild), intents::GUILDS, "CHANNEL_UPDATE", json!({ "n": 2 }));
    server.tell("ENTITLEMENT_CREATE", json!({}));
    assert_eq!(client.event("CHANNEL_UPDATE").await["n"], 1);
    assert_eq!(client.event("GUILD_DELETE").await["id"], json!(guild));
    client.event("ENTITLEMENT_CREATE").await;
}

#[tokio::test]
async fn others_messages_are_blank_without_message_content() {
    let server = Server::start().await;
    let guild = server.add_guilds(1, &[0])[0];
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    let (mut without, _) = server.identified(intents::GUILD_MESSAGES | intents::DIRECT_MESSAGES).await;
    let (mut with, _) = server.identified(intents::GUILD_MESSAGES | intents::MESSAGE_CONTENT).await;
    let message =
        json!({ "id": "1", "guild_id": guild, "author": { "id": "2" }, "mentions": [], "content": "psst" });
    let say = |data: &Value| {
        server.emit(Audience::Guild(guild), intents::GUILD_MESSAGES, "MESSAGE_CREATE", data.clone());
    };
    say(&message);
    assert_eq!(without.event("MESSAGE_CREATE").await["content"], "");
    assert_eq!(with.event("MESSAGE_CREATE").await["content"], "psst");
    let mut mentioning = message.clone();
    mentioning["mentions"] = json!([{ "id": server.app }]);
    say(&mentioning);
    assert_eq!(without.event("MESSAGE_CREATE").await["content"], "psst");
    server.sandbox.rules.set(Rule::MessageContent, false);
    say(&message);
    assert_eq!(without.event("MESSAGE_CREATE").await["content"], "psst");
}

#[tokio::test]
async fn members_sounds_and_channels_are_answered() {
    let server = Server::start().await;
    let guild = server.add_guilds(1, &[0])[0];
    let (mut client, _) = server.identified(intents::GUILD_MEMBERS).await;
    let ask = json!({ "guild_id": guild, "query": "", "limit": 0, "nonce": "all" });
    client.send(json!({ "op": 8, "d": ask })).await;
    let chunk = client.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"].as_array().expect("a list").len(), 2, "the owner and the bot");
    assert_eq!((&chunk["nonce"], &chunk["chunk_count"]), (&json!("all"), &json!(1)));
    client.send(json!({ "op": 8, "d": { "guild_id": "5", "query": "", "limit": 0 } })).await;
    client
        .send(json!({ "op": 3, "d": { "status": "idle", "since": null, "activities": [], "afk": false } }))
        .await;
    client.send(json!({ "op": 4, "d": { "guild_id": guild, "channel_id": null } })).await;
    client.send(json!({ "op": 31, "d": { "guild_ids": [guild] } })).await;
    assert_eq!(client.event("SOUNDBOARD_SOUNDS").await["guild_id"], json!(guild));
    client.send(json!({ "op": 43, "d": { "guild_id": guild, "fields": ["status"] } })).await;
    assert_eq!(client.event("CHANNEL_INFO").await["channels"], json!([]));
}

#[tokio::test]
async fn a_member_list_needs_its_intent() {
    let server = Server::start().await;
    let guild = server.add_guilds(1, &[0])[0];
    let (mut client, _) = server.identified(intents::GUILD_MESSAGES).await;
    client.send(json!({ "op": 8, "d": { "guild_id": guild, "query": "", "limit": 0 } })).await;
    client.send(json!({ "op": 8, "d": { "guild_id": guild, "user_ids": [server.app] } })).await;
    let chunk = client.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"][0]["user"]["id"], json!(server.app), "only the second is answered");
}

#[tokio::test]
async fn a_thousand_guilds_and_a_burst_of_events_arrive_whole_and_in_order() {
    let server = Server::start().await;
    server.add_guilds(1, &[0; 1000]);
    let (mut client, _) = server.identified(intents::GUILDS).await;
    for n in 0..5000 {
        server.tell("INTERACTION_CREATE", json!({ "id": n.to_string(), "filler": "x".repeat(2000) }));
    }
    for _ in 0..1000 {
        client.event("GUILD_CREATE").await;
    }
    for n in 0..5000 {
        assert_eq!(client.event("INTERACTION_CREATE").await["id"], n.to_string());
    }
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_loses_the_session() {
    let server = Server::start().await;
    let (mut client, ready) = server.identified(0).await;
    let filler = "x".repeat(2000);
    for n in 0..60_000 {
        server.tell("INTERACTION_CREATE", json!({ "id": n.to_string(), "filler": filler }));
        // The server has its turns: it is the client's full socket that it waits for.
        if n % 32 == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(server.sandbox.hub.sessions(), []);
    client.broken().await;
    let mut again = server.connect().await;
    again.resume(&server, &ready["session_id"], client.seq).await;
    assert_eq!(again.next().await, json!({ "t": null, "s": null, "op": 9, "d": false }));
}
