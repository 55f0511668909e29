//! Policies: a change reaches every process, by notice or by version; what was read outlives PostgreSQL.

use std::time::Duration;

use chrono::Utc;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use troupe::{
    cold::{self, Cold, ColdError, Connection, migrations},
    domain::{ids::GuildId, policy::Tier},
    hot::{Clock, Hot, Redis as HotRedis, keys},
    warm::policies::Policies,
};

use crate::support::{eventually, postgres::Postgres, redis::Redis};

fn guild(number: u64) -> GuildId {
    GuildId::new(number).expect("an id")
}

/// One process's view of both stores.
fn process(postgres: &Postgres, redis: Option<&Redis>) -> Policies {
    let redis = redis.map(|redis| {
        HotRedis::new(&SecretString::from(redis.url()), "test:", Clock::System).expect("an address")
    });
    Policies::new(Hot::new(redis, Clock::System), Cold::new(&postgres.secret_url()))
}

async fn migrated() -> Postgres {
    let postgres = Postgres::start().await;
    migrations::migrate(&postgres.secret_url(), migrations::Direction::Up).await.expect("up to date");
    postgres
}

async fn switch_talk(policies: &Policies, guild: GuildId, on: bool) {
    let change = policies.change_guild(guild, move |connection: &mut Connection| {
        async move {
            diesel::sql_query(
                "INSERT INTO guild_settings (guild_id, talk_enabled) VALUES ($1, $2)
                 ON CONFLICT (guild_id) DO UPDATE SET talk_enabled = excluded.talk_enabled",
            )
            .bind::<BigInt, _>(guild.to_i64())
            .bind::<diesel::sql_types::Bool, _>(on)
            .execute(connection)
            .await?;
            Ok::<_, ColdError>(())
        }
        .boxed()
    });
    change.await.expect("changed");
}

async fn execute(postgres: &Postgres, statements: &str) {
    let mut connection =
        cold::connect(&postgres.secret_url(), Duration::from_secs(10)).await.expect("connected");
    diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, statements).await.expect("executed");
}

#[tokio::test]
async fn a_change_reaches_other_processes_by_notice_and_without_one() {
    let (postgres, redis) = (migrated().await, Redis::start().await);
    let stop = CancellationToken::new();
    let (writer, told, untold) = (
        process(&postgres, Some(&redis)),
        process(&postgres, Some(&redis)),
        process(&postgres, Some(&redis)),
    );
    tokio::spawn(told.clone().listen(stop.clone()));
    for policies in [&writer, &told, &untold] {
        assert!(policies.guild(guild(1)).await.expect("the default").talk_enabled);
    }
    switch_talk(&writer, guild(1), false).await;
    assert!(!writer.guild(guild(1)).await.expect("read").talk_enabled, "whoever changes it sees it at once");
    for policies in [&told, &untold] {
        eventually("the change is seen", || async {
            (!policies.guild(guild(1)).await.expect("read").talk_enabled).then_some(())
        })
        .await;
    }
    stop.cancel();
}

#[tokio::test]
async fn without_redis_processes_see_each_others_changes_too() {
    let postgres = migrated().await;
    let (writer, reader) = (process(&postgres, None), process(&postgres, None));
    assert!(reader.guild(guild(1)).await.expect("the default").talk_enabled);
    switch_talk(&writer, guild(1), false).await;
    eventually("the change is seen", || async {
        (!reader.guild(guild(1)).await.expect("read").talk_enabled).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_read_outlives_postgres_and_what_was_not_is_an_error() {
    let (mut postgres, redis) = (migrated().await, Redis::start().await);
    let policies = process(&postgres, Some(&redis));
    switch_talk(&policies, guild(1), false).await;
    postgres.kill();
    let _: String = redis.run(&::redis::cmd("FLUSHALL")).await;
    tokio::time::sleep(troupe::warm::policies::BELIEVED).await;
    assert!(!policies.guild(guild(1)).await.expect("as it was").talk_enabled);
    let told = policies.guild(guild(2)).await.expect_err("never read").to_string();
    assert!(told.starts_with("the guild's settings can't be read now"), "{told}");
}

#[tokio::test]
async fn lists_tiers_and_blocks_are_part_of_it_and_each_draws_the_version() {
    let postgres = migrated().await;
    let changes = [
        "INSERT INTO guild_list_entries (guild_id, list, entry_id) VALUES (1, 'allowed_roles', 7), (1, 'blocked_users', 9)",
        "INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (1, 'operator', 'pro')",
        "INSERT INTO blocks (kind, subject_id, reason) VALUES ('guild', 1, 'spam')",
        "DELETE FROM blocks WHERE kind = 'guild'",
    ];
    let mut connection =
        cold::connect(&postgres.secret_url(), Duration::from_secs(10)).await.expect("connected");
    let mut versions = Vec::new();
    for change in changes {
        execute(&postgres, change).await;
        let stamped = cold::policies::guild(&mut connection, guild(1), Utc::now()).await.expect("read");
        versions.push((stamped.version, stamped.policy));
    }
    assert!(versions.windows(2).all(|pair| pair[0].0 < pair[1].0), "{versions:?}");
    let (_, blocked) = &versions[2];
    assert_eq!(blocked.lists.allowed_roles.iter().map(|id| id.get()).collect::<Vec<_>>(), [7]);
    assert_eq!(blocked.lists.blocked_users.iter().map(|id| id.get()).collect::<Vec<_>>(), [9]);
    assert_eq!(blocked.tier(Clock::System.now_ms()), Tier::Pro);
    assert!(blocked.block.as_ref().is_some_and(|block| block.reason == "spam" && block.holds(i64::MAX)));
    assert_eq!(versions[3].1.block, None);

    execute(
        &postgres,
        "INSERT INTO user_entitlements (user_id, source, tier, starts_at, ends_at)
                        VALUES (5, 'trial', 'pro', now() - interval '2 days', now() + interval '1 day')",
    )
    .await;
    let user = cold::policies::user(
        &mut connection,
        troupe::domain::ids::UserId::new(5).expect("an id"),
        Utc::now(),
    );
    let user = user.await.expect("read");
    let now = Clock::System.now_ms();
    assert_eq!((user.policy.tier(now), user.policy.tier(now + 2 * 86_400_000)), (Tier::Pro, Tier::Free));
    assert!(user.version > 0);
}

#[tokio::test]
async fn an_old_copy_in_redis_does_not_come_back() {
    let (postgres, redis) = (migrated().await, Redis::start().await);
    let policies = process(&postgres, Some(&redis));
    switch_talk(&policies, guild(1), false).await;
    // A reader that was slow: it read the row before the change, and puts its copy now.
    let store = HotRedis::new(&SecretString::from(redis.url()), "test:", Clock::System).expect("an address");
    let put = troupe::hot::policy::PutPolicy {
        key: keys::GuildPolicy::of(guild(1)).into_raw(),
        version: 0,
        body: serde_json::to_string(&troupe::domain::policy::GuildPolicy::default()).expect("JSON"),
    };
    assert!(
        !troupe::hot::Operation::on_redis(&put, &store).await.expect("answered"),
        "refused: a newer one is there"
    );
    let fresh = process(&postgres, Some(&redis));
    assert!(!fresh.guild(guild(1)).await.expect("read").talk_enabled);
}
