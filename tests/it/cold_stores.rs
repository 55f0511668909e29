//! The cold stores on a real PostgreSQL, each test in a database of its own.

mod after_call;
mod bonds;
mod characters;
mod collection;
mod concurrency;
mod oversight;
pub mod replies;
mod rolls;
pub mod scenes;
mod small;

use chrono::{DateTime, Utc};
use diesel_async::SimpleAsyncConnection;
use troupe::{
    cold::{
        Connection,
        after_call::AfterCall,
        characters::{Content, create},
    },
    domain::{
        bond::Reward,
        character::CharacterId,
        ids::{ChannelId, GuildId, InteractionId, UserId},
        snowflake,
        usage::{Feature, Outcome},
    },
};
use uuid::Uuid;

use crate::support::postgres::{Database, migrated};

pub fn user(number: u64) -> UserId {
    UserId::new(number).expect("an id")
}

pub fn guild(number: u64) -> GuildId {
    GuildId::new(number).expect("an id")
}

fn channel(number: u64) -> ChannelId {
    ChannelId::new(number).expect("an id")
}

pub fn character(id: &str) -> CharacterId {
    id.parse().expect("a character's id")
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// This moment, as exact as PostgreSQL keeps it.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).expect("a time")
}

/// The id of the `number`th interaction of a moment.
pub fn interaction(at: DateTime<Utc>, number: u64) -> InteractionId {
    let first = snowflake::first_at(at.timestamp_millis()).unsigned_abs();
    InteractionId::new(first + number).expect("an id")
}

/// A custom character of that member's.
async fn custom(connection: &mut Connection, owner: UserId) -> CharacterId {
    let content = Content { name: "Somebody".to_owned(), card: "{}".to_owned() };
    let id = Uuid::new_v4();
    create(connection, id, owner, &content, None).await.expect("a character").expect("a new one");
    CharacterId::Custom(id)
}

/// A talk of member 7 with Mira in guild 5, for one experience of ten a day.
pub fn call(at: DateTime<Utc>, number: u64) -> AfterCall {
    AfterCall {
        interaction: interaction(at, number),
        ordinal: 0,
        guild: Some(guild(5)),
        user: Some(user(7)),
        character: Some(character("shipped:mira")),
        feature: Feature::Talk,
        provider: "local".to_owned(),
        model: "understudy".to_owned(),
        prompt_tokens: 100,
        completion_tokens: 20,
        cost_micros: Some(3),
        outcome: Outcome::Completed,
        latency_ms: 900,
        first_token_ms: Some(200),
        called_at: at,
        reward: Some(Reward { amount: 1, daily_cap: 10 }),
        reply: None,
    }
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own_and_its_statements_are_counted() {
    let databases: [Database; 2] = [migrated().await, migrated().await];
    let mut first = databases[0].connect().await;
    let mut second = databases[1].connect().await;
    first.batch_execute("INSERT INTO users (user_id) VALUES (7)").await.expect("a row");
    second.batch_execute("INSERT INTO users (user_id) VALUES (7)").await.expect("a row in another database");
    let before = [databases[0].statements().await, databases[1].statements().await];
    first.batch_execute("DELETE FROM users WHERE user_id = 7").await.expect("no row");
    let after = [databases[0].statements().await, databases[1].statements().await];
    assert_eq!([after[0] - before[0], after[1] - before[1]], [1, 0]);
}
