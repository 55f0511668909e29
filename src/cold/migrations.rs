//! Migrations: embedded in the binary, applied one process at a time, listed without changing anything.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use diesel::{
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncMigrationHarness, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::SecretString;

use super::{
    connect::{Connection, Target},
    error::ColdError,
    partitions,
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Key of the advisory lock that lets one process migrate at a time: "troupe" in ASCII.
const LOCK: i64 = 0x74_72_6f_75_70_65;
/// Longest wait for another process's migration.
const LOCK_DEADLINE: Duration = Duration::from_secs(60);
/// Time between two tries for the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(250);
/// Longest time for all pending migrations together.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The cold store itself.
    #[error(transparent)]
    Cold(#[from] ColdError),
    /// Another process holds the lock.
    #[error("another process has been migrating this database for {} s; try again when it is done", LOCK_DEADLINE.as_secs())]
    Locked,
    /// A migration failed; its own transaction was rolled back, and earlier ones stay.
    #[error("{0}")]
    Failed(String),
    /// Time is over; the running migration was cancelled and rolled back.
    #[error("not done within {} min: the running migration was cancelled", DEADLINE.as_secs() / 60)]
    Deadline,
}

/// Where a database stands, by migration version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Known to this build and applied, oldest first.
    pub applied: Vec<String>,
    /// Known to this build and not applied, oldest first.
    pub pending: Vec<String>,
    /// Applied and not known to this build: the database belongs to a newer one.
    pub unknown: Vec<String>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Apply everything pending.
    Up,
    /// Undo the newest applied migration.
    DownOne,
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Reads where the database stands. Changes nothing, not even in an empty database.
///
/// # Errors
/// [`ColdError::Query`] when a statement fails.
pub async fn standing(connection: &mut Connection) -> Result<Standing, ColdError> {
    let table: Answer =
        diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS yes")
            .get_result(connection)
            .await?;
    let applied: Vec<Version> = if table.yes {
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load(connection).await?
    } else {
        Vec::new()
    };
    let applied: BTreeSet<String> = applied.into_iter().map(|row| row.version).collect();
    let known = known();
    let (done, pending): (Vec<_>, Vec<_>) =
        known.iter().cloned().partition(|version| applied.contains(version));
    Ok(Standing { applied: done, pending, unknown: applied.difference(&known).cloned().collect() })
}

fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Pg>>> =
        MIGRATIONS.migrations().expect("embedded migrations are always readable");
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

/// Migrates under the lock and returns the versions that were applied or undone, in that order. Going up, it also
/// makes the partitions of the months ahead; with nothing pending it needs the rights of running only.
///
/// # Errors
/// A [`MigrateError`]; migrations that ended before it stay.
pub async fn migrate(url: &SecretString, direction: Direction) -> Result<Vec<String>, MigrateError> {
    // Migrations may be slow for good reasons: the deadline below bounds them all together.
    let target = Target::load(url).await.map_err(ColdError::from)?;
    let mut connection = target.connect(Duration::ZERO).await.map_err(ColdError::from)?;
    lock(&mut connection).await?;
    if direction == Direction::Up && standing(&mut connection).await?.pending.is_empty() {
        partitions::ensure(&mut connection).await?;
        return Ok(Vec::new());
    }
    let cancel = connection.cancel_token();
    // The harness blocks its thread; closing the connection at its end releases the lock.
    let mut task = tokio::task::spawn_blocking(move || run(connection, direction));
    if let Ok(ended) = tokio::time::timeout(DEADLINE, &mut task).await {
        return ended.map_err(|error| MigrateError::Failed(error.to_string()))?;
    }
    match target.cancel(&cancel).await {
        Ok(()) => Err(MigrateError::Deadline),
        Err(error) => {
            Err(MigrateError::Failed(format!("not done in time, and it could not be cancelled: {error}")))
        }
    }
}

/// Asks for the lock again and again: waiting for it inside the server would end in an error whose only mark is
/// a text in the server's language.
async fn lock(connection: &mut Connection) -> Result<(), MigrateError> {
    let begun = Instant::now();
    loop {
        let query = format!("SELECT pg_try_advisory_lock({LOCK}) AS yes");
        let taken: Answer = diesel::sql_query(query).get_result(connection).await.map_err(ColdError::from)?;
        if taken.yes {
            return Ok(());
        }
        if begun.elapsed() > LOCK_DEADLINE {
            return Err(MigrateError::Locked);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
}

fn run(connection: Connection, direction: Direction) -> Result<Vec<String>, MigrateError> {
    let mut harness = AsyncMigrationHarness::new(connection);
    let versions = match direction {
        Direction::Up => harness
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
            .and_then(|versions| finish(harness).map(|()| versions)),
        Direction::DownOne => match harness.applied_migrations() {
            Ok(applied) if applied.is_empty() => Ok(Vec::new()),
            Ok(_) => harness.revert_last_migration(MIGRATIONS).map(|version| vec![version.to_string()]),
            Err(error) => Err(error),
        },
    };
    versions.map_err(|error| MigrateError::Failed(error.to_string()))
}

/// Gives new tables what they need before they are used: partitions, and rights for the roles that run the bot.
fn finish(harness: AsyncMigrationHarness<Connection>) -> diesel::migration::Result<()> {
    let mut connection = harness.into_inner();
    let finish = format!(
        "SELECT troupe_ensure_partitions({}); SELECT troupe_grant_running_again();",
        partitions::MONTHS_AHEAD
    );
    // This thread is one that may block: the harness does nothing else.
    tokio::runtime::Handle::current().block_on(connection.batch_execute(&finish))?;
    Ok(())
}
