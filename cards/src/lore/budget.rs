//! The token budgets of a scan: each book's own, and that of all together.

use super::compile::{Compiled, Lore};

/// An entry that was let in.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Its number in the lore.
    pub(super) number: usize,
    /// Its content, finished.
    pub(super) content: String,
    /// Its tokens.
    pub(super) tokens: u32,
}

/// What an entry is worth to a budget: lower leaves earlier. Orders are not compared here: what messages activated stays
/// before what contents did.
type Worth = (bool, i64);

/// There is no room for an entry.
#[derive(Debug)]
pub(super) struct OverBudget;

/// What has been spent, and on what.
pub(super) struct Purse<'l> {
    lore: &'l Lore,
    total: Option<u32>,
    /// In the order in which they were let in.
    pub(super) admitted: Vec<Admitted>,
    /// The budget of all is spent: the scan goes no further.
    pub(super) spent: bool,
    /// What was refused for want of its book's budget was worth this much: nothing of the book that is worth no more
    /// comes in after it, however small.
    refused: Vec<Option<Worth>>,
}

impl<'l> Purse<'l> {
    pub(super) fn new(lore: &'l Lore, total: Option<u32>) -> Self {
        Self { lore, total, admitted: Vec::new(), spent: false, refused: vec![None; lore.books.len()] }
    }

    /// Whether an entry may still come in, whatever it takes.
    pub(super) fn is_open_to(&self, number: usize) -> bool {
        let Compiled { entry, at, .. } = &self.lore.entries[number];
        let refused = self.refused[at.book];
        entry.ignore_budget || (!self.spent && refused.is_none_or(|refused| self.worth(number) > refused))
    }

    fn worth(&self, number: usize) -> Worth {
        let entry = &self.lore.entries[number].entry;
        (!entry.decorators.first_to_go, entry.priority)
    }

    /// Lets an entry in, if there is room or can be made: those of lower priority make way for it, the lowest first. The
    /// entries that had to go; `Err` when it stays out. [`is_open_to`](Self::is_open_to) is to be asked before.
    pub(super) fn admit(&mut self, one: Admitted) -> Result<Vec<usize>, OverBudget> {
        let Compiled { entry, at, .. } = &self.lore.entries[one.number];
        if entry.ignore_budget {
            self.admitted.push(one);
            return Ok(Vec::new());
        }
        let own = self.lore.books[at.book].token_budget;
        let mut leaving = Vec::new();
        for (budget, book) in [(own, Some(at.book)), (self.total, None)] {
            let Some(budget) = budget else { continue };
            let Some(more) = self.make_room(&one, budget, book, &leaving) else {
                match book {
                    Some(book) => self.refused[book] = Some(self.worth(one.number)),
                    None => self.spent = true,
                }
                return Err(OverBudget);
            };
            leaving.extend(more);
        }
        self.admitted.retain(|kept| !leaving.contains(&kept.number));
        self.admitted.push(one);
        Ok(leaving)
    }

    /// Who must leave so that an entry fits a budget; `None` when it can't fit.
    fn make_room(
        &self,
        one: &Admitted,
        budget: u32,
        book: Option<usize>,
        leaving: &[usize],
    ) -> Option<Vec<usize>> {
        let entry = |number: usize| &self.lore.entries[number];
        let counts = |kept: &&Admitted| {
            let Compiled { entry, at, .. } = entry(kept.number);
            !entry.ignore_budget && book.is_none_or(|book| book == at.book) && !leaving.contains(&kept.number)
        };
        let worth = |number: usize| self.worth(number);
        let mut used: u64 = self.admitted.iter().filter(counts).map(|kept| u64::from(kept.tokens)).sum();
        used += u64::from(one.tokens);
        let mut lower: Vec<&Admitted> = self
            .admitted
            .iter()
            .filter(counts)
            .filter(|kept| worth(kept.number) < worth(one.number))
            .collect();
        lower.sort_by_key(|kept| (worth(kept.number), entry(kept.number).entry.order));
        let mut more = Vec::new();
        for kept in lower {
            if used <= u64::from(budget) {
                break;
            }
            used -= u64::from(kept.tokens);
            more.push(kept.number);
        }
        (used <= u64::from(budget)).then_some(more)
    }
}
