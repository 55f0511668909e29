//! Drops labels before lines, and ends the answer where a line is somebody else's.

use super::Flow;

/// Labels of whoever answers.
const OWN: &[&str] = &["assistant", "ai", "response", "model", "bot"];
/// Labels of everybody else.
const OTHERS: &[&str] = &["user", "human", "system", "instruction", "input", "developer"];
/// What may stand around a label.
const AROUND: &[char] = &['*', '_', '#', '>', '[', ']', '(', ')', '"', '“', '”', '-', '~'];
/// Most of these before a label, and behind it.
const MOST_AROUND: usize = 8;
/// Longest label, in characters; a longer name is none.
const LONGEST: usize = 100;
/// Most spaces at the beginning of a line that are kept.
const MOST_SPACES: usize = 64;

/// One character after the other.
pub(super) struct Lines {
    own: Vec<String>,
    others: Vec<String>,
    /// The beginning of a line, as long as it may be a label; `None` within a line.
    head: Option<String>,
    /// Emphasis that was opened before a label and is to be closed behind it.
    closing: String,
    /// A label has just been dropped: its spaces go with it.
    after_label: bool,
    /// Nothing has gone on yet.
    fresh: bool,
    ticks: u32,
    in_code: bool,
}

/// What the beginning of a line is.
enum Head {
    /// Perhaps a label.
    Unsure,
    /// The label of whoever answers. What has been opened and is not closed.
    Own(String),
    /// The label of somebody else.
    Other,
    /// None.
    Text,
}

impl Lines {
    pub(super) fn new(speaker: &str, others: &[String]) -> Self {
        let label = |name: &str| {
            let name = plain(name);
            let fits =
                (1..=LONGEST).contains(&name.chars().count()) && !name.contains(['`', '\n', ':', '：']);
            fits.then_some(name)
        };
        let own: Vec<_> = OWN.iter().map(|name| (*name).to_owned()).chain(label(speaker)).collect();
        let mut others: Vec<_> = others
            .iter()
            .filter_map(|name| label(name))
            .chain(OTHERS.iter().map(|name| (*name).to_owned()))
            .collect();
        others.retain(|name| !own.contains(name));
        Self::among(own, others)
    }

    fn among(own: Vec<String>, others: Vec<String>) -> Self {
        Self {
            own,
            others,
            head: Some(String::new()),
            closing: String::new(),
            after_label: false,
            fresh: true,
            ticks: 0,
            in_code: false,
        }
    }

    /// Begins anew, as if nothing had come.
    pub(super) fn restart(&mut self) {
        *self = Self::among(std::mem::take(&mut self.own), std::mem::take(&mut self.others));
    }

    pub(super) fn pass(&mut self, c: char, next: &mut dyn FnMut(char)) -> Flow {
        let Some(head) = &mut self.head else {
            self.emit(c, next);
            return Flow::On;
        };
        if head.is_empty() && self.after_label {
            if self.closing.starts_with(c) {
                self.closing.remove(0);
                return Flow::On;
            }
            self.closing.clear();
            if c.is_whitespace() {
                return Flow::On;
            }
        }
        if head.is_empty() && self.fresh && c.is_whitespace() {
            return Flow::On;
        }
        if c == '\n' {
            self.release(next);
            self.emit(c, next);
            return Flow::On;
        }
        let spaces = head.chars().take(MOST_SPACES + 1).take_while(|c| c.is_whitespace()).count();
        if c.is_whitespace() && spaces >= MOST_SPACES && head.trim_start().is_empty() {
            return Flow::On;
        }
        head.push(c);
        match judge(head, &self.own, &self.others) {
            Head::Unsure => Flow::On,
            Head::Other => Flow::End,
            Head::Own(closing) => {
                head.clear();
                self.closing = closing;
                self.after_label = true;
                Flow::On
            }
            Head::Text => {
                self.release(next);
                Flow::On
            }
        }
    }

    pub(super) fn finish(&mut self, next: &mut dyn FnMut(char)) {
        self.release(next);
    }

    /// The head was no label.
    fn release(&mut self, next: &mut dyn FnMut(char)) {
        self.closing.clear();
        self.after_label = false;
        for c in self.head.take().unwrap_or_default().chars() {
            self.emit(c, next);
        }
    }

    fn emit(&mut self, c: char, next: &mut dyn FnMut(char)) {
        self.fresh = false;
        self.ticks = if c == '`' { self.ticks + 1 } else { 0 };
        if self.ticks == 3 {
            self.in_code = !self.in_code;
        }
        if c == '\n' && !self.in_code {
            self.head = Some(String::new());
        }
        next(c);
    }
}

/// A name as it is compared: small letters, single spaces, nothing around.
fn plain(name: &str) -> String {
    let name = name.trim_matches(|c: char| AROUND.contains(&c) || c.is_whitespace());
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn judge(head: &str, own: &[String], others: &[String]) -> Head {
    let text = head.trim_start();
    let around = |c: char| AROUND.contains(&c) || c == ' ';
    let core = text.trim_start_matches(around);
    let before = &text[..text.len() - core.len()];
    if before.chars().count() > MOST_AROUND {
        return Head::Text;
    }
    if core.is_empty() {
        return Head::Unsure;
    }
    if let Some(label) = core.strip_suffix([':', '：']) {
        let name = label.trim_end_matches(around);
        if label[name.len()..].chars().count() > MOST_AROUND {
            return Head::Text;
        }
        let name = plain(name);
        return if own.contains(&name) {
            let opened: String = before.chars().rev().take_while(|c| matches!(c, '*' | '_')).collect();
            let closed = label.trim_end().ends_with(['*', '_']);
            Head::Own(if closed { String::new() } else { opened })
        } else if others.contains(&name) {
            Head::Other
        } else {
            Head::Text
        };
    }
    let trimmed = core.trim_end_matches(around);
    if core[trimmed.len()..].chars().count() > MOST_AROUND {
        return Head::Text;
    }
    let so_far = plain(trimmed);
    // In the middle of a name a space or a mark may come next; behind it only marks and the colon.
    let may = |name: &String| name.starts_with(&so_far);
    if own.iter().chain(others).any(may) { Head::Unsure } else { Head::Text }
}
