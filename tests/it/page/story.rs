//! A first visitor's minute: open, be somebody, talk, swipe, reply, reach a limit, stop all AI, and look behind it.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::json;

use crate::support::{browser::Browser, eventually, free_port};
use crate::talk_flow::stage::Stage;

/// The composer of the open channel.
const COMPOSER: &str = "#composer-text";
/// What is said in the channel, in order.
const SAID: &str = ".messages .message .content";

async fn open(browser: &Browser, stage: &Stage, as_whom: &str) {
    let address = format!("{}/#/as/{as_whom}/The%20Playhouse/stage", stage.discord.url());
    // An address that differs in its fragment alone is no new page.
    browser.client.goto("about:blank").await.expect("a blank page");
    browser.client.goto(&address).await.expect("the page");
    browser.find(COMPOSER).await;
}

/// Gives a command of one option as a member does: by typing it.
async fn uses(browser: &Browser, command: &str, words: &str) {
    browser.click(COMPOSER).await;
    browser.types(&format!("/{command}")).await;
    browser.reads(".offer.active", &format!("/{command}")).await;
    browser.key(Key::Enter).await;
    browser.reads(".command-name", command).await;
    browser.types(words).await;
    browser.key(Key::Enter).await;
    browser.gone(".command-name").await;
}

#[tokio::test]
async fn the_first_minute() {
    // The characters' faces come from the bot's own address, and its traces go to the local Discord.
    let port = free_port();
    let (ops, faces) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}/avatars"));
    let stage = Stage::set_with(&[
        ("FREE_TALK_USER_DAY", "3"),
        ("HTTP_ADDR", &ops),
        ("AVATAR_BASE_URL", &faces),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "/"),
        ("TRACE_VALUES", "true"),
        ("CLOCK_URL", "/_sandbox/clock"),
    ])
    .await;
    stage.discord.control("PATCH", "/model", &json!({ "tokens_per_second": 12 })).await.expect("a pace");
    let browser = Browser::open(1280, 800).await;
    opens(&browser, &stage).await;
    chooses_a_member(&browser, &stage).await;
    talks(&browser).await;
    swipes(&browser).await;
    replies(&browser).await;
    reaches_the_limit(&browser).await;
    goes_on_the_next_day(&browser).await;
    has_all_ai_stopped(&browser, &stage).await;
    looks_behind_it(&browser).await;
    browser.close().await;
    stage.end().await;
}

/// Open: somebody is chosen, and one is told how to begin.
async fn opens(browser: &Browser, stage: &Stage) {
    browser.client.goto(stage.discord.url()).await.expect("the page");
    browser.reads(".user-name", "Max").await;
    browser.reads(".hint-card", "Type /").await;
    browser.shot("1-open").await;
    browser.click_on(".channel", "stage").await;
    browser.reads(".header h1", "stage").await;
}

/// Choose a member: her client speaks German, and so does the list of commands.
async fn chooses_a_member(browser: &Browser, stage: &Stage) {
    browser.click(".user-face").await;
    browser.click_on("[role^=menuitem]", "Mia").await;
    browser.reads(".user-name", "Mia").await;
    browser.click(COMPOSER).await;
    browser.types("/").await;
    browser.reads(".offers", "Sag etwas zu einem Charakter").await;
    browser.shot("2-german").await;
    open(browser, stage, "Max").await;
}

/// /talk, with its suggestions from the bot.
async fn talks(browser: &Browser) {
    browser.click(COMPOSER).await;
    browser.types("/talk").await;
    browser.reads(".offer.active", "/talk").await;
    browser.key(Key::Enter).await;
    browser.types("Good evening! Is anybody home?").await;
    browser.key(Key::Tab).await;
    browser.types("chara").await;
    browser.key(Key::Enter).await;
    browser.types("mir").await;
    browser.reads(".offer.active", "Mira Tallow").await;
    browser.shot("3-suggestions").await;
    browser.key(Key::Enter).await;
    browser.key(Key::Enter).await;

    // The answer streams: the same message is seen in several states.
    let mut states = Vec::new();
    for _ in 0..600 {
        let text = browser.last(SAID).await;
        if !text.is_empty() && states.last() != Some(&text) {
            states.push(text);
        }
        if browser.count(".messages .action-row").await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(states.len() >= 4, "it did not stream: {states:?}");
    browser.reads(".messages", "Mira Tallow").await;
    browser.shot("4-answered").await;
}

/// Another version, and back to the first.
async fn swipes(browser: &Browser) {
    let said = async || browser.last(SAID).await.lines().next().unwrap_or_default().to_owned();
    let first = said().await;
    browser.click_on(".messages .action-row button", "Again").await;
    browser.reads(".messages .action-row", "2/2").await;
    browser.shot("5-again").await;
    assert_ne!(first, said().await);
    browser.click_on(".messages .action-row button", "◀").await;
    eventually("the first version", async || said().await.starts_with(&first).then_some(())).await;
    browser.shot("5-swiped").await;
}

/// Reply: the bot's form, filled in.
async fn replies(browser: &Browser) {
    browser.click_on(".messages .action-row button", "Reply").await;
    browser.find(".dialog .modal textarea").await;
    browser.types("And who lit the lamp?").await;
    browser.shot("6-reply").await;
    browser.click(".dialog .modal button[type=submit]").await;
    browser.gone(".dialog").await;
    browser.reads(".messages", "And who lit the lamp?").await;
    eventually("the reply's answer", async || {
        (browser.count(".messages .action-row").await >= 2).then_some(())
    })
    .await;
}

/// The day's limit: told to this member alone, with what it is and when it ends.
async fn reaches_the_limit(browser: &Browser) {
    uses(browser, "talk", "One more thing…").await;
    let refused = browser.reads(".messages .message.ephemeral", "3").await;
    assert!(refused.contains("Only you can see this") && refused.contains("in "), "{refused}");
    browser.shot("7-limit").await;
}

/// A new day, at once: the bot goes by the local Discord's clock, and the limit is over.
async fn goes_on_the_next_day(browser: &Browser) {
    browser.click(".header [title^=Inspector]").await;
    browser.click("#inspector-tab-time").await;
    browser.click_on(".ins-button", "Next midnight").await;
    browser.reads(".ins-clock", "00:0").await;
    browser.shot("8-midnight").await;
    browser.click(".header [title^=Inspector]").await;
    let answers = browser.count(".messages .action-row").await;
    uses(browser, "talk", "Good morning!").await;
    eventually("an answer on the next day", async || {
        (browser.count(".messages .action-row").await > answers).then_some(())
    })
    .await;
}

/// The operator stops all AI, in a tab of his own.
async fn has_all_ai_stopped(browser: &Browser, stage: &Stage) {
    open(browser, stage, "Otto").await;
    browser.reads(".user-note", "Operator").await;
    browser.click(COMPOSER).await;
    browser.types("/operator ai dis").await;
    browser.reads(".offer.active", "/operator ai disable").await;
    browser.key(Key::Enter).await;
    browser.types("glob").await;
    browser.reads(".offer.active", "global").await;
    browser.key(Key::Enter).await;
    browser.key(Key::Enter).await;
    browser.reads(".messages .message.ephemeral", "AI").await;
    browser.shot("9-ai-off").await;
    open(browser, stage, "Ada").await;
    uses(browser, "talk", "Hello?").await;
    browser.reads(".messages .message.ephemeral", "off").await;
}

/// The inspector tells it all: the refusals, and the talk from the gateway to the rows.
async fn looks_behind_it(browser: &Browser) {
    browser.click(".header [title^=Inspector]").await;
    browser.reads(".ins-list", "/operator ai disable").await;
    browser.reads(".ins-list", "talk:again").await;
    eventually("the first talk in the list", async || {
        let pick = "const all = [...document.querySelectorAll('.ins-subject')].filter((it) => it.innerText.includes('/talk') && !it.innerText.includes('…')); \
            all.at(-1)?.click(); return all.length";
        (browser.run(pick, vec![]).await.as_u64() >= Some(3)).then_some(())
    })
    .await;
    browser.reads(".ins-detail", "INTERACTION_CREATE").await;
    let sums = browser.reads(".ins-sums", "statements").await;
    for what in ["first answer", "first word", "API requests", "tokens in", "hot calls"] {
        assert!(sums.contains(what), "{what}: {sums}");
    }
    browser.shot("10-inspector").await;
    // Rows are drawn when they come into view.
    let mut lanes = String::new();
    for share in 0..=10 {
        let scroll = "const it = document.querySelector('.ins-detail'); it.scrollTop = it.scrollHeight * arguments[0] / 10";
        browser.run(scroll, vec![json!(share)]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        lanes += &browser.text(".ins-lane").await;
    }
    for lane in ["Gateway", "Discord", "Model", "Hot", "Cold", "Bot"] {
        assert!(lanes.contains(lane), "{lane}: {lanes}");
    }
}
