//! One keeper a cluster: a lock of the operating system, gone with its process however that ends.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, Instant},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::{LocalError, place::NO_LINK};

/// How long the lock is asked for: it outlasts a neighbour that only looks whether it is held.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// The right to run the cluster, held until dropped.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `folder`, and writes down who has it.
    pub(super) async fn take(folder: &Path) -> Result<Self, LocalError> {
        let path = folder.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .custom_flags(NO_LINK)
            .open(&path)
            .map_err(LocalError::file("open", &path))?;
        let begun = Instant::now();
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
                Err(Errno::WOULDBLOCK) => {
                    return Err(LocalError::InUse { folder: folder.to_owned(), holder: written(&path) });
                }
                Err(error) => return Err(LocalError::file("lock", &path)(error.into())),
            }
        }
        file.set_len(0)
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .map_err(LocalError::file("write", &path))?;
        Ok(Self { _file: file })
    }
}

/// The process that holds the lock of `folder`, if any does.
pub(super) fn holder(folder: &Path) -> Option<u32> {
    let path = folder.join("lock");
    let file = File::open(&path).ok()?;
    match flock(&file, FlockOperation::NonBlockingLockShared) {
        Err(Errno::WOULDBLOCK) => Some(written(&path).unwrap_or_default()),
        _ => None,
    }
}

fn written(path: &Path) -> Option<u32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}
