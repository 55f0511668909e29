//! A local Discord and a stage on it, without a gateway.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use serenity::all::{ApplicationId, ChannelId};
use troupe::discord::rest::Rest;
use troupe::discord::show::{End, Face, Show, Shown, Stage, Venue};
use troupe::hot::Clock;
use troupe_sandbox::drive::{LocalDiscord, Member, Message};
use troupe_sandbox::ids::Id;
use troupe_sandbox::world::World;
use troupe_sandbox::world::interaction::{Opening, kind};

pub struct Playhouse {
    pub discord: LocalDiscord,
    pub rest: Rest,
    pub stage: Stage,
    pub app: Id,
    pub general: ChannelId,
}

impl Playhouse {
    pub async fn open() -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        let app = discord.sandbox().read(|world| *world.apps.keys().next().expect("an application"));
        let general = discord.sandbox().read(|world| {
            let guild = world.guilds.values().next().expect("a guild");
            *guild.channels.first().expect("a channel")
        });
        let rest = rest(&discord);
        let stage = stage(&rest, app);
        Self { discord, rest, stage, app, general: general.0.into() }
    }

    /// The same after a restart: nothing is remembered.
    pub fn restart(&mut self) {
        self.rest = rest(&self.discord);
        self.stage = stage(&self.rest, self.app);
    }

    pub fn begin(&self, venue: Venue) -> Show {
        Show::begin(&self.stage, venue, face(), None, async {})
    }

    pub fn general(&self) -> Venue {
        channel(self.general)
    }

    /// Says all of it at once.
    pub async fn show(&self, venue: Venue, text: &str) -> Shown {
        self.begin(venue).finish(text, End::default()).await
    }

    pub fn max(&self) -> Member {
        self.discord.member("Max").in_channel(self.general.to_string())
    }

    pub async fn seen(&self) -> Vec<Message> {
        self.max().sees().await.expect("messages")
    }

    /// Opens an interaction of Max's and defers it: its token.
    pub async fn deferred(&self, channel: ChannelId, ephemeral: bool) -> SecretString {
        let (id, token) = self.discord.sandbox().change(|world| {
            let user = named(world, "Max");
            let data = json!({ "id": self.app, "name": "talk", "type": 1 });
            let channel = Id(channel.get());
            let id = world.open(Opening {
                app: self.app,
                kind: kind::COMMAND,
                user,
                channel,
                data,
                source: None,
                opener: None,
            });
            (id, world.interaction(id).expect("just opened").token.clone())
        });
        let flags = if ephemeral { 64 } else { 0 };
        let body = json!({"type": 5, "data": {"flags": flags}}).to_string();
        self.rest.callback(id.0.into(), &token, body.into()).await.expect("deferred");
        token.into()
    }

    pub async fn count(&self, method: &str, template: &str) -> usize {
        self.discord.requests(method, template).await.expect("the journal").len()
    }

    /// Asserts that Discord was only asked for what there is, and never too often.
    pub async fn close(self) {
        assert_eq!(self.discord.report().await.expect("a report").rate_limited, 0, "a 429 was caused");
        self.discord.finish().await.expect("nothing unknown was called, nothing was malformed");
    }
}

pub fn rest(discord: &LocalDiscord) -> Rest {
    let token = SecretString::from(discord.token().to_owned());
    Rest::new(&token, Some(&discord.url().parse().expect("an address")), None, Rest::REQUESTS_PER_SECOND)
        .expect("a client")
}

pub fn stage(rest: &Rest, app: Id) -> Stage {
    Stage::new(rest.clone(), ApplicationId::new(app.0), Clock::System).with_pace(Duration::from_millis(50))
}

pub fn channel(channel: ChannelId) -> Venue {
    Venue::Channel { channel, parent: None, webhooks: true, answering: None }
}

pub fn face() -> Face {
    Face { name: "Captain Brine".into(), avatar_url: None, colour: 0x00_33_66 }
}

/// The content of messages, one below the other.
pub fn contents(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(Message::content).collect()
}

/// Somebody's id.
pub fn named(world: &World, name: &str) -> Id {
    let mut users = world.users.iter();
    let (id, _) = users
        .find(|(_, user)| {
            user.username.eq_ignore_ascii_case(name) || user.global_name.as_deref() == Some(name)
        })
        .expect("somebody of that name");
    *id
}
