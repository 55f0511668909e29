//! The stores' pools and the background probes: health follows servers that go and come back.

use ::redis::cmd;
use secrecy::SecretString;
use serde_json::Value;
use troupe::cold::{Cold, ColdError};

use crate::support::{
    discord::{self, TOKEN},
    eventually,
    postgres::{self, Postgres},
    program::{Running, get},
    redis::Redis,
};

#[tokio::test]
async fn the_cold_pool_tells_why_it_can_not_connect() {
    let mut server = Postgres::start().await;
    let cold = Cold::new(&server.secret_url());
    cold.ping().await.expect("a sign of life");
    assert!(!format!("{cold:?}").contains(postgres::PASSWORD));
    let wrong = Cold::new(&SecretString::from(server.url_as(postgres::USER, "wrong-password", "postgres")));
    let told = wrong.ping().await.expect_err("a refusal").to_string();
    assert!(
        told.starts_with("can't connect: password authentication failed") && !told.contains("wrong-password"),
        "{told}"
    );

    server.kill();
    assert!(matches!(cold.ping().await, Err(ColdError::Connect(_) | ColdError::Query(_))));
}

#[tokio::test]
async fn the_check_leaves_no_key_behind() {
    let server = Redis::start().await;
    let mut connection = troupe::hot::connect(&SecretString::from(server.url())).await.expect("a connection");
    troupe::hot::round_trip(&mut connection, "test:").await.expect("all commands work");
    assert_eq!(server.run::<u64>(&cmd("DBSIZE")).await, 0);
}

#[tokio::test]
async fn readiness_follows_servers_that_go_and_come_back() {
    let (postgres, mut redis) = (Postgres::start().await, Redis::start().await);
    let discord = discord::start(discord::Answers::default()).await;
    let (discord_url, postgres_url, redis_url) = (discord.url(), postgres.url(), redis.url());
    let mut running = Running::start(
        "",
        &[
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("DISCORD_TOKEN", TOKEN),
            ("DISCORD_API_URL", &discord_url),
            ("DATABASE_URL", &postgres_url),
            ("REDIS_URL", &redis_url),
        ],
    );
    let url = format!("http://{}/readyz", running.address().await);
    let becomes = |component: &'static str, state: &'static str| {
        let url = url.clone();
        async move {
            eventually(&format!("{component} {state}"), || async {
                let body: Value = serde_json::from_str(&get(&url).await.1).expect("JSON");
                (body["components"][component]["state"] == state).then_some(())
            })
            .await;
        }
    };
    becomes("postgres", "ready").await;
    becomes("redis", "ready").await;
    redis.kill();
    becomes("redis", "degraded").await;
    redis.restart().await;
    becomes("redis", "ready").await;
    drop(postgres);
    becomes("postgres", "down").await;
    running.signal("TERM").await;
    assert_eq!(running.ended().await, Some(0));
}
