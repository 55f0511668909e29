//! The world at start: an application, a server and a few people. And crowds of servers.

use crate::gateway::intents;
use crate::ids::Id;
use crate::instance::Sandbox;
use crate::world::World;
use crate::world::channel::{Channel, kind};
use crate::world::guild::{Member, Role};
use crate::world::permissions::bits;

/// What an invitation of Troupe asks for.
pub const INVITED: u64 = bits::VIEW_CHANNEL
    | bits::SEND_MESSAGES
    | bits::SEND_MESSAGES_IN_THREADS
    | bits::EMBED_LINKS
    | bits::ATTACH_FILES
    | bits::READ_MESSAGE_HISTORY
    | bits::MANAGE_WEBHOOKS;

/// The heaviest that a guild can be, in bytes.
pub const MAX_WEIGHT: usize = 4 * 1024 * 1024;

/// The application of the world at start.
pub const APP: &str = "Troupe";
/// Its server.
pub const GUILD: &str = "The Playhouse";

/// What to begin with.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    /// The bot's token; one is made up if left out.
    pub token: Option<String>,
    /// Privileged intents that the application is granted.
    pub intents: u64,
}

/// The seeded application.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Its id.
    pub app: Id,
    /// Its bot's token.
    pub token: String,
}

/// Sets up the application "Troupe" of Otto's, and "The Playhouse" with its channels and people.
pub fn playhouse(world: &mut World, seed: Seed) -> Seeded {
    let otto = world.add_user("Otto", "en-US");
    let olive = world.add_user("Olive", "en-US");
    let ada = world.add_user("Ada", "en-US");
    let max = world.add_user("Max", "en-US");
    let mia = world.add_user("Mia", "de");
    let (app, made_up) = world.add_app(APP, otto, seed.intents & intents::PRIVILEGED);
    let token = match seed.token {
        Some(token) => {
            world.accept_token(app, token.clone());
            token
        }
        None => made_up,
    };
    let id = world.next_id();
    guild(world, id, GUILD, olive, None, 0);
    for name in ["stage", "off-topic"] {
        let channel = Channel::new(world.next_id(), kind::TEXT, Some(id), name);
        world.add_channel(channel);
    }
    let admin = role(world, "Admin", bits::ADMINISTRATOR);
    let admin_id = admin.id;
    world.add_role(id, admin);
    world.add_member(id, ada, Member { roles: vec![admin_id], ..Member::default() });
    for user in [otto, max, mia] {
        world.add_member(id, user, Member::default());
    }
    world.install(app, id, INVITED);
    Seeded { app, token }
}

/// A role that isn't in a guild yet.
pub(crate) fn role(world: &World, name: &str, permissions: u64) -> Role {
    Role {
        id: world.next_id(),
        name: name.to_owned(),
        permissions,
        color: 0,
        position: 0,
        hoist: false,
        mentionable: false,
        bot: None,
    }
}

/// Adds a guild that weighs so many bytes, and installs the application in it; gives its first channel.
pub(crate) fn guild(world: &mut World, id: Id, name: &str, owner: Id, app: Option<Id>, weight: usize) -> Id {
    world.add_guild(id, name, owner);
    let channel = world.guilds.get_mut(&id).and_then(|guild| {
        guild.weight = weight;
        guild.channels.first().copied()
    });
    if let Some(app) = app {
        world.install(app, id, INVITED);
    }
    channel.expect("a new guild has a channel")
}

/// Adds many guilds. Their ids are a millisecond apart, in the past: shards fill evenly.
pub(crate) async fn crowd(sandbox: &Sandbox, app: Id, guilds: usize, weight: usize) {
    let owner = sandbox.change(|world| world.add_user("Crowd", "en-US"));
    let first = sandbox.read(|world| {
        // Before any guild there is; an earlier crowd's are at least this far back.
        let oldest = world.guilds.keys().next().map_or_else(|| world.next_id().0 >> 22, |id| id.0 >> 22);
        oldest.saturating_sub(guilds as u64 + 1)
    });
    for n in 0..guilds {
        let id = Id((first + n as u64) << 22);
        // One change each, lest the events of all be held in memory together.
        sandbox.change(|world| guild(world, id, &format!("Crowd {}", n + 1), owner, Some(app), weight));
        if n % 16 == 15 {
            tokio::task::yield_now().await;
        }
    }
}
