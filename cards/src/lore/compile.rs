//! The books of a talk, compiled once and scanned often.

use super::book::{Book, Entry};
use super::find::Table;
use super::keys::{Collector, Keys};
use super::note::Note;

/// How keys match where their entries don't say. SillyTavern's defaults: neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// Capital letters count.
    pub case_sensitive: bool,
    /// Keys of one word match whole words only.
    pub whole_words: bool,
}

/// An entry's place: the book's number and the entry's in the book, both as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The book, in the order given to [`Lore::new`].
    pub book: usize,
    /// The entry, in the order of [`Book::entries`].
    pub entry: usize,
}

/// The books of a talk, ready to be scanned. Cheap to share, dear to build: keep it as long as the books are the same.
#[derive(Debug)]
pub struct Lore {
    /// In the order in which they are judged: book after book, in each the highest order first.
    pub(super) entries: Vec<Compiled>,
    pub(super) books: Vec<Shelf>,
    /// By the manner's number.
    pub(super) tables: [Table; 4],
    notes: Vec<(At, Note)>,
}

/// What counts of a book beside its entries.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) scan_depth: Option<u32>,
    pub(super) token_budget: Option<u32>,
    pub(super) recursive: Option<bool>,
}

/// An entry and its keys.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) at: At,
    pub(super) entry: Entry,
    pub(super) keys: Keys,
}

impl Lore {
    /// Compiles books, in the order of their precedence: entries of an earlier one come first where budget and groups
    /// decide. (V2: a character's own book before all others.)
    pub fn new(books: &[&Book]) -> Self {
        Self::with(books, Matching::default())
    }

    /// Compiles books with other defaults for their keys.
    pub fn with(books: &[&Book], matching: Matching) -> Self {
        let mut collector = Collector::new(matching);
        let (mut entries, mut notes) = (Vec::new(), Vec::new());
        for (number, book) in books.iter().enumerate() {
            let mut sorted: Vec<(usize, &Entry)> = book.entries.iter().enumerate().collect();
            sorted.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.order));
            for (place, entry) in sorted {
                let at = At { book: number, entry: place };
                let (keys, faults) = collector.entry(entry);
                notes.extend(faults.into_iter().map(|note| (at, note)));
                entries.push(Compiled { at, entry: entry.clone(), keys });
            }
        }
        let shelf = |book: &&Book| Shelf {
            scan_depth: book.scan_depth,
            token_budget: book.token_budget,
            recursive: book.recursive,
        };
        Self { entries, books: books.iter().map(shelf).collect(), tables: collector.compile(), notes }
    }

    /// What of the keys can't run in this company: beyond each book's own notes, what is too much for all together.
    pub fn notes(&self) -> &[(At, Note)] {
        &self.notes
    }
}
