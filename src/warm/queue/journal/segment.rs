//! One journal file, held by one process through a lock that a crash releases.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};
use uuid::Uuid;

use super::record::{Contents, MARK, read};

/// Journals end in this.
const EXTENSION: &str = "journal";
/// A journal being rewritten ends in this.
const DRAFT: &str = "draft";

/// An open journal. Nobody else writes to it.
#[derive(Debug)]
pub(super) struct Segment {
    path: PathBuf,
    file: File,
    len: u64,
}

/// What a try to hold an existing file came to.
pub(super) enum Held {
    /// It is ours now.
    Ours(Segment, Contents),
    /// A running process holds it.
    Theirs,
}

impl Segment {
    /// Makes a new journal in `folder`, which is made too where it is missing. Only this user can read either.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let path = folder.join(Uuid::new_v4().to_string()).with_extension(EXTENSION);
        let segment = Self::begin(path)?;
        sync_folder(folder)?;
        Ok(segment)
    }

    fn begin(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        let begun = lock(&file).and_then(|()| file.write_all_at(MARK, 0)).and_then(|()| file.sync_data());
        // A process that looks for files of dead ones may have taken it between making and locking.
        match begun.and_then(|()| same_file(&file, &path)) {
            Ok(true) => Ok(Self { path, file, len: MARK.len() as u64 }),
            Ok(false) => Err(io::Error::other("the file was taken away")),
            Err(error) => {
                let _gone = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    /// Takes over an existing journal, unless a running process holds it. A tail that is no record is cut off.
    pub(super) fn take_over(path: PathBuf) -> io::Result<Held> {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        match lock(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Held::Theirs),
            Err(error) => return Err(error),
        }
        if !same_file(&file, &path)? {
            return Ok(Held::Theirs);
        }
        // Of a rewriting that a crash cut off: all of it stands in the journal itself.
        let _draft = fs::remove_file(path.with_extension(DRAFT));
        let contents = read(&fs::read(&path)?);
        if contents.damaged > 0 {
            tracing::error!(file = %path.display(), bytes = contents.damaged, "a queue file is damaged: what stood there is lost");
        }
        let len = contents.end;
        file.set_len(len)?;
        Ok(Held::Ours(Self { path, file, len }, contents))
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends bytes, and when `durable` waits until the disk has them. On failure the file is as it was before.
    ///
    /// # Errors
    /// [`Broken`] when nothing more may be appended here, and the I/O error.
    pub(super) fn append(&mut self, bytes: &[u8], durable: bool) -> Result<u64, Broken> {
        let at = self.len;
        if let Err(error) = self.file.write_all_at(bytes, at) {
            let cut = self.file.set_len(at);
            return Err(Broken { error, for_good: cut.is_err() });
        }
        if durable && let Err(error) = self.file.sync_data() {
            // What the disk has after a failed sync nobody knows: this file takes nothing more.
            let _cut = self.file.set_len(at);
            return Err(Broken { error, for_good: true });
        }
        self.len = at + bytes.len() as u64;
        Ok(at)
    }

    /// The bytes of a record.
    pub(super) fn bytes(&self, at: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// Forgets all records.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(MARK.len() as u64)?;
        self.len = MARK.len() as u64;
        Ok(())
    }

    /// Puts `bytes` (records) in place of all that is there, in one step that a crash can't halve.
    pub(super) fn rewrite(&mut self, bytes: &[u8]) -> io::Result<()> {
        let draft = self.path.with_extension(DRAFT);
        let _stale = fs::remove_file(&draft);
        let mut fresh = Self::begin(draft.clone())?;
        let written = fresh.append(bytes, true).map_err(|broken| broken.error);
        if let Err(error) = written.and_then(|_| fs::rename(&draft, &self.path)) {
            let _gone = fs::remove_file(&draft);
            return Err(error);
        }
        fresh.path.clone_from(&self.path);
        *self = fresh;
        self.path.parent().map_or(Ok(()), sync_folder)
    }

    /// Removes the file.
    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// A failed appending.
#[derive(Debug)]
pub(super) struct Broken {
    /// Why.
    pub(super) error: io::Error,
    /// Whether the file takes nothing more.
    pub(super) for_good: bool,
}

/// Journals in a folder; none where there is no folder.
pub(super) fn journals(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Reads a journal that another process holds, as it is at this moment.
pub(super) fn peek(path: &Path) -> io::Result<Contents> {
    Ok(read(&fs::read(path)?))
}

fn lock(file: &File) -> io::Result<()> {
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

/// Whether the path still leads to this file: another process may have removed or replaced it before the lock.
fn same_file(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes names in a folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
