//! Reads declared variables out of raw values and gathers every mistake instead of stopping at the first.

use secrecy::SecretString;

use super::{problem::Problem, values::Values, variable::Variable};

/// What a parser says about one value: the value, or what is wrong with it in fixed words.
pub(super) type Parsed<T> = Result<T, &'static str>;

/// A pass over the raw values. Each section takes its variables from it.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    values: &'a Values,
    /// Mistakes found so far.
    pub(super) problems: Vec<Problem>,
    /// What works, but is likely not what was meant.
    pub(super) warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Starts a pass over `values`.
    pub(super) fn new(values: &'a Values) -> Self {
        Self { values, problems: Vec::new(), warnings: Vec::new() }
    }

    /// Whether a variable is given, whatever its value.
    pub(super) fn is_set(&self, variable: &Variable) -> bool {
        self.values.get(variable.name).is_some()
    }

    /// A variable that may be left out. A value that does not parse is noted, and reads as left out.
    pub(super) fn optional<T>(
        &mut self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Parsed<T>,
    ) -> Option<T> {
        let (value, _) = self.values.get(variable.name)?;
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(what) => {
                self.problems.push(Problem::value(variable, value, what));
                None
            }
        }
    }

    /// A variable with a default. A value that does not parse is noted, and the default stands in.
    pub(super) fn or_default<T>(&mut self, variable: &Variable, parse: impl Fn(&str) -> Parsed<T>) -> T {
        self.optional(variable, &parse).unwrap_or_else(|| {
            let default = variable.default.expect("a variable read with a default declares one");
            parse(default).expect("declared defaults parse")
        })
    }

    /// A secret that may be left out; `check` sees it once.
    pub(super) fn secret(
        &mut self,
        variable: &Variable,
        check: impl FnOnce(&str) -> Parsed<()>,
    ) -> Option<SecretString> {
        self.optional(variable, |value| check(value).map(|()| SecretString::from(value)))
    }
}

/// Parses a switch.
pub(super) fn switch(value: &str) -> Parsed<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("is neither yes nor no"),
    }
}

/// Checks that a secret is one printable word, which catches pasted line ends and quotes that were left open.
pub(super) fn one_word(value: &str) -> Parsed<()> {
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("has a space or a control character in it");
    }
    if !value.is_ascii() {
        return Err("has a character in it that is not ASCII");
    }
    Ok(())
}
