//! `troupe restore`: a backup takes the place of what the database holds, in one transaction.
//!
//! `pg_restore` turns the file into statements, and `psql` runs them behind a first one that drops what is there.
//! `psql` commits when its input ends, so the input ends only after `pg_restore` has ended well; else `psql` is
//! killed, and the server rolls back. (`pg_restore --clean` would not do: it drops what the backup knows, and
//! leaves tables that came later for the migrations to stumble on.)

use std::{path::Path, process::Stdio};

use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;
use secrecy::SecretString;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin},
};

use super::{BackupError, DEADLINE, Target, failed, file};
use crate::cold::{
    connect::Connection,
    error::ColdError,
    migrations::{self, Direction},
};

/// Drops all of Troupe's, but what belongs to an extension; waits for others' locks a minute at most.
const CLEAR: &str = include_str!("clear.sql");

/// What a restore may do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Permission {
    /// Replace what the database holds.
    pub replace: bool,
    /// Go on although a bot uses the database.
    pub force: bool,
    /// Leave out rights granted to roles, which may not exist here.
    pub no_grants: bool,
}

#[derive(diesel::QueryableByName)]
struct State {
    #[diesel(sql_type = Bool)]
    filled: bool,
    #[diesel(sql_type = BigInt)]
    connections: i64,
}

/// Restores the backup `source` into the database at `url`, and applies the migrations that came since it was
/// made. Returns their versions. `bin_dir` is the only folder to look for programs in.
///
/// # Errors
/// A [`BackupError`]; the database is as it was, but for [`BackupError::Migrate`].
pub async fn restore(
    url: &SecretString,
    source: &Path,
    permission: Permission,
    bin_dir: Option<&Path>,
) -> Result<Vec<String>, BackupError> {
    let input = std::fs::File::open(source).map_err(file("read", source))?;
    let mut database = Target::find(url, "pg_restore", bin_dir).await?;
    let state = state(&mut database.connection).await?;
    if state.connections > 0 && !permission.force {
        return Err(BackupError::InUse(state.connections));
    }
    if state.filled && !permission.replace {
        return Err(BackupError::NotEmpty);
    }
    let work = replace(&database, Stdio::from(input), permission);
    tokio::time::timeout(DEADLINE, work).await.map_err(|_| failed("restoring", b"not done in time"))??;
    drop(database);
    migrations::migrate(url, Direction::Up).await.map_err(BackupError::Migrate)
}

/// Whether the database holds Troupe's tables, and how many connections of other Troupes there are.
async fn state(connection: &mut Connection) -> Result<State, ColdError> {
    let query = "SELECT to_regclass('public.__diesel_schema_migrations') IS NOT NULL AS filled,
                        (SELECT count(*) FROM pg_stat_activity
                         WHERE datname = current_database() AND application_name = 'troupe'
                           AND pid <> pg_backend_pid()) AS connections";
    Ok(diesel::sql_query(query).get_result(connection).await?)
}

async fn replace(database: &Target, backup: Stdio, permission: Permission) -> Result<(), BackupError> {
    let mut psql = database
        .command("psql")
        .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"])
        .arg(format!("--dbname={}", database.address.open))
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| failed("psql", error.to_string().as_bytes()))?;
    let mut statements = psql.stdin.take().expect("a piped input");
    let written = write_statements(database, backup, permission, &mut statements).await;
    if let Err(error) = written {
        return Err(blame(psql, error).await);
    }
    drop(statements);
    let ended =
        psql.wait_with_output().await.map_err(|error| failed("psql", error.to_string().as_bytes()))?;
    if ended.status.success() { Ok(()) } else { Err(failed("psql", &ended.stderr)) }
}

/// Writes everything to `psql`, and returns only when `pg_restore` has ended well.
async fn write_statements(
    database: &Target,
    backup: Stdio,
    permission: Permission,
    statements: &mut ChildStdin,
) -> Result<(), BackupError> {
    let broken = |error: std::io::Error| failed("psql", error.to_string().as_bytes());
    let mut pg_restore = database.command("pg_restore");
    pg_restore.args(["--file=-", "--no-owner"]).stdin(backup).stdout(Stdio::piped());
    if permission.no_grants {
        pg_restore.arg("--no-privileges");
    }
    let mut pg_restore =
        pg_restore.spawn().map_err(|error| failed("pg_restore", error.to_string().as_bytes()))?;
    let mut made = pg_restore.stdout.take().expect("a piped output");
    statements.write_all(CLEAR.as_bytes()).await.map_err(broken)?;
    tokio::io::copy(&mut made, statements).await.map_err(broken)?;
    let ended = pg_restore
        .wait_with_output()
        .await
        .map_err(|error| failed("pg_restore", error.to_string().as_bytes()))?;
    if !ended.status.success() {
        return Err(failed("pg_restore", &ended.stderr));
    }
    statements.flush().await.map_err(broken)
}

/// Ends `psql` without a commit. Where it had ended by itself, its own words tell more than a broken pipe.
async fn blame(mut psql: Child, error: BackupError) -> BackupError {
    let own = matches!(psql.try_wait(), Ok(Some(_)))
        || matches!(&error, BackupError::Failed { program: "psql", .. });
    if let Err(kill) = psql.start_kill() {
        return failed("psql", format!("can't be stopped: {kill}").as_bytes());
    }
    match psql.wait_with_output().await {
        Ok(ended) if own && !ended.stderr.is_empty() => failed("psql", &ended.stderr),
        _ => error,
    }
}
