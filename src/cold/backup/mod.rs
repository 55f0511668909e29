//! Backup and restore of the whole database, by PostgreSQL's own `pg_dump`, `pg_restore` and `psql`.
//!
//! The database is taken to be Troupe's own: a backup holds all of it, and a restore that replaces it drops all of
//! Troupe's: what is in the schema `public`, and schemas whose names begin with `troupe_`.

mod address;
mod dump;
mod restore;

use std::{path::PathBuf, process::Stdio, time::Duration};

use secrecy::SecretString;
use tokio::process::Command;

use self::address::Address;
pub use self::{
    dump::backup,
    restore::{Permission, restore},
};
use super::{
    connect::{Connection, connect},
    error::ColdError,
    facts::facts,
    local::{LocalError, programs},
    migrations::MigrateError,
};

/// Longest time that a backup or a restore may take.
const DEADLINE: Duration = Duration::from_secs(6 * 60 * 60);
/// Server-side bound of the statements that only look.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a backup was not made, or nothing restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Cold(#[from] ColdError),
    /// PostgreSQL's programs are missing.
    #[error(transparent)]
    Programs(#[from] LocalError),
    /// PostgreSQL's programs are too old for the server.
    #[error(
        "the server is PostgreSQL {server}, and the newest {program} here is of version {installed}: install the \
         client programs of version {server} or newer"
    )]
    TooOld {
        /// What is too old.
        program: &'static str,
        /// Its major version.
        installed: u32,
        /// The server's major version.
        server: u32,
    },
    /// The file for the backup is there already.
    #[error("{} is there already: name another, or replace it with --force", .0.display())]
    Exists(PathBuf),
    /// The file can't be read or written.
    #[error("can't {what} {}: {source}", .path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A program failed.
    #[error("{program} failed: {said}")]
    Failed {
        /// Which.
        program: &'static str,
        /// Its words.
        said: String,
    },
    /// The database holds something already.
    #[error(
        "the database holds Troupe's tables already: --replace drops them and puts the backup in their place"
    )]
    NotEmpty,
    /// A bot uses the database.
    #[error(
        "{0} connection(s) of a running Troupe use this database: stop the bot first, or go on with --force; what it \
         writes meanwhile is lost"
    )]
    InUse(i64),
    /// The backup is in place, and migrating it failed.
    #[error("the backup is restored, but bringing it up to date failed: {0}; run `troupe migrate`")]
    Migrate(MigrateError),
}

/// The database and the programs that fit its server.
struct Target {
    connection: Connection,
    address: Address,
    programs: programs::Programs,
}

impl Target {
    /// Connects, and finds programs with `program` among them, no older than the server.
    async fn find(
        url: &SecretString,
        program: &'static str,
        bin_dir: Option<&std::path::Path>,
    ) -> Result<Self, BackupError> {
        let newest = programs::require(program, bin_dir).await?.swap_remove(0);
        let mut connection = connect(url, LOOK_TIMEOUT).await?;
        let server = u32::try_from(facts(&mut connection).await?.version / 10_000).unwrap_or_default();
        if newest.major < server {
            return Err(BackupError::TooOld { program, installed: newest.major, server });
        }
        Ok(Self { connection, address: Address::split(url), programs: newest })
    }

    /// One of the programs, told the database and, out of sight of process lists, the password.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.path(program));
        // Left from the environment, these would lead elsewhere than DATABASE_URL says.
        for name in ["PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS"] {
            command.env_remove(name);
        }
        self.address.give_password(&mut command);
        command
            .env("PGCONNECT_TIMEOUT", "10")
            .env("PGAPPNAME", "troupe-backup")
            .env("LC_MESSAGES", "C")
            .arg("--no-password")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

/// A program's complaint, short and in one line.
fn failed(program: &'static str, stderr: &[u8]) -> BackupError {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(4).collect();
    let said = if lines.is_empty() { "without a word".to_owned() } else { lines.join("; ") };
    BackupError::Failed { program, said: said.chars().take(800).collect() }
}

fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.into();
    move |source| BackupError::File { what, path, source }
}
