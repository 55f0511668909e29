//! What admins and operators decided: in force at the next call in every process, also by what memory holds.

use futures::FutureExt;
use troupe::{
    cold::{self, ColdError, Connection},
    domain::{denial::Denial, policy::Tier, usage::Feature},
    hot::Clock,
};

use super::{Process, ask, guild, roomy};
use crate::support::{
    postgres::{Database, Postgres, migrated},
    redis::Redis as Server,
};

async fn change(process: &Process, statement: &'static str) {
    let changed = process.policies.change_guild(guild(1), move |connection: &mut Connection| {
        async move {
            diesel_async::SimpleAsyncConnection::batch_execute(connection, statement).await?;
            Ok::<_, ColdError>(())
        }
        .boxed()
    });
    changed.await.expect("changed");
}

fn two(server: &Server, database: &Database) -> [Process; 2] {
    [1, 2].map(|_| Process::start(Some(server), &database.url, roomy(), &Clock::System))
}

#[tokio::test]
async fn a_change_holds_at_the_very_next_call_of_a_process_that_was_not_told() {
    let (server, database) = (Server::start().await, migrated().await);
    let [writer, reader] = two(&server, &database);
    reader.knows([1]).await;
    reader.admit(&ask(1)).await.expect("admitted").give_back().await;
    let changes = [
        (
            "INSERT INTO guild_settings (guild_id, talk_enabled) VALUES (1, false)",
            Err(Denial::FeatureOff(Feature::Talk)),
        ),
        ("UPDATE guild_settings SET ai_enabled = false WHERE guild_id = 1", Err(Denial::GuildOff)),
        (
            "UPDATE guild_settings SET ai_enabled = true, talk_enabled = true WHERE guild_id = 1",
            Ok(Tier::Free),
        ),
        (
            "INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (1, 'operator', 'pro')",
            Ok(Tier::Pro),
        ),
        (
            "INSERT INTO guild_list_entries (guild_id, list, entry_id) VALUES (1, 'allowed_roles', 7)",
            Err(Denial::Role),
        ),
        (
            "INSERT INTO guild_list_entries (guild_id, list, entry_id) VALUES (1, 'blocked_users', 1)",
            Err(Denial::BlockedHere),
        ),
        (
            "INSERT INTO blocks (kind, subject_id, reason) VALUES ('guild', 1, 'spam')",
            Err(Denial::GuildBlocked { until: None }),
        ),
    ];
    for (statement, expected) in changes {
        change(&writer, statement).await;
        let outcome = reader.admit(&ask(1)).await;
        assert_eq!(
            outcome.as_ref().map(troupe::gates::Admission::tier).map_err(Clone::clone),
            expected,
            "{statement}"
        );
        drop(outcome);
    }
    reader.settled().await;
}

#[tokio::test]
async fn a_thread_is_allowed_where_its_channel_is() {
    let (server, database) = (Server::start().await, migrated().await);
    let [writer, reader] = two(&server, &database);
    change(
        &writer,
        "INSERT INTO guild_list_entries (guild_id, list, entry_id) VALUES (1, 'allowed_channels', 9)",
    )
    .await;
    let channel = troupe::domain::ids::ChannelId::new(9).expect("an id");
    let denied = reader.admit(&ask(1)).await.expect_err("elsewhere");
    assert_eq!(denied, Denial::Channel(vec![channel]));
    let thread = troupe::gates::Ask { parent: Some(channel), ..ask(1) };
    reader.admit(&thread).await.expect("a thread of it").give_back().await;
}

#[tokio::test]
async fn without_postgres_what_was_read_serves_and_what_never_was_is_refused() {
    let server = Server::start().await;
    let mut postgres = Postgres::start().await;
    let url = postgres.secret_url();
    cold::migrations::migrate(&url, cold::migrations::Direction::Up).await.expect("up to date");
    let process = Process::start(Some(&server), &url, roomy(), &Clock::System);
    process.knows([1]).await;
    process.admit(&ask(1)).await.expect("admitted").give_back().await;
    postgres.kill();
    process.admit(&ask(1)).await.expect("what was read serves").give_back().await;
    assert_eq!(process.admit(&ask(2)).await.expect_err("never read"), Denial::SettingsUnknown);
    process.settled().await;
}
