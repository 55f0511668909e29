//! Trims the answer, spaces before the ends of lines, blank lines in excess and heaps of combining marks.

use crate::domain::unseen::is_mark;

/// Most line ends in a row: two blank lines.
const MOST_ENDS: usize = 3;
/// Most other spaces in a row, in characters.
const MOST_SPACES: usize = 64;
/// The same within code.
const MOST_IN_CODE: usize = 256;
/// Most combining marks on one letter.
const MOST_MARKS: u32 = 4;

/// One character after the other.
#[derive(Default)]
pub(super) struct Spaces {
    /// What is clean.
    pub(super) out: String,
    /// Spaces that go out if anything follows.
    held: String,
    /// How many characters that is.
    count: usize,
    begun: bool,
    marks: u32,
    ticks: u32,
    in_code: bool,
}

impl Spaces {
    pub(super) fn pass(&mut self, c: char) {
        if c.is_whitespace() {
            return self.hold(c);
        }
        self.marks = if is_mark(c) { self.marks + 1 } else { 0 };
        if self.marks > MOST_MARKS {
            return;
        }
        if self.begun {
            self.out.push_str(&self.held);
        }
        self.held.clear();
        self.count = 0;
        self.begun = true;
        self.ticks = if c == '`' { self.ticks + 1 } else { 0 };
        if self.ticks == 3 {
            self.in_code = !self.in_code;
        }
        self.out.push(c);
    }

    fn hold(&mut self, c: char) {
        self.marks = 0;
        self.ticks = 0;
        let most = if self.in_code { MOST_IN_CODE } else { MOST_SPACES };
        if c == '\n' && !self.in_code {
            let ends = self.held.chars().filter(|c| *c == '\n').count();
            self.held = "\n".repeat((ends + 1).min(MOST_ENDS));
            self.count = 0;
        } else if self.count < most {
            self.held.push(c);
            self.count += 1;
        }
    }
}
