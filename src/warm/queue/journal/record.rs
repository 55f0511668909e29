//! The journal's form: a file is a mark and then records, each with its length and its checksum.
//!
//! A record is `length: u32, crc32: u32, tag: u8, body`, little-endian; length and checksum are of tag and body. What a
//! crash left half written at the end is no record, and is cut off. Damage in the middle costs the records that it hits:
//! reading goes on at the next whole one.

use serde::{Deserialize, Serialize};

/// How every journal begins.
pub(super) const MARK: &[u8; 8] = b"TROUPEQ1";
/// Bytes before tag and body.
pub(super) const HEAD: usize = 8;
/// Most bytes of tag and body: a write at its largest, with room for its frame.
const MOST_BYTES: usize = 1024 * 1024;

/// A fact about a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// It waits: its own text.
    Put(String),
    /// It needs no care any more: it has landed, or an operator dropped it.
    Done(String),
    /// It failed for good.
    Dead(Death),
    /// An operator lets it wait again.
    Again(Again),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Death {
    pub(super) key: String,
    pub(super) attempts: u32,
    /// When, in milliseconds since 1970.
    pub(super) at_ms: i64,
    pub(super) reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Again {
    pub(super) key: String,
    /// When, in milliseconds since 1970.
    pub(super) at_ms: i64,
}

impl Record {
    /// Appends the record's bytes.
    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) {
        let json = |value: Result<String, _>| value.expect("texts and numbers are always JSON");
        let (tag, body) = match self {
            Self::Put(text) => (b'P', text.clone()),
            Self::Done(key) => (b'D', key.clone()),
            Self::Dead(death) => (b'X', json(serde_json::to_string(death))),
            Self::Again(again) => (b'A', json(serde_json::to_string(again))),
        };
        let mut crc = crc32fast::Hasher::new();
        crc.update(&[tag]);
        crc.update(body.as_bytes());
        let length = u32::try_from(1 + body.len()).expect("a record is far below 4 GiB");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&crc.finalize().to_le_bytes());
        bytes.push(tag);
        bytes.extend_from_slice(body.as_bytes());
    }

    fn parse(tag: u8, body: &[u8]) -> Option<Self> {
        match tag {
            b'P' => Some(Self::Put(String::from_utf8(body.to_vec()).ok()?)),
            b'D' => Some(Self::Done(String::from_utf8(body.to_vec()).ok()?)),
            b'X' => Some(Self::Dead(serde_json::from_slice(body).ok()?)),
            b'A' => Some(Self::Again(serde_json::from_slice(body).ok()?)),
            _ => None,
        }
    }
}

/// The record at the beginning of `bytes`, and how many bytes it takes; `None` when there is no whole one.
pub(super) fn first(bytes: &[u8]) -> Option<(Record, usize)> {
    let length = usize::try_from(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?)).ok()?;
    let crc = u32::from_le_bytes(bytes.get(4..HEAD)?.try_into().ok()?);
    if !(1..=MOST_BYTES).contains(&length) {
        return None;
    }
    let content = bytes.get(HEAD..HEAD + length)?;
    if !b"PDXA".contains(&content[0]) || crc32fast::hash(content) != crc {
        return None;
    }
    Some((Record::parse(content[0], &content[1..])?, HEAD + length))
}

/// What a journal holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The records with their places: the offset of each, and its bytes.
    pub(super) records: Vec<(u64, usize, Record)>,
    /// Where the last whole record ends; 0 for what is no journal.
    pub(super) end: u64,
    /// Bytes before that which belong to no record.
    pub(super) damaged: usize,
}

/// Reads a whole journal.
pub(super) fn read(bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    if !bytes.starts_with(MARK) {
        return contents;
    }
    contents.end = MARK.len() as u64;
    let (mut at, mut skipped) = (MARK.len(), 0);
    while at < bytes.len() {
        if let Some((record, length)) = first(&bytes[at..]) {
            contents.records.push((at as u64, length, record));
            contents.damaged += std::mem::take(&mut skipped);
            at += length;
            contents.end = at as u64;
        } else {
            at += 1;
            skipped += 1;
        }
    }
    contents
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record() -> impl Strategy<Value = Record> {
        let key = "[a-z:0-9]{1,20}";
        prop_oneof![
            ".{0,200}".prop_map(Record::Put),
            key.prop_map(Record::Done),
            (key, any::<u32>(), any::<i64>(), ".{0,30}").prop_map(|(key, attempts, at_ms, reason)| {
                Record::Dead(Death { key, attempts, at_ms, reason })
            }),
            (key, any::<i64>()).prop_map(|(key, at_ms)| Record::Again(Again { key, at_ms })),
        ]
    }

    fn file(records: &[Record]) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = MARK.to_vec();
        let mut ends = Vec::new();
        for record in records {
            record.write_to(&mut bytes);
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    fn found(contents: &Contents) -> Vec<&Record> {
        contents.records.iter().map(|(_, _, record)| record).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn cut_at_any_byte_the_records_before_survive(records in proptest::collection::vec(record(), 0..8)) {
            let (bytes, ends) = file(&records);
            for cut in 0..=bytes.len() {
                let contents = read(&bytes[..cut]);
                let whole = ends.iter().filter(|end| **end <= cut).count();
                prop_assert_eq!(found(&contents), records[..whole].iter().collect::<Vec<_>>());
                let end = if cut < MARK.len() { 0 } else { ends[..whole].last().copied().unwrap_or(MARK.len()) };
                prop_assert_eq!((contents.end, contents.damaged), (end as u64, 0));
            }
        }

        #[test]
        fn damage_costs_no_record_that_it_does_not_hit(
            records in proptest::collection::vec(record(), 2..6), at in any::<prop::sample::Index>(), bit in 0..8_u32
        ) {
            let (mut bytes, ends) = file(&records);
            let at = MARK.len() + at.index(bytes.len() - MARK.len());
            bytes[at] ^= 1 << bit;
            let hit = ends.iter().position(|end| at < *end).expect("within a record");
            let left: Vec<_> = records.iter().enumerate().filter(|(n, _)| *n != hit).map(|(_, record)| record).collect();
            let contents = read(&bytes);
            prop_assert_eq!(found(&contents), left);
        }
    }

    #[test]
    fn what_is_no_journal_has_no_records() {
        assert_eq!(read(b""), Contents::default());
        assert_eq!(read(b"TROUPEQ"), Contents::default());
        assert_eq!(read(&[0; 100]), Contents::default());
    }
}
