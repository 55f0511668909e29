//! The running role has what the bot needs and no more; the page that says how to make it is tried as written.

use std::{fs, path::Path};

use diesel_async::SimpleAsyncConnection;
use troupe::{
    cold::{
        migrations::{Direction, migrate},
        partitions, privacy,
        tables::TABLES,
    },
    domain::ids::UserId,
};

use super::{Connection, lines, open, refused, run};
use crate::support::{postgres::Postgres, program};

/// The page's SQL blocks, in order.
fn steps() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/database-roles.md");
    let page = fs::read_to_string(page).expect("the page");
    page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().expect("an end").to_owned()).collect()
}

async fn connection(postgres: &Postgres, user: &str, password: &str, database: &str) -> Connection {
    let url = postgres.url_as(user, password, database).into();
    open(&url).await
}

/// A server set up as the page says, and connections of both roles.
async fn set_up() -> (Postgres, Connection, Connection) {
    let postgres = Postgres::start().await;
    let [roles, rights, grant] = steps().try_into().expect("three blocks of SQL");
    let mut superuser = open(&postgres.secret_url()).await;
    // One by one: a database can't be made inside the transaction that several statements would be.
    for statement in roles.split_inclusive(';').filter(|part| !part.trim().is_empty()) {
        run(&mut superuser, statement).await;
    }
    let superuser_url = postgres.url().replace("/postgres", "/troupe");
    let mut superuser = open(&superuser_url.into()).await;
    run(&mut superuser, &rights).await;
    let bot_url = postgres.url_as("troupe_bot", "bot-password", "troupe");
    let owner_url = postgres.url_as("troupe_owner", "owner-password", "troupe");
    let addresses = [("DATABASE_URL", bot_url.as_str()), ("DATABASE_MIGRATE_URL", owner_url.as_str())];
    let migrated = program::run(&["migrate"], &addresses).await;
    assert!(migrated.status.success(), "the owner migrates: {migrated:?}");
    let mut owner = connection(&postgres, "troupe_owner", "owner-password", "troupe").await;
    run(&mut owner, &grant).await;
    let bot = connection(&postgres, "troupe_bot", "bot-password", "troupe").await;
    (postgres, owner, bot)
}

#[tokio::test]
async fn the_running_role_has_what_it_needs_and_no_more() {
    let (postgres, mut owner, mut bot) = set_up().await;
    it_does_all_the_bots_work(&postgres, &mut bot).await;
    it_changes_no_table_and_no_history(&mut owner, &mut bot).await;
    its_rights_follow_later_migrations(&postgres, &mut owner, &mut bot).await;
}

async fn it_does_all_the_bots_work(postgres: &Postgres, bot: &mut Connection) {
    for table in TABLES.iter().filter(|table| !table.traces.is_empty()) {
        run(bot, &super::privacy::rows_about(table.name, 55_555)).await;
    }
    run(
        bot,
        "INSERT INTO premium_entitlements (guild_id, source, tier) VALUES (5, 'trial', 'pro');
         INSERT INTO applied_writes (key, kind) VALUES ('k', 'xp');
         DELETE FROM applied_writes;
         INSERT INTO job_fences (job, token) VALUES ('flush', 1) ON CONFLICT (job) DO UPDATE SET token = job_fences.token + 1;
         INSERT INTO analytics_daily_metrics (day, metric, value) VALUES ('2026-01-01', 'calls', 1)
            ON CONFLICT (day, guild_key, metric) DO UPDATE SET value = analytics_daily_metrics.value + excluded.value;
         UPDATE rolls SET decision = 'added', decided_at = now();
         DELETE FROM character_custom_styles",
    )
    .await;
    let user = UserId::new(55_555).expect("an id");
    privacy::export(bot, user).await.expect("shown");
    privacy::erase(bot, user).await.expect("erased");
    let late = partitions::Key::Id(1);
    assert!(partitions::ensure_for(bot, partitions::Partitioned::UsageLedger, late).await.expect("a month"));
    partitions::ensure(bot).await.expect("months");
    let today = chrono::Utc::now().date_naive();
    assert_eq!(
        partitions::retire(bot, &super::TERMS, today).await.expect("retired"),
        ["usage_ledger_2015_01"]
    );
    // Nothing is pending: a bot that migrates at start goes on.
    let bot_url = postgres.url_as("troupe_bot", "bot-password", "troupe").into();
    assert_eq!(migrate(&bot_url, Direction::Up).await.expect("up to date"), [] as [String; 0]);
}

async fn it_changes_no_table_and_no_history(owner: &mut Connection, bot: &mut Connection) {
    let month = lines(owner, "SELECT tableoid::regclass::text AS line FROM audit_log").await.remove(0);
    let forbidden = [
        "CREATE TABLE more (id int)".to_owned(),
        "CREATE SCHEMA more".to_owned(),
        "CREATE TEMPORARY TABLE usage_ledger (id int)".to_owned(),
        "ALTER TABLE users ADD COLUMN more int".to_owned(),
        "DROP TABLE users".to_owned(),
        "TRUNCATE users".to_owned(),
        "ALTER TABLE audit_log DISABLE TRIGGER ALL".to_owned(),
        "DELETE FROM audit_log".to_owned(),
        "TRUNCATE audit_log".to_owned(),
        "UPDATE audit_log SET action = 'b'".to_owned(),
        format!("DELETE FROM {month}"),
        format!("UPDATE {month} SET actor_id = NULL"),
        "DELETE FROM usage_ledger".to_owned(),
        "UPDATE usage_ledger SET cost_micros = 0".to_owned(),
        "DELETE FROM scene_turns".to_owned(),
        "DELETE FROM rolls".to_owned(),
        "UPDATE rolls SET draw = 0".to_owned(),
        "SELECT setval('row_version_seq', 1)".to_owned(),
        "DELETE FROM __diesel_schema_migrations".to_owned(),
        "SELECT troupe_make_partition('audit_log', now())".to_owned(),
        "SELECT troupe_retire_partition('audit_log', 'users')".to_owned(),
        "SELECT troupe_grant_running('troupe_bot')".to_owned(),
        "CREATE TABLE troupe_archive.more (id int)".to_owned(),
    ];
    for statement in &forbidden {
        let said = refused(bot, statement).await;
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{statement}: {said}");
    }
}

async fn its_rights_follow_later_migrations(
    postgres: &Postgres,
    owner: &mut Connection,
    bot: &mut Connection,
) {
    let owner_url = postgres.url_as("troupe_owner", "owner-password", "troupe").into();
    run(owner, "CREATE TABLE later (id int PRIMARY KEY)").await;
    assert!(bot.batch_execute("SELECT FROM later").await.is_err(), "not yet");
    // Any migration will do: the newest is undone and applied again.
    migrate(&owner_url, Direction::DownOne).await.expect("down");
    migrate(&owner_url, Direction::Up).await.expect("up");
    run(bot, "INSERT INTO later VALUES (1); UPDATE later SET id = 2; DELETE FROM later").await;
}
