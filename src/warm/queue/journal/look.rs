//! A look into journals that other processes hold.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    super::write::Write,
    record::{Again, Death, Record},
    segment::peek,
    shelf::Stored,
};

/// What stands in the journals of running processes, as it is at this moment; nothing is changed. A file that is gone
/// by now, or can't be read, has nothing.
pub fn look_at(theirs: &[PathBuf]) -> Vec<Stored> {
    let records = theirs.iter().filter_map(|path| peek(path).ok()).flat_map(|contents| contents.records);
    let mut found: BTreeMap<String, Stored> = BTreeMap::new();
    for (_, _, record) in records {
        match record {
            Record::Put(text) => {
                if let Ok(write) = Write::parse(&text) {
                    let stored =
                        Stored { item: write.item(), attempts: 0, since_ms: write.made_at_ms(), dead: None };
                    found.insert(write.key().to_owned(), stored);
                }
            }
            Record::Done(key) => drop(found.remove(&key)),
            Record::Dead(Death { key, attempts, at_ms, reason }) => {
                if let Some(stored) = found.get_mut(&key) {
                    (stored.attempts, stored.since_ms, stored.dead) = (attempts, at_ms, Some(reason));
                }
            }
            Record::Again(Again { key, at_ms }) => {
                if let Some(stored) = found.get_mut(&key) {
                    (stored.attempts, stored.since_ms, stored.dead) = (0, at_ms, None);
                }
            }
        }
    }
    found.into_values().collect()
}
