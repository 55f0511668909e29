//! One process's worth of talking, on stores of its own and a scripted model.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::Utc;
use tempfile::TempDir;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use troupe::{
    ai::Gateway,
    cold::{Cold, usage},
    config::{Live, LiveSettings},
    domain::{
        character::CharacterId,
        ids::{ChannelId, GuildId, InteractionId, Place, UserId},
        quota::Quotas,
        snowflake,
    },
    features::{
        cast::Cast,
        characters::Characters,
        collection::{self, Collection},
        talk::{self, Exchange, Opened, Posted, Presser, Speaker, Talk, Wish},
    },
    gates::{self, Gates},
    hot::{Clock, Hot, Redis},
    warm::{policies::Policies, queue::Durable, switches::Switches},
};
use troupe_sandbox::model::{ModelServer, Script};

use crate::support::{
    PATIENCE, Server, loaded,
    postgres::{Database, migrated},
    redis::Redis as RedisServer,
    wire::Wire,
};

pub struct Stage {
    pub talk: Talk,
    pub model: ModelServer,
    pub database: Database,
    tracker: TaskTracker,
    wire: Option<Wire>,
    _model: Server,
    _folder: TempDir,
}

impl Stage {
    pub async fn set(redis: Option<&RedisServer>) -> Self {
        Self::set_on(redis, false).await
    }

    /// Without Redis, and with a wire to PostgreSQL that [`Self::cut`] cuts.
    pub async fn set_on_a_wire() -> Self {
        Self::set_on(None, true).await
    }

    /// From now on PostgreSQL is away.
    pub fn cut(&mut self) {
        drop(self.wire.take());
    }

    async fn set_on(redis: Option<&RedisServer>, on_a_wire: bool) -> Self {
        let model = ModelServer::new();
        let server = Server::start(model.router()).await;
        let url = format!("{}/v1", server.url());
        let settings = loaded(&[("OPENAI_BASE_URL", &url), ("OPENAI_MODEL", "understudy")]).settings;
        let database = migrated().await;
        let redis = redis.map(|server| {
            let redis = Redis::new(&server.secret_url(), "talk:", Clock::System).expect("an address");
            redis.with_deadline(PATIENCE)
        });
        let hot = Hot::new(redis, Clock::System);
        let wire = if on_a_wire { Some(Wire::to(database.port()).await) } else { None };
        let cold = match &wire {
            None => Cold::new(&database.url),
            Some(wire) => Cold::new(&database.url_at(wire.port)),
        };
        let policies = Policies::new(hot.clone(), cold.clone());
        let ai = Gateway::new(&settings.ai, hot.clone()).expect("a gateway");
        let tracker = TaskTracker::new();
        let mut quotas = Quotas::default();
        for tier in [&mut quotas.free, &mut quotas.pro] {
            (tier.user_window.calls, tier.guild_window.calls) = (1_000, 1_000);
            (tier.talk.tokens_day, tier.talk.tokens_week) = (1_000_000, 1_000_000);
        }
        let gates = Gates::new(gates::Parts {
            hot: hot.clone(),
            policies: policies.clone(),
            switches: Switches::new(hot.clone(), cold.clone()),
            live: Live::new(LiveSettings { ai_disabled: false, log_filter: String::new() }),
            ai: ai.clone(),
            quotas,
            lease_life: settings.limits.lease_life,
            tracker: tracker.clone(),
            stop: CancellationToken::new(),
        });
        let folder = tempfile::tempdir().expect("a folder");
        let durable = Durable::new(cold.clone(), hot.clone(), hot.redis().is_some(), folder.path(), 1 << 20)
            .expect("a queue");
        let cast = Arc::new(Cast::shipped());
        let collection = Collection::new(collection::Parts {
            cold: cold.clone(),
            policies: policies.clone(),
            cast: Arc::clone(&cast),
            settings: settings.collection,
            clock: hot.clock().clone(),
        });
        let talk = Talk::new(talk::Parts {
            gates,
            characters: Characters::new(cast, collection, cold.clone(), Clock::System),
            ai,
            hot: hot.clone(),
            cold,
            durable,
            policies,
            tracker: tracker.clone(),
            settings: settings.talk,
        });
        Self { talk, model, database, tracker, wire, _model: server, _folder: folder }
    }

    pub fn scripted(&self, script: Script) {
        self.model.script(script).expect("a script");
    }

    /// Waits for everything that goes on behind answers.
    pub async fn settled(&self) {
        self.tracker.close();
        tokio::time::timeout(PATIENCE, self.tracker.wait()).await.expect("everything ends");
        self.tracker.reopen();
    }

    pub async fn admitted(&self, wish: Wish) -> Exchange {
        match self.talk.open(speaker(), wish).await.expect("admitted") {
            Opened::Ready(exchange) => exchange,
            Opened::Waiting(waiting) => panic!("{waiting:?}"),
        }
    }

    /// A whole exchange: its line's identity and the answer.
    pub async fn whole(&self, wish: Wish) -> (InteractionId, String) {
        let mut exchange = self.admitted(wish).await;
        exchange.start().await.expect("an answer");
        while exchange.next().await.is_some() {}
        let (id, text) = (exchange.id(), exchange.text().to_owned());
        exchange.end(Posted { messages: vec![77], by_webhook: true });
        self.settled().await;
        (id, text)
    }

    /// The recorded calls, newest first.
    pub async fn calls(&self) -> Vec<usage::Call> {
        let connection = &mut self.database.connect().await;
        usage::newest(connection, usage::Whose::default(), None, 50).await.expect("calls")
    }
}

pub fn user() -> UserId {
    UserId::new(7).expect("an id")
}

pub fn place() -> Place {
    Place::Guild(GuildId::new(5).expect("an id"))
}

pub fn mira() -> CharacterId {
    "shipped:mira".parse().expect("an id")
}

pub fn asker() -> Presser {
    Presser { user: user(), moderates: false }
}

pub fn speaker() -> Speaker {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let first = snowflake::first_at(Utc::now().timestamp_millis()).unsigned_abs();
    Speaker {
        interaction: InteractionId::new(first + NEXT.fetch_add(1, Ordering::Relaxed)).expect("an id"),
        user: user(),
        name: "Max".to_owned(),
        place: place(),
        channel: ChannelId::new(9).expect("an id"),
        parent: None,
        roles: Vec::new(),
    }
}

pub fn say(text: &str) -> Wish {
    Wish::Say { character: Some(mira()), text: text.to_owned() }
}
