//! `/operator ai` on the local Discord: the real program, with real stores, asked by an owner and by somebody else.

use troupe::domain::oversight::{Reason, SwitchTarget};
use troupe_sandbox::drive::{LocalDiscord, Member, Reply, Units as _};

use super::{Process, SOON, migrated, record};
use crate::support::{program::Running, redis::Redis};

struct Stage {
    discord: LocalDiscord,
    bot: Running,
}

impl Stage {
    async fn set(environment: &[(&str, &str)]) -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        let url = discord.url().to_owned();
        let state = discord.state().await.expect("the state");
        let max = state.users.iter().find(|user| user.name.eq_ignore_ascii_case("max")).expect("Max");
        let owner = max.id.to_string();
        let mut all = vec![
            ("HTTP_ADDR", "127.0.0.1:0"),
            ("DISCORD_TOKEN", discord.token()),
            ("DISCORD_API_URL", &url),
            ("BOT_OWNER_IDS", &owner),
        ];
        all.extend(environment);
        let mut bot = Running::start("", &all);
        bot.address().await;
        discord.set_deadline(60.seconds());
        discord.bot_ready_with(&["operator"]).await.expect("the bot is there");
        Self { discord, bot }
    }

    fn owner(&self) -> Member {
        self.discord.member("Max").in_channel("general")
    }

    async fn end(mut self) {
        self.bot.signal("TERM").await;
        assert_eq!(self.bot.ended().await, Some(0));
        self.discord.finish().await.expect("nothing unknown was called, nothing was malformed");
    }
}

async fn told(member: &Member, command: &str, options: &[(&str, &str)]) -> Reply {
    let mut command = member.uses(command);
    for (name, value) in options {
        command = command.with(name, *value);
    }
    let mut reply = command.send().await.expect("sent");
    reply.finished().await.expect("an answer");
    assert!(reply.is_ephemeral(), "{}", reply.text());
    reply
}

#[tokio::test]
async fn an_owner_switches_ai_off_and_on_and_nobody_else_does() {
    let (postgres, redis) = (migrated().await, Redis::start().await);
    let (database, hot) = (postgres.url(), redis.url());
    let stage =
        Stage::set(&[("DATABASE_URL", &database), ("REDIS_URL", &hot), ("REDIS_PREFIX", "test")]).await;
    let other = Process::start(&postgres, Some(&redis));
    let everything = [("scope", "global")];

    let ada = stage.discord.member("Ada").in_channel("general");
    let refused = told(&ada, "/operator ai disable", &everything).await;
    assert!(refused.text().contains("people who run this bot"), "{}", refused.text());
    let refused = told(&ada, "/operator ai status", &[]).await;
    assert!(refused.text().contains("people who run this bot"), "{}", refused.text());

    let owner = stage.owner();
    let reply = told(&owner, "/operator ai status", &[]).await;
    assert!(reply.text().contains("Everything is on"), "{}", reply.text());
    let reason = "The bill @everyone **is** too high";
    let options = [("scope", "global"), ("reason", reason), ("duration", "2h")];
    let reply = told(&owner, "/operator ai disable", &options).await;
    println!("{}", reply.text());
    assert!(reply.text().contains("All AI") && reply.text().contains("<t:"), "{}", reply.text());
    let seen = other.sees("all off", SOON, |known| super::off(known, &SwitchTarget::Global)).await;
    let switch = seen.first(&[SwitchTarget::Global], super::now()).expect("in force");
    assert_eq!(switch.reason.as_ref().map(Reason::as_str), Some(reason));
    assert!(switch.until.is_some());

    let reply = told(&owner, "/operator ai disable", &[("scope", "guild")]).await;
    println!("{}", reply.text());
    let reply = told(&owner, "/operator ai disable", &[("scope", "character"), ("target", "mira")]).await;
    assert!(reply.text().contains("shipped:mira"), "{}", reply.text());
    let reply = told(&owner, "/operator ai status", &[]).await;
    println!("{}", reply.text());
    for part in ["All AI", "Server", "Character", "<@"] {
        assert!(reply.text().contains(part), "{part}: {}", reply.text());
    }
    for (options, part) in [
        (vec![("scope", "global"), ("target", "x")], "takes no"),
        (vec![("scope", "feature")], "which one"),
        (vec![("scope", "feature"), ("target", "dance")], "can't read that `target`"),
        (vec![("scope", "global"), ("duration", "soon")], "can't read that `duration`"),
    ] {
        let reply = told(&owner, "/operator ai disable", &options).await;
        assert!(reply.text().contains(part), "{}", reply.text());
    }

    let typing = owner.types("/operator ai enable").with("scope", "character").with("target", "mi");
    let choices = typing.focused("target").suggestions().await.expect("choices");
    assert!(choices.iter().any(|choice| choice.name == "shipped:mira"), "{choices:?}");
    let reply = told(&owner, "/operator ai enable", &everything).await;
    println!("{}", reply.text());
    assert!(reply.text().contains("on again"), "{}", reply.text());
    other.is_on(&SwitchTarget::Global, SOON).await;
    let reply = told(&owner, "/operator ai enable", &everything).await;
    assert!(reply.text().contains("was not switched off"), "{}", reply.text());
    let log: Vec<_> = record(&postgres).await.into_iter().map(|(action, ..)| action).collect();
    assert_eq!(log, ["switch.set", "switch.set", "switch.set", "switch.cleared"]);
    stage.end().await;
}

#[tokio::test]
async fn an_owner_stops_ai_without_any_store_and_is_told_how_far_that_reaches() {
    let stage = Stage::set(&[]).await;
    let direct = stage.discord.member("Max").in_direct_message_with("bot").await;
    let owner = direct.unwrap_or_else(|_| stage.owner());
    let reply = told(&owner, "/operator ai disable", &[("scope", "global")]).await;
    assert!(reply.text().contains("one process only"), "{}", reply.text());
    let reply = told(&owner, "/operator ai status", &[]).await;
    assert!(reply.text().contains("Not written down yet"), "{}", reply.text());
    let reply = told(&owner, "/operator ai enable", &[("scope", "global")]).await;
    assert!(reply.text().contains("may still be off"), "{}", reply.text());
    stage.end().await;
}
