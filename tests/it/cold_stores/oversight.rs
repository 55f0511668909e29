//! The audit log, kill switches and blocks: what is in force, and that each change is on record.

use chrono::TimeDelta;
use serde_json::json;
use troupe::{
    cold::{
        audit::{self, Entry},
        blocks::{self, Block},
        switches::{self, Switch},
    },
    domain::{
        oversight::{Action, Blocked, Reason, SwitchTarget},
        usage::Feature,
    },
};

use super::{character, guild, now, time, user};
use crate::support::postgres::migrated;

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a reason")
}

#[tokio::test]
async fn entries_are_added_once_and_listed_page_by_page_newest_first() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let mut entries = Vec::new();
    for number in 0..5_u32 {
        // Two share a moment, and one is of a month without a partition.
        let at = if number == 0 {
            time("2019-01-01T00:00:00Z")
        } else {
            at + TimeDelta::seconds(i64::from(number / 2))
        };
        let mut entry = Entry::new(Some(user(7)), Action::new("settings.changed").expect("an action"), at);
        entry.guild = Some(guild(if number == 3 { 6 } else { 5 }));
        entry.user = Some(user(8));
        entry.target = "locale".to_owned();
        (entry.before, entry.after) = (Some(json!("en")), Some(json!({ "number": number })));
        entry.reason = Some(reason("asked for"));
        assert!(audit::append(connection, &entry).await.expect("added"));
        assert!(!audit::append(connection, &entry).await.expect("added before"));
        entries.push(entry);
    }
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    let first = audit::list(connection, None, None, 2).await.expect("a page");
    let second = audit::list(connection, None, first.last(), 2).await.expect("a page");
    let third = audit::list(connection, None, second.last(), 2).await.expect("a page");
    assert_eq!([first, second, third].concat(), entries);
    let of_guild = audit::list(connection, Some(guild(6)), None, 9).await.expect("a page");
    assert_eq!(
        of_guild.iter().map(|entry| &entry.after).collect::<Vec<_>>(),
        [&Some(json!({ "number": 3 }))]
    );
}

#[tokio::test]
async fn switches_are_in_force_until_they_end_and_each_change_is_recorded() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let targets = [
        SwitchTarget::Global,
        SwitchTarget::Feature(Feature::Scene),
        SwitchTarget::Guild(guild(5)),
        SwitchTarget::Provider("openrouter".to_owned()),
        SwitchTarget::Model("m".repeat(200)),
        SwitchTarget::Character(character("shipped:mira")),
    ];
    let mut set = Vec::new();
    for (target, number) in targets.into_iter().zip(0..) {
        let since = at - TimeDelta::minutes(number);
        let until = (number % 2 == 1).then(|| at + TimeDelta::hours(1));
        let switch = Switch { target, reason: Some(reason("a bill")), by: Some(user(7)), since, until };
        switches::set(connection, &switch).await.expect("set");
        set.push(switch);
    }
    assert_eq!(switches::in_force(connection, at).await.expect("switches").switches, set);
    let later = switches::in_force(connection, at + TimeDelta::hours(1)).await.expect("switches").switches;
    assert_eq!(later.len(), 3);

    set[0].reason = None;
    switches::set(connection, &set[0]).await.expect("changed");
    assert_eq!(switches::in_force(connection, at).await.expect("switches").switches, set);
    let cleared = switches::clear(connection, &set[2].target, Some(user(9)), at).await;
    assert!(cleared.expect("cleared"));
    assert!(!switches::clear(connection, &set[2].target, Some(user(9)), at).await.expect("cleared before"));
    let record = audit::list(connection, Some(guild(5)), None, 9).await.expect("a page");
    let told: Vec<_> =
        record.iter().map(|entry| (entry.action.as_str(), entry.target.as_str(), entry.actor)).collect();
    let expected = [("switch.cleared", "guild 5", Some(user(9))), ("switch.set", "guild 5", Some(user(7)))];
    assert_eq!(told, expected);
    assert_eq!(audit::list(connection, None, None, 99).await.expect("a page").len(), 8);

    let backwards = Switch { until: Some(at - TimeDelta::hours(1)), ..set[0].clone() };
    assert!(switches::set(connection, &backwards).await.is_err());
    assert_eq!(
        audit::list(connection, None, None, 99).await.expect("a page").len(),
        8,
        "not recorded either"
    );
}

#[tokio::test]
async fn blocks_are_in_force_until_they_end_and_each_change_is_recorded() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let at = now();
    let mut set = Vec::new();
    for (subject, until) in [
        (Blocked::Guild(guild(5)), None),
        (Blocked::User(user(3)), Some(at + TimeDelta::hours(1))),
        (Blocked::User(user(5)), None),
    ] {
        let block = Block { subject, reason: Some(reason("spam")), by: Some(user(7)), since: at, until };
        blocks::set(connection, &block).await.expect("set");
        set.push(block);
    }
    let first = blocks::active(connection, at, None, 2).await.expect("a page");
    let rest =
        blocks::active(connection, at, first.last().map(|block| block.subject), 2).await.expect("a page");
    assert_eq!([first, rest].concat(), set);
    assert_eq!(blocks::active(connection, at + TimeDelta::hours(1), None, 9).await.expect("a page").len(), 2);

    assert!(blocks::lift(connection, Blocked::User(user(5)), None, at).await.expect("lifted"));
    assert!(!blocks::lift(connection, Blocked::User(user(5)), None, at).await.expect("lifted before"));
    assert!(!blocks::lift(connection, Blocked::Guild(guild(3)), None, at).await.expect("a user has that id"));
    let record = audit::list(connection, None, None, 99).await.expect("a page");
    let lifted: Vec<_> =
        record.iter().filter(|entry| entry.action == Action::BLOCK_LIFTED).map(|entry| entry.user).collect();
    assert_eq!((record.len(), lifted), (4, vec![Some(user(5))]));
    assert!(record.iter().all(|entry| !entry.target.contains(char::is_numeric)), "targets never name a user");
}
