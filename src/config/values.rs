//! Where raw values come from: the process environment and an `.env` file, merged without touching the process.

use std::{
    cell::Cell,
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    io::{self, Read},
    path::Path,
    rc::Rc,
};

use super::problem::Problem;

/// Which of the two sources gave a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The process environment. It wins over the file.
    Environment,
    /// The `.env` file.
    File,
}

/// Raw, unparsed values by variable name, each with its source. `Debug` shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    entries: BTreeMap<String, (String, Source)>,
}

impl Values {
    /// Merges the two sources. A name that is set in the environment hides the file's value, even when it is
    /// set to nothing: that is how one run switches a line of the file off.
    pub fn merge(
        environment: impl IntoIterator<Item = (String, String)>,
        file: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let tag = |source| move |(name, value)| (name, (value, source));
        let mut entries: BTreeMap<_, _> = file.into_iter().map(tag(Source::File)).collect();
        entries.extend(environment.into_iter().map(tag(Source::Environment)));
        Self { entries }
    }

    /// The trimmed value of `name`, unless it is missing or blank.
    pub fn get(&self, name: &str) -> Option<(&str, Source)> {
        let (value, source) = self.entries.get(name)?;
        let value = value.trim();
        (!value.is_empty()).then_some((value, *source))
    }

    /// Every name that is set, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.keys()).finish()
    }
}

/// Takes what is text from the process environment. A value that is not UTF-8 is a problem only where the
/// name is one of ours (`known`); the rest of the machine's environment is none of our business.
pub(super) fn from_environment(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    known: &[&str],
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let mut text = BTreeMap::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => {
                text.insert(name, value);
            }
            Err(_) if known.contains(&name.as_str()) => {
                problems.push(Problem::general(format!("{name}: the value is not UTF-8 text; retype it")));
            }
            Err(_) => {}
        }
    }
    text
}

/// Reads an `.env` file. Every line that does not parse becomes a problem that names the file and the line
/// and never quotes it, for a broken line is often half a secret.
///
/// A missing file is an empty one unless `required`.
pub(super) fn from_file(
    path: &Path,
    required: bool,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let shown = path.display();
    match std::fs::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => parse_file(&shown.to_string(), &text, problems),
            Err(error) => {
                let line = 1 + count_newlines(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
                problems.push(Problem::general(format!(
                    "{shown}, line {line}: not UTF-8 text; save the file as UTF-8"
                )));
                BTreeMap::new()
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && !required => BTreeMap::new(),
        Err(error) => {
            problems.push(Problem::general(format!("{shown}: can't be read: {error}")));
            BTreeMap::new()
        }
    }
}

/// Parses the text of an `.env` file called `shown`. The last of several lines for one name counts.
pub fn parse_file(shown: &str, text: &str, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let consumed = Rc::new(Cell::new(0));
    let lines = LineByLine { rest: text.as_bytes(), consumed: Rc::clone(&consumed) };
    let mut values = BTreeMap::new();
    for entry in dotenvy::Iter::new(lines) {
        match entry {
            Ok((name, value)) => {
                values.insert(name, value);
            }
            Err(dotenvy::Error::LineParse(fragment, _)) => {
                let line =
                    consumed.get() - count_newlines(fragment.trim_end().as_bytes()).min(consumed.get() - 1);
                problems.push(Problem::general(format!(
                    "{shown}, line {line}: not `NAME=value`; put a value with spaces, quotes, `#` or `$` in single quotes"
                )));
            }
            Err(_) => problems.push(Problem::general(format!("{shown}: can't be read to its end"))),
        }
    }
    values
}

fn count_newlines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

/// Hands the text out a line a read, so that the parser above it can be asked how far it has come: its
/// errors carry the text of a line and not its number.
struct LineByLine<'a> {
    rest: &'a [u8],
    consumed: Rc<Cell<usize>>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |end| end + 1);
        let taken = line.min(buffer.len());
        let (head, tail) = self.rest.split_at(taken);
        buffer[..taken].copy_from_slice(head);
        self.rest = tail;
        if taken == line && taken > 0 {
            self.consumed.set(self.consumed.get() + 1);
        }
        Ok(taken)
    }
}
