//! A kept reply that waits for PostgreSQL lands once, and not for a member who is erased meanwhile.

use std::time::Duration;

use troupe::{
    cold::{
        connect,
        replies::{ReplyChange, forget_at},
    },
    domain::ids::{Place, UserId},
    warm::queue::{Landed, Write},
};

use super::durable::{Stage, drained};
use crate::cold_stores::{character, guild, now, replies::kept, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_reply_waits_out_an_outage_and_lands_once() {
    let mut stage = Stage::start().await;
    let durable = stage.durable();
    let at = now();
    let write = |number| {
        let call = kept(at, number);
        Write::new(call.key(), 5, &call).expect("a write")
    };
    stage.postgres.kill();
    for number in [1, 1, 2] {
        assert!(matches!(durable.write(write(number)).await.expect("kept"), Landed::Kept { .. }));
    }
    stage.postgres.restart().await;
    drained(&durable).await;
    durable.write(write(2)).await.expect("known");
    let count = "SELECT count(*) AS number FROM talk_replies WHERE answers = '{first}' AND user_id = 7";
    assert_eq!(stage.number(count).await, 2);

    stage.postgres.kill();
    durable.write(write(3)).await.expect("kept");
    durable.forget(UserId::new(7).expect("an id")).await.expect("forgotten");
    stage.postgres.restart().await;
    drained(&durable).await;
    assert_eq!(stage.number(count).await, 2, "the words of the third went with the member");
    assert_eq!(stage.number("SELECT count(*) AS number FROM usage_ledger").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_while_it_waits_does_not_come_back() {
    let mut stage = Stage::start().await;
    let durable = stage.durable();
    let at = now();
    stage.postgres.kill();
    for number in [1, 2] {
        let mut call = kept(at, number);
        if let Some(ReplyChange::New(reply)) = call.reply.as_mut().filter(|_| number == 2) {
            reply.character = character("shipped:ogga");
        }
        let write = Write::new(call.key(), 5, &call).expect("a write");
        assert!(matches!(durable.write(write).await.expect("kept"), Landed::Kept { .. }));
    }
    stage.postgres.restart().await;
    let connection = &mut connect(&stage.postgres.secret_url(), Duration::ZERO).await.expect("a connection");
    let (place, mira) = (Place::Guild(guild(5)), character("shipped:mira"));
    assert_eq!(forget_at(connection, user(7), place, Some(&mira), now()).await.expect("forgotten"), 0);
    drained(&durable).await;
    assert_eq!(stage.number("SELECT count(*) AS number FROM usage_ledger").await, 2, "calls are recorded");
    assert_eq!(stage.number("SELECT count(*) AS number FROM talk_replies").await, 1);
    let call = kept(now(), 3);
    durable.write(Write::new(call.key(), 5, &call).expect("a write")).await.expect("written");
    assert_eq!(
        stage.number("SELECT count(*) AS number FROM talk_replies").await,
        2,
        "what is said later stays"
    );
}
