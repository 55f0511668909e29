//! Discord fails in mid-answer: what is seen then, and what the caller is told.

use std::time::Duration;

use reqwest::Method;
use troupe::discord::show::{End, Show, Trouble, Venue};
use troupe_sandbox::faults::{Effect, ErrorBody, Fault};
use troupe_sandbox::ids::Id;
use troupe_sandbox::limits::Scope;

use super::stage::{Playhouse, contents};
use crate::support::eventually;

const EXECUTE: &str = "/webhooks/*/*";
const EDIT: &str = "/webhooks/*/*/messages/*";

/// Begins an answer whose first words are there.
async fn begun(house: &Playhouse, venue: Venue) -> Show {
    let before = house.seen().await.len();
    let show = house.begin(venue);
    show.say("first words");
    eventually("first words", async || {
        let seen = house.seen().await;
        (seen.len() > before || seen.iter().any(|one| one.text().contains("first words"))).then_some(())
    })
    .await;
    show
}

#[tokio::test]
async fn a_deleted_webhook_is_replaced_and_the_answer_appears_anew() {
    let house = Playhouse::open().await;
    // The bot may take away what can no longer be changed.
    house.discord.sandbox().change(|world| {
        let guild = *world.guilds.keys().next().expect("a guild");
        world.edit_guild(guild, |guild| {
            for role in guild.roles.values_mut() {
                role.permissions |= troupe_sandbox::world::permissions::bits::MANAGE_MESSAGES;
            }
        });
    });
    let show = begun(&house, house.general()).await;
    house.discord.sandbox().change(|world| {
        let id = *world.webhooks.keys().next().expect("a webhook");
        assert!(world.delete_webhook(id));
    });
    let shown = show.finish("first words and last", End::default()).await;
    assert!(shown.trouble.is_none() && shown.posted.by_webhook, "{shown:?}");
    assert_eq!(contents(&house.seen().await), ["first words and last"]);
    // The next answer knows.
    assert!(house.show(house.general(), "another").await.posted.by_webhook);
    house.close().await;
}

#[tokio::test]
async fn a_message_deleted_in_mid_answer_ends_the_show() {
    let house = Playhouse::open().await;
    let show = begun(&house, house.general()).await;
    let id = house.seen().await[0].id();
    house.discord.sandbox().change(|world| assert!(world.delete(Id(house.general.get()), id)));
    let shown = show.finish("first words and last", End::default()).await;
    assert!(matches!(shown.trouble, Some(Trouble::Gone)), "{shown:?}");
    assert!(house.seen().await.is_empty(), "it does not come back");
    house.close().await;
}

#[tokio::test]
async fn a_token_that_is_over_is_said_so() {
    let house = Playhouse::open().await;
    let token = house.deferred(house.general, true).await;
    let show = begun(&house, Venue::Response { token, ephemeral: true }).await;
    house.discord.advance(Duration::from_secs(16 * 60)).await.expect("later");
    let shown = show.finish("first words and last", End::default()).await;
    assert!(matches!(shown.trouble, Some(Trouble::Over)), "{shown:?}");
    assert_eq!(shown.posted.messages.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn rate_limits_and_server_errors_delay_but_lose_nothing() {
    let house = Playhouse::open().await;
    let limited = Effect::RateLimit { retry_after_ms: 400, scope: Scope::User };
    let broken = Effect::Status { status: 503, body: ErrorBody::Html };
    let house_fault = async |effect: &Effect, method: Method, route: &str, times: u64| {
        house
            .discord
            .fault(Fault::new(effect.clone()).on(method, route).times(times))
            .await
            .expect("ordered");
    };
    for effect in [limited, broken, Effect::Reset] {
        house_fault(&effect, Method::POST, EXECUTE, 1).await;
        house_fault(&effect, Method::PATCH, EDIT, 2).await;
        let before = house.seen().await.len();
        let show = house.begin(house.general());
        show.say("first words");
        eventually("first words", async || (house.seen().await.len() > before).then_some(())).await;
        let shown = show.finish("first words and last", End::default()).await;
        assert!(shown.trouble.is_none(), "{effect:?}: {shown:?}");
        assert_eq!(contents(&house.seen().await).last(), Some(&"first words and last"), "{effect:?}");
        assert_eq!(house.seen().await.len(), before + 1, "{effect:?}: posted once");
        house.discord.clear_faults().await.expect("cleared");
    }
    house.discord.finish().await.expect("nothing unknown was called, nothing was malformed");
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_found_again() {
    let house = Playhouse::open().await;
    let fault = Fault::new(Effect::ResetAfter);
    house.discord.fault(fault.on(Method::POST, EXECUTE).times(1)).await.expect("ordered");
    let shown = house.show(house.general(), "said once").await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    assert_eq!(contents(&house.seen().await), ["said once"]);
    house.discord.clear_faults().await.expect("cleared");

    let fault = Fault::new(Effect::ResetAfter);
    house.discord.fault(fault.on(Method::POST, "/channels/*/messages").times(1)).await.expect("ordered");
    let as_bot = Venue::Channel { channel: house.general, parent: None, webhooks: false, answering: None };
    let shown = house.show(as_bot, "as the bot").await;
    assert!(shown.trouble.is_none(), "{shown:?}");
    assert_eq!(house.seen().await.len(), 2);
    house.close().await;
}

#[tokio::test]
async fn a_channel_that_may_not_be_written_to_is_said_so() {
    let house = Playhouse::open().await;
    let refused = Effect::Status { status: 403, body: ErrorBody::Json };
    house
        .discord
        .fault(Fault::new(refused.clone()).on(Method::POST, EXECUTE).times(1))
        .await
        .expect("ordered");
    let shown = house.show(house.general(), "as the bot then").await;
    assert!(shown.trouble.is_none() && !shown.posted.by_webhook, "{shown:?}");
    house.discord.fault(Fault::new(refused).on(Method::POST, "/channels/*/messages")).await.expect("ordered");
    let shown = house.show(house.general(), "nowhere").await;
    assert!(matches!(shown.trouble, Some(Trouble::Forbidden)), "{shown:?}");
    assert!(shown.posted.messages.is_empty());
    house.close().await;
}

#[tokio::test]
async fn a_discord_that_fails_on_and_on_ends_in_bounded_time() {
    let house = Playhouse::open().await;
    let show = begun(&house, house.general()).await;
    let broken = Effect::Status { status: 500, body: ErrorBody::Empty };
    house.discord.fault(Fault::new(broken).on(Method::PATCH, EDIT)).await.expect("ordered");
    let shown = tokio::time::timeout(Duration::from_secs(60), show.finish("more", End::default())).await;
    let shown = shown.expect("within its bound");
    assert!(matches!(shown.trouble, Some(Trouble::Failed(_))), "{shown:?}");
    assert_eq!(shown.posted.messages.len(), 1);
    house.close().await;
}
