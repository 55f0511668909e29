//! What an operation costs: trips to Redis and statements to PostgreSQL, counted by the servers themselves.

use std::time::Duration;

use futures::{StreamExt, stream::BoxStream};
use troupe::{
    cold::scenes,
    domain::{
        ids::{GuildId, SceneId, UserId},
        scene::Speaker,
    },
    hot::{
        Clock, Operation, Redis, keys,
        policy::{FencePolicy, PutPolicy, ReadPolicy},
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

/// Those of the limits, of memory, locks and counters are counted beside their own tests.
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
