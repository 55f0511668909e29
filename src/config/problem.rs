//! Mistakes in the configuration, each worded so that it can be mended, none showing a secret.

use std::fmt;

use super::variable::Variable;

/// Longest part of a wrong value that is quoted back, in characters.
const QUOTED: usize = 60;

/// One mistake, one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    variable: Option<&'static str>,
    text: String,
}

impl Problem {
    /// A value that `variable` does not accept. `what` is fixed text by type: a parser cannot leak its input.
    pub fn value(variable: &Variable, value: &str, what: &'static str) -> Self {
        let Variable { name, accepted, secret, .. } = variable;
        // An address may carry a password before its `@`, even in a variable that is not secret.
        let shown =
            if *secret || value.contains('@') { "the value (not shown)".to_owned() } else { quote(value) };
        Self { variable: Some(name), text: format!("{name}: {shown} {what}; accepted: {accepted}") }
    }

    /// Values that don't go together, or a fault outside of any one variable. The caller words it whole.
    pub fn general(text: impl Into<String>) -> Self {
        Self { variable: None, text: text.into() }
    }

    /// The variable whose value is wrong, where it is just one.
    pub fn variable(&self) -> Option<&'static str> {
        self.variable
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn quote(value: &str) -> String {
    let mut characters = value.chars();
    let head: String = characters.by_ref().take(QUOTED).collect();
    let more = if characters.next().is_some() { "…" } else { "" };
    format!("{head:?}{more}")
}

/// Everything that is wrong with the configuration, in the order of the documentation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mistakes = if self.0.len() == 1 { "mistake" } else { "mistakes" };
        write!(f, "The configuration has {} {mistakes}:", self.0.len())?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}
