//! Words as they come: first words, edits, pages, and many answers at once.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use troupe::discord::rest::RestError;
use troupe::discord::show::{Earlier, End, Show};
use troupe::features::talk::Posted;

use troupe_sandbox::ids::Id;

use super::stage::{Playhouse, channel, contents, face, named};
use crate::support::eventually;

const EXECUTE: &str = "/webhooks/{webhook_id}/{webhook_token}";
const EDIT: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";

#[tokio::test]
async fn words_appear_as_they_come_and_end_in_one_last_edit() {
    let house = Playhouse::open().await;
    let show = house.begin(house.general());
    let mut text = String::new();
    for n in 0..40 {
        let _ = write!(text, "word {n} ");
        show.say(&text);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let before = house.seen().await;
    assert!(before[0].content().starts_with("word 0"), "{}", before[0].content());
    let shown = show.finish(&text, End { notes: "-# small".into(), ..End::default() }).await;
    assert!(shown.trouble.is_none() && shown.posted.by_webhook, "{shown:?}");
    let seen = house.seen().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].content(), format!("{}\n-# small", text.trim()));
    assert_eq!(seen[0].author(), "Captain Brine");
    assert!(seen[0].is_from_webhook());
    assert_eq!(shown.posted.messages, [seen[0].id().0]);
    let edits = seen[0].edits();
    assert!((2..=20).contains(&edits), "{edits} edits for 40 words in 0.4 s at one in 50 ms");
    house.close().await;
}

#[tokio::test]
async fn whoever_speaks_never_waits_for_discord() {
    let house = Playhouse::open().await;
    assert!(house.show(house.general(), "There is a webhook now.").await.trouble.is_none());
    let slow = troupe_sandbox::faults::Effect::Latency { ms: 2_000, jitter_ms: 0 };
    house.discord.fault(troupe_sandbox::faults::Fault::new(slow)).await.expect("ordered");
    let show = house.begin(house.general());
    let begun = Instant::now();
    for n in 0..1_000 {
        show.say(&"x".repeat(n));
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    house.discord.clear_faults().await.expect("cleared");
    let shown = show.finish("the end", End::default()).await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    assert_eq!(contents(&house.seen().await).last(), Some(&"the end"));
    house.close().await;
}

#[tokio::test]
async fn no_edit_where_nothing_changed() {
    let house = Playhouse::open().await;
    let show = house.begin(house.general());
    show.say("all of it");
    eventually("the words", async || (!house.seen().await.is_empty()).then_some(())).await;
    for _ in 0..5 {
        show.say("all of it ");
        show.say("all of it");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let shown = show.finish("all of it", End::default()).await;
    assert!(shown.trouble.is_none());
    assert_eq!((house.count("POST", EXECUTE).await, house.count("PATCH", EDIT).await), (1, 0));
    house.close().await;
}

#[tokio::test]
async fn a_long_answer_goes_on_in_further_messages() {
    let house = Playhouse::open().await;
    let code = format!("```rust\n{}```\n", "    let line = \"of code\";\n".repeat(150));
    let text = format!("{}\n{code}\n{}", "A sentence of prose. ".repeat(150), "And more of it. ".repeat(200));
    assert!(text.len() > 10_000);
    let show = house.begin(house.general());
    let mut at = 0;
    while at < text.len() {
        at = (at + 400).min(text.len());
        show.say(&text[..at]);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let shown = show.finish(&text, End { notes: "-# the end".into(), ..End::default() }).await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    let seen = house.seen().await;
    assert!(seen.len() > 5, "{}", seen.len());
    assert_eq!(shown.posted.messages, seen.iter().map(|one| one.id().0).collect::<Vec<_>>(), "in order");
    for one in &seen {
        assert!(one.content().chars().count() <= 2_000);
        assert_eq!(one.content().matches("```").count() % 2, 0);
    }
    let count = seen.iter().map(|one| one.content().matches("let line").count()).sum::<usize>();
    assert_eq!(count, 150, "no line of code is lost");
    assert!(seen.last().is_some_and(|one| one.content().ends_with("-# the end")));
    house.close().await;
}

#[tokio::test]
async fn nothing_is_posted_before_the_floor_is_free() {
    let house = Playhouse::open().await;
    let (free, floor) = tokio::sync::oneshot::channel::<()>();
    let floor = async move { drop(floor.await) };
    let show = Show::begin(&house.stage, house.general(), face(), None, floor);
    show.say("first words");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(house.seen().await.is_empty());
    house
        .rest
        .create_message(house.general, &json!({"content": "the line"}), Vec::new())
        .await
        .expect("posted");
    free.send(()).expect("heard");
    let shown = show.finish("first words and last", End::default()).await;
    assert!(shown.trouble.is_none());
    assert_eq!(contents(&house.seen().await), ["the line", "first words and last"]);
    house.close().await;
}

#[tokio::test]
async fn typing_shows_until_the_first_words() {
    let house = Playhouse::open().await;
    let show = house.begin(house.general());
    house.discord.waits_for_requests(1, "POST", "/channels/{channel_id}/typing").await.expect("typing");
    let shown = show.finish("here", End::default()).await;
    assert!(shown.trouble.is_none());
    assert_eq!(house.count("POST", "/channels/{channel_id}/typing").await, 1);
    house.close().await;
}

#[tokio::test]
async fn an_earlier_answer_is_shown_over() {
    let house = Playhouse::open().await;
    let long = "A sentence of prose. ".repeat(200);
    let first = house.show(house.general(), &long).await;
    assert_eq!(first.posted.messages.len(), 3);
    let earlier = |posted: &Posted, text: &str| Some(Earlier { posted: posted.clone(), text: text.into() });

    // It goes on: what stands stays.
    let edits = house.count("PATCH", EDIT).await;
    let show = Show::begin(&house.stage, house.general(), face(), earlier(&first.posted, &long), async {});
    let longer = format!("{long}And this is new.");
    show.say(&longer);
    let on = show.finish(&longer, End::default()).await;
    assert_eq!(on.posted.messages, first.posted.messages);
    let made = house.count("PATCH", EDIT).await - edits;
    assert!((1..=2).contains(&made), "{made} edits");
    assert!(house.seen().await[2].content().ends_with("And this is new."));

    // Another answer, shorter: the spare pages go.
    let show = Show::begin(&house.stage, house.general(), face(), earlier(&on.posted, &longer), async {});
    let other = show.finish("Another.", End::default()).await;
    assert!(other.trouble.is_none(), "{other:?}");
    assert_eq!(contents(&house.seen().await), ["Another."]);
    assert_eq!(other.posted.messages, first.posted.messages[..1]);

    // One that is no longer there appears anew.
    house.rest.delete_message(house.general, other.posted.messages[0].into()).await.ok();
    house.discord.sandbox().change(|world| {
        world.delete(
            troupe_sandbox::ids::Id(house.general.get()),
            troupe_sandbox::ids::Id(other.posted.messages[0]),
        );
    });
    let show =
        Show::begin(&house.stage, house.general(), face(), earlier(&other.posted, "Another."), async {});
    let anew = show.finish("A third.", End::default()).await;
    assert!(anew.trouble.is_none() && anew.posted.messages != other.posted.messages, "{anew:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_answers_at_once_do_not_wait_for_each_other() {
    let house = Playhouse::open().await;
    let stage = house.stage.clone().with_pace(Duration::ZERO);
    let play = async |streams: usize| -> Result<Duration, RestError> {
        let mut channels = Vec::new();
        for n in 0..streams {
            let id = house
                .discord
                .new_channel("The Playhouse", &format!("c{streams}-{n}"))
                .await
                .expect("a channel");
            channels.push(house.deferred(id.0.into(), true).await);
        }
        let begun = Instant::now();
        let shows = channels.into_iter().map(async |token| {
            let venue = troupe::discord::show::Venue::Response { token, ephemeral: true };
            let show = Show::begin(&stage, venue, face(), None, async {});
            for n in 1..=40_usize {
                show.say(&"word ".repeat(n));
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            show.finish(&"word ".repeat(41), End::default()).await
        });
        for shown in join_all(shows).await {
            assert!(shown.trouble.is_none(), "{shown:?}");
        }
        Ok(begun.elapsed())
    };
    let one = play(1).await.expect("shown");
    let many = play(64).await.expect("shown");
    println!("one answer: {one:?}; 64 at once: {many:?}");
    // Nobody queues behind another: 64 behind one bucket would take a minute.
    assert!(many < one * 3, "{one:?}, {many:?}");
    house.close().await;
}

#[tokio::test]
async fn answers_in_one_channel_share_its_pace_and_none_says_what_is_old() {
    let house = Playhouse::open().await;
    let shows = (0..8).map(async |n| {
        let show = house.begin(house.general());
        let mut text = format!("answer {n}:");
        for word in 0..30 {
            let _ = write!(text, " {word}");
            show.say(&text);
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        (show.finish(&text, End::default()).await, text)
    });
    let shows = join_all(shows).await;
    let seen = house.seen().await;
    assert_eq!(seen.len(), 8);
    for (shown, text) in shows {
        assert!(shown.trouble.is_none(), "{shown:?}");
        assert!(seen.iter().any(|one| one.id().0 == shown.posted.messages[0] && one.content() == text));
    }
    // Five in five seconds for all of them: what does not go is not queued up either.
    let edits = house.count("PATCH", EDIT).await;
    assert!((8..=8 + 10).contains(&edits), "{edits} edits");
    house.close().await;
}

#[tokio::test]
async fn first_words_are_there_at_once() {
    let house = Playhouse::open().await;
    assert!(house.show(house.general(), "There is a webhook now.").await.trouble.is_none());
    let mut worst = Duration::ZERO;
    for n in 0..4 {
        let show = house.begin(house.general());
        tokio::time::sleep(Duration::from_millis(20)).await;
        let (begun, words) = (Instant::now(), format!("words {n}"));
        show.say(&words);
        loop {
            let is_there = house.discord.sandbox().read(|world| {
                let messages = world.seen_by(Id(house.general.get()), named(world, "Max"));
                messages.iter().any(|message| message.content == words)
            });
            if is_there {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        worst = worst.max(begun.elapsed());
        assert!(show.finish(&words, End::default()).await.trouble.is_none());
    }
    println!("first words at worst after {worst:?}");
    assert!(worst < Duration::from_secs(5), "{worst:?}");
    house.close().await;
}

#[tokio::test]
async fn a_dropped_show_leaves_no_task() {
    let house = Playhouse::open().await;
    let show = house.begin(channel(house.general));
    show.say("some words");
    eventually("the words", async || (!house.seen().await.is_empty()).then_some(())).await;
    let alive = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    drop(show);
    eventually("its tasks to end", async || {
        let now = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        (now < alive).then_some(())
    })
    .await;
    assert_eq!(contents(&house.seen().await), ["some words"], "it stays as it is");
    house.close().await;
}

#[tokio::test]
async fn words_that_turn_out_void_leave_the_message() {
    let house = Playhouse::open().await;
    for (end, left) in [("Well met!", "Well met!"), ("", "…")] {
        let show = house.begin(house.general());
        show.say(&"He greets me, so I greet back. ".repeat(100));
        eventually("all pages", async || (house.seen().await.len() == 2).then_some(())).await;
        show.say("");
        eventually("nothing of it", async || {
            let seen = house.seen().await;
            (contents(&seen) == ["…"]).then_some(())
        })
        .await;
        let shown = show.finish(end, End::default()).await;
        assert!(shown.trouble.is_none(), "{shown:?}");
        assert_eq!(contents(&house.seen().await), [left]);
        house.stage.remove(house.general(), &shown.posted).await.expect("removed");
    }
    house.close().await;
}
