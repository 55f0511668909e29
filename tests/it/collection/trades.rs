//! Gifts and trades in the store: both sides' same terms, all at once or not at all, and once.

use chrono::{TimeDelta, Utc};
use diesel_async::SimpleAsyncConnection as _;
use troupe::{
    cold::{
        Connection, collection,
        trades::{self, Ending, Proposed, Slots, Stepped, Trade},
    },
    domain::{
        ids::InteractionId,
        trade::{Lack, Missing, Side, Terms, TradeState},
    },
};

use super::has;
use crate::{
    cold_stores::{character, guild, user},
    support::postgres::migrated,
};

const ROOM: Slots = Slots { proposer: 6, receiver: 6 };
const BOTH: [Side; 2] = [Side::Proposer, Side::Receiver];

fn id(number: u64) -> InteractionId {
    InteractionId::new(number).expect("an id")
}

/// Member 7 gives member 8 Mira, for Bo or for nothing.
fn terms(number: u64, gets: Option<&str>) -> Terms {
    Terms {
        id: id(number),
        guild: guild(5),
        proposer: user(7),
        receiver: user(8),
        gives: character("shipped:mira"),
        gets: gets.map(character),
    }
}

async fn propose(connection: &mut Connection, terms: &Terms) -> Proposed {
    trades::propose(connection, terms, Utc::now(), TimeDelta::hours(24), 5, &BOTH).await.expect("an answer")
}

/// An offer that the receiver may accept.
async fn offered(connection: &mut Connection, terms: &Terms) -> Trade {
    assert!(matches!(propose(connection, terms).await, Proposed::There(_)));
    let confirmed =
        trades::confirm(connection, terms.id, terms.proposer, 5, Utc::now()).await.expect("an answer");
    let Stepped::Now(trade) = confirmed else { panic!("{confirmed:?}") };
    trade
}

async fn accept(connection: &mut Connection, number: u64, slots: Slots) -> Stepped {
    trades::accept(connection, id(number), user(8), slots, Utc::now()).await.expect("an answer")
}

/// What a member has: `bo 1, mira 2`.
async fn owned(connection: &mut Connection, owner: u64) -> String {
    let all = collection::list(connection, user(owner), None, 50).await.expect("a page");
    let shown = |one: &collection::Owned| {
        format!("{} {}", one.character.to_string().trim_start_matches("shipped:"), one.copies)
    };
    all.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_gift_goes_through_every_step_once() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    has(connection, 7, "mira").await;
    has(connection, 7, "mira").await;
    let gift = terms(1, None);
    let Proposed::There(first) = propose(connection, &gift).await else { panic!("not proposed") };
    assert_eq!((first.state, &first.terms), (TradeState::Proposed, &gift));
    assert_eq!(first.expires_at - first.made_at, TimeDelta::hours(24));
    assert_eq!(propose(connection, &gift).await, Proposed::There(first), "one interaction proposes once");

    // What nobody else knows of can't be accepted; and who may take which step is settled.
    assert_eq!(accept(connection, 1, ROOM).await, Stepped::NotTheirs);
    let decline = trades::end(connection, id(1), user(8), Ending::Decline, Utc::now()).await;
    assert_eq!(decline.expect("an answer"), Stepped::NotTheirs);
    for stranger in [8, 9] {
        let confirmed =
            trades::confirm(connection, id(1), user(stranger), 5, Utc::now()).await.expect("an answer");
        assert_eq!(confirmed, Stepped::NotTheirs);
    }
    assert!(matches!(trades::confirm(connection, id(1), user(7), 5, Utc::now()).await, Ok(Stepped::Now(_))));
    assert!(matches!(
        trades::confirm(connection, id(1), user(7), 5, Utc::now()).await,
        Ok(Stepped::Before(_))
    ));
    for (stranger, ending) in [(9, Ending::Decline), (7, Ending::Decline), (8, Ending::Withdraw)] {
        let ended =
            trades::end(connection, id(1), user(stranger), ending, Utc::now()).await.expect("an answer");
        assert_eq!(ended, Stepped::NotTheirs);
    }
    let by_stranger = trades::accept(connection, id(1), user(9), ROOM, Utc::now()).await.expect("an answer");
    assert_eq!(by_stranger, Stepped::NotTheirs);

    let Stepped::Now(done) = accept(connection, 1, ROOM).await else { panic!("not done") };
    assert_eq!(done.state, TradeState::Done);
    assert_eq!(accept(connection, 1, ROOM).await, Stepped::Before(done.clone()));
    for (who, ending) in [(7, Ending::Withdraw), (8, Ending::Decline)] {
        let ended = trades::end(connection, id(1), user(who), ending, Utc::now()).await.expect("an answer");
        assert_eq!(ended, Stepped::Before(done.clone()), "what is done stays done");
    }
    assert_eq!((owned(connection, 7).await, owned(connection, 8).await), ("mira 1".into(), "mira 1".into()));
    assert_eq!(accept(connection, 2, ROOM).await, Stepped::Unknown);
}

#[tokio::test]
async fn a_trade_moves_both_or_none_and_says_what_is_lacking() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let trade = terms(1, Some("shipped:bo"));
    let lacks = |side, what| Lack { side, what };
    let (mira, bo) = (character("shipped:mira"), character("shipped:bo"));
    let nothing = lacks(Side::Proposer, Missing::NotOwned(mira.clone()));
    assert_eq!(propose(connection, &trade).await, Proposed::Lacks(nothing.clone()));
    has(connection, 7, "mira").await;
    let nothing_there = lacks(Side::Receiver, Missing::NotOwned(bo.clone()));
    assert_eq!(propose(connection, &trade).await, Proposed::Lacks(nothing_there));
    has(connection, 8, "bo").await;
    offered(connection, &trade).await;

    let refused = async |connection: &mut Connection, slots| match accept(connection, 1, slots).await {
        Stepped::Lacks(trade, lack) => {
            assert_eq!(trade.state, TradeState::Confirmed, "it can be tried again");
            lack
        }
        other => panic!("{other:?}"),
    };
    collection::set_locked(connection, user(7), &mira, true).await.expect("locked");
    assert_eq!(refused(connection, ROOM).await, lacks(Side::Proposer, Missing::Locked(mira.clone())));
    collection::set_locked(connection, user(7), &mira, false).await.expect("free");
    collection::set_locked(connection, user(8), &bo, true).await.expect("locked");
    assert_eq!(refused(connection, ROOM).await, lacks(Side::Receiver, Missing::Locked(bo.clone())));
    collection::set_locked(connection, user(8), &bo, false).await.expect("free");
    // A copy that stays keeps its slot.
    has(connection, 8, "bo").await;
    let tight = Slots { proposer: 1, receiver: 1 };
    assert_eq!(refused(connection, tight).await, lacks(Side::Receiver, Missing::Slots(1)));
    assert_eq!((owned(connection, 7).await, owned(connection, 8).await), ("mira 1".into(), "bo 2".into()));
    collection::take(connection, user(8), &bo).await.expect("taken");
    // One for one fits where all slots are taken.
    assert!(matches!(accept(connection, 1, tight).await, Stepped::Now(_)));
    assert_eq!((owned(connection, 7).await, owned(connection, 8).await), ("bo 1".into(), "mira 1".into()));
}

#[tokio::test]
async fn offers_end_with_their_time_and_one_has_few() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    has(connection, 7, "mira").await;
    for number in 1..=5 {
        offered(connection, &terms(number, None)).await;
    }
    assert_eq!(propose(connection, &terms(6, None)).await, Proposed::TooMany);
    let withdrawn =
        trades::end(connection, id(1), user(7), Ending::Withdraw, Utc::now()).await.expect("an answer");
    assert!(matches!(withdrawn, Stepped::Now(trade) if trade.state == TradeState::Withdrawn));
    // Two previews: only the later one can still be confirmed.
    assert!(matches!(propose(connection, &terms(6, None)).await, Proposed::There(_)));
    assert!(matches!(propose(connection, &terms(7, None)).await, Proposed::There(_)));
    let older = trades::confirm(connection, id(6), user(7), 5, Utc::now()).await.expect("an answer");
    assert!(matches!(older, Stepped::Before(trade) if trade.state == TradeState::Withdrawn));
    // Another one filled the last place meanwhile.
    connection
        .batch_execute(
            "INSERT INTO trades (trade_id, guild_id, proposer_id, receiver_id, gives, expires_at, state)
             VALUES (8, 5, 7, 9, 'shipped:mira', now() + interval '1 day', 'confirmed')",
        )
        .await
        .expect("a row");
    assert_eq!(
        trades::confirm(connection, id(7), user(7), 5, Utc::now()).await.expect("an answer"),
        Stepped::TooMany
    );

    // Terms can't be changed by anybody, and time only by a new database.
    let refused = connection.batch_execute("UPDATE trades SET expires_at = now() WHERE trade_id = 2").await;
    assert!(refused.is_err());
    connection
        .batch_execute(
            "DELETE FROM trades WHERE trade_id = 2;
             INSERT INTO trades (trade_id, guild_id, proposer_id, receiver_id, gives, made_at, expires_at, state)
             VALUES (2, 5, 7, 8, 'shipped:mira', now() - interval '25 hours', now() - interval '1 hour', 'confirmed')",
        )
        .await
        .expect("an old one");
    let late = accept(connection, 2, ROOM).await;
    assert!(matches!(&late, Stepped::Before(trade) if trade.state == TradeState::Expired), "{late:?}");
    assert_eq!(owned(connection, 8).await, "");
    // What is over counts no more.
    assert!(matches!(trades::confirm(connection, id(7), user(7), 5, Utc::now()).await, Ok(Stepped::Now(_))));
}
