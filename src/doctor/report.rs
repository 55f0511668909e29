//! What the doctor found, as text and as JSON.

use std::fmt;

use serde::Serialize;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, and could bite.
    Warn,
    /// Must be mended.
    Fail,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, such as `postgres`.
    pub check: &'static str,
    /// How it came out.
    pub level: Level,
    /// What was seen and, unless all is well, what to do. Never a secret.
    pub message: String,
}

impl Finding {
    /// A finding without fault.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, message: message.into() }
    }

    /// A finding that works and could bite.
    pub fn warn(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Warn, message: message.into() }
    }

    /// A finding that must be mended.
    pub fn fail(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Fail, message: message.into() }
    }
}

/// All findings, in a fixed order. `Display` gives a line each and a sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing must be mended.
    pub fn healthy(&self) -> bool {
        self.count(Level::Fail) == 0
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// The report as one JSON object, with a line end.
    pub fn to_json(&self) -> String {
        let value = serde_json::json!({ "healthy": self.healthy(), "findings": self.findings });
        format!("{value:#}\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.findings.iter().map(|finding| finding.check.len()).max().unwrap_or_default();
        for Finding { check, level, message } in &self.findings {
            let level = match level {
                Level::Ok => "ok  ",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            writeln!(f, "{level}  {check:width$}  {message}")?;
        }
        let (warnings, failures) = (self.count(Level::Warn), self.count(Level::Fail));
        match (warnings, failures) {
            (0, 0) => writeln!(f, "All is well."),
            (_, 0) => writeln!(f, "Nothing failed; {warnings} to look at."),
            (_, _) => writeln!(f, "{failures} to mend, {warnings} to look at."),
        }
    }
}
