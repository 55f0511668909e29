//! Which `{{` belongs to which `}}`, found in one pass.

/// The pairs of double braces in a template, by where they open.
pub(super) struct Braces(Vec<(usize, usize)>);

impl Braces {
    /// Pairs them as nesting has it. Of three braces that open, the last two count; of three that close, the first two:
    /// `{{{char}}}` is a macro in braces. A comment (`{{//`) that stays open ends at the next `}}`.
    pub(super) fn of(template: &str) -> Self {
        let bytes = template.as_bytes();
        let (mut pairs, mut open, mut closes) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        while at < bytes.len() {
            let brace = bytes[at];
            if brace != b'{' && brace != b'}' {
                at += 1;
                continue;
            }
            let run = bytes[at..].iter().take_while(|byte| **byte == brace).count();
            if brace == b'{' {
                open.extend((at + run % 2..at + run).step_by(2));
            } else {
                for close in (at..at + run - run % 2).step_by(2) {
                    closes.push(close);
                    if let Some(opened) = open.pop() {
                        pairs.push((opened, close));
                    }
                }
            }
            at += run;
        }
        for opened in open {
            if template[opened + 2..].trim_start().starts_with("//") {
                let next = closes.partition_point(|close| *close < opened);
                pairs.extend(closes.get(next).map(|close| (opened, *close)));
            }
        }
        pairs.sort_unstable();
        Self(pairs)
    }

    /// Where the pair that opens at `at` closes.
    pub(super) fn close(&self, at: usize) -> Option<usize> {
        self.0.binary_search_by_key(&at, |pair| pair.0).ok().map(|found| self.0[found].1)
    }

    /// The first pair that opens at `at` or after it.
    pub(super) fn next(&self, at: usize) -> Option<(usize, usize)> {
        self.0.get(self.0.partition_point(|pair| pair.0 < at)).copied()
    }
}
