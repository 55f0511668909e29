//! What an operation costs: trips to Redis and statements to PostgreSQL, counted by the servers themselves.

use std::time::Duration;

use futures::{StreamExt, stream::BoxStream};
use troupe::{
    cold::scenes,
    domain::{
        ids::{GuildId, InteractionId, Place, SceneId, UserId},
        scene::Speaker,
    },
    hot::{
        Clock, Operation, Redis, keys,
        limits::{Check, GiveBack, Granted, LeaseId, Leave, Reserve, Settle, Wait},
        memory::{Between, Caps, Change, Line, Remember, Turn, Who},
        policy::{self, FencePolicy, PutPolicy, ReadPolicy},
        queue::{self, Bury, List, Measure, Put, Remove, Requeue, Retry, Spot, Standing, Take},
    },
};

use crate::{
    cold_stores::{
        interaction, now,
        scenes::{new_scene, turn},
    },
    queue::durable::one_more,
    support::{PATIENCE, postgres::migrated, redis::Redis as Server},
};

/// Counts by MONITOR what the store sends.
struct Counter {
    redis: Redis,
    heard: BoxStream<'static, String>,
}

impl Counter {
    async fn over(server: &Server) -> Self {
        let redis = Redis::new(&server.secret_url(), "trips:", Clock::System).expect("an address");
        let client = ::redis::Client::open(server.url()).expect("an address");
        let heard = client.get_async_monitor().await.expect("a monitor").into_on_message::<String>();
        Self { redis: redis.with_deadline(PATIENCE), heard: heard.boxed() }
    }

    /// Commands since the last time; what a script does inside is no trip.
    async fn sent(&mut self) -> Vec<String> {
        self.redis.command("ECHO").arg("so far").ask::<String>().await.expect("an answer");
        let mut sent = Vec::new();
        loop {
            let line =
                tokio::time::timeout(PATIENCE, self.heard.next()).await.expect("in time").expect("a line");
            if line.contains("so far") {
                return sent;
            }
            if !line.contains(" lua] ") {
                sent.push(line);
            }
        }
    }

    /// Asks twice, the first time to have the script there.
    async fn one<O: Operation>(&mut self, operation: O) {
        operation.on_redis(&self.redis).await.expect("an answer");
        self.sent().await;
        operation.on_redis(&self.redis).await.expect("an answer");
        let sent = self.sent().await;
        assert_eq!(sent.len(), 1, "{}: {sent:#?}", O::NAME);
    }
}

/// Those of memory alone, locks and counters are counted beside their own tests.
#[tokio::test]
async fn queue_and_policies_take_one_trip_an_operation() {
    let server = Server::start().await;
    let counter = &mut Counter::over(&server).await;
    let item = one_more("a", "trips", 5).item();
    let (key, by, reason) = (item.key.clone(), "me".to_owned(), "why".to_owned());
    counter.one(Put { item: item.clone(), most: 10 }).await;
    let visibility = Duration::from_secs(60);
    counter.one(Take { by: by.clone(), most: 5, most_bytes: 10_000, visibility }).await;
    counter.one(Retry { key: key.clone(), by, after: visibility, attempts: 1, reason: reason.clone() }).await;
    counter.one(Requeue(key.clone())).await;
    counter.one(Standing(vec![key.clone(), "b".to_owned()])).await;
    counter.one(Measure).await;
    counter.one(Bury { item, attempts: 2, reason }).await;
    counter.one(List { spot: Spot::Dead, skip: 0, most: 10, texts: true }).await;
    counter.one(queue::Drop(key.clone())).await;
    counter.one(Remove(vec![key])).await;
    counter.one(queue::Forget(UserId::new(7).expect("an id"))).await;

    let policy = keys::GuildPolicy::of(GuildId::new(5).expect("an id")).into_raw();
    counter.one(ReadPolicy { key: policy.clone(), have: None }).await;
    counter.one(PutPolicy { key: policy.clone(), version: 1, body: "{}".to_owned() }).await;
    counter.one(ReadPolicy { key: policy.clone(), have: Some(1) }).await;
    counter.one(FencePolicy { key: policy, version: 2 }).await;
}

/// All that admission asks, and all that ends a call.
#[tokio::test]
async fn admission_and_settlement_take_one_trip_each_with_the_memory() {
    let server = Server::start().await;
    let counter = &mut Counter::over(&server).await;
    let (user, guild) = (UserId::new(7).expect("an id"), GuildId::new(5).expect("an id"));
    let (place, interaction) = (Place::Guild(guild), InteractionId::new(1).expect("an id"));
    let between = Between { place, user, character: "shipped:mira".parse().expect("an id") };
    let slots = [keys::ConcurrencyGuild::of(place).into_raw(), keys::ConcurrencyGlobal::key().into_raw()];
    let mut checks = vec![
        Check::Off { key: keys::AiDisabled::key().into_raw(), fields: vec!["global".to_owned()] },
        Check::Version { key: policy::guild_key(guild), version: 1 },
        Check::Version { key: policy::user_key(user), version: 1 },
    ];
    checks.extend(slots.map(|key| Check::Slot { key, cap: 2 }));
    let wait = Some(Wait { until_ms: Clock::System.now_ms() + 60_000, most: 9 });
    let (life, holder) = (Duration::from_secs(70), uuid::Uuid::new_v4());
    let lease = LeaseId { interaction, call: 0 };
    let reserve = Reserve { lease, place, holder, checks, life, recall: Some(between.clone()), wait };
    counter.one(reserve.clone()).await;
    let mut refused = reserve.clone();
    refused.checks.push(Check::Never);
    counter.one(Reserve { lease: LeaseId { call: 1, ..lease }, ..refused }).await;

    let granted =
        Granted { left: Vec::new(), unconfirmed: Vec::new(), charged: Vec::new(), turns: Vec::new() };
    let held = reserve.held(&granted);
    let line = Line { who: Who::User, text: "Hello.".to_owned() };
    let turn = Turn { interaction, lines: vec![line], note: None };
    let caps = Caps { lines: 9, bytes: 999 };
    let memory = Some(Change::Remember(Remember { between, turn, caps, life }));
    counter.one(Settle { held: &held, used: Vec::new(), memory }).await;
    counter.one(GiveBack { held: &held }).await;
    counter.one(Leave { lease, place, holder }).await;
}

/// Bonds, the beginning of a scene and what is written after a call are counted beside their own tests.
#[tokio::test]
async fn a_turn_is_five_statements_and_turns_are_read_by_one() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let id = SceneId::new(interaction(now(), 1).get()).expect("an id");
    scenes::begin(connection, &new_scene(id)).await.expect("begun");
    let before = database.statements().await;
    // BEGIN, the scene's row, the newest number, the turn, COMMIT.
    let turn = turn(id, Speaker::Narrator(None), "Rain.");
    scenes::append_turn(connection, &turn).await.expect("a turn");
    assert_eq!(database.statements().await - before, 5);
    scenes::newest_turns(connection, id, None, 10).await.expect("turns");
    assert_eq!(database.statements().await - before, 6);
}
