//! Drops characters that can't be seen, or that make a line look like another one.

use crate::domain::unseen::is_hidden;

/// One character after the other.
#[derive(Default)]
pub(super) struct Chars {
    /// The last that was let through.
    last: Option<char>,
    /// The last that came was a carriage return.
    after_return: bool,
}

impl Chars {
    /// The character as it may go on.
    pub(super) fn pass(&mut self, c: char) -> Option<char> {
        let after_return = std::mem::replace(&mut self.after_return, c == '\r');
        let c = match c {
            '\n' if after_return => return None,
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => c,
            // Joiners make one of two emoji or letters; elsewhere they hide.
            '\u{200c}' | '\u{200d}' => self.last.filter(|last| joins(*last)).map(|_| c)?,
            '\u{fe00}'..='\u{fe0f}' => {
                let fits =
                    |last: &char| joins(*last) && *last != '\u{fe0f}' || "#*0123456789".contains(*last);
                self.last.filter(fits).map(|_| c)?
            }
            c if is_hidden(c) => return None,
            c => c,
        };
        self.last = Some(c);
        Some(c)
    }
}

/// Letters beyond ASCII, emoji and their selector.
fn joins(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !matches!(
            c,
            '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0e}' | '\u{ff5c}' | '\u{ff1a}' | '\u{2581}'
        )
}
