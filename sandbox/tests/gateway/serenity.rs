//! The client that the bot uses: it connects, is told its guilds, and survives what befalls it.

use std::sync::Arc;

use serde_json::json;
use serenity::all::{
    ClientBuilder, Context, EventHandler, GatewayIntents, Guild, Http, HttpBuilder, Ready, ResumedEvent,
    ShardManager,
};
use serenity::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use troupe_sandbox::gateway::Audience;
use troupe_sandbox::rules::Rule;

use crate::client::WITHIN;
use crate::server::Server;

/// What the handler hears, in order.
#[derive(Debug, PartialEq)]
enum Heard {
    Ready(usize),
    Guild(u64),
    Resumed,
    Typing,
}

struct Ear(UnboundedSender<Heard>);

impl Ear {
    fn hear(&self, heard: Heard) {
        self.0.send(heard).expect("the test listens");
    }
}

#[async_trait]
impl EventHandler for Ear {
    async fn ready(&self, _: Context, ready: Ready) {
        self.hear(Heard::Ready(ready.guilds.len()));
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        self.hear(Heard::Guild(guild.id.get()));
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.hear(Heard::Resumed);
    }

    async fn typing_start(&self, _: Context, _: serenity::all::TypingStartEvent) {
        self.hear(Heard::Typing);
    }
}

struct Bot {
    heard: UnboundedReceiver<Heard>,
    shards: Arc<ShardManager>,
    running: JoinHandle<serenity::Result<()>>,
}

impl Bot {
    async fn start(server: &Server) -> Self {
        let (ear, heard) = unbounded_channel();
        let http: Http = HttpBuilder::new(&server.token)
            .proxy(format!("http://{}", server.address))
            .ratelimiter_disabled(true)
            .build();
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_TYPING;
        let mut client =
            ClientBuilder::new_with_http(http, intents).event_handler(Ear(ear)).await.expect("builds");
        let shards = Arc::clone(&client.shard_manager);
        let running = tokio::spawn(async move { client.start().await });
        Self { heard, shards, running }
    }

    async fn hears(&mut self) -> Heard {
        timeout(WITHIN, self.heard.recv()).await.expect("in time").expect("still runs")
    }

    async fn stop(self) {
        self.shards.shutdown_all().await;
        timeout(WITHIN, self.running).await.expect("in time").expect("joins").expect("ended well");
    }
}

/// Somebody types in the guild.
fn typing(server: &Server, guild: troupe_sandbox::ids::Id) {
    let data = json!({ "channel_id": "1", "guild_id": guild, "user_id": "2", "timestamp": 1 });
    server.emit(Audience::Guild(guild), 1 << 11, "TYPING_START", data);
}

#[tokio::test]
async fn serenity_connects_and_resumes_after_a_forced_drop() {
    let server = Server::start().await;
    let guild = server.add_guilds(1, &[0])[0];
    let mut bot = Bot::start(&server).await;
    assert_eq!(bot.hears().await, Heard::Ready(1));
    assert_eq!(bot.hears().await, Heard::Guild(guild.0));
    typing(&server, guild);
    assert_eq!(bot.hears().await, Heard::Typing);
    assert_eq!(server.session().compress, "payload");

    assert_eq!(server.sandbox.hub.drop_connections(server.everywhere()), 1);
    server.sessions(|sessions| !sessions[0].connected || sessions[0].resumed == 1).await;
    typing(&server, guild);
    let mut heard = [bot.hears().await, bot.hears().await];
    heard.sort_by_key(|heard| *heard == Heard::Resumed);
    assert_eq!(heard, [Heard::Typing, Heard::Resumed], "nothing missed, nothing twice");
    assert_eq!(server.session().resumed, 1);
    bot.stop().await;
    server.sessions(<[_]>::is_empty).await;
}

#[tokio::test]
async fn serenity_comes_back_after_reconnect_and_after_an_invalid_session() {
    let server = Server::start().await;
    server.sandbox.rules.set(Rule::GatewayLimits, false);
    let mut bot = Bot::start(&server).await;
    assert_eq!(bot.hears().await, Heard::Ready(0));
    server.sandbox.hub.reconnect(server.everywhere());
    assert_eq!(bot.hears().await, Heard::Resumed);
    server.sandbox.hub.invalidate(server.everywhere(), false);
    assert_eq!(bot.hears().await, Heard::Ready(0));
    bot.stop().await;
}
