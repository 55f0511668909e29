//! Writes archives: one anew, and one with another content of one file.

use std::collections::HashMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::{Archive, CENTRAL, DEFLATED, END, LOCAL, LOCAL_BYTES};

/// The flag of sizes that follow the content.
const DESCRIBED: u16 = 1 << 3;
/// The flag of a path in UTF-8.
const UTF8: u16 = 1 << 11;
/// Midnight of 1980-01-01, zip's first day: an archive depends on its content alone.
const FIRST_DAY: u16 = (1 << 5) | 1;

impl Archive {
    /// The archive with another content of this entry, and every other byte of it: other files, their headers and
    /// order, comments, what stands before and behind.
    pub(in crate::container) fn replace(&self, bytes: &[u8], path: &str, content: &[u8]) -> Option<Vec<u8>> {
        let changed = self.find(bytes, path)?.header;
        let packed = deflate(content);
        let checksum = crc32fast::hash(content);
        let mut places: Vec<_> = self.entries.iter().collect();
        places.sort_by_key(|entry| entry.local);
        let mut out = Vec::with_capacity(bytes.len() + packed.len());
        out.extend_from_slice(&bytes[..self.first()]);
        let mut moved = HashMap::with_capacity(places.len());
        for (nth, entry) in places.iter().enumerate() {
            moved.insert(entry.header, out.len() - self.base);
            let next = places.get(nth + 1).map_or(self.directory.start, |next| next.local);
            if entry.header == changed {
                let header = &bytes[entry.local..entry.local + LOCAL_BYTES];
                let named = &bytes[entry.raw_path.clone()];
                let fields = Fields {
                    flags: entry.flags & !DESCRIBED,
                    checksum,
                    packed: &packed,
                    unpacked: content.len(),
                };
                out.extend_from_slice(&header[..6]);
                fields.push(&header[10..14], &mut out);
                push_u16(&mut out, named.len());
                push_u16(&mut out, 0);
                out.extend_from_slice(named);
                out.extend_from_slice(&packed);
            } else {
                out.extend_from_slice(&bytes[entry.local..next]);
            }
        }
        let start = out.len();
        out.extend_from_slice(&bytes[self.directory.start..]);
        for entry in &self.entries {
            let at = start + entry.header - self.directory.start;
            let offset = moved[&entry.header];
            out[at + 42..at + 46].copy_from_slice(&u32::try_from(offset).ok()?.to_le_bytes());
            if entry.header == changed {
                let dated: [u8; 4] = out[at + 12..at + 16].try_into().ok()?;
                let fields = Fields {
                    flags: entry.flags & !DESCRIBED,
                    checksum,
                    packed: &packed,
                    unpacked: content.len(),
                };
                let mut new = Vec::with_capacity(20);
                fields.push(&dated, &mut new);
                out[at + 8..at + 28].copy_from_slice(&new);
            }
        }
        let end = start + self.end - self.directory.start;
        out[end + 16..end + 20].copy_from_slice(&u32::try_from(start - self.base).ok()?.to_le_bytes());
        Some(out)
    }
}

/// What local and central headers say alike, in the same order.
struct Fields<'a> {
    flags: u16,
    checksum: u32,
    packed: &'a [u8],
    unpacked: usize,
}

impl Fields<'_> {
    /// Flags, method, time, checksum and sizes of a deflated file: 20 bytes.
    fn push(&self, dated: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(&self.flags.to_le_bytes());
        out.extend_from_slice(&DEFLATED.to_le_bytes());
        out.extend_from_slice(dated);
        out.extend_from_slice(&self.checksum.to_le_bytes());
        push_u32(out, self.packed.len());
        push_u32(out, self.unpacked);
    }
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).and_then(|()| encoder.finish()).expect("writing into memory")
}

fn push_u16(out: &mut Vec<u8>, number: usize) {
    let number = u16::try_from(number).expect("paths and counts are bounded");
    out.extend_from_slice(&number.to_le_bytes());
}

fn push_u32(out: &mut Vec<u8>, number: usize) {
    let number = u32::try_from(number).expect("files are far below 4 GB");
    out.extend_from_slice(&number.to_le_bytes());
}

/// An archive of these files, deflated, in this order.
///
/// # Panics
/// With more than 65,535 files, a longer path, or 4 GB.
pub(in crate::container) fn build(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let mut dated = vec![0, 0];
    dated.extend_from_slice(&FIRST_DAY.to_le_bytes());
    for (path, content) in files {
        let packed = deflate(content);
        let checksum = crc32fast::hash(content);
        let fields = Fields { flags: UTF8, checksum, packed: &packed, unpacked: content.len() };
        let offset = out.len();
        out.extend_from_slice(LOCAL);
        push_u16(&mut out, 20);
        fields.push(&dated, &mut out);
        push_u16(&mut out, path.len());
        push_u16(&mut out, 0);
        out.extend_from_slice(path.as_bytes());
        out.extend_from_slice(&packed);
        directory.extend_from_slice(CENTRAL);
        push_u16(&mut directory, 20);
        push_u16(&mut directory, 20);
        fields.push(&dated, &mut directory);
        push_u16(&mut directory, path.len());
        directory.extend_from_slice(&[0; 12]);
        push_u32(&mut directory, offset);
        directory.extend_from_slice(path.as_bytes());
    }
    let (start, size) = (out.len(), directory.len());
    out.append(&mut directory);
    out.extend_from_slice(END);
    out.extend_from_slice(&[0; 4]);
    push_u16(&mut out, files.len());
    push_u16(&mut out, files.len());
    push_u32(&mut out, size);
    push_u32(&mut out, start);
    push_u16(&mut out, 0);
    out
}
