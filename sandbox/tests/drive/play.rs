//! Plays: members use a bot that is written on serenity.

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;
use troupe_sandbox::control::outcome::Status;
use troupe_sandbox::drive::{DriveError, LocalDiscord, Units as _};
use troupe_sandbox::faults::{Effect, ErrorBody, Fault};
use troupe_sandbox::openapi::OpenApi;

use crate::bot;

#[tokio::test]
async fn a_bot_answers_thinks_whispers_and_suggests() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let (max, mia) = (discord.member("Max"), discord.member("Mia"));

    let pong = max.uses("/ping").send().await.unwrap();
    assert_eq!(pong.text(), "Pong!");
    assert_eq!(mia.reads("Pong!").await.unwrap().id(), pong.message().unwrap().id());

    let greeting = max.uses("/greet").with("who", "Mia").send().await.unwrap();
    assert_eq!(greeting.text(), "Hello, Mia!");
    assert_eq!(greeting.message().unwrap().pings(), []);

    let whisper = max.uses("/whisper").send().await.unwrap();
    assert!(whisper.is_ephemeral());
    mia.sees_nothing_of(&whisper).await.unwrap();
    let private = max.reads("Only for you.").await.unwrap();
    max.dismisses(&private).await.unwrap();
    assert!(!max.sees().await.unwrap().contains(&private));

    let mut thought = max.uses("/think").send().await.unwrap();
    thought.finished().await.unwrap();
    assert_eq!(thought.text(), "Well, then: yes.");
    assert_eq!(thought.message().unwrap().edits(), 3);
    assert_eq!(thought.followups()[0].text(), "One more thing.");
    assert!(thought.followups()[0].is_ephemeral());

    let dishes = max.types("/order").with("dish", "no").focused("dish").suggestions().await.unwrap();
    assert_eq!(dishes.iter().map(|dish| dish.name.as_str()).collect::<Vec<_>>(), ["NOODLES", "NOUGAT"]);
    let order = max.uses("order").with("dish", dishes[1].value.clone()).send().await.unwrap();
    assert_eq!(order.text(), "One nougat!");
    assert_eq!(discord.requests("POST", "/interactions/{}/{}/callback").await.unwrap().len(), 6);

    assert_eq!(mia.picks("Inspect", "Max").await.unwrap().text(), "That is max.");
    let said = max.says("To be, or not to be").await.unwrap();
    assert_eq!(mia.picks("Quote", said.id()).await.unwrap().text(), "> To be, or not to be");
    assert_eq!(mia.picks("Quote", "last").await.unwrap().text(), "> > To be, or not to be");
    assert!(max.commands().await.unwrap().contains(&"Quote".to_owned()));
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn a_panel_takes_presses_choices_and_a_modal() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let max = discord.member("Max").in_channel("stage");
    let panel = max.uses("/panel").send().await.unwrap();
    assert_eq!(panel.message().unwrap().buttons(), ["Open", "Done"]);
    assert!(!panel.message().unwrap().can_press("Done"));

    let modal = panel.press("Open").await.unwrap().modal().unwrap();
    assert_eq!(modal.title(), "Who are you?");
    let too_long = modal.clone().fill("name", "Maximilian the Second").submit().await.unwrap_err();
    assert!(too_long.refusal().unwrap().contains("1 to 10 characters"), "{too_long}");
    let hello = modal.fill("name", "Max").submit().await.unwrap();
    assert_eq!(hello.text(), "Hello, Max.");

    let painted = panel.choose("A colour", &["BLUE"]).await.unwrap();
    assert_eq!(painted.message().unwrap().id(), panel.message().unwrap().id());
    assert_eq!(painted.text(), "All in blue");

    for (press, sentence) in [("Done", "disabled"), ("Close", "\"Open\"")] {
        let refused = panel.press(press).await.unwrap_err();
        assert!(refused.refusal().unwrap().contains(sentence), "{refused}");
    }
    let nobody = discord.member("Ada").picks("Nothing", "Max").await.unwrap_err();
    assert!(nobody.refusal().unwrap().contains("no command"), "{nobody}");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn silence_is_what_the_member_sees_after_three_seconds() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let max = discord.member("Max");
    let mut silence = max.uses("/mute").send_only().await.unwrap();
    assert_eq!(silence.outcome().status, Status::Waiting);
    let waiting = tokio::spawn(async move {
        let failed = silence.answered().await.map(drop);
        (failed, silence)
    });
    discord.advance(4.seconds()).await.unwrap();
    let (failed, mut silence) = waiting.await.unwrap();
    let failed = failed.unwrap_err();
    assert!(
        matches!(&failed, DriveError::Failed { shown, .. } if shown == "The application did not respond")
    );
    assert_eq!(silence.refresh().await.unwrap().outcome().status, Status::Failed);

    discord.set_deadline(200.milliseconds());
    discord.rule("acknowledge-in-3s".parse().unwrap(), false).await.unwrap();
    let late = max.uses("/mute").send().await.unwrap_err();
    assert!(late.to_string().contains("saw waiting"), "{late}");
}

#[tokio::test]
async fn faults_hit_and_dropped_connections_come_back() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let max = discord.member("Max");
    let broken = Fault::new(Effect::Status { status: 503, body: ErrorBody::Json })
        .on(Method::POST, "/interactions/{}/{}/callback")
        .times(1);
    discord.fault(broken).await.unwrap();
    discord.set_deadline(20.seconds());
    let callback = "/interactions/{}/{}/callback";
    let lost = max.uses("/ping").send_only().await.unwrap();
    discord.waits_for_requests(1, "POST", callback).await.unwrap();
    assert_eq!(discord.faults().await.unwrap()[0]["hits"], 1);
    assert_eq!(max.uses("/ping").send().await.unwrap().text(), "Pong!");
    assert_eq!(lost.outcome().status, Status::Waiting);
    let hit = discord.requests("POST", callback).await.unwrap();
    assert_eq!(hit.iter().map(|entry| entry["status"].clone()).collect::<Vec<_>>(), [json!(503), json!(204)]);

    assert_eq!(discord.gateway().drop().await.unwrap(), 1);
    discord.bot_ready().await.unwrap();
    assert_eq!(max.uses("/ping").send().await.unwrap().text(), "Pong!");
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn a_direct_message_with_the_bot_works() {
    let discord = LocalDiscord::start().await.unwrap();
    let _bot = bot::start(&discord).await;
    let max = discord.member("Max").in_direct_message_with("Troupe").await.unwrap();
    assert_eq!(max.uses("/ping").send().await.unwrap().text(), "Pong!");
    assert!(discord.member("Mia").in_channel(max.channel()).sees().await.unwrap().is_empty());
    let hello = max.says("Hello").await.unwrap();
    assert_eq!((hello.author(), hello.content()), ("Max", "Hello"));
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn what_is_not_discords_api_fails_the_play() {
    let discord = LocalDiscord::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/soundboard-default-soundz", discord.api_url());
    http.get(url).header("Authorization", format!("Bot {}", discord.token())).send().await.unwrap();
    let unclean = discord.finish().await.unwrap_err();
    assert!(
        unclean.to_string().contains("unknown: GET /api/v10/soundboard-default-soundz → 404"),
        "{unclean}"
    );
}

#[tokio::test]
async fn what_violates_discords_openapi_file_fails_the_play() {
    // The file is Discord's, and not everybody has it.
    if OpenApi::find().is_none() {
        eprintln!("skipped: there is no OpenAPI file of Discord's here");
        return;
    }
    let discord = LocalDiscord::start().await.unwrap();
    let channel = discord.state().await.unwrap().guilds[0].channels[0].id;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = http.post(format!("{}/channels/{channel}/messages", discord.api_url()));
    let post = post.header("Authorization", format!("Bot {}", discord.token()));
    post.json(&json!({ "content": "hi", "embeds": "none" })).send().await.unwrap();
    let unclean = discord.finish().await.unwrap_err().to_string();
    assert!(unclean.contains("violation: POST") && unclean.contains("/embeds"), "{unclean}");
}

#[tokio::test]
async fn nothing_is_left_when_it_is_dropped() {
    let discord = LocalDiscord::start().await.unwrap();
    let bot = bot::start(&discord).await;
    let address = discord.url().trim_start_matches("http://").to_owned();
    let sandbox = discord.sandbox().clone();
    drop(discord);
    let gone = async {
        while TcpStream::connect(&address).await.is_ok()
            || sandbox.hub.sessions().iter().any(|session| session.connected)
        {
            tokio::time::sleep(10.milliseconds()).await;
        }
    };
    tokio::time::timeout(5.seconds(), gone).await.unwrap();
    drop(bot);
}
