//! Kept replies: written with their call, once; shown, extended, deleted, forgotten.

use chrono::{DateTime, TimeDelta, Utc};
use troupe::{
    cold::{
        Connection,
        after_call::{AfterCall, Recorded, record},
        replies::{
            MOST_ANSWERS, Reply, ReplyChange, delete, forget_at, get, prune, prune_forgotten, set_messages,
            show,
        },
    },
    domain::ids::Place,
    warm::queue::Write,
};

use super::{call, channel, character, guild, interaction, now, user};
use crate::support::postgres::migrated;

/// The line of member 7 that came with the `number`th interaction of a moment, and Mira's answer.
pub fn reply(at: DateTime<Utc>, number: u64) -> Reply {
    Reply {
        interaction: interaction(at, number),
        guild: Some(guild(5)),
        channel: channel(6),
        user: user(7),
        character: character("shipped:mira"),
        said: format!("line {number}"),
        answers: vec!["first".to_owned()],
        shown: 0,
        messages: vec![70, 71],
        by_webhook: true,
        line_message: Some(69),
        made_at: at,
    }
}

pub fn kept(at: DateTime<Utc>, number: u64) -> AfterCall {
    AfterCall { reply: Some(ReplyChange::New(reply(at, number))), ..call(at, number) }
}

/// The `number`th call gives another answer to the first line.
fn another(at: DateTime<Utc>, number: u64, answer: &str, replaces: bool) -> AfterCall {
    let reply = Reply { answers: vec![answer.to_owned()], messages: vec![], ..reply(at, 1) };
    let change = if replaces { ReplyChange::Longer(reply) } else { ReplyChange::Another(reply) };
    AfterCall { reply: Some(change), ..call(at, number) }
}

async fn one(connection: &mut Connection, at: DateTime<Utc>) -> Reply {
    get(connection, interaction(at, 1)).await.expect("an answer").expect("it is kept")
}

/// The lines of this file's first exchanges, as far as they are kept.
async fn lines(connection: &mut Connection, at: DateTime<Utc>) -> Vec<String> {
    let mut lines = Vec::new();
    for number in 0..6 {
        lines.extend(
            get(connection, interaction(at, number)).await.expect("an answer").map(|reply| reply.said),
        );
    }
    lines
}

#[tokio::test]
async fn a_reply_is_kept_with_its_call_once_in_one_statement() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let before = database.statements().await;
    assert!(matches!(record(connection, &kept(at, 1)).await.expect("a record"), Recorded::Now { .. }));
    assert_eq!(database.statements().await - before, 1);
    assert_eq!(one(connection, at).await, reply(at, 1));

    // Neither comes back with a second try.
    assert!(delete(connection, interaction(at, 1)).await.expect("deleted").is_some());
    assert_eq!(record(connection, &kept(at, 1)).await.expect("a record"), Recorded::Before);
    assert_eq!(get(connection, interaction(at, 1)).await.expect("an answer"), None);
    assert_eq!(delete(connection, interaction(at, 1)).await.expect("nothing"), None);

    // Nothing of a member who asked to be forgotten, and nothing of calls that said nothing.
    let mut forgotten = kept(at, 2);
    assert!(forgotten.forget(user(7)) && forgotten.reply.is_none());
    record(connection, &forgotten).await.expect("a record");
    let mut nobodys = kept(at, 3);
    nobodys.user = None;
    record(connection, &nobodys).await.expect("a record");
    let silent = ReplyChange::New(Reply { answers: vec![], ..reply(at, 4) });
    record(connection, &AfterCall { reply: Some(silent), ..call(at, 4) }).await.expect("a record");
    assert_eq!(lines(connection, at).await, [""; 0]);
}

#[tokio::test]
async fn further_answers_are_added_or_go_on_and_the_oldest_leaves() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    record(connection, &kept(at, 1)).await.expect("a record");

    record(connection, &another(at, 2, "second", false)).await.expect("a record");
    record(connection, &another(at, 2, "second", false)).await.expect("known");
    let now = one(connection, at).await;
    assert_eq!((now.answer(), now.shown, now.answers.len()), ("second", 1, 2));
    assert_eq!(now.messages, [70, 71], "where nothing is said, they stay");

    assert!(show(connection, now.interaction, user(7), 0).await.expect("an answer"));
    assert!(
        !show(connection, now.interaction, user(7), 2).await.expect("an answer"),
        "there is no such answer"
    );
    assert!(!show(connection, now.interaction, user(8), 1).await.expect("an answer"), "not theirs");
    let mut longer = another(at, 3, "first and more", true);
    if let Some(ReplyChange::Longer(reply)) = &mut longer.reply {
        reply.messages = vec![80, 0, u64::MAX];
    }
    record(connection, &longer).await.expect("a record");
    let now = one(connection, at).await;
    assert_eq!(now.answers, ["first and more", "second"]);
    assert_eq!((now.answer(), now.messages.as_slice()), ("first and more", &[80][..]));

    for number in 10..19 {
        record(connection, &another(at, number, &number.to_string(), false)).await.expect("a record");
    }
    let now = one(connection, at).await;
    assert_eq!((now.answers.len(), now.shown), (MOST_ANSWERS, 9));
    assert_eq!((now.answers[0].as_str(), now.answer()), ("second", "18"));
    // The last one goes on too.
    record(connection, &another(at, 30, "18 and more", true)).await.expect("a record");
    let now = one(connection, at).await;
    assert_eq!((now.answers.len(), now.answers[8].as_str(), now.answer()), (10, "17", "18 and more"));

    assert!(set_messages(connection, now.interaction, &[90, 91], false).await.expect("an answer"));
    let now = one(connection, at).await;
    assert_eq!((now.messages, now.by_webhook), (vec![90, 91], false));
    assert!(!set_messages(connection, interaction(at, 90), &[1], false).await.expect("an answer"));
}

#[tokio::test]
async fn answers_that_land_before_the_first_are_kept() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    record(connection, &another(at, 3, "third", false)).await.expect("a record");
    let early = one(connection, at).await;
    assert_eq!((early.answers, early.shown, early.messages), (vec!["third".to_owned()], 0, vec![]));
    record(connection, &kept(at, 1)).await.expect("a record");
    record(connection, &kept(at, 1)).await.expect("known");
    let now = one(connection, at).await;
    assert_eq!(
        (now.answer(), now.answers.as_slice()),
        ("third", &["first".to_owned(), "third".to_owned()][..])
    );
    assert_eq!((now.messages, now.said.as_str(), now.line_message), (vec![70, 71], "line 1", Some(69)));
    record(connection, &another(at, 2, "second", false)).await.expect("a record");
    assert_eq!(one(connection, at).await.answers, ["first", "third", "second"], "late, and not lost");

    // What a member has had forgotten does not come back with a further answer.
    forget_at(connection, user(7), Place::Guild(guild(5)), None, at).await.expect("forgotten");
    record(connection, &another(at, 4, "fourth", false)).await.expect("a record");
    assert_eq!(get(connection, interaction(at, 1)).await.expect("an answer"), None);
}

#[tokio::test]
async fn members_see_and_forget_by_place_and_character_and_old_ones_leave() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let direct = Place::Direct(user(7));
    for number in 0..6_u64 {
        let made_at = at - TimeDelta::days(i64::try_from(number).expect("small"));
        let mut call = kept(at, number);
        let Some(ReplyChange::New(reply)) = &mut call.reply else { panic!("a reply") };
        reply.made_at = made_at;
        match number {
            3 => (call.guild, reply.guild) = (None, None),
            4 => reply.character = character("shipped:ogga"),
            5 => call.user = Some(user(8)),
            _ => {}
        }
        record(connection, &call).await.expect("a record");
    }
    let here = Place::Guild(guild(5));
    let ogga = character("shipped:ogga");
    assert_eq!(prune(connection, at - TimeDelta::hours(12), 2).await.expect("pruned"), 2, "the oldest");
    assert_eq!(lines(connection, at).await, ["line 0", "line 1", "line 2", "line 3"]);
    assert_eq!(forget_at(connection, user(7), here, Some(&ogga), at).await.expect("forgotten"), 0);
    assert_eq!(forget_at(connection, user(7), direct, None, at).await.expect("forgotten"), 1);
    assert_eq!(lines(connection, at).await, ["line 0", "line 1", "line 2"]);
    assert_eq!(forget_at(connection, user(7), here, None, at).await.expect("forgotten"), 3);
}

#[tokio::test]
async fn what_comes_late_is_not_kept_once_it_is_forgotten() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let (here, direct) = (Place::Guild(guild(5)), Place::Direct(user(7)));
    let mira = character("shipped:mira");
    let late = |number: u64, change: fn(&mut AfterCall, &mut Reply)| {
        let (mut call, mut reply) = (call(at, number), reply(at, number));
        change(&mut call, &mut reply);
        AfterCall { reply: Some(ReplyChange::New(reply)), ..call }
    };
    for earlier in [TimeDelta::zero(), TimeDelta::hours(1)] {
        // A clock that is behind takes nothing back.
        forget_at(connection, user(7), here, Some(&mira), at - earlier).await.expect("forgotten");
    }
    for call in [
        late(1, |_, _| {}),
        late(2, |_, reply| reply.made_at += TimeDelta::milliseconds(1)),
        late(3, |_, reply| reply.character = character("shipped:ogga")),
        late(4, |call, reply| (call.guild, reply.guild) = (None, None)),
        late(5, |call, reply| (call.user, reply.user) = (Some(user(8)), user(8))),
    ] {
        assert!(matches!(record(connection, &call).await.expect("a record"), Recorded::Now { .. }));
    }
    assert_eq!(lines(connection, at).await, ["line 2", "line 3", "line 4", "line 5"]);

    for place in [here, direct] {
        forget_at(connection, user(7), place, None, at).await.expect("forgotten");
    }
    assert_eq!(lines(connection, at).await, ["line 5"]);
    let call = AfterCall { guild: None, ..late(0, |_, reply| reply.guild = None) };
    record(connection, &call).await.expect("a record");
    assert_eq!(lines(connection, at).await, ["line 5"], "all of them, and there too");
    assert_eq!(prune_forgotten(connection, at).await.expect("pruned"), 0);
    assert_eq!(prune_forgotten(connection, at + TimeDelta::seconds(1)).await.expect("pruned"), 3);
}

#[tokio::test]
async fn words_of_any_length_are_recorded_and_fit_the_queue() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let mut call = kept(at, 1);
    let Some(ReplyChange::New(reply)) = &mut call.reply else { panic!("a reply") };
    // Six bytes each in JSON.
    (reply.said, reply.answers) = ("\u{1}".repeat(9_000), vec!["\u{0}\u{1}".repeat(21_000)]);
    (reply.shown, reply.messages) = (200, vec![5; 60]);
    Write::new(call.key(), 5, &call).expect("it fits the queue");
    assert!(matches!(record(connection, &call).await.expect("a record"), Recorded::Now { .. }));
    let now = one(connection, at).await;
    assert_eq!((now.said.len(), now.answer().len(), now.messages.len()), (8_000, 20_000, 50));
}

#[test]
fn calls_that_waited_before_replies_were_kept_are_read() {
    let at = now();
    let old = serde_json::to_value(call(at, 1)).expect("JSON");
    assert!(old.get("reply").is_none());
    assert_eq!(serde_json::from_value::<AfterCall>(old).expect("a call"), call(at, 1));
    for call in [kept(at, 1), another(at, 2, "more", true)] {
        let text = serde_json::to_string(&call).expect("JSON");
        assert_eq!(serde_json::from_str::<AfterCall>(&text).expect("a call"), call);
    }
}
