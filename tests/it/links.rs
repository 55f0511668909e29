//! The program with its stores behind the local Discord's links: what members see while one is off.

use secrecy::ExposeSecret;
use serde_json::Value;
use troupe_sandbox::drive::{LocalDiscord, Member, Units as _};
use troupe_sandbox::model::Script;

use crate::support::{
    eventually,
    postgres::{PASSWORD, migrated},
    program::{Running, get},
    redis::{self, Redis},
};

/// Says something to the characters, and waits for the whole answer.
async fn talks(discord: &LocalDiscord, max: &Member, answer: &str) {
    discord.model().script(Script::text(answer)).await.expect("a script");
    max.uses("/talk").with("message", "Hello").send().await.expect("acknowledged");
    let whole = max.waits_for(answer, |shown| shown.text().contains(answer) && shown.can_press("Delete"));
    whole.await.expect("an answer");
}

async fn bond(max: &Member) -> String {
    let mut reply = max.uses("/bond view").with("character", "Mira").send().await.expect("sent");
    reply.answered().await.expect("an answer");
    reply.finished().await.expect("the whole").text()
}

#[tokio::test]
async fn a_store_that_is_off_takes_along_only_what_needs_it() {
    let (database, redis) = (migrated().await, Redis::start().await);
    let discord = LocalDiscord::start().await.expect("a local Discord");
    discord.set_deadline(60.seconds());
    let database_url = discord.open_link("postgres", database.url.expose_secret()).await.expect("a link");
    let redis_url = discord.open_link("redis", &redis.url()).await.expect("a link");
    let (url, model) = (discord.url().to_owned(), discord.model_url());
    let mut bot = Running::start(
        "",
        &[
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("DISCORD_TOKEN", discord.token()),
            ("DISCORD_API_URL", &url),
            ("OPENAI_BASE_URL", &model),
            ("FREE_USER_WINDOW", "100/30"),
            ("DATABASE_URL", &database_url),
            ("REDIS_URL", &redis_url),
        ],
    );
    let ops = format!("http://{}/readyz", bot.address().await);
    let becomes = async |component: &str, state: &str| {
        eventually(&format!("{component} {state}"), async || {
            let body: Value = serde_json::from_str(&get(&ops).await.1).expect("JSON");
            (body["components"][component]["state"] == state).then_some(())
        })
        .await;
    };
    discord.bot_ready_with(&["talk", "bond"]).await.expect("the bot is there");
    becomes("postgres", "ready").await;
    becomes("redis", "ready").await;
    let max = discord.member("Max").in_channel("stage");
    talks(&discord, &max, "All is well.").await;

    discord.link("redis").off().await.expect("off");
    becomes("redis", "degraded").await;
    talks(&discord, &max, "Without my memory.").await;
    discord.link("redis").up().await.expect("up");
    becomes("redis", "ready").await;

    for wrong in ["off", "hang"] {
        let postgres = discord.link("postgres");
        let switched = if wrong == "off" { postgres.off().await } else { postgres.hang().await };
        switched.expect(wrong);
        let told = bond(&max).await;
        assert!(told.contains("can't get at your bonds"), "{wrong}: {told}");
        talks(&discord, &max, "Nobody writes this down yet.").await;
        postgres.up().await.expect("up");
        becomes("postgres", "ready").await;
        eventually("bonds again", async || (!bond(&max).await.contains("can't get at")).then_some(())).await;
    }
    talks(&discord, &max, "All is well again.").await;
    let links = format!("{:?}", discord.links().await.expect("links"));
    assert!(!links.contains(PASSWORD) && !links.contains(redis::PASSWORD), "{links}");

    bot.signal("TERM").await;
    assert_eq!(bot.ended().await, Some(0));
    discord.finish().await.expect("nothing unknown was called, nothing was malformed");
}
