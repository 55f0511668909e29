//! What can keep the private cluster from running, each in words that say what to do.

use std::{io, path::PathBuf};

/// Why the private cluster does not run. No variant shows a password.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// A program of PostgreSQL is not installed.
    #[error(
        "{program} is not installed, and DATABASE_URL is not set. Install PostgreSQL with `{command}`, or set \
         DATABASE_URL to a server that you have"
    )]
    NotInstalled {
        /// The program that was looked for.
        program: &'static str,
        /// What installs it on this system.
        command: String,
    },
    /// The setting names a folder without the programs.
    #[error("POSTGRES_BIN_DIR: there is no working {program} in {folder}")]
    BinDir {
        /// The program that was looked for.
        program: &'static str,
        /// What the setting says.
        folder: PathBuf,
    },
    /// What is installed can't open the cluster.
    #[error(
        "{folder} was made by PostgreSQL {made_by}, and installed is {installed}. Install version {made_by} (name its \
         programs' folder in POSTGRES_BIN_DIR if it is not found), or move with it: `troupe backup` by version \
         {made_by}, put the folder away, `troupe restore` by the new one"
    )]
    WrongVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// Major version that made it.
        made_by: u32,
        /// Major versions that are here.
        installed: String,
    },
    /// The installed version is too old to begin with.
    #[error("PostgreSQL {installed} is installed, and Troupe needs {oldest} or newer: install a newer one")]
    TooOld {
        /// Newest major version that is here.
        installed: u32,
        /// Oldest that will do.
        oldest: u32,
    },
    /// The server's user can't reach the folder.
    #[error(
        "PostgreSQL refuses to run as root, and the user {user}, as whom it runs instead, can't reach {folder}: a \
         folder above it is closed. Set DATA_DIR to a place that others may pass through, such as /var/lib/troupe, \
         or run the bot as an ordinary user"
    )]
    Unreachable {
        /// The cluster's folder.
        folder: PathBuf,
        /// The unprivileged user.
        user: String,
    },
    /// The server's user can't run the server's programs.
    #[error("the user {user}, as whom PostgreSQL must run, may not run {program}: open the folders above it")]
    Forbidden {
        /// The program.
        program: PathBuf,
        /// The unprivileged user.
        user: String,
    },
    /// Root, and nobody else to run as.
    #[error(
        "PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`: make one of them"
    )]
    NoUser,
    /// The folder belongs to a user that is not the bot's.
    #[error(
        "{folder} belongs to another user (id {owner}): run the bot as that user, or set DATA_DIR to a place of its own"
    )]
    Foreign {
        /// The cluster's folder.
        folder: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// Another process keeps this cluster.
    #[error(
        "{folder} is in use by another Troupe{}: stop it, or give this one a DATA_DIR of its own",
        .holder.as_ref().map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The cluster's folder.
        folder: PathBuf,
        /// The other's process, as it wrote it down.
        holder: Option<u32>,
    },
    /// A file or folder.
    #[error("can't {what} {path}: {source}")]
    File {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The folder for the socket is somebody else's.
    #[error(
        "{folder} is not ours alone, and the database's socket belongs there: remove it, or use a shorter DATA_DIR"
    )]
    Squatted {
        /// The folder.
        folder: PathBuf,
    },
    /// A program ended with an error.
    #[error("{program} failed: {said}")]
    Failed {
        /// The program.
        program: &'static str,
        /// Its last words.
        said: String,
    },
    /// The server ended at once.
    #[error("PostgreSQL ended at its start: {said} (more in {log})")]
    Ended {
        /// Its last words.
        said: String,
        /// Its log.
        log: PathBuf,
    },
    /// Processes of an earlier server can't be ended.
    #[error(
        "an earlier PostgreSQL still works on {folder} (processes {processes}) and does not end: end it by hand"
    )]
    Lingering {
        /// The cluster's folder.
        folder: PathBuf,
        /// Their ids.
        processes: String,
    },
}

impl LocalError {
    /// Adds what was tried on which path; for `map_err`.
    pub(super) fn file(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}
