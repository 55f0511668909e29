//! Links over the control API, and by the driver.

use serde_json::{Value, json};
use troupe_sandbox::control::links::ModeName;
use troupe_sandbox::drive::{LocalDiscord, Units as _};

use crate::support::Echo;

async fn refused(discord: &LocalDiscord, path: &str, body: Value) -> String {
    let refused = discord.control("PUT", path, &body).await.expect_err(path);
    refused.refusal().unwrap_or_else(|| panic!("{refused}")).to_owned()
}

#[tokio::test]
async fn links_are_listed_and_switched_without_their_passwords() {
    let discord = LocalDiscord::start().await.unwrap();
    let order = json!({ "mode": "off" });
    assert!(refused(&discord, "/links/redis", order.clone()).await.contains("none at all"));
    assert_eq!(discord.links().await.unwrap(), []);

    let echo = Echo::tcp().await;
    let address = format!("redis://:secret@{}/3", echo.target);
    let by_link = discord.open_link("redis", &address).await.unwrap();
    let database = "postgres://me:secret@/db?host=%2Fnowhere&password=secret&sslmode=disable";
    let other = discord.open_link("postgres", database).await.unwrap();
    let listed = discord.control("GET", "/links", &json!({})).await.unwrap();
    let place = by_link.strip_prefix("redis://:secret@").unwrap().strip_suffix("/3").unwrap();
    assert_eq!(
        listed[0],
        json!({
            "name": "redis", "target": echo.target.to_string(), "address": place, "mode": "up",
            "open": 0, "connections": 0, "bytes_in": 0, "bytes_out": 0,
        })
    );
    assert_eq!(listed[1]["target"], "unix:/nowhere/.s.PGSQL.5432");
    assert!(other.ends_with("/db?password=secret&sslmode=disable"), "{other}");
    let state = discord.control("GET", "/state", &json!({})).await.unwrap();
    assert!(!format!("{listed}{state}").contains("secret"), "{listed} {state}");

    let redis = discord.link("redis");
    assert_eq!(redis.slow(200.milliseconds()).await.unwrap().delay_ms, Some(200));
    assert_eq!(discord.control("GET", "/links", &json!({})).await.unwrap()[0]["mode"], "slow");
    for (view, mode) in [
        (redis.hang().await.unwrap(), ModeName::Hang),
        (redis.off().await.unwrap(), ModeName::Off),
        (redis.up().await.unwrap(), ModeName::Up),
        (redis.look().await.unwrap(), ModeName::Up),
    ] {
        assert_eq!((view.mode, view.delay_ms), (mode, None));
    }

    for (path, body, sentence) in [
        ("/links/mongo", order, "there is no link \"mongo\"; there are: redis, postgres"),
        ("/links/redis", json!({ "mode": "away" }), "away"),
        ("/links/redis", json!({ "mode": "slow" }), "delay_ms from 1 to 60000"),
        ("/links/redis", json!({ "mode": "slow", "delay_ms": 60_001 }), "delay_ms from 1 to 60000"),
        ("/links/redis", json!({ "mode": "off", "delay_ms": 5 }), "only slow takes a delay"),
        ("/links/redis", json!({ "mode": "off", "for": "ever" }), "unknown field `for`"),
        ("/links/redis", json!({}), "missing field `mode`"),
    ] {
        let told = refused(&discord, path, body).await;
        assert!(told.contains(sentence), "{told}");
    }
    assert!(discord.link("mongo").look().await.unwrap_err().to_string().contains("redis, postgres"));
    for (name, address, reason) in [
        ("redis", "redis://:secret@h", "another name"),
        ("more", "rediss://:secret@h", "TLS"),
        ("more", "http://me:secret@h", "starts with redis://"),
    ] {
        let told = discord.open_link(name, address).await.unwrap_err().to_string();
        assert!(told.contains(reason) && !told.contains("secret"), "{told}");
    }
    discord.finish().await.unwrap();
}
