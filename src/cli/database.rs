//! Commands on the whole database: `backup`, `restore` and `database`, and how a command comes to a database at all.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::{Failure, print, start_log};
use crate::{
    cold::{
        self, Database,
        backup::{self, BackupError, Permission},
    },
    config::{Settings, Sources},
    ops::shutdown::{self, Reason},
};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// Where to; troupe-YYYYMMDD-HHMMSS.dump in this folder when left out
    file: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// A file that `troupe backup` wrote
    file: PathBuf,
    /// Drop what the database holds and put the backup in its place
    #[arg(long)]
    replace: bool,
    /// Go on although a bot uses the database
    #[arg(long)]
    force: bool,
    /// Leave out the rights of database roles, when those roles don't exist here
    #[arg(long)]
    no_grants: bool,
}

/// Runs `work` on this installation's database: the one that DATABASE_URL names, or the private one, which is
/// started for it unless a bot keeps it running; with the role that owns the tables. A signal ends it early, in good
/// order.
pub(super) async fn with(
    settings: &Settings,
    work: impl AsyncFnOnce(&SecretString) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stop = shutdown::signals()?;
    let database = Database::visit(settings).await.map_err(|error| Failure::Failed(error.to_string()))?;
    let outcome = tokio::select! {
        outcome = work(database.migrate_url()) => outcome,
        Reason::Signal(name) = stop => Err(Failure::Failed(format!("ended by {name}"))),
    };
    database.close().await;
    outcome
}

/// Pause between two looks whether a database answers that recovers from a crash.
const ANSWER_PAUSE: Duration = Duration::from_millis(100);
/// How long it may be silent before the log says what is in the way.
const SILENCE: Duration = Duration::from_secs(5);

/// Keeps the private database for other programs until a signal, and prints its address once it answers.
pub(super) async fn keep(sources: &Sources) -> Result<(), Failure> {
    let loaded = sources.load()?;
    if loaded.settings.cold.url.is_some() {
        let told = "DATABASE_URL is set, and the database that it names needs nobody to keep it: unset it to keep a \
                    private one";
        return Err(Failure::Configuration(told.to_owned()));
    }
    start_log(&loaded)?;
    let stop = shutdown::signals()?;
    let database =
        Database::keep(&loaded.settings).await.map_err(|error| Failure::Failed(error.to_string()))?;
    let serve = async {
        let begun = Instant::now();
        let mut is_told = false;
        while let Err(error) = cold::connect(database.url(), Duration::ZERO).await {
            // A recovery may take its time; whoever waits shall know for what.
            if begun.elapsed() > SILENCE && !std::mem::replace(&mut is_told, true) {
                tracing::warn!(%error, "the private database runs, and does not answer yet");
            }
            tokio::time::sleep(ANSWER_PAUSE).await;
        }
        print(&format!("{}\n", database.url().expose_secret()))?;
        std::future::pending().await
    };
    let outcome = tokio::select! {
        failed = serve => failed,
        Reason::Signal(signal) = stop => {
            tracing::info!(signal, "stopping");
            Ok(())
        }
    };
    database.close().await;
    outcome
}

pub(super) async fn backup(sources: &Sources, options: &Backup) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    let bin_dir = loaded.settings.cold.bin_dir.as_deref();
    with(&loaded.settings, async |url| {
        let (path, size) = backup::backup(url, options.file.as_deref(), options.force, bin_dir)
            .await
            .map_err(|error| told("no backup was made", &error))?;
        print(&format!("{} ({size} bytes)\n", path.display()))
    })
    .await
}

pub(super) async fn restore(sources: &Sources, options: &Restore) -> Result<(), Failure> {
    let loaded = sources.load()?;
    start_log(&loaded)?;
    let bin_dir = loaded.settings.cold.bin_dir.as_deref();
    let Restore { file, replace, force, no_grants } = options;
    let permission = Permission { replace: *replace, force: *force, no_grants: *no_grants };
    with(&loaded.settings, async |url| {
        let applied = backup::restore(url, file, permission, bin_dir).await.map_err(|error| match error {
            error @ BackupError::Migrate(_) => Failure::Failed(error.to_string()),
            error => told("nothing was restored", &error),
        })?;
        let lines: Vec<_> = applied.iter().map(|version| format!("applied {version}\n")).collect();
        print(&format!("restored {}\n{}", file.display(), lines.concat()))
    })
    .await
}

fn told(what: &str, error: &BackupError) -> Failure {
    Failure::Failed(format!("{what}: {error}"))
}
