//! Where answers appear: channels, threads, forums, direct messages, responses; and whose webhook speaks.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use serenity::all::ChannelId;
use troupe::discord::show::{End, Face, Show, Venue, own_line};
use troupe_sandbox::faults::{Effect, ErrorBody, Fault};
use troupe_sandbox::world::permissions::bits;

use super::stage::{Playhouse, channel, contents, face, named};

const WEBHOOKS: &str = "/channels/{channel_id}/webhooks";
const EXECUTE: &str = "/webhooks/{webhook_id}/{webhook_token}";

#[tokio::test]
async fn one_webhook_a_channel_is_made_once_and_found_again() {
    let mut house = Playhouse::open().await;
    let shows = (0..4).map(|n| {
        let house = &house;
        async move { house.show(house.general(), &format!("answer {n}")).await }
    });
    for shown in join_all(shows).await {
        assert!(shown.trouble.is_none() && shown.posted.by_webhook, "{shown:?}");
    }
    assert_eq!((house.count("GET", WEBHOOKS).await, house.count("POST", WEBHOOKS).await), (1, 1));
    house.restart();
    assert!(house.show(house.general(), "after a restart").await.posted.by_webhook);
    assert_eq!((house.count("GET", WEBHOOKS).await, house.count("POST", WEBHOOKS).await), (2, 1));
    assert!(!format!("{:?}", house.stage).contains("token"));
    house.close().await;
}

#[tokio::test]
async fn without_the_permission_the_bot_speaks_in_embeds() {
    let house = Playhouse::open().await;
    house.discord.sandbox().change(|world| {
        let guild = *world.guilds.keys().next().expect("a guild");
        world.edit_guild(guild, |guild| {
            for role in guild.roles.values_mut() {
                role.permissions &= !bits::MANAGE_WEBHOOKS;
            }
        });
    });
    for text in ["first", "second"] {
        let shown = house.show(house.general(), text).await;
        assert!(shown.trouble.is_none() && !shown.posted.by_webhook, "{shown:?}");
    }
    assert_eq!(house.count("GET", WEBHOOKS).await, 1, "the refusal is remembered");
    let seen = house.seen().await;
    assert_eq!(seen[0].embeds()[0]["author"]["name"], "Captain Brine");
    assert_eq!(seen[0].embeds()[0]["description"], "first");
    house.close().await;
}

#[tokio::test]
async fn without_embeds_the_bot_speaks_in_plain_text() {
    let house = Playhouse::open().await;
    let refused = Effect::Status { status: 403, body: ErrorBody::Json };
    let fault = Fault::new(refused).on(Method::POST, "/channels/*/messages").times(1);
    house.discord.fault(fault).await.expect("ordered");
    let as_bot = Venue::Channel { channel: house.general, parent: None, webhooks: false, answering: None };
    let shown = house.show(as_bot.clone(), "words").await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    assert_eq!(contents(&house.seen().await), ["**Captain Brine**\nwords"]);

    // And an answer is taken away, by whichever way it came.
    house.stage.remove(as_bot, &shown.posted).await.expect("removed");
    let long = house.show(house.general(), &"A sentence of prose. ".repeat(150)).await;
    assert_eq!(house.seen().await.len(), 2);
    for _ in 0..2 {
        house.stage.remove(house.general(), &long.posted).await.expect("removed, or gone already");
        assert!(house.seen().await.is_empty());
    }
    house.close().await;
}

#[tokio::test]
async fn a_channel_full_of_webhooks_gets_embeds() {
    let house = Playhouse::open().await;
    for n in 0..15 {
        let new = json!({ "name": format!("another's {n}") });
        house.rest.create_webhook(house.general, &new).await.expect("made");
    }
    // They are another application's.
    house.discord.sandbox().change(|world| {
        for webhook in world.webhooks.values_mut() {
            webhook.application = None;
        }
    });
    let shown = house.show(house.general(), "words").await;
    assert!(shown.trouble.is_none() && !shown.posted.by_webhook, "{shown:?}");
    house.close().await;
}

#[tokio::test]
async fn threads_and_forum_posts_speak_through_their_channels_webhook() {
    let house = Playhouse::open().await;
    let thread = house.rest.start_thread(house.general, None, &json!({"name": "aside", "type": 11})).await;
    let forum = json!({"name": "stories", "type": "forum"});
    let forum = house.discord.control("POST", "/guilds/The%20Playhouse/channels", &forum).await;
    let forum = forum.expect("a forum")["id"].as_str().expect("an id").parse::<ChannelId>().expect("an id");
    let post = json!({"name": "a story", "message": {"content": "once"}});
    let post = house.rest.start_thread(forum, None, &post).await.expect("a post");
    let thread = thread.expect("a thread");
    assert_eq!(house.rest.channel(thread.id).await.expect("a channel").thread_of(), Some(house.general));
    assert_eq!(house.rest.channel(house.general).await.expect("a channel").thread_of(), None);
    for (channel, parent) in [(thread.id, house.general), (post.id, forum)] {
        let venue = Venue::Channel { channel, parent: Some(parent), webhooks: true, answering: None };
        let show = house.begin(venue);
        show.say("some");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let shown = show.finish("some words", End::default()).await;
        assert!(shown.trouble.is_none() && shown.posted.by_webhook, "{shown:?}");
        let there = house.max().in_channel(channel.to_string()).sees().await.expect("messages");
        assert_eq!(contents(&there).last(), Some(&"some words"));
    }
    house.close().await;
}

#[tokio::test]
async fn responses_and_direct_messages_are_answered_in_embeds() {
    let house = Playhouse::open().await;
    let long = "A sentence of prose. ".repeat(150);
    let token = house.deferred(house.general, true).await;
    let show = house.begin(Venue::Response { token, ephemeral: true });
    show.say("A sentence");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let shown = show.finish(&long, End { notes: "-# small".into(), ..End::default() }).await;
    assert!(shown.trouble.is_none() && shown.posted.messages.len() == 2, "{shown:?}");
    let seen = house.seen().await;
    assert!(seen.len() == 2 && seen.iter().all(|one| one.is_ephemeral() && !one.is_loading()));
    assert_eq!(seen[0].id().0, shown.posted.messages[0]);
    assert!(seen[1].text().ends_with("-# small"));
    assert!(house.discord.member("Ada").sees().await.expect("messages").is_empty(), "for Max alone");

    let direct = house.discord.sandbox().change(|world| {
        let max = named(world, "Max");
        world.direct_channel(vec![max, house.app])
    });
    let direct = ChannelId::new(direct.0);
    let venue = Venue::Channel { channel: direct, parent: None, webhooks: false, answering: None };
    let shown = house.show(venue, "in private").await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    assert_eq!(house.count("POST", EXECUTE).await, 1, "the follow-up alone");
    let there = house.max().in_channel(direct.to_string()).sees().await.expect("messages");
    assert_eq!(there[0].embeds()[0]["description"], "in private");
    house.close().await;
}

#[tokio::test]
async fn hostile_words_ping_nobody_and_hostile_names_are_taken() {
    let house = Playhouse::open().await;
    let ada = house.discord.sandbox().read(|world| named(world, "Ada"));
    let text =
        format!("@everyone @here <@{ada}> <@&1> \u{202E}reversed\u{202C} **bold** [x](https://a.test)\u{0}");
    for name in ["Clyde", "discord official", "everyone", "\u{202E}\u{0}", &"x".repeat(200), "@here: ```"] {
        let face = Face { name: name.to_owned(), ..face() };
        let shown = Show::begin(&house.stage, channel(house.general), face, None, async {});
        let shown = shown.finish(&text, End::default()).await;
        assert!(shown.trouble.is_none() && shown.posted.by_webhook, "{name}: {shown:?}");
    }
    let line = own_line("@everyone", "Brine", &text);
    house
        .rest
        .create_message(
            house.general,
            &json!({"content": line, "allowed_mentions": {"parse": []}}),
            Vec::new(),
        )
        .await
        .expect("posted");
    for one in house.seen().await {
        assert!(one.pings().is_empty() && one.json()["mention_everyone"] == false, "{one:?}");
        assert!(!one.content().contains(['\u{202E}', '\u{0}']), "{:?}", one.content());
    }
    let flags = house.seen().await[0].json()["flags"].as_u64().expect("flags");
    assert_eq!(flags & 4, 4, "links stay links");
    house.close().await;
}
