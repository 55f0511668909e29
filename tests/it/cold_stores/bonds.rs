//! Bonds: what they gain, who leads, and what a member may do about theirs.

use diesel_async::SimpleAsyncConnection;
use troupe::{
    cold::{
        after_call, bonds,
        bonds::{Day, Place},
    },
    domain::bond::{Band, Gain, Nickname, Reward},
};

use super::{call, character, custom, guild, now, time, user};
use crate::support::postgres::migrated;

const FIVE_OF_TWELVE: Reward = Reward { amount: 5, daily_cap: 12 };

#[tokio::test]
async fn experience_stops_at_the_days_cap_and_goes_on_the_next_day() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    let days =
        ["2026-11-21T10:00:00Z", "2026-11-21T23:59:59Z", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z"];
    let mut gains = Vec::new();
    for day in days {
        gains.push(bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time(day)).await.expect("a gain"));
    }
    let gain = |before, after, today| Gain { before, after, today };
    assert_eq!(gains, [gain(0, 5, 5), gain(5, 10, 10), gain(10, 12, 12), gain(12, 12, 12)]);

    let next = bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time("2026-11-22T00:00:00Z")).await;
    assert_eq!(next.expect("a gain"), gain(12, 17, 5));
    let late = bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time("2026-11-21T22:00:00Z")).await;
    assert_eq!(late.expect("a gain"), gain(17, 22, 10), "a late gain counts to the newest day");

    let bond = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond");
    assert_eq!((bond.xp, bond.xp_today, bond.day), (22, 10, Some(time("2026-11-22T00:00:00Z").date_naive())));
    assert_eq!(bond.last_spoke_at, Some(time("2026-11-22T00:00:00Z")));
    assert_eq!(bonds::get(connection, user(8), &mira).await.expect("an answer"), None);
}

#[tokio::test]
async fn one_statement_adds_experience() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    let before = database.statements().await;
    for _ in 0..3 {
        bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, now()).await.expect("a gain");
    }
    assert_eq!(database.statements().await - before, 3);
}

#[tokio::test]
async fn a_paused_bond_stays_as_it_is() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    let gain = bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time("2026-11-21T10:00:00Z")).await;
    assert_eq!(gain.expect("a gain").after, 5);
    bonds::set_paused(connection, ada, &mira, true).await.expect("a pause");
    let paused = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond");
    assert!(paused.paused);
    let gain = bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time("2026-11-22T10:00:00Z")).await;
    assert_eq!(gain.expect("no gain"), Gain { before: 5, after: 5, today: 5 });
    assert_eq!(bonds::get(connection, ada, &mira).await.expect("an answer"), Some(paused));
    bonds::set_paused(connection, ada, &mira, false).await.expect("no pause");
    let gain = bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time("2026-11-22T10:00:00Z")).await;
    assert_eq!(gain.expect("a gain"), Gain { before: 5, after: 10, today: 5 });
}

#[tokio::test]
async fn nicknames_stand_alone_and_a_bond_can_be_erased() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    let captain = Nickname::new("Captain").expect("a nickname");
    bonds::set_nickname(connection, ada, &mira, Some(&captain)).await.expect("a nickname");
    bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, now()).await.expect("a gain");
    let bond = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond");
    assert_eq!((bond.nickname, bond.xp, bond.paused), (Some(captain), 5, false));
    bonds::set_nickname(connection, ada, &mira, None).await.expect("no nickname");
    let bond = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond");
    assert_eq!((bond.nickname, bond.xp), (None, 5));
    assert!(bonds::delete(connection, ada, &mira).await.expect("an answer"));
    assert!(!bonds::delete(connection, ada, &mira).await.expect("an answer"));
    assert_eq!(bonds::get(connection, ada, &mira).await.expect("an answer"), None);
}

#[tokio::test]
async fn bonds_are_listed_page_by_page_closest_first() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let ada = user(7);
    let mut expected = Vec::new();
    for (name, amount) in [("mira", 5), ("bo", 9), ("cy", 5), ("di", 5), ("ed", 1)] {
        let who = character(&format!("shipped:{name}"));
        let reward = Reward { amount, daily_cap: 100 };
        bonds::add_xp(connection, ada, &who, reward, now()).await.expect("a gain");
        expected.push((std::cmp::Reverse(u64::from(amount)), who));
    }
    let away = custom(connection, user(9)).await;
    bonds::add_xp(connection, user(9), &away, FIVE_OF_TWELVE, now()).await.expect("a gain");
    expected.sort();
    let mut found = Vec::new();
    let mut last = None;
    loop {
        let page = bonds::list(connection, ada, last.as_ref(), 2).await.expect("a page");
        let Some(end) = page.last().cloned() else { break };
        assert!(page.len() <= 2);
        found.extend(page);
        last = Some(end);
    }
    let found: Vec<_> = found.into_iter().map(|bond| (std::cmp::Reverse(bond.xp), bond.character)).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_leaders_are_members_of_the_guild_who_did_not_opt_out() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let mira = character("shipped:mira");
    let at = now();
    for (number, who, place, amount) in
        [(1, 7, Some(5), 3), (2, 8, Some(5), 6), (3, 9, Some(5), 9), (4, 10, Some(6), 9), (5, 11, None, 9)]
    {
        let mut call = call(at, number);
        call.user = Some(user(who));
        call.guild = place.map(guild);
        call.reward = Some(Reward { amount, daily_cap: 100 });
        after_call::record(connection, &call).await.expect("a record");
    }
    connection
        .batch_execute("INSERT INTO users (user_id, leaderboard_opt_out) VALUES (9, true), (8, false)")
        .await
        .expect("an opt-out");
    let since = at - chrono::TimeDelta::days(1);
    let place = |place, who, xp| Place { place, user: user(who), xp };
    let (here, first, second) = ((guild(5), &mira), place(1, 8, 6), place(2, 7, 3));
    let mut asked = async |since, most, asking| {
        bonds::leaders(connection, here, since, most, user(asking)).await.expect("leaders")
    };
    assert_eq!(asked(since, 10, 8).await, [first, second]);
    assert_eq!(asked(since, 1, 8).await, [first]);
    assert_eq!(asked(since, 1, 7).await, [first, second], "whoever asks sees their own place");
    assert_eq!(asked(since, 10, 9).await, [first, second], "who opted out has no place");
    assert_eq!(asked(at + chrono::TimeDelta::seconds(1), 10, 7).await, []);
}

#[tokio::test]
async fn a_days_history_is_what_the_day_added() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    let days =
        ["2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "2026-11-20T11:00:00Z", "2026-11-21T12:00:00Z"];
    for day in days {
        bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, time(day)).await.expect("a gain");
    }
    let day = |text: &str, gained, xp_after| Day { day: time(text).date_naive(), gained, xp_after };
    let history = bonds::history(connection, ada, &mira, 10).await.expect("days");
    let (old, new) = (day("2026-11-20T00:00:00Z", 5, 5), day("2026-11-21T00:00:00Z", 12, 17));
    assert_eq!(history, [new, old], "a late gain counts to the newest day");
    assert_eq!(bonds::history(connection, ada, &mira, 1).await.expect("days"), [new]);
    assert_eq!(bonds::history(connection, user(8), &mira, 10).await.expect("days"), []);

    assert_eq!(bonds::prune_history(connection, new.day, 10).await.expect("pruned"), 1);
    assert_eq!(bonds::history(connection, ada, &mira, 10).await.expect("days"), [new]);
    assert!(bonds::delete(connection, ada, &mira).await.expect("an answer"));
    assert_eq!(bonds::history(connection, ada, &mira, 10).await.expect("days"), [], "it goes with the bond");
}

#[tokio::test]
async fn a_member_is_told_of_a_band_once() {
    let database = migrated().await;
    let connection = &mut database.connect().await;
    let (ada, mira) = (user(7), character("shipped:mira"));
    assert!(!bonds::tell(connection, ada, &mira, Band::Friend).await.expect("an answer"), "without a bond");
    bonds::add_xp(connection, ada, &mira, FIVE_OF_TWELVE, now()).await.expect("a gain");
    let told = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond").told;
    assert_eq!(told, Band::Acquaintance);
    assert!(bonds::tell(connection, ada, &mira, Band::Trusted).await.expect("an answer"));
    for again in [Band::Trusted, Band::Friend] {
        assert!(!bonds::tell(connection, ada, &mira, again).await.expect("an answer"));
    }
    let told = bonds::get(connection, ada, &mira).await.expect("an answer").expect("a bond").told;
    assert_eq!(told, Band::Trusted);
}
