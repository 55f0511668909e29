//! The live feed of a member's client, with a bot on serenity.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use troupe_sandbox::drive::{LocalDiscord, Units as _};

use crate::bot;

/// A member's client.
struct Client {
    socket: tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
    items: Vec<Value>,
}

impl Client {
    async fn of(discord: &LocalDiscord, name: &str) -> Self {
        let address = format!("{}/_sandbox/live?as={name}", discord.url().replace("http", "ws"));
        let (socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        let mut client = Self { socket, items: Vec::new() };
        client.hears("its view", |item| item["kind"] == "view").await;
        client
    }

    /// Takes in the next frame, and gives how many items it had.
    async fn frame(&mut self) -> usize {
        let frame = tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await;
        let frame = frame.expect("a frame in time").expect("an open socket").unwrap();
        let Message::Text(text) = frame else { return 0 };
        let Value::Array(items) = serde_json::from_str(&text).unwrap() else { panic!("no list: {text}") };
        let count = items.len();
        self.items.extend(items);
        count
    }

    /// Waits for an item, and gives it.
    async fn hears(&mut self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let mut looked_at = 0;
        for _ in 0..500 {
            if let Some(found) = self.items[looked_at..].iter().find(|item| so(item)) {
                return found.clone();
            }
            looked_at = self.items.len();
            self.frame().await;
        }
        panic!("never heard of {what}");
    }
}

fn says(text: &str) -> impl Fn(&Value) -> bool {
    move |item| item["kind"] == "message" && item["message"]["content"] == text
}

#[tokio::test]
async fn a_client_hears_what_its_member_may_see_and_no_more() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let (mut max, mut ada) = (Client::of(&discord, "Max").await, Client::of(&discord, "Ada").await);
    let member = discord.member("Max").in_channel("general");
    let mut secret = member.uses("/whisper").send().await.unwrap();
    secret.answered().await.unwrap();
    discord.member("Ada").in_channel("general").says("hello").await.unwrap();
    let whispered = max.hears("the whisper", says("Only for you.")).await;
    assert_eq!((&whispered["change"], &whispered["message"]["ephemeral"]), (&json!("posted"), &json!(true)));
    ada.hears("her own words", says("hello")).await;
    assert!(!ada.items.iter().any(|item| says("Only for you.")(item) || item["kind"] == "interaction"));
    let own =
        max.hears("the answer", |item| item["kind"] == "interaction" && item["status"] == "answered").await;
    assert_eq!(own["id"], json!(secret.interaction()));
    assert_eq!(own["application"], json!(discord.state().await.unwrap().apps[0].id));

    // What is written in a channel that she can't see is not for her.
    let guild = discord.state().await.unwrap().guilds[0].id;
    let hidden = discord.new_channel(guild, "hidden").await.unwrap();
    discord
        .control("PUT", &format!("/channels/{hidden}/overwrites/{guild}"), &json!({ "deny": "1024" }))
        .await
        .unwrap();
    discord.member("Olive").in_channel(hidden).says("psst").await.unwrap();
    discord.member("Olive").in_channel("general").says("done").await.unwrap();
    max.hears("the end", says("done")).await;
    assert!(!max.items.iter().any(says("psst")));
    // It was there for a moment before it was hidden: what counts is what is listed in the end.
    let listed = |item: &Value| item["guilds"][0]["channels"].to_string().contains("hidden");
    let view = max.items.iter().rfind(|item| item["kind"] == "view").expect("a view");
    assert!(!listed(view), "{view}");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn many_edits_reach_a_client_as_few_frames_with_the_newest_state() {
    const EDITS: usize = 400;
    let discord = LocalDiscord::start().await.unwrap();
    let mut client = Client::of(&discord, "Max").await;
    let olive = discord.member("Olive").in_channel("general");
    let message = olive.says("0").await.unwrap().id();
    let place = discord.sandbox().read(|world| world.guilds.values().next().unwrap().channels[0]);
    for edit in 1..=EDITS {
        discord
            .sandbox()
            .change(|world| world.edit(place, message, |message| message.content = edit.to_string()));
        tokio::task::yield_now().await;
    }
    let before = client.items.len();
    let newest = EDITS.to_string();
    client.hears("the last edit", says(&newest)).await;
    let told = client.items[before..].iter().filter(|item| item["kind"] == "message").count();
    assert!(told < EDITS / 4, "{told} of {EDITS} states were told one by one");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn silence_of_a_bot_is_told_when_its_time_is_over() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let mut client = Client::of(&discord, "Max").await;
    discord.member("Max").in_channel("general").uses("/mute").send_only().await.unwrap();
    client.hears("the begin", |item| item["kind"] == "interaction" && item["status"] == "waiting").await;
    discord.advance(4.seconds()).await.unwrap();
    let failed =
        client.hears("the end", |item| item["kind"] == "interaction" && item["status"] == "failed").await;
    assert_eq!(failed["shown"], "The application did not respond");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn reactions_deletions_typing_and_changed_lists_are_heard() {
    let discord = LocalDiscord::start().await.unwrap();
    let mut client = Client::of(&discord, "Max").await;
    let ada = discord.member("Ada").in_channel("general");
    discord.control("POST", "/act/type", &json!({ "user": "Ada", "channel": "general" })).await.unwrap();
    let typing = client.hears("typing", |item| item["kind"] == "typing").await;
    assert_eq!(typing["user"]["global_name"], "Ada");
    let message = ada.says("hi").await.unwrap();
    ada.reacts(&message, "🎭").await.unwrap();
    client.hears("a reaction", |item| item["message"]["reactions"][0]["count"] == 1).await;
    let edit = json!({ "user": "Ada", "channel": "general", "message": message.id(), "content": "hello" });
    discord.control("POST", "/act/edit", &edit).await.unwrap();
    let edited = client.hears("an edit", says("hello")).await;
    assert!(edited["message"]["edited_timestamp"].is_string());
    ada.dismisses(&message).await.unwrap();
    client
        .hears("a deletion", |item| item["kind"] == "deleted" && item["message"] == json!(message.id()))
        .await;
    let thread = json!({ "user": "Ada", "channel": "general", "name": "Backstage" });
    let thread = discord.control("POST", "/act/thread", &thread).await.unwrap()["id"].clone();
    let has = |item: &Value| item["guilds"][0]["channels"].to_string().contains("Backstage");
    client.hears("a thread", |item| item["kind"] == "view" && has(item)).await;
    let upload = json!({ "user": "Ada", "channel": thread, "content": "", "files": [{ "filename": "a.txt", "base64": "aGk=" }] });
    discord.control("POST", "/act/say", &upload).await.unwrap();
    let sent = client.hears("a file", |item| item["message"]["attachments"][0]["filename"] == "a.txt").await;
    assert_eq!(sent["message"]["attachments"][0]["size"], 2);
    let others = json!({ "user": "Max", "channel": "general", "message": "last", "content": "mine" });
    ada.says("not yours").await.unwrap();
    discord.control("POST", "/act/edit", &others).await.expect_err("a message of somebody else's");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn who_is_no_person_has_no_client() {
    let discord = LocalDiscord::start().await.unwrap();
    for name in ["Troupe", "Nobody"] {
        let address = format!("{}/_sandbox/live?as={name}", discord.url().replace("http", "ws"));
        tokio_tungstenite::connect_async(address).await.expect_err("refused");
        discord.control("GET", &format!("/view?as={name}"), &Value::Null).await.expect_err("refused");
    }
    discord.finish().await.unwrap();
}
