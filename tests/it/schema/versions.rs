//! Versions that caches are stamped with: new for each real change, and never lower.

use std::time::{Duration, Instant};

use diesel_async::AsyncConnection;

use super::{Connection, lines, migrated, open, run};
use crate::support::PATIENCE;

async fn version(connection: &mut Connection, query: &str) -> i64 {
    lines(connection, query).await.first().expect("a row").parse().expect("a number")
}

#[tokio::test]
async fn versions_grow_with_each_real_change() {
    let (_postgres, mut connection) = migrated().await;
    a_guilds_version_grows_with_each_real_change(&mut connection).await;
    a_users_version_grows_with_their_entitlements(&mut connection).await;
}

async fn a_guilds_version_grows_with_each_real_change(connection: &mut Connection) {
    let query = "SELECT version::text AS line FROM guild_settings WHERE guild_id = 5";
    let changes = [
        "INSERT INTO guild_list_entries VALUES (5, 'allowed_roles', 1)",
        "UPDATE guild_settings SET talk_enabled = false WHERE guild_id = 5",
        "UPDATE guild_settings SET default_character = 'shipped:mira' WHERE guild_id = 5",
        "UPDATE guild_list_entries SET list = 'staff_roles' WHERE guild_id = 5",
        "DELETE FROM guild_list_entries WHERE guild_id = 5",
        "INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (5, 'operator', 'pro')",
        "UPDATE premium_entitlements SET revoked_at = now() WHERE guild_id = 5",
        "DELETE FROM premium_entitlements WHERE guild_id = 5",
        "UPDATE guild_settings SET version = 1 WHERE guild_id = 5",
        "DELETE FROM guild_settings WHERE guild_id = 5; INSERT INTO guild_settings (guild_id, version) VALUES (5, 1)",
    ];
    let mut last = 0;
    for change in changes {
        run(connection, change).await;
        let now = version(connection, query).await;
        assert!(now > last, "{change}: {now} after {last}");
        last = now;
    }
    let same = [
        "UPDATE guild_settings SET talk_enabled = talk_enabled, default_character = default_character",
        "INSERT INTO guild_settings (guild_id) VALUES (6)",
        "INSERT INTO guild_list_entries VALUES (6, 'allowed_roles', 1)",
        "DELETE FROM guild_list_entries WHERE guild_id = 5",
    ];
    for change in same {
        run(connection, change).await;
        assert_eq!(version(connection, query).await, last, "{change}");
    }
    run(connection, "UPDATE guild_settings SET default_character = 'shipped:mira' WHERE guild_id = 5").await;
    let last = version(connection, query).await;
    run(connection, "UPDATE guild_settings SET default_character = 'shipped:mira' WHERE guild_id = 5").await;
    assert_eq!(version(connection, query).await, last, "the same value again is no change");
    run(connection, "DELETE FROM guild_settings WHERE guild_id = 6").await;
    let left = lines(connection, "SELECT list AS line FROM guild_list_entries WHERE guild_id = 6").await;
    assert_eq!(left, [] as [String; 0], "lists go with their guild");
}

async fn a_users_version_grows_with_their_entitlements(connection: &mut Connection) {
    let query = "SELECT version::text AS line FROM users WHERE user_id = 7";
    run(connection, "INSERT INTO user_entitlements (user_id, source, tier) VALUES (7, 'operator', 'pro')")
        .await;
    let first = version(connection, query).await;
    run(connection, "UPDATE user_entitlements SET tier = 'free'").await;
    let second = version(connection, query).await;
    run(connection, "UPDATE users SET leaderboard_opt_out = true").await;
    let third = version(connection, query).await;
    assert!(first < second && second < third, "{first} {second} {third}");
    run(connection, "DELETE FROM users; DELETE FROM user_entitlements").await;
    let users = lines(connection, "SELECT user_id::text AS line FROM users").await;
    assert_eq!(users, [] as [String; 0], "forgetting brings nobody back");
}

/// Two changes at once: the later to commit has the higher version, or a cache would keep the older content.
#[tokio::test]
async fn versions_follow_the_order_of_commits() {
    let (postgres, mut first) = migrated().await;
    let mut second = open(&postgres.secret_url()).await;
    run(&mut first, "INSERT INTO guild_settings (guild_id) VALUES (5)").await;
    let query = "SELECT version::text AS line FROM guild_settings WHERE guild_id = 5";
    let waiting = first
        .transaction::<_, diesel::result::Error, _>(async |first| {
            run(first, "UPDATE guild_settings SET model = 'a' WHERE guild_id = 5").await;
            let early = version(first, query).await;
            // Waits for the row: the first has it.
            let waiting = tokio::spawn(async move {
                run(&mut second, "INSERT INTO guild_list_entries VALUES (5, 'staff_roles', 1)").await;
                version(&mut second, query).await
            });
            let blocked = "SELECT pid::text AS line FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            let begun = Instant::now();
            while lines(first, blocked).await.is_empty() {
                assert!(begun.elapsed() < PATIENCE, "the second never came to wait");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok((early, waiting))
        })
        .await
        .expect("committed");
    let late = waiting.1.await.expect("the second ends");
    assert!(late > waiting.0, "{late} after {}", waiting.0);
}
