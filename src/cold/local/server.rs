//! The server process: how it is started, asked to stop, and kept from writing too long a log.

use std::{
    fs::{self, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::PathBuf,
    process::ExitStatus,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;

use super::{
    LocalError,
    create::{last_words, write_access},
    identity::command,
    leftovers::{self, remove_if_there},
    place::{NO_LINK, Place},
    programs::Programs,
};

/// Settings of the server. Made for one bot on a small machine, and nothing is given up that keeps data safe.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "port=5432",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    // Memory: one bot's pool, a migration and a backup.
    "max_connections=120",
    "superuser_reserved_connections=3",
    "shared_buffers=24MB",
    "work_mem=2MB",
    "maintenance_work_mem=32MB",
    "max_worker_processes=2",
    "max_parallel_workers=0",
    "max_parallel_workers_per_gather=0",
    "max_parallel_maintenance_workers=0",
    "autovacuum_max_workers=1",
    "jit=off",
    // Nobody replicates from it: less is written.
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_logical_replication_workers=0",
    "min_wal_size=32MB",
    "max_wal_size=256MB",
    "timezone=UTC",
    "log_timezone=UTC",
    // What members wrote stays out of the log: neither statements nor values.
    "logging_collector=off",
    "log_destination=stderr",
    "log_line_prefix=%m [%p] ",
    "log_checkpoints=off",
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_min_duration_statement=-1",
    "log_autovacuum_min_duration=-1",
];
/// A log that grew past this is put away, and only the last one is kept.
const MOST_LOG: u64 = 4 << 20;
/// How long a stop may take: by a fast shutdown, then at once, then killed.
const STOP: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(10)),
    (Signal::QUIT, Duration::from_secs(4)),
    (Signal::KILL, Duration::from_secs(1)),
];

/// Starts the server of the cluster in `place`, after whatever an earlier one left is out of the way.
pub(super) async fn start(place: &Place, programs: &Programs) -> Result<Child, LocalError> {
    let socket_folder = place.make_socket_folder()?;
    leftovers::clear(&place.data(), &socket_folder).await?;
    write_access(place)?;
    rotate_log(place)?;
    let log = open_log(place)?;
    let errors = log.try_clone().map_err(LocalError::file("open", place.log()))?;
    let postgres = programs.path("postgres");
    let mut command = command(&postgres, place.identity.as_ref());
    command.arg("-D").arg(place.data());
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command
        .arg("-c")
        .arg(setting("unix_socket_directories", &socket_folder))
        .arg("-c")
        .arg(setting("hba_file", &place.access()))
        .current_dir("/")
        .stdout(log)
        .stderr(errors)
        // A group of its own: Ctrl-C in a terminal is for the bot, which stops the server last.
        .process_group(0);
    command.spawn().map_err(LocalError::file("run", postgres))
}

fn setting(name: &str, path: &std::path::Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(format!("{name}="));
    text.push(path);
    text
}

/// Stops the server in order, or, when that takes too long, at once; it recovers at its next start then.
pub(super) async fn stop(server: &mut Child) {
    for (signal, patience) in STOP {
        let Some(pid) = server.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw) else {
            return;
        };
        // It may have ended since; the wait tells.
        let _gone = kill_process(pid, signal);
        match tokio::time::timeout(patience, server.wait()).await {
            Ok(Ok(status)) => {
                tracing::debug!(%status, "the private PostgreSQL has stopped");
                return;
            }
            Ok(Err(error)) => tracing::warn!(%error, "can't wait for the private PostgreSQL"),
            Err(_) => tracing::warn!(?signal, "the private PostgreSQL does not stop; asking harder"),
        }
    }
}

/// Why a server ended, from its exit status and its log.
pub(super) fn ended(place: &Place, status: ExitStatus) -> String {
    let log = fs::read(place.log()).unwrap_or_default();
    let tail = &log[log.len().saturating_sub(4096)..];
    format!("{status}; {}", last_words(&String::from_utf8_lossy(tail)))
}

/// Puts a log away that has grown too long. The server goes on writing to the file that it has open.
pub(super) fn bound_log(place: &Place) -> Result<(), LocalError> {
    let path = place.log();
    if fs::metadata(&path).map_or(0, |log| log.len()) <= MOST_LOG {
        return Ok(());
    }
    let away = put_away(place);
    remove_if_there(&away)?;
    fs::copy(&path, away).map_err(LocalError::file("copy", &path))?;
    OpenOptions::new()
        .write(true)
        .truncate(true)
        .custom_flags(NO_LINK)
        .open(&path)
        .map(drop)
        .map_err(LocalError::file("empty", path))
}

fn rotate_log(place: &Place) -> Result<(), LocalError> {
    match fs::rename(place.log(), put_away(place)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(LocalError::file("rename", place.log())(error))
        }
        _ => Ok(()),
    }
}

fn open_log(place: &Place) -> Result<fs::File, LocalError> {
    let path = place.log();
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(NO_LINK).open(&path);
    let file = file.map_err(LocalError::file("open", &path))?;
    file.set_permissions(Permissions::from_mode(0o600)).map_err(LocalError::file("close to others", path))?;
    Ok(file)
}

fn put_away(place: &Place) -> PathBuf {
    place.log().with_extension("log.1")
}
