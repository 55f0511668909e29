//! Migrating at start: beside the bot, once among many, as soon as the database answers, and never against the
//! operator's will.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use troupe::cold::{
    self,
    migrations::{Standing, standing},
};

use crate::support::{
    discord::{self, TOKEN},
    eventually, free_port,
    postgres::{PASSWORD, Postgres, USER},
    program::{Running, get},
};

async fn bot(discord: &str, database: &str, more: &[(&str, &str)]) -> (Running, String) {
    let mut environment = vec![
        ("HTTP_ADDR", "127.0.0.1:0"),
        ("DISCORD_TOKEN", TOKEN),
        ("DISCORD_API_URL", discord),
        ("DATABASE_URL", database),
    ];
    environment.extend(more);
    let mut bot = Running::start("", &environment);
    let url = format!("http://{}/readyz", bot.address().await);
    (bot, url)
}

async fn ready(url: &str) {
    eventually("the bot is ready", async || (get(url).await.0 == 200).then_some(())).await;
}

async fn stand(postgres: &Postgres) -> Standing {
    let mut connection = cold::connect(&postgres.secret_url(), Duration::ZERO).await.expect("a connection");
    standing(&mut connection).await.expect("a standing")
}

#[tokio::test]
async fn many_bots_start_at_once_and_a_newer_database_stops_none() {
    let (postgres, discord) = (Postgres::start().await, discord::start(discord::Answers::default()).await);
    let (database, discord) = (postgres.url(), discord.url().clone());
    let started = futures::future::join_all((0..3).map(|_| bot(&discord, &database, &[]))).await;
    for (mut bot, url) in started {
        ready(&url).await;
        bot.signal("TERM").await;
        assert_eq!(bot.ended().await, Some(0));
    }
    let now = stand(&postgres).await;
    assert!(now.pending.is_empty() && !now.applied.is_empty(), "{now:?}");

    let mut connection = cold::connect(&postgres.secret_url(), Duration::ZERO).await.expect("a connection");
    let newer = "INSERT INTO __diesel_schema_migrations VALUES ('99990101000000')";
    connection.batch_execute(newer).await.expect("a newer database");
    let (mut older, url) = bot(&discord, &database, &[]).await;
    let warned = older.logged("the database is ahead").await;
    assert!(warned["unknown"].to_string().contains("99990101000000"), "{warned}");
    ready(&url).await;
}

#[tokio::test]
async fn nothing_is_migrated_against_the_operators_will() {
    let (postgres, discord) = (Postgres::start().await, discord::start(discord::Answers::default()).await);
    let (mut bot, url) = bot(&discord.url(), &postgres.url(), &[("MIGRATE_ON_START", "false")]).await;
    let warned = bot.logged("the database is behind").await;
    ready(&url).await;
    let now = stand(&postgres).await;
    assert!(now.applied.is_empty(), "{now:?}");
    assert!(now.pending.iter().all(|version| warned["pending"].to_string().contains(version)), "{warned}");
}

#[tokio::test]
async fn a_database_that_comes_later_is_migrated_then() {
    let (postgres, discord) = (Postgres::start().await, discord::start(discord::Answers::default()).await);
    let port = free_port();
    let database = format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres");
    let (_bot, url) = bot(&discord.url(), &database, &[]).await;
    eventually("health says that the database is away", async || {
        let body: Value = serde_json::from_str(&get(&url).await.1).expect("JSON");
        (body["components"]["postgres"]["state"] == "down"
            && body["components"]["gateway"]["state"] == "ready")
            .then_some(())
    })
    .await;

    let listener = TcpListener::bind(("127.0.0.1", port.number())).await.expect("the port is free");
    let upstream = postgres.address();
    let forwarding = tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut far = TcpStream::connect(upstream).await?;
                tokio::io::copy_bidirectional(&mut near, &mut far).await
            });
        }
    });
    ready(&url).await;
    let now = stand(&postgres).await;
    assert!(now.pending.is_empty() && !now.applied.is_empty(), "{now:?}");
    forwarding.abort();
}
