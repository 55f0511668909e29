//! The real program on the local Discord: what members see, and what it survives.

use troupe_sandbox::drive::{LocalDiscord, Units as _};
use troupe_sandbox::faults::{Effect, Fault};

use crate::support::eventually;
use crate::support::program::{self, Running, get};

/// A local Discord, and the program on it.
struct Stage {
    discord: LocalDiscord,
    bot: Running,
    ops: String,
}

impl Stage {
    async fn set() -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        let url = discord.url().to_owned();
        let (bot, ops) = start(&discord, &[("DISCORD_API_URL", &url)]).await;
        Self { discord, bot, ops }
    }

    /// Stops the program, and asserts that it only asked Discord for what there is.
    async fn end(mut self) {
        self.bot.signal("TERM").await;
        assert_eq!(self.bot.ended().await, Some(0));
        self.discord.finish().await.expect("nothing unknown was called, nothing was malformed");
    }

    /// Says something on behalf of Max and waits for the answer's text.
    async fn about(&self) -> String {
        let max = self.discord.member("Max").in_channel("general");
        let mut reply = max.uses("/about").send().await.expect("sent");
        reply.answered().await.expect("an answer").text()
    }
}

async fn start(discord: &LocalDiscord, environment: &[(&str, &str)]) -> (Running, String) {
    let mut all = vec![("HTTP_ADDR", "127.0.0.1:0"), ("DISCORD_TOKEN", discord.token())];
    all.extend(environment);
    let mut bot = Running::start("", &all);
    let ops = bot.address().await;
    discord.set_deadline(60.seconds());
    discord.bot_ready_with(&["about", "help"]).await.expect("the bot is there");
    (bot, ops)
}

#[tokio::test]
async fn members_are_answered_in_their_language() {
    let stage = Stage::set().await;

    let english = stage.about().await;
    let mia = stage.discord.member("Mia").in_channel("general");
    let mut reply = mia.uses("/about").send().await.expect("sent");
    let german = reply.answered().await.expect("an answer").text();
    assert!(english.contains("Troupe") && german.contains("Troupe"), "{english}\n{german}");
    assert_ne!(english, german);

    let max = stage.discord.member("Max").in_channel("general");
    let mut help = max.uses("/help").send().await.expect("sent");
    help.answered().await.expect("an answer");
    assert!(help.text().contains("</about:"), "a mention to click on: {}", help.text());
    assert!(help.is_ephemeral());
    stage.discord.member("Ada").in_channel("general").sees_nothing_of(&help).await.expect("ephemeral");
    let names =
        max.types("/help").with("command", "ab").focused("command").suggestions().await.expect("choices");
    assert!(names.iter().any(|choice| choice.name.contains("about")), "{names:?}");
    let (_, metrics) = get(&format!("http://{}/metrics", stage.ops)).await;
    assert!(metrics.contains("discord_interactions_total"), "{metrics}");
    stage.end().await;
}

#[tokio::test]
async fn a_lost_connection_loses_nothing() {
    let stage = Stage::set().await;
    let gateway = stage.discord.gateway();
    let resumed = async || {
        let sessions = gateway.sessions().await.expect("sessions");
        sessions.iter().filter_map(|session| session["resumed"].as_u64()).sum::<u64>()
    };
    gateway.drop().await.expect("dropped");
    // Said while nobody listens: the session's resume brings it.
    assert!(stage.about().await.contains("Troupe"));
    eventually("a resume", async || (resumed().await == 1).then_some(())).await;
    gateway.reconnect().await.expect("asked to reconnect");
    eventually("a second resume", async || (resumed().await == 2).then_some(())).await;
    assert!(stage.about().await.contains("Troupe"));
    stage.end().await;
}

#[tokio::test]
async fn an_event_that_comes_twice_is_answered_once() {
    let stage = Stage::set().await;
    stage.discord.gateway().duplicate("INTERACTION_CREATE", 1).await.expect("ordered");
    assert!(stage.about().await.contains("Troupe"));
    assert!(stage.about().await.contains("Troupe"));
    let callbacks = stage
        .discord
        .requests("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
        .await
        .expect("the journal");
    assert_eq!(callbacks.len(), 2, "{callbacks:?}");
    stage.end().await;
}

#[tokio::test]
async fn a_stop_lets_a_command_under_way_finish() {
    let mut stage = Stage::set().await;
    let slow = Fault::new(Effect::Latency { ms: 1_000, jitter_ms: 0 });
    stage.discord.fault(slow.on(reqwest::Method::POST, "/interactions/**")).await.expect("ordered");
    let max = stage.discord.member("Max").in_channel("general");
    let mut reply = max.uses("/about").send_only().await.expect("sent");
    eventually("the bot answers", async || {
        let (_, metrics) = get(&format!("http://{}/metrics", stage.ops)).await;
        let sessions = stage.discord.gateway().sessions().await.ok()?;
        (!metrics.is_empty() && sessions.iter().any(|session| session["seq"].as_u64() > Some(2)))
            .then_some(())
    })
    .await;
    stage.bot.signal("TERM").await;
    assert!(reply.answered().await.expect("an answer").text().contains("Troupe"));
    assert_eq!(stage.bot.ended().await, Some(0));
}

#[tokio::test]
async fn the_way_to_discord_com_works_over_tls() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, discord.ca_pem().await.expect("an authority")).expect("a file");
    let (url, ca) = (discord.url().to_owned(), ca.to_string_lossy().into_owned());
    // No DISCORD_API_URL: the program takes this for https://discord.com itself.
    let (bot, ops) = start(&discord, &[("HTTPS_PROXY", &url), ("DISCORD_CA_FILE", &ca)]).await;
    let stage = Stage { discord, bot, ops };
    assert!(stage.about().await.contains("Troupe"));
    stage.end().await;
}

#[tokio::test]
async fn commands_are_registered_only_when_they_changed() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let url = discord.url().to_owned();
    for _ in 0..2 {
        let (mut bot, _) = start(&discord, &[("DISCORD_API_URL", &url)]).await;
        bot.signal("TERM").await;
        assert_eq!(bot.ended().await, Some(0));
    }
    let puts = discord.requests("PUT", "/applications/{application_id}/commands").await.expect("the journal");
    assert_eq!(puts.len(), 1);
    let environment = [("DISCORD_TOKEN", discord.token()), ("DISCORD_API_URL", &url)];
    let output = program::run(&["register", "--dry-run"], &environment).await;
    assert!(output.status.success(), "{}", program::text(&output));
    assert!(program::text(&output).contains("unchanged"), "{}", program::text(&output));
}

#[tokio::test]
async fn a_wrong_token_is_said_plainly() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    let environment =
        [("DISCORD_TOKEN", "abc.def.ghi"), ("DISCORD_API_URL", discord.url()), ("HTTP_ADDR", "off")];
    let output = program::run(&["run"], &environment).await;
    let text = program::text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("DISCORD_TOKEN") && !text.contains("abc.def.ghi") && !text.contains("panicked"),
        "{text}"
    );
}

#[tokio::test]
async fn a_broken_answer_does_not_keep_the_next_from_coming_through() {
    let stage = Stage::set().await;
    let broken = Fault::new(Effect::Status { status: 502, body: troupe_sandbox::faults::ErrorBody::Html });
    stage
        .discord
        .fault(broken.on(reqwest::Method::POST, "/interactions/**/callback").times(1))
        .await
        .expect("ordered");
    let max = stage.discord.member("Max").in_channel("general");
    max.uses("/about").send_only().await.expect("sent");
    let path = "/interactions/{interaction_id}/{interaction_token}/callback";
    let callbacks = async || stage.discord.requests("POST", path).await.expect("the journal");
    let met = eventually("the broken answer", async || callbacks().await.first().cloned()).await;
    assert_eq!(met["status"], 502, "{met}");
    assert!(stage.about().await.contains("Troupe"));
    assert!(callbacks().await.iter().any(|callback| callback["status"] == 204));
    stage.end().await;
}
