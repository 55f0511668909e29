//! `troupe backup`: one consistent picture of the database in one file, whole or not there at all.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use secrecy::SecretString;
use tempfile::NamedTempFile;

use super::{BackupError, DEADLINE, Target, failed, file};

/// Writes a backup of the database at `url` to `target`, or, without one, to `troupe-YYYYMMDD-HHMMSS.dump` (UTC)
/// in the working directory, readable by its owner alone. Returns the file's path and its size in bytes. The bot
/// may run meanwhile. `force` replaces an existing file; `bin_dir` is the only folder to look for programs in.
///
/// # Errors
/// A [`BackupError`]; no file is left then, and an existing one is as it was.
pub async fn backup(
    url: &SecretString,
    target: Option<&Path>,
    force: bool,
    bin_dir: Option<&Path>,
) -> Result<(PathBuf, u64), BackupError> {
    let target = target.map_or_else(default_name, Path::to_owned);
    if !force && fs::symlink_metadata(&target).is_ok() {
        return Err(BackupError::Exists(target));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let database = Target::find(url, "pg_dump", bin_dir).await?;
    // Beside its final place, so that naming it is one step; mode 0600; removed when anything below fails.
    let attempt =
        NamedTempFile::with_prefix_in(".troupe-backup-", folder).map_err(file("write in", folder))?;
    let output = attempt.reopen().map_err(file("write", attempt.path()))?;
    let mut command = database.command("pg_dump");
    command
        .args(["--format=custom", "--no-owner", "--lock-wait-timeout=60000"])
        .arg(format!("--dbname={}", database.address.open))
        .stdout(Stdio::from(output));
    // Its own picture is pg_dump's; this connection was for asking.
    drop(database);
    let unrun = |error: std::io::Error| failed("pg_dump", error.to_string().as_bytes());
    // Not `output()`, which would take the file's place.
    let work = command.spawn().map_err(unrun)?.wait_with_output();
    let ended = tokio::time::timeout(DEADLINE, work)
        .await
        .map_err(|_| failed("pg_dump", b"not done in time"))?
        .map_err(unrun)?;
    if !ended.status.success() {
        return Err(failed("pg_dump", &ended.stderr));
    }
    attempt.as_file().sync_all().map_err(file("write", &target))?;
    let size = attempt.as_file().metadata().map_err(file("look at", &target))?.len();
    let named = if force { attempt.persist(&target) } else { attempt.persist_noclobber(&target) };
    named.map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists(target.clone()),
        _ => file("write", &target)(error.error),
    })?;
    // The name is only as lasting as its folder.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(file("sync", folder))?;
    Ok((target, size))
}

fn default_name() -> PathBuf {
    PathBuf::from(format!("troupe-{}.dump", chrono::Utc::now().format("%Y%m%d-%H%M%S")))
}
