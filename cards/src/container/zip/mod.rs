//! Zip archives, as far as CHARX goes: every byte of what isn't the card survives a change of it, which
//! libraries don't promise, and nothing is unpacked beyond a bound.
//!
//! Known by the central directory, as zip's specification has it (APPNOTE 4.3.12 to 4.3.16). What stands before the
//! archive, such as a picture, shifts all its offsets.

mod write;

use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;

use flate2::read::DeflateDecoder;

use crate::limits::{ARCHIVE_BYTES, ARCHIVE_FILES, ARCHIVE_PATH_BYTES, ARCHIVE_RATIO, RATIO_FREE_BYTES};
use crate::refusal::{Damage, Refusal};
pub(super) use write::build;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// The flag of an encrypted file.
const ENCRYPTED: u16 = 1;

/// Where everything stands. All places are positions in the file.
#[derive(Debug, Clone)]
pub(super) struct Archive {
    pub(super) entries: Vec<Entry>,
    /// What all offsets in the archive are short by: what was put before it, unless its maker counted that in.
    base: usize,
    directory: Range<usize>,
    end: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// With anything but UTF-8 in it replaced; paths are compared by their bytes.
    pub(super) path: String,
    raw_path: Range<usize>,
    flags: u16,
    method: u16,
    checksum: u32,
    packed: usize,
    unpacked: u64,
    header: usize,
    local: usize,
    content: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Where the end of a directory stands, when there is one: its comment reaches up to the file's end.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_BYTES)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find(|at| {
        bytes[*at..].starts_with(END)
            && u16_at(bytes, at + 20)
                .is_some_and(|comment| at + END_BYTES + usize::from(comment) == bytes.len())
    })
}

pub(super) fn has_directory(bytes: &[u8]) -> bool {
    find_end(bytes).is_some()
}

impl Archive {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Refusal> {
        let broken = || Refusal::Archive(Damage::Directory);
        let end = find_end(bytes).ok_or_else(broken)?;
        let number = |at| u16_at(bytes, end + at).ok_or_else(broken);
        let (disk, start_disk, here, files) = (number(4)?, number(6)?, number(8)?, number(10)?);
        let size = u32_at(bytes, end + 12).ok_or_else(broken)?;
        let offset = u32_at(bytes, end + 16).ok_or_else(broken)?;
        if disk != 0
            || start_disk != 0
            || here != files
            || files == u16::MAX
            || offset == u32::MAX
            || size == u32::MAX
        {
            return Err(Refusal::Archive(Damage::Form));
        }
        let files = usize::from(files);
        if files > ARCHIVE_FILES {
            return Err(Refusal::ArchiveFiles { files, limit: ARCHIVE_FILES });
        }
        let start = end.checked_sub(size as usize).ok_or_else(broken)?;
        let base = start.checked_sub(offset as usize).ok_or_else(broken)?;
        let mut entries = Vec::with_capacity(files);
        let mut at = start;
        for _ in 0..files {
            let (entry, next) = entry(bytes, at, end, base)?;
            entries.push(entry);
            at = next;
        }
        let archive = Self { entries, base, directory: start..end, end };
        archive.check(bytes)?;
        Ok(archive)
    }

    /// That no path leads astray, no bytes are used twice, and all of it unpacks to no more than allowed.
    fn check(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let mut total = 0_u64;
        for entry in &self.entries {
            let raw = &bytes[entry.raw_path.clone()];
            if raw.len() > ARCHIVE_PATH_BYTES || leads_astray(raw) {
                return Err(Refusal::ArchivePath { path: entry.shown() });
            }
            total += entry.unpacked;
            if total > ARCHIVE_BYTES {
                return Err(Refusal::ArchiveTooLarge { path: entry.shown(), limit: ARCHIVE_BYTES });
            }
            if entry.unpacked > RATIO_FREE_BYTES && entry.unpacked / ARCHIVE_RATIO > entry.packed as u64 {
                return Err(Refusal::ArchiveBomb { path: entry.shown() });
            }
        }
        let mut places: Vec<_> = self.entries.iter().collect();
        places.sort_by_key(|entry| entry.local);
        for (one, next) in places.iter().zip(&places[places.len().min(1)..]) {
            if one.content + one.packed > next.local {
                return Err(Refusal::Archive(Damage::Overlap(next.shown())));
            }
        }
        match places.last() {
            Some(last) if last.content + last.packed > self.directory.start => {
                Err(Refusal::Archive(Damage::Overlap(last.shown())))
            }
            _ => Ok(()),
        }
    }

    /// Where the first file begins; before that is something else, such as a picture.
    pub(super) fn first(&self) -> usize {
        self.entries.iter().map(|entry| entry.local).min().unwrap_or(self.directory.start)
    }

    /// The last file with this very path.
    pub(super) fn find(&self, bytes: &[u8], path: &str) -> Option<&Entry> {
        self.entries.iter().rfind(|entry| &bytes[entry.raw_path.clone()] == path.as_bytes())
    }

    /// Paths that stand twice, each once.
    pub(super) fn same_paths(&self, bytes: &[u8]) -> Vec<&Entry> {
        let mut seen: HashMap<&[u8], usize> = HashMap::new();
        let mut again = Vec::new();
        for entry in &self.entries {
            let count = seen.entry(&bytes[entry.raw_path.clone()]).or_default();
            *count += 1;
            if *count == 2 {
                again.push(entry);
            }
        }
        again
    }
}

/// One entry of the directory, and where the next one begins.
fn entry(bytes: &[u8], at: usize, end: usize, base: usize) -> Result<(Entry, usize), Refusal> {
    let broken = || Refusal::Archive(Damage::Directory);
    let short = |place| u16_at(bytes, at + place).ok_or_else(broken);
    let long = |place| u32_at(bytes, at + place).ok_or_else(broken);
    if !bytes.get(at..end).is_some_and(|rest| rest.starts_with(CENTRAL)) {
        return Err(broken());
    }
    let (name, extra, comment) = (short(28)?, short(30)?, short(32)?);
    let raw_path = at + CENTRAL_BYTES..at + CENTRAL_BYTES + usize::from(name);
    let next = raw_path.end + usize::from(extra) + usize::from(comment);
    if next > end {
        return Err(broken());
    }
    let path = String::from_utf8_lossy(&bytes[raw_path.clone()]).into_owned();
    let (packed, unpacked, offset) = (long(20)?, long(24)?, long(42)?);
    if packed == u32::MAX || unpacked == u32::MAX || offset == u32::MAX {
        return Err(Refusal::Archive(Damage::Form));
    }
    // The file's own header has to agree, or another reader would see another file.
    let astray = || Refusal::Archive(Damage::Entry(shown(&path)));
    let local = base.checked_add(offset as usize).ok_or_else(astray)?;
    if !bytes.get(local..).is_some_and(|rest| rest.starts_with(LOCAL)) {
        return Err(astray());
    }
    let name_here = usize::from(u16_at(bytes, local + 26).ok_or_else(astray)?);
    let extra_here = usize::from(u16_at(bytes, local + 28).ok_or_else(astray)?);
    let named_here = bytes.get(local + LOCAL_BYTES..local + LOCAL_BYTES + name_here);
    if named_here != Some(&bytes[raw_path.clone()]) {
        return Err(astray());
    }
    let content = local + LOCAL_BYTES + name_here + extra_here;
    if content.checked_add(packed as usize).is_none_or(|end| end > bytes.len()) {
        return Err(astray());
    }
    let entry = Entry {
        raw_path,
        flags: short(8)?,
        method: short(10)?,
        checksum: long(16)?,
        packed: packed as usize,
        unpacked: u64::from(unpacked),
        header: at,
        local,
        content,
        path,
    };
    Ok((entry, next))
}

/// Whether a path is absolute, climbs, or names a drive. Nothing is ever written by these paths, and yet a file that
/// tries is no card.
fn leads_astray(path: &[u8]) -> bool {
    path.is_empty()
        || path.contains(&0)
        || matches!(path, [b'/' | b'\\', ..] | [_, b':', ..])
        || path.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part == b"..")
}

/// A path as a message carries it: a stranger's words, so not many of them.
fn shown(path: &str) -> String {
    path.chars().take(80).collect()
}

impl Entry {
    pub(super) fn shown(&self) -> String {
        shown(&self.path)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// The packed bytes.
    pub(super) fn raw<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.content..self.content + self.packed]
    }

    /// The content, as long as it has `limit` bytes at most.
    pub(super) fn unpack(&self, bytes: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
        if self.is_encrypted() {
            return Err(Refusal::Encrypted);
        }
        if self.unpacked > limit as u64 {
            return Err(Refusal::ArchiveTooLarge { path: self.shown(), limit: limit as u64 });
        }
        let damaged = || Refusal::Archive(Damage::Content(self.shown()));
        let content = match self.method {
            STORED => self.raw(bytes).to_vec(),
            DEFLATED => {
                let mut out = Vec::new();
                // One more than said tells that it lied.
                let mut inflated = DeflateDecoder::new(self.raw(bytes)).take(self.unpacked + 1);
                inflated.read_to_end(&mut out).map_err(|_| damaged())?;
                out
            }
            _ => return Err(Refusal::Archive(Damage::Method(self.shown()))),
        };
        if content.len() as u64 != self.unpacked || crc32fast::hash(&content) != self.checksum {
            return Err(damaged());
        }
        Ok(content)
    }
}
