//! How much work the page does: counts of rows that change, and (as a benchmark) how long frames take.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use troupe_sandbox::{drive::LocalDiscord, ids::Id};

use crate::support::browser::{Browser, long_tasks};

/// A channel with a thousand messages, the last ten of which stream; and a client that looks at it.
struct Crowd {
    discord: LocalDiscord,
    browser: Browser,
    place: Id,
    streams: Vec<Id>,
}

impl Crowd {
    async fn gathers() -> Self {
        let discord = LocalDiscord::start().await.expect("a local Discord");
        let place =
            discord.sandbox().read(|world| world.guilds.values().next().expect("a guild").channels[0]);
        let (olive, max) =
            (discord.member("Olive").in_channel(place), discord.member("Max").in_channel(place));
        let mut streams = Vec::new();
        for number in 0..1_000 {
            let speaker = if number % 3 == 0 { &max } else { &olive };
            let words = format!(
                "**Message {number}** with `code`, a [link](https://example.com) and ||a spoiler||.\n> quoted"
            );
            let message = speaker.says(&words).await.expect("said");
            if number >= 990 {
                streams.push(message.id());
            }
        }
        let browser = Browser::open(1280, 800).await;
        browser.client.goto(&format!("{}/#/as/Max", discord.url())).await.expect("the page");
        browser.reads(".messages", "Message 999").await;
        Self { discord, browser, place, streams }
    }

    /// Loads all that is there, as scrolling up does.
    async fn loads_all(&self) {
        for _ in 0..60 {
            let up = "const list = document.querySelector('.messages'); list.scrollTop = 0; return document.querySelectorAll('.messages .message').length";
            if self.browser.run(up, vec![]).await.as_u64() >= Some(1_000) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(self.browser.count(".messages .message").await, 1_000);
        let down = "const list = document.querySelector('.messages'); list.scrollTop = list.scrollHeight";
        self.browser.run(down, vec![]).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    fn edits(&self, message: Id, words: &str) {
        let changed = self.discord.sandbox().change(|world| {
            world.edit(self.place, message, |message| words.clone_into(&mut message.content))
        });
        assert!(changed);
    }

    /// Ten answers grow at once, as fast as Discord lets a bot edit, for this long.
    async fn streams_for(&self, time: Duration) -> u32 {
        let (begun, mut step) = (Instant::now(), 0);
        while begun.elapsed() < time {
            step += 1;
            let words = "The lamp was **lit** long before anybody asked. ".repeat(1 + step as usize % 30);
            for message in &self.streams {
                self.edits(*message, &format!("{words}{step}"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        step
    }
}

#[tokio::test]
async fn an_edit_among_a_thousand_messages_touches_its_own_row_alone() {
    let crowd = Crowd::gathers().await;
    crowd.loads_all().await;
    let watch = "window.__rows = new Set(); window.__added = 0; \
        new MutationObserver((changes) => { for (const change of changes) { \
            const at = change.target.nodeType === 1 ? change.target : change.target.parentElement; \
            const row = at?.closest('.message'); \
            if (row) window.__rows.add(row.dataset.id); \
            else for (const node of change.addedNodes) if (node.nodeType === 1) window.__added += 1; \
        } }).observe(document.querySelector('.messages-inside'), { subtree: true, childList: true, characterData: true, attributes: true })";
    crowd.browser.run(watch, vec![]).await;
    crowd.edits(crowd.streams[4], "Only this row.");
    crowd.browser.reads(".messages", "Only this row.").await;
    let rows = crowd.browser.run("return [...window.__rows]", vec![]).await;
    assert_eq!(rows, json!([crowd.streams[4]]), "one edit, one row");
    assert_eq!(crowd.browser.run("return window.__added", vec![]).await, json!(0), "and no row is made anew");

    let steps = crowd.streams_for(Duration::from_secs(2)).await;
    let rows = crowd.browser.run("return [...window.__rows]", vec![]).await;
    let touched = rows.as_array().map_or(0, Vec::len);
    assert_eq!(touched, crowd.streams.len(), "{steps} steps of ten streams touch ten rows: {rows}");
    crowd.browser.close().await;
}

/// Not a test: figures for `script/bench page`.
#[tokio::test]
#[ignore = "a benchmark: script/bench page"]
async fn frames_while_ten_answers_stream_among_a_thousand_messages() {
    let crowd = Crowd::gathers().await;
    let begun = Instant::now();
    crowd.loads_all().await;
    let loaded = begun.elapsed();
    let count = "window.__frames = []; let last = performance.now(); \
        const frame = (at) => { window.__frames.push(at - last); last = at; requestAnimationFrame(frame); }; \
        requestAnimationFrame(frame); window.__seen.long = []";
    crowd.browser.run(count, vec![]).await;
    let steps = crowd.streams_for(Duration::from_secs(10)).await;
    let frames = crowd.browser.run("return window.__frames.slice(1)", vec![]).await;
    let mut frames: Vec<f64> = frames.as_array().expect("frames").iter().filter_map(Value::as_f64).collect();
    frames.sort_by(f64::total_cmp);
    let at = |thousandths: usize| frames[(frames.len() - 1) * thousandths / 1_000];
    let long = long_tasks(&crowd.browser).await;
    println!("1,000 messages loaded by scrolling up: {loaded:.1?}");
    println!(
        "{steps} steps of ten streams in 10 s: {} frames, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        frames.len(),
        at(500),
        at(950),
        at(990),
        at(1_000)
    );
    println!("pieces of work over 50 ms: {}, longest {:?}", long.len(), long.iter().max());
    crowd.browser.close().await;
}
