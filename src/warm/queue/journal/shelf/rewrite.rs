//! Makes journals smaller: those that are done with go, and what is done, or erased, goes out of the others.

use std::{
    collections::{BTreeSet, HashMap},
    io,
};

use super::{
    super::record::{Again, Death, MARK, Record},
    Change, Entry, JournalError, Segment, Shelf, Stored,
};

/// A journal is rewritten without what is done once that is half of it, and this much at least.
const WORTH_REWRITING: u64 = 1024 * 1024;

impl Shelf {
    /// Empties this process's own journal, and removes another's, when nothing stands in it any more.
    pub(super) fn tidy(&mut self, number: u32) {
        if self.untouched.contains(&number) {
            return;
        }
        if self.holds_anything(number) {
            return self.rewrite_if_worth_it(number, WORTH_REWRITING);
        }
        let tidied = if self.own == Some(number) {
            self.segments.get_mut(&number).map_or(Ok(()), Segment::clear)
        } else {
            self.segments.remove(&number).map_or(Ok(()), Segment::remove)
        };
        if let Err(error) = tidied {
            tracing::warn!(%error, folder = %self.folder.display(), "a queue file that is done with can't be emptied");
        }
    }

    pub(super) fn rewrite_if_worth_it(&mut self, number: u32, least: u64) {
        let here = |entry: &&Entry| entry.segment == number;
        let used: usize = self.entries.values().filter(here).map(|entry| entry.length).sum();
        let len = self.segments[&number].len();
        if self.untouched.contains(&number) {
            return;
        }
        let unused = len.saturating_sub(used as u64);
        if unused >= least
            && unused * 2 >= len
            && let Err(error) = self.rewrite(number, &HashMap::new())
        {
            tracing::warn!(%error, folder = %self.folder.display(), "a queue file can't be rewritten without what is done");
        }
    }

    /// Changes texts, or removes writes: `how` says which. What was there before is gone from the files when this returns. Answers how many changed.
    pub fn rewrite_with(&mut self, how: impl Fn(&Stored) -> Change) -> Result<usize, JournalError> {
        let (mut texts, mut gone, mut touched) = (HashMap::new(), Vec::new(), BTreeSet::new());
        for (place, entry) in &self.entries {
            let Some(stored) = self.stored(place, entry) else { continue };
            match how(&stored) {
                Change::None => continue,
                Change::Gone => gone.push(place.1.clone()),
                Change::Text(text) => drop(texts.insert(place.1.clone(), text)),
            }
            touched.insert(entry.segment);
        }
        for key in &gone {
            self.forget(key);
        }
        for number in touched {
            let failed = |shelf: &Self, error| JournalError::file(shelf.segments[&number].path(), &error);
            self.rewrite(number, &texts).map_err(|error| failed(self, error))?;
            self.tidy(number);
        }
        Ok(texts.len() + gone.len())
    }

    fn rewrite(&mut self, number: u32, texts: &HashMap<String, String>) -> io::Result<()> {
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        let base = MARK.len() as u64;
        for ((rank, key), entry) in self.entries.iter().filter(|(_, entry)| entry.segment == number) {
            let begin = bytes.len();
            match texts.get(key) {
                Some(text) => Record::Put(text.clone()).write_to(&mut bytes),
                None => bytes.extend(self.segments[&number].bytes(entry.at, entry.length)?),
            }
            places.push(((*rank, key.clone()), base + begin as u64, bytes.len() - begin));
            let Entry { attempts, since_ms, dead, .. } = entry.clone();
            if let Some(reason) = dead {
                Record::Dead(Death { key: key.clone(), attempts, at_ms: since_ms, reason })
                    .write_to(&mut bytes);
            } else if since_ms != rank.made_at_ms() {
                Record::Again(Again { key: key.clone(), at_ms: since_ms }).write_to(&mut bytes);
            }
        }
        self.segments.get_mut(&number).expect("held").rewrite(&bytes)?;
        for (place, at, length) in places {
            let entry = self.entries.get_mut(&place).expect("just listed");
            (entry.at, entry.length) = (at, length);
        }
        Ok(())
    }
}
