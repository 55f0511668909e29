//! One clock: days, windows and moments go by the local Discord's, however that is moved.

use std::time::Duration;

use axum::{Router, http::StatusCode, routing::get as route};
use chrono::Utc;
use tokio_util::sync::CancellationToken;
use troupe::config::BaseUrl;
use troupe::ops::clock::{ClockError, Follower};
use troupe_sandbox::drive::{LocalDiscord, Member, Message, Reply, Units as _};

use crate::collection::has;
use crate::support::program::{self, get};
use crate::support::{Server, eventually};
use crate::talk_flow::stage::{Stage, answer, slowly, talk};

const DAY_MS: i64 = 86_400_000;
/// The bot follows its own Discord's clock.
const FOLLOWS: (&str, &str) = ("CLOCK_URL", "/_sandbox/clock");

/// The local Discord's time, in milliseconds since 1970.
async fn now_ms(stage: &Stage) -> i64 {
    i64::try_from(stage.discord.clock_ms().await.expect("the time")).expect("this millennium")
}

/// Lets time pass, and waits until the bot has heard of it.
async fn passes(stage: &Stage, time: Duration) {
    stage.discord.advance(time).await.expect("pushed");
    let ahead = stage.discord.sandbox().clock.offset_ms();
    eventually("the bot follows", async || {
        let (_, metrics) = get(&format!("http://{}/metrics", stage.ops)).await;
        let told = metrics.lines().find_map(|line| line.strip_prefix("troupe_clock_ahead_seconds "))?;
        let told: f64 = told.trim().parse().ok()?;
        (Duration::from_secs_f64(told).as_micros().div_ceil(1_000) >= ahead.into()).then_some(())
    })
    .await;
}

/// Lets time pass until so many milliseconds after the next midnight; that midnight.
async fn until_tomorrow(stage: &Stage, after: i64) -> i64 {
    let now = now_ms(stage).await;
    let midnight = (now.div_euclid(DAY_MS) + 1) * DAY_MS;
    let left = u64::try_from(midnight + after - now).expect("it is to come");
    passes(stage, Duration::from_millis(left)).await;
    midnight
}

async fn is_answered(stage: &Stage, member: &Member, text: &str) -> Reply {
    stage.says(text).await;
    let reply = talk(member, "Well?").await;
    answer(member, text).await;
    reply
}

/// Is refused until that moment.
async fn is_refused(member: &Member, why: &str, until_ms: i64) {
    let mut refused = talk(member, "And now?").await;
    refused.contains(why).await.unwrap_or_else(|error| panic!("{error}"));
    let moment = format!("<t:{}:R>", until_ms / 1_000);
    assert!(refused.is_ephemeral() && refused.text().contains(&moment), "{moment}: {}", refused.text());
}

/// Waits until an answer says so.
async fn says(mut reply: Reply, text: &str) -> Reply {
    reply.contains(text).await.unwrap_or_else(|error| panic!("{error}"));
    reply
}

/// One answer a day, two a week.
async fn days_and_weeks_pass(stage: Stage) {
    let max = stage.max();
    // Noon: no midnight comes by itself.
    let today = until_tomorrow(&stage, DAY_MS / 2).await;
    is_answered(&stage, &max, "The first day.").await;
    is_refused(&max, "for today", today + DAY_MS).await;
    assert_eq!(until_tomorrow(&stage, 1_000).await, today + DAY_MS);
    is_answered(&stage, &max, "The second day.").await;
    until_tomorrow(&stage, 1_000).await;
    is_refused(&max, "7 days", today + 7 * DAY_MS).await;
    passes(&stage, 7.days()).await;
    is_answered(&stage, &max, "Another week.").await;
    let kept = "SELECT count(*) FROM usage_ledger WHERE called_at > now() + interval '9 days'";
    eventually("the record", async || (stage.number(kept).await == 1).then_some(())).await;
    stage.end().await;
}

const FEW: [(&str, &str); 3] = [("FREE_TALK_USER_DAY", "1"), ("FREE_TALK_USER_WEEK", "2"), FOLLOWS];

#[tokio::test]
async fn who_has_had_todays_answers_has_new_ones_tomorrow_by_redis() {
    days_and_weeks_pass(Stage::set_with(&FEW).await).await;
}

#[tokio::test]
async fn who_has_had_todays_answers_has_new_ones_tomorrow_without_redis() {
    days_and_weeks_pass(Stage::set_without_redis(&FEW).await).await;
}

#[tokio::test]
async fn rolls_come_and_offers_end_with_the_clock() {
    let stage = Stage::set_with(&[FOLLOWS]).await;
    let (max, mia) = (stage.max(), stage.mia());
    passes(&stage, 3.days()).await;
    let roll = async || max.uses("/collection roll").send().await.expect("sent");
    let with_button = async |member: &Member, label: &str| {
        let can = |message: &Message| message.can_press(label);
        member.waits_for(&format!("a button {label:?}"), can).await.expect("a message")
    };
    let before = now_ms(&stage).await;
    roll().await;
    let rolled = with_button(&max, "Add").await;
    let after = now_ms(&stage).await;
    max.presses(&rolled, "Add").await.expect("pressed");
    max.waits_for("it is taken in", |message| message.text().contains("took this one in"))
        .await
        .expect("taken");
    let spent = says(roll().await, "used up your roll").await;
    let told = spent.text().split("<t:").nth(1).and_then(|rest| rest.split(':').next()).map(str::to_owned);
    let told: i64 = told.expect("a moment").parse().expect("a number");
    let window = 5 * 3_600_000;
    assert!((before + window..=after + window + 1_000).contains(&(told * 1_000)), "{told}: {before}");

    // An offer holds for a day.
    let state = stage.discord.state().await.expect("the state");
    let id_of = |name: &str| state.users.iter().find(|user| user.name == name).expect("somebody").id.0;
    has(&mut stage.connect().await, id_of("Max"), "quoin").await;
    let gift = max.uses("/collection gift").with("member", id_of("Mia").to_string());
    let gift = gift.with("character", "quoin").send().await.expect("sent");
    let preview = says(gift, "Nothing happens before you confirm").await;
    max.presses(&preview.message().expect("a preview"), "Confirm").await.expect("pressed");
    let offer = with_button(&mia, "Accept").await;
    passes(&stage, 25.hours()).await;
    mia.presses(&offer, "Accept").await.expect("pressed");
    let is_over = |message: &Message| message.id() == offer.id() && message.buttons().is_empty();
    mia.waits_for("the offer is over", is_over).await.expect("an end");
    let given =
        "SELECT count(*) FROM trades WHERE state = 'expired' AND ended_at > now() + interval '4 days'";
    assert_eq!(stage.number(given).await, 1);

    roll().await;
    let can = |message: &Message| message.can_press("Add") && message.id() != rolled.id();
    max.waits_for("a second roll", can).await.expect("a roll");
    stage.end().await;
}

#[tokio::test]
async fn a_jump_in_mid_answer_does_no_harm() {
    let stage = Stage::set_with(&[FOLLOWS]).await;
    let max = stage.max();
    let words = "one two three four five six seven eight";
    stage.scripted(slowly(words)).await;
    let reply = talk(&max, "Count").await;
    max.waits_for("the first words", Message::is_from_webhook).await.expect("words");
    // To a month for which nothing is prepared, when everything that ever was begun is over.
    passes(&stage, 150.days()).await;
    answer(&max, words).await;
    assert_eq!(stage.charge(reply.interaction()).await.outcome, "completed");
    let reply = is_answered(&stage, &max, "Spring is here.").await;
    assert_eq!(stage.charge(reply.interaction()).await.outcome, "completed");
    assert_eq!(stage.number("SELECT count(*) FROM bond_history").await, 2, "one a day");
    stage.left_nothing().await;
    stage.end().await;
}

fn url(of: &str) -> BaseUrl {
    BaseUrl::parse(of).expect("an address")
}

#[tokio::test]
async fn a_clock_is_followed_and_holds_on_while_it_is_away() {
    let discord = LocalDiscord::start().await.expect("a local Discord");
    discord.advance(7.days()).await.expect("pushed");
    let follower = Follower::new(&url(&format!("{}/_sandbox/clock", discord.url()))).expect("a client");
    let clock = follower.clock();
    let ahead = || clock.now_ms() - Utc::now().timestamp_millis();
    assert!(ahead() < DAY_MS);
    assert_eq!(follower.read().await.expect("a time"), 7 * DAY_MS);
    let stop = CancellationToken::new();
    let following = tokio::spawn(follower.follow(stop.clone()));
    for days in 8..11 {
        discord.advance(1.days()).await.expect("pushed");
        eventually("it follows", async || (ahead() > days * DAY_MS - 60_000).then_some(())).await;
    }
    discord.finish().await.expect("in order");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!((10 * DAY_MS - 60_000..11 * DAY_MS).contains(&ahead()), "{}", ahead());
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), following).await.expect("it stops").expect("in order");
}

#[tokio::test]
async fn what_tells_no_time_is_no_clock() {
    let far = format!("{{\"offset_ms\": {}}}", u64::MAX);
    let long = format!("{{\"offset_ms\": 1, \"at\": \"{}\"}}", "x".repeat(10_000));
    let router = Router::new()
        .route("/far", route(|| async { far }))
        .route("/long", route(|| async { long }))
        .route("/text", route(|| async { "noon" }))
        .route("/back", route(|| async { "{\"offset_ms\": -5}" }))
        .route("/broken", route(|| async { StatusCode::BAD_GATEWAY }))
        .route("/silent", route(std::future::pending::<String>))
        .route("/right", route(|| async { "{\"offset_ms\": 5, \"more\": []}" }));
    let server = Server::start(router).await;
    for path in ["far", "long", "text", "back", "broken", "missing"] {
        let follower = Follower::new(&url(&format!("{}/{path}", server.url()))).expect("a client");
        let read = follower.read().await;
        assert!(matches!(read, Err(ClockError::NoClock(_))), "{path}: {read:?}");
    }
    for address in [format!("{}/silent", server.url()), "http://127.0.0.1:9/clock".to_owned()] {
        let read = Follower::new(&url(&address)).expect("a client").read().await;
        assert!(matches!(read, Err(ClockError::Unreachable(_))), "{address}: {read:?}");
    }
    let right = Follower::new(&url(&format!("{}/right", server.url()))).expect("a client");
    assert_eq!(right.read().await.expect("a time"), 5);
}

#[tokio::test]
async fn a_clock_elsewhere_keeps_the_bot_from_starting() {
    let environment = [("DISCORD_TOKEN", "a.b.c"), ("CLOCK_URL", "http://time.example.org/clock")];
    let output = program::run(&["run"], &environment).await;
    let told = program::text(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("CLOCK_URL") && told.contains("is not on this machine"), "{told}");
}
