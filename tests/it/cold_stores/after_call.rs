//! What is written after a call of a model: all of it, once, in one statement; and what the ledger tells then.

use chrono::TimeDelta;
use diesel::{
    sql_query,
    sql_types::{BigInt, Date},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use troupe::{
    cold::{
        ColdError, Connection,
        after_call::{AfterCall, Recorded, record},
        bonds, characters,
        usage::{self, Span, Sums, Whose},
    },
    domain::{bond::Gain, character::CharacterId, usage::Outcome},
};

use super::{call, character, custom, guild, now, time, user};
use crate::support::postgres::migrated;

#[derive(diesel::QueryableByName)]
struct Seen {
    #[diesel(sql_type = Date)]
    day: chrono::NaiveDate,
}

async fn first_seen(connection: &mut Connection, number: i64) -> Vec<chrono::NaiveDate> {
    let query = sql_query("SELECT day FROM user_first_seen WHERE user_id = $1").bind::<BigInt, _>(number);
    let rows: Vec<Seen> = query.load(connection).await.expect("days");
    rows.into_iter().map(|row| row.day).collect()
}

async fn all(connection: &mut Connection) -> Sums {
    let span = Span { from: time("2015-01-02T00:00:00Z"), to: time("2080-01-01T00:00:00Z") };
    usage::sums(connection, Whose::default(), span).await.expect("sums")
}

#[tokio::test]
async fn a_call_is_recorded_once_in_one_statement() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let before = database.statements().await;
    let now = record(connection, &call(at, 1)).await.expect("a record");
    let again = record(connection, &call(at, 1)).await.expect("a record");
    assert_eq!(database.statements().await - before, 2);
    assert_eq!(now, Recorded::Now { gain: Some(Gain { before: 0, after: 1, today: 1 }) });
    assert_eq!(again, Recorded::Before);
    let mut second = call(at, 1);
    second.ordinal = 1;
    let gain = Some(Gain { before: 1, after: 2, today: 2 });
    assert_eq!(record(connection, &second).await.expect("a record"), Recorded::Now { gain });
    assert_eq!(first_seen(connection, 7).await, [at.date_naive()]);
    let expected = Sums { calls: 2, prompt_tokens: 200, completion_tokens: 40, cost_micros: 6, unpriced: 0 };
    assert_eq!(all(connection).await, expected);
    assert_eq!(second.key(), format!("aftercall:{}:1", second.interaction));
}

#[tokio::test]
async fn rewards_need_a_member_and_a_character_that_exists() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let kept = custom(connection, user(7)).await;
    let purged = custom(connection, user(7)).await;
    let CharacterId::Custom(id) = purged else { panic!("a custom one") };
    assert!(characters::delete(connection, id, user(7), at - TimeDelta::days(1)).await.expect("deleted"));
    assert_eq!(characters::purge(connection, at, 10).await.expect("purged"), 1);
    let with = |number, change: &dyn Fn(&mut AfterCall)| {
        let mut call = call(at, number);
        change(&mut call);
        call
    };
    let calls = [
        (with(1, &|call| call.character = Some(kept.clone())), true),
        (with(2, &|call| call.character = Some(purged.clone())), false),
        (with(3, &|call| call.character = None), false),
        (with(4, &|call| call.reward = None), false),
        (with(5, &|call| assert!(call.forget(user(7)) && !call.forget(user(7)))), false),
        (with(6, &|call| call.guild = None), true),
    ];
    for (call, rewarded) in &calls {
        let Recorded::Now { gain } = record(connection, call).await.expect("a record") else {
            panic!("{call:?} was there");
        };
        assert_eq!(gain.is_some(), *rewarded, "{call:?}");
    }
    assert_eq!(all(connection).await.calls, 6);
    assert_eq!(bonds::list(connection, user(7), None, 10).await.expect("bonds").len(), 2);
}

#[tokio::test]
async fn extreme_values_are_recorded_all_the_same() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let mut call = call(now(), 1);
    call.provider = String::new();
    call.model = "é\u{0}".repeat(300);
    (call.prompt_tokens, call.completion_tokens, call.latency_ms) = (u32::MAX, u32::MAX, 5);
    (call.cost_micros, call.first_token_ms) = (None, Some(u32::MAX));
    call.outcome = Outcome::RefusedByModel;
    assert!(matches!(record(connection, &call).await.expect("a record"), Recorded::Now { .. }));
    let newest = usage::newest(connection, Whose::default(), None, 10).await.expect("calls");
    assert_eq!(newest[0].model, "é".repeat(200));
    assert_eq!((newest[0].cost_micros, newest[0].outcome), (None, Outcome::RefusedByModel));
}

#[tokio::test]
async fn a_month_without_a_partition_is_made() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    for at in ["2019-05-05T00:00:00Z", "2039-05-05T00:00:00Z"] {
        let call = call(time(at), 1);
        assert!(matches!(record(connection, &call).await.expect("a record"), Recorded::Now { .. }));
        assert_eq!(record(connection, &call).await.expect("a record"), Recorded::Before);
    }
    assert_eq!(first_seen(connection, 7).await, [time("2019-05-05T00:00:00Z").date_naive()]);

    let recorded = connection
        .transaction::<_, ColdError, _>(async |connection| {
            let old = record(connection, &call(time("2018-01-01T00:00:00Z"), 1)).await?;
            bonds::delete(connection, user(7), &character("shipped:mira")).await?;
            Ok(old)
        })
        .await
        .expect("the caller's transaction goes on");
    assert!(matches!(recorded, Recorded::Now { .. }));
    assert_eq!(all(connection).await.calls, 3);
    assert_eq!(
        first_seen(connection, 7).await,
        [time("2018-01-01T00:00:00Z").date_naive()],
        "the earliest day"
    );
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_nothing() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let call = call(now(), 1);
    let ended = connection
        .transaction::<(), ColdError, _>(async |connection| {
            record(connection, &call).await?;
            Err(ColdError::Query(diesel::result::Error::RollbackTransaction))
        })
        .await;
    assert!(ended.is_err());
    assert_eq!(all(connection).await, Sums::default());
    assert!(matches!(record(connection, &call).await.expect("a record"), Recorded::Now { .. }));
}

#[test]
fn a_waiting_write_reads_back_as_it_was() {
    let call = call(time("2026-11-21T10:00:00.123456Z"), 1);
    let text = serde_json::to_string(&call).expect("JSON");
    assert_eq!(serde_json::from_str::<AfterCall>(&text).expect("a call"), call);
}

#[tokio::test]
async fn sums_and_shares_are_of_the_span_and_of_those_asked_for() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let day = time("2026-11-21T00:00:00Z");
    let mut calls = Vec::new();
    for number in 0..6_u64 {
        let mut call = call(day + TimeDelta::hours(6 * i64::try_from(number).expect("small")), number);
        call.user = Some(user(7 + number % 2));
        call.guild = (number != 5).then(|| guild(5 + number / 4));
        call.model = if number == 3 { "dear".to_owned() } else { call.model };
        call.cost_micros = match number {
            2 => None,
            3 => Some(900),
            _ => Some(1),
        };
        record(connection, &call).await.expect("a record");
        calls.push(call);
    }
    let span = Span { from: day, to: day + TimeDelta::days(1) };
    let in_guild = Whose { guild: Some(guild(5)), user: None };
    let sums = usage::sums(connection, in_guild, span).await.expect("sums");
    let expected =
        Sums { calls: 4, prompt_tokens: 400, completion_tokens: 80, cost_micros: 902, unpriced: 1 };
    assert_eq!(sums, expected);
    let of_user = Whose { guild: None, user: Some(user(8)) };
    assert_eq!(
        usage::sums(connection, of_user, span).await.expect("sums").calls,
        2,
        "day's end is not in it"
    );

    let shares = usage::shares(connection, in_guild, span).await.expect("shares");
    let told: Vec<_> = shares.iter().map(|share| (share.model.as_str(), share.sums.calls)).collect();
    assert_eq!(told, [("dear", 1), ("understudy", 3)]);

    let newest = usage::newest(connection, Whose::default(), None, 4).await.expect("calls");
    let rest = usage::newest(connection, Whose::default(), newest.last(), 4).await.expect("calls");
    let found: Vec<_> = newest.iter().chain(&rest).map(|call| call.interaction).collect();
    let expected: Vec<_> = calls.iter().rev().map(|call| call.interaction).collect();
    assert_eq!(found, expected);
    assert_eq!(usage::newest(connection, of_user, None, 10).await.expect("calls").len(), 3);
}
